import { call } from '@orpc/server'
import { expect, it } from 'vitest'
import type { Bus } from '#engine/bus.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { deskKernel, goal, shippedPlanning, shippedReviewPolicy } from '#test/builders/desk-kernel.ts'
import { passUntil, settle } from '#test/builders/virtual-time.ts'
import type { ApiParts } from './parts.ts'
import { reviewsRoutes } from './reviews.ts'
import { runsRoutes } from './runs.ts'

/** The bear is against it, so that there is some disagreement. */
const dissenting = (bus: Bus): Bus => ({
  ...bus,
  async request(...[topic, body, options]) {
    const answer = await bus.request(topic, body, options)
    if (topic !== 'agent.bear' || (body as { action: string }).action !== 'assess') return answer
    const { assessment, ...rest } = answer as { assessment: object }
    return { ...rest, assessment: { ...assessment, choice: { kind: 'option', option: 'hold' } } }
  },
})

it('HO-10 of a hard review neither the vote nor what sent it there is told before the trader has judged it, and that is recorded', async () => {
  const reviewPolicy = {
    ...shippedReviewPolicy,
    aboveNotional: decimal(1),
    hardAboveDisagreement: 0,
    driftLimitBps: 9_000,
  }
  const desk = deskKernel({ seed: 2, wrapBus: dissenting, options: { reviewPolicy } })
  const { kernel, queries, feed, clock, kinds } = desk
  await desk.start()
  const begun = kernel.runs.start({ ...goal, policy: 'simple-majority' }, { kind: 'human', id: 'trader' })
  const { runId } = await settle(clock, begun)
  await passUntil(clock, () => kinds().includes('reviewOpened'))
  await settle(clock, desk.journal.settled())
  const parts = { kernel, queries, feed, clock, planning: shippedPlanning, models: new Map() } as unknown as ApiParts
  const context = { context: { signal: new AbortController().signal } } as never
  const reviews = reviewsRoutes(parts)
  const runs = runsRoutes(parts)
  const [review] = kernel.reviews.waiting()
  const reviewId = review?.id ?? ''

  const [listed] = await call(reviews.list, { limit: 9 }, context)
  expect(listed).toMatchObject({ id: reviewId, isBlind: true, agreed: false, disagreement: 1 })
  expect(listed?.rules).toHaveLength(1)
  const before = await call(runs.vote, { runId }, context)
  expect(before).toMatchObject({ ballots: [], tally: null, decision: null, proposals: [] })

  await settle(clock, call(reviews.recordBlind, { reviewId, action: 'hold', confidence: 0.6 }, context))
  const shown = await call(reviews.get, { reviewId }, context)
  expect(shown).toMatchObject({ isBlind: false, rules: review?.rules, judgement: { action: 'hold', confidence: 0.6 } })
  const after = await call(runs.vote, { runId }, context)
  expect(after.ballots.length).toBeGreaterThan(5)
  expect(after.tally).not.toBeNull()
  expect(kinds()).toContain('blindJudgementRecorded')
})
