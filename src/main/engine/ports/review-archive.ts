import type { Drill, Override, Review } from '#shared/domain/review.ts'

/** What is remembered of reviews for good: what is durable. */
export interface ReviewArchive {
  getReview(reviewId: string): Review | undefined
  /** The known-bad reviews that were put before the trader, oldest first. */
  listDrills(): readonly Drill[]
  /** Overrides of which it is not known yet what they came to, oldest first. */
  listUnmeasuredOverrides(): readonly Override[]
}
