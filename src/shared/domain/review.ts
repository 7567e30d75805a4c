import { z } from 'zod'
import { absolute, type Decimal, decimal, divide, multiply, subtract, toNumber } from '#shared/lib/decimal.ts'
import { decimalSchema } from './decimal.ts'
import { exitPricesSchema, orderTypeSchema, sideSchema, timeInForceSchema } from './order.ts'
import { executionChoiceSchema } from './parent-order.ts'

const reviewStatuses = ['open', 'snoozed', 'edited', 'asked', 'approved', 'rejected', 'expired', 'voided'] as const
export const reviewStatusSchema = z.enum(reviewStatuses)
export type ReviewStatus = z.infer<typeof reviewStatusSchema>

/**
 * The only ways a review may go. Edited: the order is another one, and waits to be approved with its new hash. Asked: the
 * agents vote again. Nothing leads out of the last four: what has expired is never approved (HO-5).
 */
export const reviewTransitions: Readonly<Record<ReviewStatus, readonly ReviewStatus[]>> = {
  open: ['snoozed', 'edited', 'asked', 'approved', 'rejected', 'expired', 'voided'],
  // Woken, it is what it was before: open, or edited.
  snoozed: ['open', 'edited', 'asked', 'approved', 'rejected', 'expired', 'voided'],
  edited: ['snoozed', 'edited', 'asked', 'approved', 'rejected', 'expired', 'voided'],
  asked: ['open', 'rejected', 'expired', 'voided'],
  approved: [],
  rejected: [],
  expired: [],
  voided: [],
}

/** True when nothing more can become of it. */
export function isClosedReview(status: ReviewStatus): boolean {
  return reviewTransitions[status].length === 0
}

/** The rules that send a decision to the trader (HO-3). */
const reviewRuleCodes = [
  'VETO',
  'QUORUM_MISSED',
  'TIE',
  'NEAR_TIE',
  'DISAGREEMENT',
  'ENTROPY',
  'LOW_CONFIDENCE',
  'LOW_CALIBRATION',
  'HANGS_ON_CONDITIONS',
  'DOSSIER_INSUFFICIENT',
  'NOT_PROPOSED',
  'VETO_HOLDER_SILENT',
  'OBJECTION',
  'CONFLICT',
  'NO_AGREEMENT',
  'LARGE_ORDER',
  'ASKED_AGAIN',
] as const
export const reviewRuleSchema = z.object({ code: z.enum(reviewRuleCodes), sentence: z.string() })
export type ReviewRule = z.infer<typeof reviewRuleSchema>

/** The order that would be sent, word for word: what an approval binds to (HO-6). */
export const reviewOrderSchema = z.object({
  decisionId: z.string(),
  proposalId: z.string(),
  instrument: z.string(),
  side: sideSchema,
  type: orderTypeSchema,
  quantity: decimalSchema,
  /** Null for market orders. */
  limitPrice: decimalSchema.nullable(),
  timeInForce: timeInForceSchema,
  reduceOnly: z.boolean(),
  /** What protects it once it is filled; absent for what reduces. */
  exits: exitPricesSchema.exactOptional(),
  /** How it is carried out; absent where the executor chooses. */
  execution: executionChoiceSchema.exactOptional(),
})
export type ReviewOrder = z.infer<typeof reviewOrderSchema>

/** Why the trader acted against the desk (HO-13). */
export const overrideReasons = [
  'NEWS_THE_DESK_LACKS',
  'EVIDENCE_DOUBTED',
  'SIZE_TOO_LARGE',
  'SIZE_TOO_SMALL',
  'PRICE_NOT_RIGHT',
  'TIMING_NOT_RIGHT',
  'RISK_NOT_WANTED',
  'VETO_NOT_SHARED',
  'OTHER',
] as const
export const overrideReasonSchema = z.enum(overrideReasons)
export type OverrideReason = z.infer<typeof overrideReasonSchema>

/** What the trader says of an act: a code from the list and free words. */
export const reviewWordsSchema = z.object({ code: overrideReasonSchema, words: z.string().trim().min(3).max(2_000) })
export type ReviewWords = z.infer<typeof reviewWordsSchema>

/** What the trader thought before the tally was shown (HO-10). */
export const blindJudgementSchema = z.object({
  action: z.enum(['buy', 'sell', 'hold']),
  /** From 0 to 1. */
  confidence: z.number().min(0).max(1),
  at: z.int(),
})
export type BlindJudgement = z.infer<typeof blindJudgementSchema>

/** How a review ended. */
const reviewEndSchema = z.object({
  at: z.int(),
  /** The actor's id: the trader, or the desk itself. */
  by: z.string(),
  reason: z.string(),
  words: reviewWordsSchema.nullable(),
  /** How long the trader looked at it, in milliseconds; null where nobody did. */
  dwellMs: z.number().nullable(),
})

/** A decision that waits for the trader, and what became of it. Times are the desk's, in UTC epoch milliseconds. */
export const reviewSchema = z.object({
  id: z.string(),
  runId: z.string(),
  decisionId: z.string(),
  proposalId: z.string(),
  status: reviewStatusSchema,
  order: reviewOrderSchema,
  /** What the desk made it before the trader edited it. */
  deskOrder: reviewOrderSchema,
  /** SHA-256 over the order's canonical JSON. */
  orderHash: z.string(),
  /** The last price when the order was made. */
  price: decimalSchema,
  /** Basis points that the price may move away from it: beyond them nothing is sent. */
  driftLimitBps: z.number(),
  /** The epoch of the trading state that it was decided under. */
  epoch: z.int(),
  openedAt: z.int(),
  /** Since when the present order is on show. */
  shownAt: z.int(),
  expiresAt: z.int(),
  /** The same limit in milliseconds of waiting, however the clock is set. */
  lifetimeMs: z.int(),
  rules: z.array(reviewRuleSchema).min(1),
  /** The tally's disagreement, 0 to 1. */
  disagreement: z.number(),
  /** True when the votes agreed on the order: to reject it is then an override; else to approve it is. */
  agreed: z.boolean(),
  /** Hard ones are judged before the tally is shown (HO-10). */
  difficulty: z.enum(['usual', 'hard']),
  judgement: blindJudgementSchema.nullable(),
  snoozedUntil: z.int().nullable(),
  /** The trader's questions, each of which made the agents vote again. */
  questions: z.array(z.string()),
  /** Why the trader changed the order; null where nobody did. */
  editWords: reviewWordsSchema.nullable(),
  /** How long the proposal looks ahead: an override is measured after it. */
  horizonMs: z.int(),
  end: reviewEndSchema.nullable(),
})
export type Review = z.infer<typeof reviewSchema>

/** When reviews are asked for, how long they wait, and what voids them: review.yaml. */
export const reviewPolicySchema = z.strictObject({
  /** Orders above this value go to the trader, however the desk agrees; null asks for none. In the account's currency. */
  aboveNotional: decimalSchema.nullable(),
  driftLimitBps: z.number().positive().max(10_000),
  expiresAfterSeconds: z.strictObject({ paper: z.number().min(1).max(86_400), live: z.number().min(1).max(3_600) }),
  /** How often the agents may be asked to vote again on one decision. */
  questions: z.int().min(0).max(10),
  /** Whether the hardest are judged before the tally is shown. */
  blindFirst: z.boolean(),
  /** How often a known-bad review follows one that was answered, on paper only, 0 to 1; 0 is never (HO-12). */
  drillShare: z.number().min(0).max(1).default(0),
  /** Disagreement above which a review is one of the hardest, 0 to 1. */
  hardAboveDisagreement: z.number().min(0).max(1),
})
export type ReviewPolicy = z.infer<typeof reviewPolicySchema>

/** A known-bad review that was put before the trader: what is wrong with it, and whether it was caught; null while nobody answered. */
export const drillSchema = z.object({ reviewId: z.string(), flaw: z.string(), caught: z.boolean().nullable() })
export type Drill = z.infer<typeof drillSchema>

/** True while the trader is to judge a review before the votes are shown (HO-10). */
export function isJudgedFirst(
  review: Pick<Review, 'status' | 'difficulty' | 'judgement'>,
  policy: ReviewPolicy,
): boolean {
  const { status, difficulty, judgement } = review
  return !isClosedReview(status) && policy.blindFirst && difficulty === 'hard' && judgement === null
}

const bps = decimal(10_000)

/** How far a price has moved from another, in basis points, without a sign. */
export function driftBps(from: Decimal, to: Decimal): number {
  return toNumber(absolute(multiply(divide(subtract(to, from), from), bps)))
}

/** What the trader did against the desk, and what both would have come to (HO-13). */
export const overrideSchema = z.object({
  id: z.string(),
  reviewId: z.string(),
  runId: z.string(),
  decisionId: z.string(),
  at: z.int(),
  by: z.string(),
  kind: z.enum(['approved', 'edited', 'rejected']),
  instrument: z.string(),
  /** The price when the trader acted. */
  price: decimalSchema,
  /** What the desk's decision would have changed the position by, signed; zero where it wanted no trade. */
  desk: decimalSchema,
  /** What the trader's act changed it by. */
  trader: decimalSchema,
  words: reviewWordsSchema,
  /** When both are measured. */
  dueAt: z.int(),
  /** What both came to at the price then, before costs, in the quote currency; null until they are measured. */
  outcome: z.object({ at: z.int(), price: decimalSchema, desk: decimalSchema, trader: decimalSchema }).nullable(),
})
export type Override = z.infer<typeof overrideSchema>

/** A notice that approving may have become a habit (HO-11). */
export interface AutomationBias {
  readonly decisions: number
  readonly approvals: number
  readonly medianDwellMs: number
}
