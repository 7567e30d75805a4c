import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import {
  type BlindJudgement,
  isClosedReview,
  type Review,
  type ReviewWords,
  reviewTransitions,
} from '#shared/domain/review.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { edited, type ReviewEdit, wrongEdit } from './order-edit.ts'
import { overrideOf } from './overrides.ts'
import { refuseApproval } from './review-approval.ts'
import { expireOrVoid } from './review-expiry.ts'
import { injectDrillAfter } from './review-opening.ts'
import {
  findReview,
  noteReview,
  orderHashOf,
  type ReviewsState,
  reviewLeftMs,
  reviewsActor,
  reviewTime,
} from './reviews-state.ts'

/** What the trader says with an approval or a rejection. */
export interface ReviewAct {
  readonly words?: ReviewWords | undefined
  /** How long the trader looked at it; the time since it is on show where nobody measured. */
  readonly dwellMs?: number | undefined
}

/** Lets exactly the order with the hash out (see Reviews). */
export async function approve(
  state: ReviewsState,
  reviewId: string,
  orderHash: string,
  act: ReviewAct,
  by: Actor,
): Promise<Review> {
  const { drills, feed } = state
  const review = actOn(state, reviewId, 'approve', 'approved', by)
  refuseApproval(state, review, orderHash, act.words !== undefined)
  const words = act.words ?? review.editWords
  const dwellMs = dwellOf(state, review, act)
  const price = feed.quote(review.order.instrument)?.last ?? review.price
  const isEdited = review.orderHash !== orderHashOf(state, review.deskOrder)
  const events: DeskEvent[] = [
    { kind: 'reviewApproved', data: { reviewId, orderHash, price, words: words ?? null, dwellMs } },
  ]
  if (drills.has(reviewId)) events.push({ kind: 'drillAnswered', data: { reviewId, caught: false } })
  else if (words !== null && (isEdited || !review.agreed))
    events.push(overrideOf(state, review, isEdited ? 'edited' : 'approved', words, by))
  return answer(state, review, by, { approved: true, dwellMs }, events)
}

/** Rejects it (see Reviews). */
export async function reject(
  state: ReviewsState,
  reviewId: string,
  words: ReviewWords,
  act: ReviewAct,
  by: Actor,
): Promise<Review> {
  const review = actOn(state, reviewId, 'reject', 'rejected', by)
  const dwellMs = dwellOf(state, review, act)
  const events: DeskEvent[] = [{ kind: 'reviewRejected', data: { reviewId, words, dwellMs } }]
  if (state.drills.has(reviewId)) events.push({ kind: 'drillAnswered', data: { reviewId, caught: true } })
  else if (review.agreed) events.push(overrideOf(state, review, 'rejected', words, by))
  return answer(state, review, by, { approved: false, dwellMs }, events)
}

/** Journals an answer, notices where approving has become a habit, and draws whether a drill follows. */
async function answer(
  state: ReviewsState,
  review: Review,
  by: Actor,
  given: { readonly approved: boolean; readonly dwellMs: number },
  events: readonly DeskEvent[],
): Promise<Review> {
  const after = await noteReview(state, review, by, ...events)
  const notice = state.biasWatch.add(given)
  if (notice !== null) {
    await state.journal.append({ kind: 'automationBiasNoticed', data: notice, actor: reviewsActor })
  }
  await injectDrillAfter(state, review)
  return after
}

/** Puts another order in its place, with a new hash, to be approved. Throws REVIEW_EDIT_INVALID. */
export async function edit(
  state: ReviewsState,
  reviewId: string,
  change: ReviewEdit,
  words: ReviewWords,
  by: Actor,
): Promise<Review> {
  const review = actOn(state, reviewId, 'edit', 'edited', by)
  const order = edited(review.order, change)
  const price = state.feed.quote(order.instrument)?.last
  const orderHash = orderHashOf(state, order)
  const why = wrongEdit(order, price, orderHash === review.orderHash)
  if (price === undefined || why !== undefined) {
    throw new ParleyError('REVIEW_EDIT_INVALID', `The order cannot be changed so: ${why}.`)
  }
  return noteReview(state, review, by, { kind: 'reviewEdited', data: { reviewId, order, orderHash, price, words } })
}

/** Has the agents vote again with the question before them. Throws REVIEW_QUESTIONS_USED_UP. */
export async function askAgents(state: ReviewsState, reviewId: string, question: string, by: Actor): Promise<Review> {
  const { drills, policy } = state
  const review = actOn(state, reviewId, 'ask again about', 'asked', by)
  // Nobody votes on a drill again.
  if (drills.has(reviewId) || review.questions.length >= policy.questions) {
    throw new ParleyError('REVIEW_QUESTIONS_USED_UP', `The agents were asked ${policy.questions} times already.`, {
      wayOut: 'Approve, edit or reject it.',
    })
  }
  return noteReview(state, review, by, { kind: 'reviewAsked', data: { reviewId, question } })
}

/** Puts it aside for so many milliseconds of waiting. Throws REVIEW_SNOOZE_TOO_LONG. */
export async function snooze(state: ReviewsState, reviewId: string, forMs: number, by: Actor): Promise<Review> {
  const review = actOn(state, reviewId, 'snooze', 'snoozed', by)
  const until = reviewTime(state) + Math.round(forMs * state.timeScale)
  if (until >= review.expiresAt) {
    throw new ParleyError('REVIEW_SNOOZE_TOO_LONG', 'It would expire before it comes back, which is a rejection.', {
      wayOut: 'Snooze it for less, or reject it.',
    })
  }
  return noteReview(state, review, by, { kind: 'reviewSnoozed', data: { reviewId, until } })
}

/** Records what the trader thinks before the tally is shown. Throws REVIEW_JUDGED. */
export async function judgeBlind(
  state: ReviewsState,
  reviewId: string,
  { action, confidence }: Omit<BlindJudgement, 'at'>,
  by: Actor,
): Promise<Review> {
  const review = actOn(state, reviewId, 'judge', 'rejected', by)
  if (review.judgement !== null) {
    throw new ParleyError('REVIEW_JUDGED', 'Your judgement is recorded already, and the tally was shown.')
  }
  const judgement = { action, confidence, at: Math.floor(state.clock.now()) }
  return noteReview(state, review, by, { kind: 'blindJudgementRecorded', data: { reviewId, judgement } })
}

/** The review that somebody is about to act on: a person, in time. What comes late is recorded, and nothing more (KS-12). */
function actOn(state: ReviewsState, reviewId: string, act: string, to: Review['status'], by: Actor): Review {
  if (by.kind !== 'human') {
    throw new ParleyError('REVIEW_NEEDS_A_PERSON', `Only a person may ${act} a review, not ${by.kind} ${by.id}.`)
  }
  expireOrVoid(state, findReview(state, reviewId))
  const review = findReview(state, reviewId)
  const { status } = review
  if (reviewTransitions[status].includes(to)) return review
  if (isClosedReview(status)) {
    void state.journal.append({
      kind: 'reviewActedOnLate',
      data: { reviewId, act, status },
      actor: by,
      correlationId: review.runId,
    })
    throw new ParleyError('REVIEW_CLOSED', `The review is ${status} already: ${review.end?.reason ?? ''}.`, {
      details: { status },
      wayOut: 'Nothing was sent for it now. Let the desk decide again for a fresh proposal.',
    })
  }
  throw new ParleyError('REVIEW_BUSY', `A review that is ${status} cannot be told to ${act}.`, {
    retry: 'retryable',
    wayOut: 'Wait until the agents have voted again.',
  })
}

function dwellOf(state: ReviewsState, review: Review, { dwellMs }: ReviewAct): number {
  const longest = review.lifetimeMs - reviewLeftMs(state, review)
  return Math.round(Math.max(0, Math.min(dwellMs ?? longest, longest)))
}
