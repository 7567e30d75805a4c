import { z } from 'zod'
import { timeframeSchema } from './bar.ts'
import { decimalSchema } from './decimal.ts'
import { perpetualsReportSchema } from './perpetuals-report.ts'

/** The closed bars that numbers stand on: when the first and the last of them began, UTC epoch milliseconds. */
export const barBasisSchema = z.object({
  timeframe: timeframeSchema,
  bars: z.int(),
  from: z.int(),
  to: z.int(),
})
export type BarBasis = z.infer<typeof barBasisSchema>

/** One position in money; a null is unavailable. */
const exposureSchema = z.object({
  instrument: z.string(),
  quantity: decimalSchema,
  mark: decimalSchema.nullable(),
  markedAt: z.int().nullable(),
  /** Signed, in the account's currency. */
  worth: z.number().nullable(),
  /** Of the equity. */
  share: z.number().nullable(),
  /** Its part of the book's volatility; the parts add up to 1. */
  riskShare: z.number().nullable(),
  /** Its part of the expected shortfall (Euler's rule, Cornish-Fisher), and what a further unit of its worth adds to that of a day. */
  tailShare: z.number().nullable(),
  marginal: z.number().nullable(),
  /** The run whose order opened it. */
  runId: z.string().nullable(),
})

/** What a day may cost by one method, in the account's currency. */
const tailSchema = z.object({
  method: z.enum(['historical', 'normal', 'cornish-fisher', 'monte-carlo']),
  valueAtRisk: z.number(),
  expectedShortfall: z.number(),
})

/** How much of a limit of the mandate is used. */
const limitUseSchema = z.object({
  limit: z.enum(['exposure', 'leverage', 'value-at-risk', 'expected-shortfall', 'daily-loss', 'orders-per-minute']),
  /** Null where it cannot be measured: the gate then takes it for used up. */
  used: z.number().nullable(),
  maximum: z.number(),
})

/** What something would do to the book as it is held now. */
const stressSchema = z.object({
  name: z.string(),
  /** When it happened; null for what never did. */
  at: z.int().nullable(),
  change: z.number(),
  /** Of the equity; null where that is unavailable. */
  share: z.number().nullable(),
})

/** The risk of the book at a moment; amounts in the account's currency. */
export const riskReportSchema = z.object({
  at: z.int(),
  currency: z.string(),
  equity: decimalSchema.nullable(),
  gross: z.number().nullable(),
  net: z.number().nullable(),
  exposures: z.array(exposureSchema),
  confidence: z.number(),
  /** Null where `unavailable` says why. */
  basis: barBasisSchema.nullable(),
  unavailable: z.string().nullable(),
  tails: z.array(tailSchema),
  /** The deepest fall of the book as held now, over the basis; as fractions of the equity. Null without a basis or a fall. */
  drawdown: z
    .object({ depth: z.number(), from: z.int(), trough: z.int(), recovered: z.int().nullable(), now: z.number() })
    .nullable(),
  /** The most that the account was worth, as recorded, and how far below it stands now; null before the first day. */
  highest: z.object({ equity: decimalSchema, at: z.int(), below: z.number().nullable() }).nullable(),
  limits: z.array(limitUseSchema),
  stresses: z.array(stressSchema),
  /** Null for an account that never held a perpetual. */
  perpetuals: perpetualsReportSchema.nullable(),
})
export type RiskReport = z.infer<typeof riskReportSchema>
