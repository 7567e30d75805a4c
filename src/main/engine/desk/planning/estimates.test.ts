import { describe, expect, it } from 'vitest'
import { sha256 } from '#main/compose/system.ts'
import { goal, shippedPlanning } from '#test/builders/desk-kernel.ts'
import { deskWithSources, refusing } from '#test/builders/slow-sources.ts'
import { settle } from '#test/builders/virtual-time.ts'
import { decidePlan } from './decide-plan.ts'
import { learnedEstimates, learnedTasks } from './estimates.ts'

const { tasks } = shippedPlanning
const now = Date.UTC(2026, 5, 1)
const attempt = (seconds: number, about = {}) => ({
  task: 'onchain_metrics',
  source: 'onchain+coingecko',
  at: now,
  succeeded: true,
  seconds,
  usd: 0.03,
  ...about,
})
const onchain = tasks['onchain_metrics'] as (typeof tasks)[string]

describe('the estimate of a research task', () => {
  it('is the configured one while nothing was seen', () => {
    expect(learnedEstimates([], now)('onchain_metrics', onchain)).toBeUndefined()
    const plan = decidePlan('plan_1', goal, shippedPlanning, sha256, { estimateOf: learnedEstimates([], now) }).plan
    expect(plan).toEqual(decidePlan('plan_1', goal, shippedPlanning, sha256).plan)
  })

  it('moves to what is seen, the more is seen the further, and says how many attempts it rests on and how sure it is', () => {
    const after = (attempts: number) =>
      learnedEstimates(Array(attempts).fill(attempt(5)), now)('onchain_metrics', onchain)
    const [once, often] = [after(1), after(60)]
    expect(once?.seconds).toBeLessThan(onchain.estimate.seconds)
    expect(often?.seconds).toBeLessThan(once?.seconds ?? 0)
    expect(often?.seconds).toBeCloseTo(5, 0)
    expect(often?.basis).toMatchObject({ attempts: 60 })
    for (const { seconds, basis } of [once, often].flatMap((estimate) => estimate ?? [])) {
      expect(basis?.seconds.low).toBeLessThan(seconds)
      expect(basis?.seconds.high).toBeGreaterThan(seconds)
    }
    const width = (estimate: typeof once) => (estimate?.basis?.seconds.high ?? 0) / (estimate?.basis?.seconds.low ?? 1)
    expect(width(often)).toBeLessThan(width(once))
  })

  it('failures lower the share of attempts that succeed, and what is old counts less', () => {
    const failed = { succeeded: false }
    const share = (about: object) =>
      learnedEstimates([attempt(5), attempt(5), attempt(5, { ...failed, ...about })], now)('onchain_metrics', onchain)
        ?.basis?.success ?? 0
    expect(share({})).toBeLessThan(share({ succeeded: true }))
    expect(share({ at: now - 100 * 86_400_000 })).toBeGreaterThan(share({}))
  })

  it('what other sources of a task showed is believed until its own sources have shown more', () => {
    const elsewhere = Array(30).fill(attempt(60, { source: 'elsewhere' }))
    const first = learnedEstimates(elsewhere, now)('onchain_metrics', onchain)
    const later = learnedEstimates([...elsewhere, ...Array(30).fill(attempt(5))], now)('onchain_metrics', onchain)
    expect(first?.seconds).toBeGreaterThan(onchain.estimate.seconds)
    expect(later?.seconds).toBeLessThan(10)
    expect(learnedTasks(elsewhere, shippedPlanning, now)).toMatchObject([
      { task: 'onchain_metrics', sources: ['onchain', 'coingecko'], attempts: 30, configured: onchain.estimate },
    ])
  })
})

describe('failures teach', () => {
  it('the next plan goes by what the runs before took, cost and failed at; the plan of a run under way does not change', async () => {
    const desk = deskWithSources({ ways: { news: 3, onchain: refusing, coingecko: refusing } })
    await desk.start()
    const first = await desk.decide()
    const second = await desk.decide()
    const stepOf = (memory: typeof first, id: string) => memory.planned.steps.find((step) => step.id === id)
    expect(stepOf(first, 'market_sentiment')?.estimate).toEqual(tasks['market_sentiment']?.estimate)
    const learned = stepOf(second, 'market_sentiment')?.estimate
    expect(learned?.seconds).toBeLessThan(30)
    expect(learned?.basis).toMatchObject({ attempts: 1 })
    expect(stepOf(second, 'onchain_metrics')?.estimate.basis?.success).toBeLessThan(0.5)
    // What is to be done is the same: only the estimates are others.
    expect(second.planned.hash).toBe(first.planned.hash)
    expect(second.planned.estimate).not.toEqual(first.planned.estimate)
  })

  it('what the run itself has asked already is as quick the next time; what an earlier run had asked says nothing', async () => {
    const desk = deskWithSources({ ways: { news: 3 } })
    await desk.start()
    const attemptsAt = (task: string) => desk.queries.listAttempts(100).filter((attempt) => attempt.task === task)
    await desk.decide()
    // The news were asked for by the market's sentiment.
    expect(attemptsAt('keyword_extraction')).toMatchObject([{ seconds: 0, usd: 0 }])
    expect(attemptsAt('market_sentiment')).toHaveLength(1)
    await desk.decide()
    expect(attemptsAt('keyword_extraction')).toHaveLength(1)
    expect(attemptsAt('market_sentiment')).toHaveLength(1)
  })

  it('the same journal gives the same plan', async () => {
    const plans = await Promise.all(
      [1, 2].map(async () => {
        const desk = deskWithSources({ ways: { news: 3 } })
        await desk.start()
        await desk.decide()
        return (await desk.decide()).planned
      }),
    )
    expect(plans[0]).toEqual(plans[1])
  })

  it('an attempt that was cut short by a cancel teaches nothing', async () => {
    const desk = deskWithSources({ ways: { news: 30, social: 30 } })
    await desk.start()
    const run = await settle(desk.clock, desk.kernel.runs.start(goal, { kind: 'human', id: 'trader' }))
    desk.kernel.runs.cancel(run.runId, 'no')
    await settle(desk.clock, run.ended)
    expect(desk.queries.listAttempts(100).map(({ task }) => task)).not.toContain('market_sentiment')
  })
})
