import type { Reviews } from '#engine/desk/reviews/reviews.ts'
import { isJudgedFirst, type Review } from '#shared/domain/review.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** HO-10: the hardest reviews that wait for the trader's own view; until he has given it nothing of their runs is told. */
export interface Blind {
  /** The review for which the run's vote and conversation are kept back; undefined for any other run. */
  reviewOf(runId: string): Review | undefined
  /** Throws REVIEW_BLIND_FIRST for such a run. */
  refuse(runId: string): void
  /** The ids of such runs and of their reviews. */
  hidden(): { readonly runs: ReadonlySet<string>; readonly reviews: ReadonlySet<string> }
}

/** Creates what says which runs are kept back for now. */
export function createBlind(reviews: Pick<Reviews, 'waiting' | 'policy'>): Blind {
  const blind = () => reviews.waiting().filter((review) => isJudgedFirst(review, reviews.policy))
  const reviewOf = (runId: string) => blind().find((review) => review.runId === runId)
  return {
    reviewOf,
    refuse(runId) {
      const review = reviewOf(runId)
      if (review === undefined) return
      throw new ParleyError(
        'REVIEW_BLIND_FIRST',
        'The agents disagree widely, and what they said is kept back until you have said what you think yourself.',
        {
          details: { reviewId: review.id },
          wayOut: `Give your own view first: in Reviews, or with "parley review judge ${review.id}". Instrument, chart and evidence are there.`,
        },
      )
    },
    hidden() {
      const all = blind()
      return { runs: new Set(all.map(({ runId }) => runId)), reviews: new Set(all.map(({ id }) => id)) }
    },
  }
}
