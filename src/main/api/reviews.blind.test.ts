import { call } from '@orpc/server'
import { expect, it } from 'vitest'
import type { Bus } from '#engine/bus/bus.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { deskKernel, goal, shippedPlanning, shippedReviewPolicy } from '#test/builders/desk-kernel.ts'
import { passUntil, settle } from '#test/builders/virtual-time.ts'
import { conversationsRoutes } from './conversations.ts'
import { journalRoutes } from './journal.ts'
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

it('HO-10 of a hard review neither order, votes, facts, rules nor conversation are told before the trader has judged it, and that is recorded', async () => {
  const reviewPolicy = {
    ...shippedReviewPolicy,
    aboveNotional: decimal(1),
    hardAboveDisagreement: 0,
    driftLimitBps: 9_000,
  }
  const desk = deskKernel({ seed: 2, wrapBus: dissenting, options: { reviewPolicy } })
  const { kernel, queries, feed, clock, kinds, journal: records } = desk
  await desk.start()
  const begun = kernel.runs.start({ ...goal, policy: 'simple-majority' }, { kind: 'human', id: 'trader' })
  const { runId } = await settle(clock, begun)
  await passUntil(clock, () => kinds().includes('reviewOpened'))
  await settle(clock, desk.journal.settled())
  const parts = {
    kernel,
    queries,
    feed,
    clock,
    journal: records,
    planning: shippedPlanning,
    models: new Map(),
  } as unknown as ApiParts
  const context = { context: { signal: new AbortController().signal } } as never
  const reviews = reviewsRoutes(parts)
  const runs = runsRoutes(parts)
  const conversations = conversationsRoutes(parts)
  const journal = journalRoutes(parts)
  const [review] = kernel.reviews.waiting()
  const reviewId = review?.id ?? ''
  const order = review?.order
  const refusal = expect.objectContaining({ code: 'REVIEW_BLIND_FIRST' })
  const all = async () => [
    await call(reviews.list, { limit: 9 }, context),
    await call(reviews.get, { reviewId }, context),
    await call(runs.list, { limit: 9 }, context),
    await call(runs.get, { runId }, context),
    await call(runs.vote, { runId }, context),
    await call(runs.monitor, { runId }, context),
    await call(conversations.search, { text: '', limit: 200 }, context),
    await call(journal.read, { after: 0, limit: 1_000 }, context),
  ]

  const [listed] = await call(reviews.list, { limit: 9 }, context)
  expect(listed).toMatchObject({ id: reviewId, isBlind: true, instrument: 'BTC/USDT' })
  expect(listed).not.toHaveProperty('order')
  expect(listed).not.toHaveProperty('rules')
  expect(await call(reviews.get, { reviewId }, context)).not.toHaveProperty('facts')
  const before = await call(runs.vote, { runId }, context)
  expect(before).toMatchObject({ isBlind: true, ballots: [], tally: null, decision: null, proposals: [] })
  await expect(call(runs.messages, { runId, limit: 9 }, context)).rejects.toEqual(refusal)
  await expect(
    call(conversations.say, { runId, remark: { intent: 'object', text: 'I would not.' } } as never, context),
  ).rejects.toEqual(refusal)
  await expect(call(reviews.approve, { reviewId, orderHash: 'x' }, context)).rejects.toEqual(refusal)
  // Nowhere is the size told, the hash of the order, or which way it goes.
  const told = JSON.stringify(await all())
  for (const secret of [order?.quantity, review?.orderHash, 'reviewOpened" ', 'proposes to buy', 'Voted hold']) {
    expect(told).not.toContain(secret)
  }
  // What it takes to judge is there: the question, the evidence, the price's way; and every way out but approving.
  expect(listed).toMatchObject({
    question: expect.stringMatching(/^What would you do with BTC\/USDT for the next .+\?$/),
  })
  expect((await call(runs.evidence, { runId }, context)).length).toBeGreaterThan(0)

  await settle(clock, call(reviews.recordBlind, { reviewId, action: 'hold', confidence: 0.6 }, context))
  const shown = await call(reviews.get, { reviewId }, context)
  expect(shown).toMatchObject({
    isBlind: false,
    rules: review?.rules,
    order,
    judgement: { action: 'hold', confidence: 0.6 },
  })
  const after = await call(runs.vote, { runId }, context)
  expect(after.isBlind).toBe(false)
  expect(after.ballots.length).toBeGreaterThan(5)
  expect(after.tally).not.toBeNull()
  expect((await call(runs.messages, { runId, limit: 500 }, context)).length).toBeGreaterThan(10)
  expect(JSON.stringify(await all())).toContain(order?.quantity)
  expect(kinds()).toContain('blindJudgementRecorded')
  const { orderHash } = kernel.reviews.waiting()[0] ?? { orderHash: '' }
  const approved = await settle(
    clock,
    call(reviews.approve, { reviewId, orderHash, words: { code: 'OTHER', words: 'It is good.' } }, context),
  )
  expect(approved).toMatchObject({ status: 'approved' })
})

it('HO-5 HO-10 a hard review that nobody judges expires as any other, can be rejected unseen, and is then told', async () => {
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
  await passUntil(clock, () => kinds().includes('reviewExpired'))
  await settle(clock, desk.journal.settled())
  const { journal } = desk
  const parts = {
    kernel,
    queries,
    feed,
    clock,
    journal,
    planning: shippedPlanning,
    models: new Map(),
  } as unknown as ApiParts
  const context = { context: { signal: new AbortController().signal } } as never
  const [expired] = await call(reviewsRoutes(parts).list, { limit: 9 }, context)
  expect(expired).toMatchObject({ status: 'expired', isBlind: false, order: expect.anything() })
  expect((await call(runsRoutes(parts).messages, { runId, limit: 9 }, context)).length).toBeGreaterThan(0)
  expect(kinds()).not.toContain('orderSubmitted')
})
