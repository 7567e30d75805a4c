import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { pass } from '#test/builders/virtual-time.ts'
import { atPace } from './stream-pace.ts'

/** A stream at a pace of 100 ms to 500 ms, read as fast as it gives, and the moments at which it gave. */
function paced() {
  const clock = createVirtualClock(0)
  const controller = new AbortController()
  const listeners = new Set<() => void>()
  const given: { at: number; value: number }[] = []
  let value = 0
  const stream = atPace(
    clock,
    { gapMs: 100, restMs: 500 },
    (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    () => value,
    controller.signal,
  )
  const read = async () => {
    for await (const one of stream) given.push({ at: clock.monotonic(), value: one })
  }
  const change = () => {
    value += 1
    for (const changed of listeners) changed()
  }
  return { clock, controller, listeners, given, stream, read, change, times: () => given.map(({ at }) => at) }
}

describe('a stream at its reader’s pace', () => {
  it('gives at once, and at least every rest when nothing happens', async () => {
    const { clock, read, times } = paced()
    void read()
    await pass(clock, 1_600)
    expect(times()).toEqual([0, 500, 1_000, 1_500])
  })

  it('is never faster than the gap, however much happens, and ends with the latest', async () => {
    const { clock, read, given, times, change } = paced()
    void read()
    for (let time = 0; time < 50; time++) {
      change()
      await pass(clock, 7)
    }
    await pass(clock, 100)
    const gaps = times()
      .slice(1)
      .map((at, index) => at - (times()[index] ?? 0))
    expect(Math.min(...gaps)).toBe(100)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(107)
    expect(given.at(-1)?.value).toBe(50)
  })

  it('gives a change after a rest at once', async () => {
    const { clock, read, times, change } = paced()
    void read()
    await pass(clock, 250)
    change()
    await pass(clock, 1)
    expect(times()).toEqual([0, 250])
  })

  it('gives a slow reader the latest and never a backlog', async () => {
    const { clock, stream, change } = paced()
    expect((await stream.next()).value).toBe(0)
    for (let time = 0; time < 20; time++) change()
    await pass(clock, 5_000)
    const next = stream.next()
    await pass(clock, 100)
    expect((await next).value).toBe(20)
  })

  it.each([
    ['while it gaps', 50],
    ['while it rests', 300],
  ])('ends when it is aborted %s, and leaves no listener and no timer behind', async (_when, atMs) => {
    const { clock, read, controller, listeners } = paced()
    const reading = read()
    await pass(clock, atMs)
    controller.abort()
    await reading
    expect(listeners.size).toBe(0)
    expect(clock.nextAt()).toBeUndefined()
  })

  it('gives nothing to a reader that was gone before it began, and stops for one that leaves', async () => {
    const gone = paced()
    gone.controller.abort()
    await gone.read()
    expect(gone.given).toEqual([])
    expect(gone.listeners.size).toBe(0)
    const leaving = paced()
    for await (const value of leaving.stream) {
      expect(value).toBe(0)
      break
    }
    expect(leaving.listeners.size).toBe(0)
  })

  it('an error of what it takes reaches the reader', async () => {
    const clock = createVirtualClock(0)
    let stopped = false
    const stream = atPace(
      clock,
      { gapMs: 1, restMs: 2 },
      () => () => {
        stopped = true
      },
      () => {
        throw new Error('no status')
      },
      undefined,
    )
    await expect(stream.next()).rejects.toThrow('no status')
    expect(stopped).toBe(true)
  })
})
