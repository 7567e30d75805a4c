import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { turn } from '#test/builders/plan-run.ts'
import { createSingleFlight } from './single-flight.ts'

describe('createSingleFlight', () => {
  function setUp(capacity = 10) {
    const clock = createVirtualClock(0)
    const cache = createSingleFlight<string>(clock, capacity)
    const loads: { signal: AbortSignal; resolve: (value: string) => void; reject: (error: unknown) => void }[] = []
    const load = (signal: AbortSignal) =>
      new Promise<string>((resolve, reject) => {
        loads.push({ signal, resolve, reject })
      })
    const fetch = (key: string, signal = new AbortController().signal) =>
      cache.fetch({ key, freshForMs: 1_000, signal, load })
    const pass = (ms: number) => {
      clock.after(ms, () => {})
      clock.step()
    }
    return { cache, loads, fetch, pass }
  }

  it('loads a key once however many ask meanwhile, and keeps it while it is fresh', async () => {
    const { loads, fetch, pass } = setUp()
    const asked = [fetch('a'), fetch('a')]
    loads[0]?.resolve('value')
    expect((await Promise.all(asked)).map(({ from, value }) => [from, value])).toEqual([
      ['loaded', 'value'],
      ['shared', 'value'],
    ])
    expect(loads[0]?.signal.aborted).toBe(false)
    pass(1_000)
    expect(await fetch('a')).toEqual({ value: 'value', from: 'kept', at: 0 })
    pass(1)
    const again = fetch('a')
    loads[1]?.resolve('new')
    expect(await again).toMatchObject({ value: 'new', from: 'loaded' })
    expect(loads).toHaveLength(2)
  })

  it('gives an error to all who wait, and loads anew for the next', async () => {
    const { loads, fetch } = setUp()
    const asked = [fetch('a'), fetch('a')]
    loads[0]?.reject(new Error('Down.'))
    for (const call of asked) await expect(call).rejects.toThrow('Down.')
    const next = fetch('a')
    loads[1]?.resolve('up')
    expect(await next).toMatchObject({ value: 'up' })
  })

  it('one who gives up leaves the others waiting; the load is aborted when all have', async () => {
    const { loads, fetch } = setUp()
    const [one, two] = [new AbortController(), new AbortController()]
    const asked = [fetch('a', one.signal), fetch('a', two.signal)]
    one.abort(new Error('Cancelled.'))
    await expect(asked[0]).rejects.toThrow('Cancelled.')
    expect(loads[0]?.signal.aborted).toBe(false)
    two.abort(new Error('Cancelled too.'))
    await expect(asked[1]).rejects.toThrow('Cancelled too.')
    await turn()
    expect(loads[0]?.signal.aborted).toBe(true)
    void fetch('a')
    expect(loads).toHaveLength(2)
  })

  it('forgets the key that was not asked for the longest when there are too many, and the one it is told to', async () => {
    const { cache, loads, fetch } = setUp(2)
    const load = async (key: string) => {
      const call = fetch(key)
      loads.at(-1)?.resolve(key)
      return (await call).from
    }
    for (const key of ['a', 'b', 'a', 'c']) await load(key)
    expect(await load('a')).toBe('kept')
    expect(await load('b')).toBe('loaded')
    cache.forget('b')
    expect(await load('b')).toBe('loaded')
  })
})
