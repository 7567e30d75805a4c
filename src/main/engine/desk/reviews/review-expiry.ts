import { driftBps, isClosedReview, type Review } from '#shared/domain/review.ts'
import { noteAlone, type ReviewsState, reviewTime } from './reviews-state.ts'

/** True once its time is over, by either clock. */
export function isOver(state: ReviewsState, review: Review): boolean {
  const overAt = state.deadlines.get(review.id) ?? Number.NEGATIVE_INFINITY
  return reviewTime(state) >= review.expiresAt || state.clock.monotonic() >= overAt
}

/** Basis points from the price that it was shown at; undefined while there is no price. */
export function driftOf({ feed }: Pick<ReviewsState, 'feed'>, review: Review): number | undefined {
  const last = feed.quote(review.order.instrument)?.last
  return last === undefined ? undefined : driftBps(review.price, last)
}

/** True where the price went further than a review may be behind it. */
export function hasDrifted(state: Pick<ReviewsState, 'feed'>, review: Review): boolean {
  return (driftOf(state, review) ?? 0) > review.driftLimitBps
}

/** Closes a review that is late, or that the price has left behind. */
export function expireOrVoid(state: ReviewsState, review: Review): void {
  if (isClosedReview(review.status)) return
  if (isOver(state, review)) noteAlone(state, review, { kind: 'reviewExpired', data: { reviewId: review.id } })
  // While the agents vote again the order is another one by the next tick anyway.
  else if (review.status !== 'asked' && hasDrifted(state, review)) {
    const moved = Math.round(driftOf(state, review) ?? 0)
    const why = `The price moved ${moved} basis points since it was shown; more than ${review.driftLimitBps} void it`
    noteAlone(state, review, { kind: 'reviewVoided', data: { reviewId: review.id, why } })
  }
}

/** Looks at clock and market: expires and voids what waits, and wakes what was put aside. */
export function lookAtReviews(state: ReviewsState): void {
  for (const review of state.reviews.values()) {
    expireOrVoid(state, review)
    const { status, snoozedUntil, id } = state.reviews.get(review.id) ?? review
    if (status !== 'snoozed' || reviewTime(state) < (snoozedUntil ?? 0)) continue
    noteAlone(state, review, { kind: 'reviewWoken', data: { reviewId: id } })
  }
}

/** Voids every review that waits (KS-13), or those of one run. */
export function voidReviews(state: ReviewsState, why: string, runId?: string): void {
  for (const review of state.reviews.values()) {
    if (isClosedReview(review.status) || (runId !== undefined && review.runId !== runId)) continue
    noteAlone(state, review, { kind: 'reviewVoided', data: { reviewId: review.id, why } })
  }
}
