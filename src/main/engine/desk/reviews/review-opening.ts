import { isClosedReview, type Review, type ReviewOrder } from '#shared/domain/review.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import { turnedRound } from './oversight-drills.ts'
import { findReview, noteReview, orderHashOf, type ReviewsState, reviewsActor, reviewTime } from './reviews-state.ts'

/** What a review is opened with, or shown again with after the agents were asked. */
export type ReviewOpening = Pick<Review, 'rules' | 'disagreement' | 'agreed' | 'horizonMs' | 'epoch' | 'runId'> & {
  readonly order: ReviewOrder
  readonly price: Decimal
}

/** Puts a decision before the trader; resolves once that is durable. */
export async function openReview(state: ReviewsState, opening: ReviewOpening): Promise<Review> {
  const review: Review = { ...madeNow(state, opening), id: state.ids.next('rev'), questions: [], judgement: null }
  return noteReview(state, review, reviewsActor, { kind: 'reviewOpened', data: { review } })
}

/** Shows it again after the agents have voted again; null where they do not want it any more. */
export async function showAgain(state: ReviewsState, reviewId: string, opening: ReviewOpening | null): Promise<void> {
  const review = findReview(state, reviewId)
  if (isClosedReview(review.status)) return
  if (opening === null) {
    const why = 'Asked again, the agents do not want it any more'
    await noteReview(state, review, reviewsActor, { kind: 'reviewVoided', data: { reviewId, why } })
    return
  }
  const { id, questions, openedAt } = review
  const again: Review = { ...madeNow(state, opening), id, questions, judgement: null, openedAt }
  await noteReview(state, review, reviewsActor, { kind: 'reviewAnswered', data: { review: again } })
}

/** HO-12: on paper, now and then, a review that anybody should reject; nobody waits for it, so nothing can be sent. */
export async function injectDrillAfter(state: ReviewsState, review: Review): Promise<void> {
  const { drills, ids } = state
  if (drills.has(review.id) || !drills.isDue()) return
  const { rules, disagreement, horizonMs, epoch, runId, price } = review
  const order = turnedRound(review.deskOrder, ids.next('dec'))
  const opening = { rules, disagreement, agreed: true, horizonMs, epoch, runId, order, price }
  const drill: Review = { ...madeNow(state, opening), id: ids.next('rev'), questions: [], judgement: null }
  const flaw = `The order is turned round: the desk would ${review.deskOrder.side}.`
  await noteReview(
    state,
    drill,
    reviewsActor,
    { kind: 'drillInjected', data: { reviewId: drill.id, flaw } },
    { kind: 'reviewOpened', data: { review: drill } },
  )
}

function madeNow(state: ReviewsState, opening: ReviewOpening): Omit<Review, 'id' | 'questions' | 'judgement'> {
  const { clock, policy, mode, timeScale } = state
  const { order, price, disagreement } = opening
  const at = Math.floor(clock.now())
  const lifetimeMs = Math.round(policy.expiresAfterSeconds[mode] * 1_000)
  return {
    ...opening,
    decisionId: order.decisionId,
    proposalId: order.proposalId,
    status: 'open',
    deskOrder: order,
    orderHash: orderHashOf(state, order),
    price,
    driftLimitBps: policy.driftLimitBps,
    openedAt: at,
    shownAt: at,
    expiresAt: reviewTime(state) + Math.round(lifetimeMs * timeScale),
    lifetimeMs,
    difficulty: disagreement > policy.hardAboveDisagreement ? 'hard' : 'usual',
    snoozedUntil: null,
    editWords: null,
    end: null,
  }
}
