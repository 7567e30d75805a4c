import type { Intent } from '#engine/trading/orders/new-orders.ts'
import type { Denial } from '#shared/domain/denial.ts'
import { executionWords } from '#shared/domain/execution-words.ts'
import { isExit, type Order } from '#shared/domain/order.ts'
import { isAsChosen, type ParentOrder } from '#shared/domain/parent-order.ts'
import { isJudgedFirst, type Review, type ReviewOrder } from '#shared/domain/review.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { driftOf, hasDrifted, isOver } from './review-expiry.ts'
import { orderHashOf, type ReviewsState } from './reviews-state.ts'

/** The intent that an approved review is carried out by: exactly its order. */
export function intentOf({ order, runId, epoch }: Review): Intent {
  const { type: _type, ...rest } = order
  return { ...rest, runId, by: 'executor', epoch }
}

/** What the gate would say to the review's order now. */
export function denialOf({ drills, check }: ReviewsState, review: Review): Denial | undefined {
  return drills.has(review.id) ? undefined : check(intentOf(review))
}

/** Throws where the review cannot be approved (see Reviews); `isExplained` is true where the trader gives a reason with it. */
export function refuseApproval(state: ReviewsState, review: Review, orderHash: string, isExplained: boolean): void {
  if (isJudgedFirst(review, state.policy)) {
    throw new ParleyError('REVIEW_BLIND_FIRST', 'The desk disagrees widely: say first what you think of it yourself.', {
      wayOut: 'Record a side and how sure you are; the votes are shown then.',
    })
  }
  if (orderHash !== review.orderHash) {
    throw new ParleyError('REVIEW_ORDER_CHANGED', 'The order is not the one that you were shown any more.', {
      details: { shown: orderHash, now: review.orderHash },
      wayOut: 'Look at it again and approve what it is now.',
    })
  }
  if (!review.agreed && !isExplained) {
    throw new ParleyError('REVIEW_REASON_NEEDED', 'The vote did not carry it: approving it is an override.', {
      wayOut: 'Give a reason with the approval.',
    })
  }
  const denial = denialOf(state, review)
  if (denial !== undefined) {
    const values = Object.entries(denial.values).map(([name, value]) => `${name} ${value}`)
    throw new ParleyError('ORDER_WOULD_BE_DENIED', `The gate would deny it: ${denial.code} (${values.join(', ')}).`, {
      details: { denial },
      wayOut: 'Edit the order so that it fits the limits, or reject it.',
    })
  }
}

/** What the desk says to an order that needs an approval, at the moment of sending (HO-6); undefined lets it out. */
export function approvalDenial(state: ReviewsState, order: Order | ParentOrder): Denial | undefined {
  const { needed, reviews, byDecision } = state
  const { decisionId } = order
  if (decisionId === null || !needed.has(decisionId)) return undefined
  if ('contingency' in order && isExit(order)) return undefined
  const review = reviews.get(byDecision.get(decisionId) ?? '')
  if (review?.decisionId !== decisionId || review.status !== 'approved') {
    return { code: 'APPROVAL_MISSING', values: { decision: decisionId, review: review?.status ?? 'none' } }
  }
  if (isOver(state, review)) return { code: 'APPROVAL_EXPIRED', values: { expiredAt: String(review.expiresAt) } }
  if (hasDrifted(state, review)) {
    const values = {
      driftBps: String(Math.round(driftOf(state, review) ?? 0)),
      limitBps: String(review.driftLimitBps),
    }
    return { code: 'APPROVAL_VOID', values }
  }
  return unlikeApproved(state, review, order)
}

/** Denies an order, or the whole that it is a part of, that is not what was approved. */
function unlikeApproved(state: ReviewsState, review: Review, order: Order | ParentOrder): Denial | undefined {
  const whole = 'schedule' in order ? order : (state.book.parents.get(order.sliceOf?.parentId ?? '')?.parent ?? order)
  const sending = orderHashOf(state, reviewOrderOf(whole, review.order))
  const schedule = 'schedule' in whole ? whole.schedule : null
  const { execution } = review.order
  if (execution !== undefined && !isAsChosen(schedule, execution)) {
    const values = { approved: executionWords(execution), sending: schedule?.algorithm ?? 'at once' }
    return { code: 'ORDER_NOT_AS_APPROVED', values }
  }
  return sending === review.orderHash
    ? undefined
    : { code: 'ORDER_NOT_AS_APPROVED', values: { approved: review.orderHash, sending } }
}

/** What an order, or the whole that it is a part of, says of what an approval binds to; how it is carried out is as approved. */
function reviewOrderOf(order: Order | ParentOrder, { decisionId, proposalId, execution }: ReviewOrder): ReviewOrder {
  const { instrument, side, type, quantity, limitPrice, timeInForce, reduceOnly } = order
  const exits = 'exits' in order ? order.exits : order.contingency?.kind === 'OTO' ? order.contingency : null
  return {
    decisionId: order.decisionId ?? decisionId,
    proposalId: order.proposalId ?? proposalId,
    instrument,
    side,
    type,
    quantity,
    limitPrice,
    timeInForce,
    reduceOnly,
    ...(exits !== null && { exits: { stopPrice: exits.stopPrice, targetPrice: exits.targetPrice } }),
    ...(execution !== undefined && { execution }),
  }
}
