import type { Denial } from '#shared/domain/denial.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Order } from '#shared/domain/order.ts'
import type { ParentOrder } from '#shared/domain/parent-order.ts'
import {
  type AutomationBias,
  type BlindJudgement,
  type Drill,
  isClosedReview,
  type Review,
  type ReviewPolicy,
  type ReviewWords,
} from '#shared/domain/review.ts'
import type { ReviewEdit } from './order-edit.ts'
import { measureOverrides } from './overrides.ts'
import { approve, askAgents, edit, judgeBlind, type ReviewAct, reject, snooze } from './review-acts.ts'
import { approvalDenial, denialOf } from './review-approval.ts'
import { lookAtReviews, voidReviews } from './review-expiry.ts'
import { openReview, type ReviewOpening, showAgain } from './review-opening.ts'
import { waitForAnswer } from './review-waiting.ts'
import { type ReviewsOptions, readReviews, reviewLeftMs } from './reviews-state.ts'

/** The decisions that wait for the trader. Every act throws REVIEW_NOT_FOUND, REVIEW_CLOSED and REVIEW_NEEDS_A_PERSON. */
export interface Reviews {
  readonly policy: ReviewPolicy
  readonly attended: boolean
  /** Puts a decision before the trader; resolves once that is durable. */
  open(opening: ReviewOpening): Promise<Review>
  /** Resolves when the review is closed, or the agents are to vote again; when the signal aborts it is voided. */
  answered(reviewId: string, signal: AbortSignal): Promise<Review>
  /** Shows it again after the agents have voted again; null where they do not want it any more. */
  showAgain(reviewId: string, opening: ReviewOpening | null): Promise<void>
  /** Those that are not closed, oldest first. */
  waiting(): readonly Review[]
  /** Milliseconds of waiting until it expires; 0 when it is closed. */
  leftMs(review: Review): number
  /**
   * Lets exactly the order with the hash out. Throws REVIEW_BLIND_FIRST, REVIEW_ORDER_CHANGED, REVIEW_REASON_NEEDED (an
   * approval against the vote is an override), REVIEW_PRICE_MOVED, and ORDER_WOULD_BE_DENIED with what the gate says.
   */
  approve(reviewId: string, orderHash: string, act: ReviewAct, by: Actor): Promise<Review>
  /** Puts another order in its place, with a new hash, to be approved. Throws REVIEW_EDIT_INVALID. */
  edit(reviewId: string, edit: ReviewEdit, words: ReviewWords, by: Actor): Promise<Review>
  reject(reviewId: string, words: ReviewWords, act: ReviewAct, by: Actor): Promise<Review>
  /** Has the agents vote again with the question before them. Throws REVIEW_QUESTIONS_USED_UP. */
  ask(reviewId: string, question: string, by: Actor): Promise<Review>
  /** Puts it aside for so long, at most until it expires. Throws REVIEW_SNOOZE_TOO_LONG. */
  snooze(reviewId: string, forMs: number, by: Actor): Promise<Review>
  /** Records what the trader thinks before the tally is shown. Throws REVIEW_JUDGED. */
  judge(reviewId: string, judgement: Omit<BlindJudgement, 'at'>, by: Actor): Promise<Review>
  /** What the gate would say to the review's order now. */
  denial(review: Review): Denial | undefined
  /** What the desk says to an order that needs an approval, at the moment of sending (HO-6); undefined lets it out. */
  approvalDenial(order: Order | ParentOrder): Denial | undefined
  /** Voids every review that waits (KS-13), or those of one run. */
  voidAll(why: string, runId?: string): void
  /** Looks at clock and market: wakes, expires, voids, measures overrides. To be called often. */
  tick(): void
  /** The known-bad reviews that were put before the trader (HO-12), oldest first. */
  drills(): readonly Drill[]
  /** The last notice that approving may have become a habit, in this session. */
  bias(): AutomationBias | null
}

/** Creates what keeps the decisions that wait for the trader. */
export function createReviews(options: ReviewsOptions): Reviews {
  const state = readReviews(options)
  const { reviews, drills, biasWatch } = state
  return {
    policy: options.policy,
    attended: options.attended,
    open: (opening) => openReview(state, opening),
    answered: (reviewId, signal) => waitForAnswer(state, reviewId, signal),
    showAgain: (reviewId, opening) => showAgain(state, reviewId, opening),
    waiting: () => [...reviews.values()].filter(({ status }) => !isClosedReview(status)),
    leftMs: (review) => reviewLeftMs(state, review),
    approve: (...asked) => approve(state, ...asked),
    edit: (...asked) => edit(state, ...asked),
    reject: (...asked) => reject(state, ...asked),
    ask: (...asked) => askAgents(state, ...asked),
    snooze: (...asked) => snooze(state, ...asked),
    judge: (...asked) => judgeBlind(state, ...asked),
    denial: (review) => denialOf(state, review),
    approvalDenial: (order) => approvalDenial(state, order),
    voidAll: (why, runId) => voidReviews(state, why, runId),
    tick() {
      lookAtReviews(state)
      measureOverrides(state)
    },
    drills: () => drills.all(),
    bias: () => biasWatch.last(),
  }
}
