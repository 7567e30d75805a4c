import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLocalBus } from '#engine/bus/local-bus.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { busConformance, busParts, runOut, turn } from '#test/conformance/bus.ts'
import { openBusStore } from './bus.ts'

busConformance('with its letters in SQLite', (parts) => createLocalBus({ ...parts, store: openBusStore(':memory:') }))

/**
 * A desk's bus; starting it again finds what the last one left, as after a crash: nothing is closed in between, and no
 * time passes any more for the last one.
 */
function restartable() {
  const file = join(temporaryHome(), 'bus.db')
  return () => {
    const clock = createVirtualClock(1_700_000_000_000)
    return { clock, bus: createLocalBus({ ...busParts(clock), store: openBusStore(file) }) }
  }
}

describe('a bus that was killed', () => {
  it('brings again after the restart what was not acknowledged, before anything newer, and only that', async () => {
    const start = restartable()
    const { bus: before } = start()
    before.subscribe('news', ({ body }) => (body === 1 ? Promise.resolve() : new Promise(() => {})))
    for (const body of [1, 2, 3]) await before.publish('news', body)
    await turn()

    const { bus: after, clock } = start()
    expect(after.pending()).toBe(2)
    const seen: unknown[][] = [[], []]
    for (const reader of [0, 1]) {
      after.subscribe('news', async ({ body }) => {
        seen[reader]?.push(body)
      })
    }
    await after.publish('news', 4)
    await runOut(clock)
    expect(seen).toEqual([
      [2, 3, 4],
      [2, 3, 4],
    ])
    await after.close()
    expect(start().bus.pending()).toBe(0)
  })

  it('goes on counting attempts, and keeps its dead letters', async () => {
    const start = restartable()
    const { bus: before, clock: clockBefore } = start()
    before.subscribe('news', async () => {
      throw new Error('cannot be read')
    })
    await before.publish('news', 'bad')
    await turn()
    clockBefore.step()
    await turn()

    const { bus: after, clock } = start()
    const attempts: number[] = []
    after.subscribe('news', async ({ attempt }) => {
      attempts.push(attempt)
      throw new Error('cannot be read')
    })
    await runOut(clock)
    expect(attempts).toEqual([3, 4])
    expect(after.pending()).toBe(0)
    const { bus: last } = start()
    expect(last.deadLetters()).toEqual(after.deadLetters())
    expect(last.deadLetters()).toMatchObject([{ letter: { body: 'bad' }, error: 'cannot be read' }])
  })

  it('waits with the letters of a topic until somebody subscribes to it, and is closed without them', async () => {
    const start = restartable()
    const { bus: before } = start()
    const stop = before.subscribe('news', () => new Promise(() => {}))
    await before.publish('news', 1)
    await before.publish('news', 2)
    await turn()
    stop()

    const { bus: idle, clock: idleClock } = start()
    await runOut(idleClock)
    await idle.close()
    const { bus: after, clock } = start()
    const seen: unknown[] = []
    after.subscribe('news', async ({ body }) => {
      seen.push(body)
    })
    await runOut(clock)
    expect(seen).toEqual([1, 2])
  })
})
