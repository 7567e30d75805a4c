import { z } from 'zod'
import { decimalSchema } from './decimal.ts'
import { perpetualsReportSchema } from './perpetuals-report.ts'
import { barBasisSchema } from './risk-report.ts'

/** What the optimiser's weights are chosen for. */
export const portfolioGoals = ['risk-parity', 'minimum-variance', 'maximum-sharpe'] as const
export const portfolioGoalSchema = z.enum(portfolioGoals)
export type PortfolioGoal = z.infer<typeof portfolioGoalSchema>

/** A portfolio's volatility and mean return a year, as fractions. */
const pointSchema = z.object({ risk: z.number(), expected: z.number() })
export type PortfolioPoint = z.infer<typeof pointSchema>

/** One instrument of the portfolio; weights are shares of what is invested. */
const holdingSchema = z.object({
  instrument: z.string(),
  quantity: decimalSchema,
  markedAt: z.int(),
  worth: z.number(),
  weight: z.number(),
  /** Its part of the volatility of what is invested; null while nothing is. */
  riskShare: z.number().nullable(),
  suggested: z.number(),
  runId: z.string().nullable(),
})

/** One trade on the way to the suggestion. */
const suggestedTradeSchema = z.object({
  instrument: z.string(),
  side: z.enum(['buy', 'sell']),
  quantity: decimalSchema,
  worth: z.number(),
  /** Half the spread and the fee. */
  cost: z.number(),
})

/** What is held, the efficient frontier of what can be, and the optimiser's suggestion. Amounts in the account's currency. */
export const portfolioReportSchema = z.object({
  at: z.int(),
  currency: z.string(),
  equity: decimalSchema.nullable(),
  cash: decimalSchema,
  invested: z.number(),
  goal: portfolioGoalSchema,
  /** Null where `unavailable` says why; then there is neither frontier nor suggestion. */
  basis: barBasisSchema.nullable(),
  unavailable: z.string().nullable(),
  holdings: z.array(holdingSchema),
  /** Fully invested, long only, from the least volatility up; a year. */
  frontier: z.array(pointSchema),
  /** What is invested now; null while nothing is. */
  here: pointSchema.nullable(),
  suggestion: pointSchema.nullable(),
  /** How far the covariances were drawn to one correlation for all pairs (Ledoit and Wolf), 0 to 1. */
  shrinkage: z.number().nullable(),
  /** Weighted mean volatility over the portfolio's; 1 for no diversification. */
  diversification: z.number().nullable(),
  trades: z.array(suggestedTradeSchema),
  /** A weight nearer to the suggested one than this is left alone. */
  band: z.number(),
  /** They are no part of what is invested. Null for an account that never held one. */
  perpetuals: perpetualsReportSchema.nullable(),
})
export type PortfolioReport = z.infer<typeof portfolioReportSchema>
