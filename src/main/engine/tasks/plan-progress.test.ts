import { describe, expect, it } from 'vitest'
import type { StepProgress } from '#shared/domain/plan.ts'
import { planOf, stepOf } from '#test/builders/plan-run.ts'
import { planProgress } from './plan-progress.ts'

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
