import { isClosedReview, type Review } from '#shared/domain/review.ts'
import { runSuspended } from '#shared/domain/run.ts'
import { errorCode } from '#shared/lib/error.ts'
import { findReview, isAnswered, noteAlone, type ReviewsState } from './reviews-state.ts'

/** Resolves when the review is closed, or the agents are to vote again; when the signal aborts it is voided. */
export function waitForAnswer(state: ReviewsState, reviewId: string, signal: AbortSignal): Promise<Review> {
  const { waiters } = state
  return new Promise((resolve, reject) => {
    const review = findReview(state, reviewId)
    if (isAnswered(review)) {
      resolve(review)
      return
    }
    const waiting = waiters.get(reviewId) ?? new Set()
    waiters.set(reviewId, waiting)
    const onAbort = () => {
      waiting.delete(onAnswer)
      const still = findReview(state, reviewId)
      const why = `The run was ended: ${String(signal.reason)}`
      // It waits on, with the same deadline, for the trader and for the next process (HO-15).
      const goesOn = errorCode(signal.reason) === runSuspended
      if (!goesOn && !isClosedReview(still.status))
        noteAlone(state, still, { kind: 'reviewVoided', data: { reviewId, why } })
      reject(signal.reason)
    }
    const onAnswer = (answered: Review) => {
      signal.removeEventListener('abort', onAbort)
      resolve(answered)
    }
    waiting.add(onAnswer)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}
