import { describe, expect, it } from 'vitest'
import type { Bus } from '#engine/bus/bus.ts'
import type { DeskRecord } from '#engine/journal/journal.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { isExit } from '#shared/domain/order.ts'
import type { ExecutionChoice } from '#shared/domain/parent-order.ts'
import {
  isClosedReview,
  type Review,
  type ReviewPolicy,
  reviewStatusSchema,
  reviewTransitions,
} from '#shared/domain/review.ts'
import { decimal, multiply } from '#shared/lib/decimal.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { deskKernel, goal, shippedReviewPolicy } from '#test/builders/desk-kernel.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'
import { createDrills } from './oversight-drills.ts'
import { intentOf } from './review-approval.ts'

const trader: Actor = { kind: 'human', id: 'trader' }
const words = { code: 'OTHER', words: 'I see it otherwise' } as const
const code = (wanted: string) => expect.objectContaining({ code: wanted })

/** What was sent, but for the exits that protect it. */
function sentEntries(records: readonly DeskRecord[]): string[] {
  const exits = new Set<string>()
  for (const { kind, data } of records)
    if (kind === 'orderInitialized' && isExit(data.order)) exits.add(data.order.clientOrderId)
  return records.flatMap(({ kind, data }) =>
    kind === 'orderSubmitted' && !exits.has(data.clientOrderId) ? [data.clientOrderId] : [],
  )
}

/** A desk that agrees to buy, and asks the trader since the order is worth more than nothing. */
async function inReview(policy: Partial<ReviewPolicy> = {}, given: Parameters<typeof deskKernel>[0] = {}) {
  const reviewPolicy = { ...shippedReviewPolicy, aboveNotional: decimal(1), driftLimitBps: 10_000, ...policy }
  const desk = deskKernel({ seed: 2, ...given, options: { reviewPolicy, ...given.options } })
  await desk.start()
  const { clock, kernel, records } = desk
  const run = await settle(clock, kernel.runs.start({ ...goal, policy: 'simple-majority' }, trader))
  await passUntil(clock, () => desk.queries.listReviews(1).length > 0)
  const [review] = kernel.reviews.waiting() as [Review]
  const now = () => desk.queries.getReview(review.id) as Review
  const ended = () => settle(clock, run.ended)
  const sent = () => sentEntries(records)
  const does = <T>(act: Promise<T>) => settle(clock, act)
  return { ...desk, run, review, now, ended, sent, does, reviews: kernel.reviews }
}

describe('HO-12 a known-bad review', () => {
  const drilled = async () => {
    const desk = await inReview({ drillShare: 1 })
    const { does, reviews, review, ended } = desk
    await does(reviews.reject(review.id, words, {}, trader))
    await ended()
    const [drill] = reviews.waiting() as [Review]
    return { ...desk, drill }
  }

  it('follows one that was answered, on paper, and is the order turned round', async () => {
    const { drill, review, reviews, records } = await drilled()
    expect(drill.order).toMatchObject({ instrument: review.order.instrument, side: 'sell' })
    expect(drill.order.decisionId).not.toBe(review.order.decisionId)
    expect(records.findLast(({ kind }) => kind === 'reviewOpened')).toMatchObject({ correlationId: null })
    expect(reviews.drills()).toMatchObject([{ reviewId: drill.id, caught: null }])
  })

  it('that is approved is missed, and nothing is sent for it', async () => {
    const { drill, reviews, does, clock, records, queries } = await drilled()
    await does(reviews.approve(drill.id, drill.orderHash, {}, trader))
    await pass(clock, 30_000)
    expect(reviews.drills()).toMatchObject([{ caught: false }])
    expect(queries.listDrills()).toEqual(reviews.drills())
    expect(records.filter(({ kind }) => kind === 'orderInitialized')).toEqual([])
    // The trader overrode nobody, and no drill follows a drill.
    expect(records.filter(({ kind }) => kind === 'overrideRecorded')).toHaveLength(1)
    expect(reviews.waiting()).toEqual([])
  })

  it('that is rejected is caught; the agents are not asked about it', async () => {
    const { drill, reviews, does } = await drilled()
    await expect(does(reviews.ask(drill.id, 'Why?', trader))).rejects.toEqual(code('REVIEW_QUESTIONS_USED_UP'))
    await does(reviews.reject(drill.id, words, {}, trader))
    expect(reviews.drills()).toMatchObject([{ caught: true }])
  })

  it('that nobody answers expires, also over a restart, and counts for nothing', async () => {
    const { drill, kernel, clock, journal, latchStore, does } = await drilled()
    await does(kernel.stop('restart'))
    await does(journal.settled())
    const again = deskKernel({ seed: 2, journal, clock, latchStore })
    await again.start()
    await pass(clock, 1_000_000)
    expect(again.queries.getReview(drill.id)?.status).toBe('expired')
    expect(again.kernel.reviews.drills()).toMatchObject([{ caught: null }])
  })

  it('never comes by itself, and never where money is real', () => {
    expect(shippedReviewPolicy.drillShare).toBe(0)
    const live = createDrills([], 'live', { drillShare: 1 }, createRandom(1))
    const paper = createDrills([], 'paper', { drillShare: 1 }, createRandom(1))
    expect([live.isDue(), paper.isDue()]).toEqual([false, true])
  })
})

/** The bear votes to hold, whatever it thinks. */
const withDissent = (inner: Bus): Bus => ({
  ...inner,
  respond: (topic, answer, limits) =>
    inner.respond(
      topic,
      async (body, signal) => {
        const said = await answer(body, signal)
        if (topic !== 'agent.bear' || (body as { action: string }).action !== 'assess') return said
        const choice = { kind: 'option', option: 'hold' }
        return { ...(said as object), assessment: { choice, confidence: 0.5, reasons: ['No.'], evidence: [] } }
      },
      limits,
    ),
})

describe('where a review can go', () => {
  it('HO-5 nothing leads out of approved, rejected, expired and voided', () => {
    const closed = reviewStatusSchema.options.filter(isClosedReview)
    expect(closed).toEqual(['approved', 'rejected', 'expired', 'voided'])
    for (const status of reviewStatusSchema.options) {
      if (isClosedReview(status)) continue
      expect(reviewTransitions[status]).toEqual(expect.arrayContaining(['rejected', 'expired', 'voided']))
    }
    expect(reviewTransitions.asked).not.toContain('approved')
  })
})

describe('a decision that needs review', () => {
  it('HO-3 waits with its exact order, the rule that sent it there, and the price; nothing is sent meanwhile', async () => {
    const { review, clock, sent, kernel, queries, run } = await inReview()
    expect(review).toMatchObject({
      status: 'open',
      agreed: true,
      order: { instrument: 'BTC/USDT', side: 'buy', type: 'MARKET', timeInForce: 'IOC' },
      rules: [{ code: 'LARGE_ORDER', sentence: expect.stringContaining('above 1') }],
    })
    await pass(clock, 600_000)
    expect(sent()).toEqual([])
    expect(kernel.reviews.waiting()).toHaveLength(1)
    expect(queries.getRun(run.runId)?.steps.find(({ id }) => id === 'review')?.state).toBe('running')
  })

  it('HO-5 unanswered expires to a rejection, and the run ends with nothing sent', async () => {
    const { review, ended, now, sent, clock, queries } = await inReview()
    const memory = await ended()
    expect(clock.now()).toBeGreaterThanOrEqual(review.openedAt + 900_000)
    expect(now()).toMatchObject({ status: 'expired', end: { by: 'reviews' } })
    expect(memory.ended?.status).toBe('completed')
    expect(sent()).toEqual([])
    expect(queries.getRun(memory.runId)).toMatchObject({ outcome: 'hold', reason: expect.stringContaining('in time') })
  })

  it('HO-6 approved sends exactly the order that was shown, and says who approved it', async () => {
    const { review, reviews, does, ended, now, queries, sent } = await inReview()
    await does(reviews.approve(review.id, review.orderHash, { dwellMs: 40 }, trader))
    await ended()
    const [clientOrderId, ...more] = sent()
    expect(more).toEqual([])
    const { exits, ...order } = review.order
    const approved = { ...order, status: 'FILLED', contingency: { kind: 'OTO', ...exits } }
    expect(queries.getOrder(clientOrderId ?? '')).toMatchObject(approved)
    expect(now()).toMatchObject({ status: 'approved', end: { by: 'trader', dwellMs: expect.any(Number) } })
  })

  it('HO-6 is not approved by the hash of another order', async () => {
    const { review, reviews, sent, does } = await inReview()
    await expect(does(reviews.approve(review.id, 'f'.repeat(64), {}, trader))).rejects.toEqual(
      code('REVIEW_ORDER_CHANGED'),
    )
    expect(sent()).toEqual([])
  })

  it('HO-6 is void once the price has drifted too far, and an approval then changes nothing', async () => {
    const { review, reviews, clock, now, sent, does, ended, kinds } = await inReview({ driftLimitBps: 0.01 })
    await pass(clock, 10_000)
    expect(now()).toMatchObject({ status: 'voided', end: { reason: expect.stringContaining('basis points') } })
    await expect(does(reviews.approve(review.id, review.orderHash, {}, trader))).rejects.toEqual(code('REVIEW_CLOSED'))
    await ended()
    expect(sent()).toEqual([])
    expect(kinds()).toContain('reviewActedOnLate')
  })

  it('HO-6 the hash covers how it goes out, and it goes out so', async () => {
    const { review, reviews, does, ended, queries } = await inReview()
    const same = { quantity: review.order.quantity, limitPrice: null }
    const execution = { algorithm: 'twap', minutes: 2 } as const
    const edited = await does(reviews.edit(review.id, { ...same, execution }, words, trader))
    expect(edited.order).toEqual({ ...review.order, execution })
    expect(edited.orderHash).not.toBe(review.orderHash)
    await does(reviews.approve(review.id, edited.orderHash, {}, trader))
    await ended()
    const [parent] = queries.listParentOrders(undefined, 10)
    expect(parent).toMatchObject({ status: 'filled', schedule: { algorithm: 'twap' } })
    expect((parent?.endsAt ?? 0) - (parent?.startedAt ?? 0)).toBeLessThanOrEqual(120_100)
  })

  it('HO-6 what is approved to go out in one way leaves in no other', async () => {
    const { review, reviews, does, kernel, sent } = await inReview()
    const execution = { algorithm: 'twap' } as const
    const edit = { quantity: review.order.quantity, limitPrice: null, execution }
    const edited = await does(reviews.edit(review.id, edit, words, trader))
    const approving = reviews.approve(review.id, edited.orderHash, {}, trader)
    // Before the run gets to it.
    const sending = kernel.orders.submit(intentOf(edited))
    await does(approving)
    expect(await does(sending)).toMatchObject({
      status: 'DENIED',
      reason: expect.stringMatching(/^ORDER_NOT_AS_APPROVED approved=by TWAP sending=at once/),
    })
    expect(sent()).toEqual([])
  })

  it('HO-4 an edit to what cannot be done is refused, and to what is there already', async () => {
    const { review, reviews, does } = await inReview()
    const same = { quantity: review.order.quantity, limitPrice: null }
    const edit = (execution: ExecutionChoice) => does(reviews.edit(review.id, { ...same, execution }, words, trader))
    await expect(edit({ algorithm: 'auto' })).rejects.toEqual(code('REVIEW_EDIT_INVALID'))
    await edit({ algorithm: 'at-once', minutes: 3 })
    await expect(edit({ algorithm: 'at-once' })).rejects.toEqual(code('REVIEW_EDIT_INVALID'))
    expect((await edit({ algorithm: 'auto' })).orderHash).toBe(review.orderHash)
  })

  it('HO-4 edited is another order with another hash, to be approved anew, and recorded as an override', async () => {
    const { review, reviews, does, ended, sent, queries } = await inReview()
    const half = { quantity: decimal('0.001'), limitPrice: null }
    const edited = await does(reviews.edit(review.id, half, words, trader))
    expect(edited).toMatchObject({ status: 'edited', order: half, deskOrder: review.order })
    expect(edited.orderHash).not.toBe(review.orderHash)
    await expect(does(reviews.approve(review.id, review.orderHash, {}, trader))).rejects.toEqual(
      code('REVIEW_ORDER_CHANGED'),
    )
    await does(reviews.approve(review.id, edited.orderHash, {}, trader))
    await ended()
    expect(queries.getOrder(sent()[0] ?? '')).toMatchObject({ quantity: '0.001', status: 'FILLED' })
    expect(queries.listOverrides(9)).toMatchObject([{ kind: 'edited', desk: review.order.quantity, trader: '0.001' }])
  })

  it('the gate speaks before the approval and again at the sending: no order past the limits', async () => {
    const { review, reviews, does } = await inReview()
    const huge = await does(reviews.edit(review.id, { quantity: decimal(9_999), limitPrice: null }, words, trader))
    expect(reviews.denial(huge)?.code).toBe('NOTIONAL_EXCEEDS_MAX_PER_ORDER')
    await expect(does(reviews.approve(review.id, huge.orderHash, {}, trader))).rejects.toEqual(
      code('ORDER_WOULD_BE_DENIED'),
    )
  })

  it('HO-4 rejected sends nothing; to reject what the desk agreed on is an override', async () => {
    const { review, reviews, does, ended, sent, now, queries } = await inReview()
    await does(reviews.reject(review.id, words, {}, trader))
    await ended()
    expect(sent()).toEqual([])
    expect(now()).toMatchObject({ status: 'rejected', end: { words } })
    expect(queries.listOverrides(9)).toMatchObject([
      { kind: 'rejected', trader: '0', desk: review.order.quantity, words },
    ])
  })

  it('HO-13 shows later what both came to, the desk followed and overridden', async () => {
    const { review, reviews, does, clock, queries, feed } = await inReview()
    await does(reviews.reject(review.id, words, {}, trader))
    clock.jump(review.horizonMs)
    await pass(clock, 1_000)
    const [override] = queries.listOverrides(9)
    expect(override?.outcome).toMatchObject({ trader: '0', price: expect.any(String) })
    expect(queries.listUnmeasuredOverrides()).toEqual([])
    expect(feed.quote('BTC/USDT')).toBeDefined()
  })

  it('HO-4 snoozed comes back by itself, at most until it expires', async () => {
    const { review, reviews, does, clock, now } = await inReview()
    await does(reviews.snooze(review.id, 60_000, trader))
    expect(now().status).toBe('snoozed')
    await pass(clock, 61_000)
    expect(now().status).toBe('open')
    await expect(does(reviews.snooze(review.id, 900_000, trader))).rejects.toEqual(code('REVIEW_SNOOZE_TOO_LONG'))
  })

  it('HO-4 asked again has the agents vote again with the question before them, and comes back to the trader', async () => {
    const { review, reviews, does, clock, now, records, queries, run, ended, sent } = await inReview({ questions: 1 })
    const before = records.filter(({ kind }) => kind === 'ballotCast').length
    await does(reviews.ask(review.id, 'What of the funding rate?', trader))
    await expect(does(reviews.approve(review.id, review.orderHash, {}, trader))).rejects.toEqual(code('REVIEW_BUSY'))
    await passUntil(clock, () => now().status !== 'asked')
    expect(records.filter(({ kind }) => kind === 'ballotCast').length).toBe(2 * before)
    expect(queries.listEvidence(run.runId).at(-1)).toMatchObject({ summary: 'What of the funding rate?' })
    const again = now()
    expect(again).toMatchObject({ status: 'open', questions: ['What of the funding rate?'] })
    expect(again.rules.map((rule) => rule.code)).toContain('ASKED_AGAIN')
    expect(again.orderHash).not.toBe(review.orderHash)
    await expect(does(reviews.ask(review.id, 'And now?', trader))).rejects.toEqual(code('REVIEW_QUESTIONS_USED_UP'))
    await does(reviews.approve(review.id, again.orderHash, {}, trader))
    await ended()
    expect(sent()).toHaveLength(1)
  })

  it('KS-13 a stop voids it with the reason; KS-12 a late approval is recorded and never executed, even after re-arm', async () => {
    const { review, reviews, kernel, clock, does, ended, now, sent, records } = await inReview(
      {},
      { options: { coolDownMs: 0 } },
    )
    kernel.halt(2, trader, 'drill')
    await ended()
    expect(now()).toMatchObject({ status: 'voided', end: { reason: 'The desk turned HALTED: drill' } })
    await pass(clock, 5_000)
    kernel.rearm(trader, { reason: 'I have looked at it', account: 'paper', mode: 'paper' })
    await expect(does(reviews.approve(review.id, review.orderHash, {}, trader))).rejects.toEqual(code('REVIEW_CLOSED'))
    await pass(clock, 5_000)
    expect(sent()).toEqual([])
    expect(records.find(({ kind }) => kind === 'reviewActedOnLate')?.data).toMatchObject({ act: 'approve' })
  })

  it('a stop between the approval and the sending wins', async () => {
    const { review, reviews, kernel, ended, sent, clock } = await inReview({}, { options: { coolDownMs: 0 } })
    const approved = reviews.approve(review.id, review.orderHash, {}, trader)
    kernel.halt(1, trader, 'drill')
    await settle(clock, approved)
    await ended()
    expect(sent()).toEqual([])
  })

  it('a cancelled run voids it', async () => {
    const { kernel, run, ended, now } = await inReview()
    kernel.runs.cancel(run.runId, 'enough')
    await ended()
    expect(now()).toMatchObject({ status: 'voided', end: { reason: 'The run was ended: enough' } })
  })

  it('KS-11 only a person approves, edits, rejects, asks or snoozes', async () => {
    const { review, reviews, does, now } = await inReview()
    for (const by of [
      { kind: 'agent', id: 'bull' },
      { kind: 'system', id: 'desk' },
    ] as const) {
      const acts = [
        () => reviews.approve(review.id, review.orderHash, {}, by),
        () => reviews.edit(review.id, { quantity: decimal(1), limitPrice: null }, words, by),
        () => reviews.reject(review.id, words, {}, by),
        () => reviews.ask(review.id, 'May I?', by),
        () => reviews.snooze(review.id, 1_000, by),
        () => reviews.judge(review.id, { action: 'buy', confidence: 1 }, by),
      ]
      for (const act of acts) await expect(does(act())).rejects.toEqual(code('REVIEW_NEEDS_A_PERSON'))
    }
    expect(now().status).toBe('open')
  })

  it('HO-10 the hardest are judged before they are approved', async () => {
    const { review, reviews, does, now } = await inReview({ hardAboveDisagreement: 0 }, { wrapBus: withDissent })
    expect(review.difficulty).toBe('hard')
    const approve = () => does(reviews.approve(review.id, review.orderHash, {}, trader))
    await expect(approve()).rejects.toEqual(code('REVIEW_BLIND_FIRST'))
    await does(reviews.judge(review.id, { action: 'hold', confidence: 0.7 }, trader))
    expect(now().judgement).toMatchObject({ action: 'hold', confidence: 0.7 })
    await expect(does(reviews.judge(review.id, { action: 'buy', confidence: 1 }, trader))).rejects.toEqual(
      code('REVIEW_JUDGED'),
    )
    expect((await approve()).status).toBe('approved')
  })

  it('I13 a clock that jumps gives no expired review its life again, and takes a living one its', async () => {
    const { clock, now, review, does, reviews } = await inReview()
    clock.jump(-3_600_000)
    await pass(clock, 901_000)
    expect(now().status).toBe('expired')
    await expect(does(reviews.approve(review.id, review.orderHash, {}, trader))).rejects.toEqual(code('REVIEW_CLOSED'))
    const other = await inReview()
    other.clock.jump(901_000)
    await pass(other.clock, 1_000)
    other.clock.jump(-901_000)
    expect(other.now().status).toBe('expired')
  })
})

describe('HO-15 a review that a dead process left', () => {
  async function takenUp(afterMs: number, approve: boolean) {
    const dead = await inReview()
    if (approve) {
      void dead.reviews.approve(dead.review.id, dead.review.orderHash, {}, trader)
      await passUntil(dead.clock, () => dead.queries.getReview(dead.review.id)?.status === 'approved')
    }
    const clock = createVirtualClock(dead.clock.now() + afterMs)
    const { journal } = deskKernel({ clock })
    for (const { kind, data, actor, correlationId } of dead.journal.read(0, 10_000)) {
      void journal.append({ kind, data, actor, ...(correlationId !== null && { correlationId }) } as never)
    }
    await settle(clock, journal.settled())
    const reviewPolicy = { ...shippedReviewPolicy, aboveNotional: decimal(1), driftLimitBps: 10_000 }
    const desk = deskKernel({ seed: 2, clock, journal, options: { reviewPolicy } })
    await desk.start()
    const now = () => desk.queries.getReview(dead.review.id) as Review
    return { ...desk, review: dead.review, now }
  }

  it('waits on with the same deadline, and is opened no second time', async () => {
    const { review, now, kinds, clock, kernel } = await takenUp(600_000, false)
    expect(kernel.reviews.waiting().map(({ id }) => id)).toEqual([review.id])
    expect(kernel.reviews.leftMs(now())).toBeLessThanOrEqual(300_000)
    await pass(clock, 301_000)
    expect(now().status).toBe('expired')
    expect(kinds()).not.toContain('reviewOpened')
  })

  it('that was approved is sent once by the next process while the approval lasts, and never after it', async () => {
    const soon = await takenUp(5_000, true)
    await settle(soon.clock, soon.kernel.runs.drained())
    expect(sentEntries(soon.records)).toHaveLength(1)
    const late = await takenUp(1_000_000, true)
    await settle(late.clock, late.kernel.runs.drained())
    expect(late.kinds()).not.toContain('orderSubmitted')
    expect(late.records.find(({ kind }) => kind === 'orderDenied')?.data).toMatchObject({
      denial: { code: 'APPROVAL_EXPIRED' },
    })
  })
})

describe('an override', () => {
  it('is measured with what each would have made of the move', async () => {
    const { review, reviews, does, clock, queries } = await inReview()
    await does(reviews.reject(review.id, words, {}, trader))
    const [{ price, desk } = { price: decimal(0), desk: decimal(0) }] = queries.listOverrides(1)
    clock.jump(review.horizonMs + 1)
    await pass(clock, 1_000)
    const outcome = queries.listOverrides(1)[0]?.outcome
    const move = Number(outcome?.price) - Number(price)
    expect(Number(outcome?.desk)).toBeCloseTo(Number(multiply(desk, decimal(1))) * move, 6)
  })
})
