import { implement } from '@orpc/server'
import { span } from '#engine/agents/wording.ts'
import { reviewFacts } from '#engine/desk/reviews/review-facts.ts'
import { contract } from '#shared/contract/index.ts'
import type { BlindReviewItem, ReviewItem, ReviewView } from '#shared/contract/reviews.ts'
import { isClosedReview, isJudgedFirst, type Review } from '#shared/domain/review.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { CallContext } from './desk.ts'
import { type ApiParts, trader } from './parts.ts'

/** Decisions that wait for the trader. Whoever calls is a person: agents have no way to this API (KS-11). */
export function reviewsRoutes({ kernel, queries, feed }: ApiParts) {
  const os = implement(contract.reviews).$context<CallContext>()
  const { reviews, book, mandate } = kernel

  /** HO-10: of the hardest nothing of what the desk would do is told before the trader has said what he thinks. */
  function item(review: Review): ReviewItem {
    const { instrument } = review.order
    const leftMs = reviews.leftMs(review)
    if (isJudgedFirst(review, reviews.policy)) return { ...blindPart(review), instrument, leftMs }
    const drill = reviews.drills().find(({ reviewId }) => reviewId === review.id)
    // What it was is told once it is over.
    const isTold = drill !== undefined && isClosedReview(review.status)
    return { ...review, instrument, leftMs, isBlind: false, drill: isTold ? drill : null }
  }

  function view(review: Review): ReviewView {
    const fourEyes = {
      on: false,
      why: 'Four-eyes is off: this desk has one seat, and nobody can be asked a second time.',
    } as const
    const around = { policy: reviews.policy, fourEyes }
    const proposal = queries.getVote(review.runId).proposals.find(({ id }) => id === review.proposalId)
    const shown = item(review)
    const facts = reviewFacts(review, { book, mandate, feed, proposal, denial: reviews.denial(review) })
    return shown.isBlind ? { ...shown, ...around, driftBps: facts.driftBps } : { ...shown, ...around, facts }
  }

  return {
    list: os.list.handler(({ input }) => queries.listReviews(input.limit).map(item)),
    get: os.get.handler(({ input }) => {
      const review = queries.getReview(input.reviewId)
      if (review !== undefined) return view(review)
      throw new ParleyError('REVIEW_NOT_FOUND', `There is no review ${input.reviewId}.`, {
        wayOut: 'Open one from the list of reviews.',
      })
    }),
    approve: os.approve.handler(async ({ input }) =>
      item(await reviews.approve(input.reviewId, input.orderHash, input, trader)),
    ),
    edit: os.edit.handler(async ({ input }) => view(await reviews.edit(input.reviewId, input, input.words, trader))),
    reject: os.reject.handler(async ({ input }) =>
      item(await reviews.reject(input.reviewId, input.words, input, trader)),
    ),
    ask: os.ask.handler(async ({ input }) => item(await reviews.ask(input.reviewId, input.question, trader))),
    snooze: os.snooze.handler(async ({ input }) => item(await reviews.snooze(input.reviewId, input.forMs, trader))),
    recordBlind: os.recordBlind.handler(async ({ input }) => item(await reviews.judge(input.reviewId, input, trader))),
    drills: os.drills.handler(() => {
      const answered = reviews.drills().filter(({ caught }) => caught !== null)
      const caught = answered.filter((drill) => drill.caught === true).length
      const rate = answered.length === 0 ? null : caught / answered.length
      return { injected: reviews.drills().length, answered: answered.length, caught, rate }
    }),
    overrides: os.overrides.handler(({ input }) => [...queries.listOverrides(input.limit)]),
  }
}

/** What there is to judge by before the desk's verdict is told, besides the chart and the evidence. */
function blindPart(review: Review): Omit<BlindReviewItem, 'instrument' | 'leftMs'> {
  const { id, runId, status, driftLimitBps, openedAt, shownAt, expiresAt, lifetimeMs } = review
  const { difficulty, snoozedUntil, questions, horizonMs, order } = review
  const question = `What would you do with ${order.instrument} for the next ${span(horizonMs)}: buy, sell or hold, and how sure are you?`
  const times = { openedAt, shownAt, expiresAt, lifetimeMs, snoozedUntil, horizonMs }
  return { id, runId, status, difficulty, driftLimitBps, ...times, questions, isBlind: true, question }
}
