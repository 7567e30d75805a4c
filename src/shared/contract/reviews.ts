import { oc } from '@orpc/contract'
import { z } from 'zod'
import { decimalSchema } from '#shared/domain/decimal.ts'
import { executionChoiceSchema } from '#shared/domain/parent-order.ts'
import {
  blindJudgementSchema,
  drillSchema,
  overrideSchema,
  reviewPolicySchema,
  reviewSchema,
  reviewWordsSchema,
} from '#shared/domain/review.ts'
import { reviewFactsSchema } from '#shared/domain/review-facts.ts'

const one = z.object({ reviewId: z.string() })
const dwell = z.object({
  /** How long the trader looked at it, in milliseconds. */
  dwellMs: z.number().min(0).optional(),
})

/** The time left is of waiting, not of the market. */
const left = { leftMs: z.int(), instrument: z.string() }

/** One of the hardest before the trader has said what he thinks: what that needs, and nothing of the desk's verdict (HO-10). */
const blindItemSchema = reviewSchema
  .pick({
    id: true,
    runId: true,
    status: true,
    driftLimitBps: true,
    openedAt: true,
    shownAt: true,
    expiresAt: true,
    lifetimeMs: true,
    difficulty: true,
    snoozedUntil: true,
    questions: true,
    horizonMs: true,
  })
  .extend({ ...left, isBlind: z.literal(true), question: z.string() })
export type BlindReviewItem = z.infer<typeof blindItemSchema>

/** A review as lists show it. */
const shownItemSchema = reviewSchema.extend({
  ...left,
  isBlind: z.literal(false),
  /** What was wrong with a review that was a drill, once it is closed (HO-12). */
  drill: drillSchema.nullable(),
})
export const reviewItemSchema = z.discriminatedUnion('isBlind', [shownItemSchema, blindItemSchema])
export type ReviewItem = z.infer<typeof reviewItemSchema>

const around = {
  policy: reviewPolicySchema,
  /** HO-9: a second pair of eyes; on a desk with one seat it is off, and says so. */
  fourEyes: z.object({ on: z.literal(false), why: z.string() }),
}
const shownViewSchema = shownItemSchema.extend({ ...around, facts: reviewFactsSchema })
/** A review with all that it is judged by, besides its run's votes and evidence. */
export type ShownReview = z.infer<typeof shownViewSchema>
const blindViewSchema = blindItemSchema.extend({
  ...around,
  /** How far the price has moved since, in basis points without a sign; null is unavailable. */
  driftBps: z.number().nullable(),
})
/** A review that is to be judged first. */
export type BlindReview = z.infer<typeof blindViewSchema>
export const reviewViewSchema = z.discriminatedUnion('isBlind', [shownViewSchema, blindViewSchema])
export type ReviewView = z.infer<typeof reviewViewSchema>

/** Decisions that wait for the trader. There is no way to approve more than one at once (HO-7). */
export const reviewsContract = {
  /** Newest first. */
  list: oc
    .route({ method: 'GET', path: '/reviews' })
    .input(z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }))
    .output(z.array(reviewItemSchema)),
  /** HO-12: how many known-bad reviews were put before the trader, answered and caught; the rate is null before the first answer. */
  drills: oc
    .route({ method: 'GET', path: '/reviews/drills' })
    .output(z.object({ injected: z.int(), answered: z.int(), caught: z.int(), rate: z.number().nullable() })),
  get: oc.route({ method: 'GET', path: '/reviews/{reviewId}' }).input(one).output(reviewViewSchema),
  /** Lets exactly the order with this hash out; the gate looks at it again when it is sent (HO-6). */
  approve: oc
    .route({ method: 'POST', path: '/reviews/{reviewId}/approve' })
    .input(one.extend({ orderHash: z.string(), words: reviewWordsSchema.optional() }).extend(dwell.shape))
    .output(reviewItemSchema),
  /** Puts another order in its place; it has to be approved with its new hash. */
  edit: oc
    .route({ method: 'POST', path: '/reviews/{reviewId}/edit' })
    .input(
      one.extend({
        quantity: decimalSchema,
        limitPrice: decimalSchema.nullable(),
        /** How it is carried out; as it is where nothing is said. */
        execution: executionChoiceSchema.optional(),
        words: reviewWordsSchema,
      }),
    )
    .output(reviewViewSchema),
  reject: oc
    .route({ method: 'POST', path: '/reviews/{reviewId}/reject' })
    .input(one.extend({ words: reviewWordsSchema }).extend(dwell.shape))
    .output(reviewItemSchema),
  /** Has the agents vote again with the question before them. */
  ask: oc
    .route({ method: 'POST', path: '/reviews/{reviewId}/ask' })
    .input(one.extend({ question: z.string().trim().min(3).max(2_000) }))
    .output(reviewItemSchema),
  snooze: oc
    .route({ method: 'POST', path: '/reviews/{reviewId}/snooze' })
    .input(one.extend({ forMs: z.int().min(1_000) }))
    .output(reviewItemSchema),
  /** What the trader thinks before the votes are shown (HO-10). */
  recordBlind: oc
    .route({ method: 'POST', path: '/reviews/{reviewId}/judgement' })
    .input(one.extend(blindJudgementSchema.omit({ at: true }).shape))
    .output(reviewItemSchema),
  /** What the trader did against the desk, with what both came to once that is measured (HO-13); newest first. */
  overrides: oc
    .route({ method: 'GET', path: '/overrides' })
    .input(z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }))
    .output(z.array(overrideSchema)),
}
