import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { StepProgress } from '#shared/domain/plan.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { planOf, runPlan, stepOf, takingTime, turn } from '#test/builders/plan-run.ts'
import { nestSteps } from './nested-steps.ts'
import { planHash } from './plan-hash.ts'
import { planProgress } from './plan-progress.ts'
import { createSingleFlight } from './single-flight.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

describe('planHash', () => {
  it('does not depend on the order of keys, and changes with any step', () => {
    const step = stepOf('a', { slots: { desk: 1, api: 2 } })
    const same = { ...stepOf('a'), slots: { api: 2, desk: 1 } }
    expect(planHash([step], sha256)).toBe(planHash([same], sha256))
    expect(planHash([step], sha256)).not.toBe(planHash([{ ...step, retries: 1 }], sha256))
    expect(planHash([step], sha256)).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('progressOf', () => {
  const plan = planOf(
    [
      stepOf('a', { seconds: 4, usd: 0.5, slots: { desk: 1 } }),
      stepOf('b', { seconds: 3, usd: 0.2, slots: { desk: 1 } }),
      stepOf('c', { seconds: 3, slots: { desk: 1 } }),
      stepOf('d', { seconds: 5, usd: 0.1, needs: ['a'] }),
    ],
    { slots: { desk: 2 } },
  )
  const at = (id: string, state: StepProgress['state'], startedAt: number | null = null, usd = 0): StepProgress => ({
    id,
    state,
    attempt: 1,
    startedAt,
    endedAt: null,
    usd,
    reason: null,
  })

  it('foresees the end with the slots there are, before the start and on the way', () => {
    const seconds = (progress: ReturnType<typeof planProgress>) => [progress.secondsDone, progress.secondsLeft]
    expect(seconds(planProgress(plan, [], 1_000))).toEqual([0, 9])
    const oneSlot = { ...plan, slots: { desk: 1 } }
    expect(seconds(planProgress(oneSlot, [], 1_000))).toEqual([0, 10])
    const onTheWay = [at('a', 'running', 1_000), at('b', 'succeeded', 1_000, 0.3), at('c', 'ready')]
    expect(planProgress(plan, onTheWay, 3_000)).toEqual({
      secondsDone: 2,
      secondsLeft: 7,
      criticalPath: ['a', 'd'],
      usd: 0.3,
      usdLeft: 0.6,
    })
  })

  it('counts an overdue step as about to end, and a run that is over as having nothing left', () => {
    expect(
      planProgress(plan, [at('a', 'running', 0), at('b', 'succeeded'), at('c', 'failed')], 60_000).secondsLeft,
    ).toBe(5)
    const over = ['a', 'b', 'c', 'd'].map((id) => at(id, 'succeeded', 0))
    expect(planProgress(plan, over, 60_000)).toMatchObject({ secondsLeft: 0, criticalPath: [], usdLeft: 0 })
  })

  it('follows the planned starts where they are given', () => {
    const oneSlot = { ...plan, slots: { desk: 1 } }
    expect(planProgress(oneSlot, [], 0, new Map(Object.entries({ b: 0, c: 3, a: 6 }))).secondsLeft).toBe(15)
  })
})

describe('nestSteps', () => {
  it('runs the nested steps before the outer one, which gathers their outputs for those that need it', async () => {
    const steps = nestSteps(
      [stepOf('before'), stepOf('outer', { needs: ['before'] }), stepOf('after', { needs: ['outer'] })],
      'outer',
      [stepOf('one'), stepOf('two', { needs: ['one'] })],
    )
    const clock = createVirtualClock(0)
    let gathered: unknown
    const run = await runPlan({
      clock,
      plan: planOf(steps),
      perform: async (context) => {
        if (context.step.id === 'outer') gathered = ['outer/one', 'outer/two'].map(context.outputOf)
        return takingTime(clock)(context)
      },
    })
    expect(run.lines().filter((line) => line.startsWith('stepSucceeded'))).toEqual(
      ['before', 'outer/one', 'outer/two', 'outer', 'after'].map((id) => `stepSucceeded ${id}`),
    )
    expect(gathered).toEqual(['outer/one', 'outer/two'])
  })

  it('makes what is nested under an optional step optional, and refuses a step that is not there', () => {
    const steps = nestSteps([stepOf('outer', { optional: true })], 'outer', [stepOf('one')])
    expect(steps.map(({ optional }) => optional)).toEqual([true, true])
    expect(() => nestSteps(steps, 'nobody', [])).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }))
  })
})

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
