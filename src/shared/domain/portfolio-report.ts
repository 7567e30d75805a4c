import { z } from 'zod'
import { decimalSchema } from './decimal.ts'
import { perpetualsReportSchema } from './perpetuals-report.ts'
import { portfolioGoalSchema } from './portfolio-goal.ts'
import { profileNameSchema } from './profile.ts'
import { barBasisSchema } from './risk-report.ts'

/** What is asked of the optimiser, and within which limits. */
export const portfolioQuestionSchema = z.object({
  goal: portfolioGoalSchema.default('risk-parity'),
  /** Whose aversion to risk and largest position the goals with cash go by. */
  profile: profileNameSchema.default('balanced'),
  /** Largest weight of one instrument. */
  maximumWeight: z.coerce.number().gt(0).max(1).optional(),
  /** Largest share that may change hands. */
  maximumTurnover: z.coerce.number().gt(0).max(1).optional(),
})
export type PortfolioQuestion = z.infer<typeof portfolioQuestionSchema>

/** A portfolio's volatility and mean return a year, as fractions. */
const pointSchema = z.object({ risk: z.number(), expected: z.number() })
export type PortfolioPoint = z.infer<typeof pointSchema>

/** One instrument of the portfolio; weights are shares of what is weighed. */
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

/** A view of the desk that still counts, and what it makes of the prior. Returns are over the horizon of the suggestion. */
const countedViewSchema = z.object({
  instrument: z.string(),
  direction: z.enum(['up', 'down', 'flat']),
  /** What the view itself expects by its end. */
  magnitude: z.number(),
  confidence: z.number(),
  at: z.int(),
  until: z.int(),
  runId: z.string(),
  prior: z.number(),
  expected: z.number(),
})
export type CountedView = z.infer<typeof countedViewSchema>

/** What is held, the efficient frontier of what can be, and the optimiser's suggestion. Amounts in the account's currency. */
export const portfolioReportSchema = z.object({
  at: z.int(),
  currency: z.string(),
  equity: decimalSchema.nullable(),
  cash: decimalSchema,
  invested: z.number(),
  goal: portfolioGoalSchema,
  /** What weights are shares of: the equity for the goals with cash, else what is invested. */
  weighed: z.enum(['equity', 'invested']),
  /** The share of the equity that is in cash, and the one suggested; null where what is invested is weighed. */
  cashWeight: z.object({ now: z.number(), suggested: z.number().nullable() }).nullable(),
  /** Half of all changes of weight, that of cash included; null without a suggestion. */
  turnover: z.number().nullable(),
  /** Half of Kelly's share is 2; null for goals that ask for none. */
  riskAversion: z.number().nullable(),
  /** How far ahead the goals with cash look; null for the others. */
  horizonMs: z.int().nullable(),
  /** What Black-Litterman counts; empty for other goals. */
  views: z.array(countedViewSchema),
  /** What had to be left out, and why. */
  without: z.array(z.object({ instrument: z.string(), why: z.string() })),
  /** Null where `unavailable` says why; then there is neither frontier nor suggestion. */
  basis: barBasisSchema.nullable(),
  unavailable: z.string().nullable(),
  holdings: z.array(holdingSchema),
  /** Fully invested, long only, within the largest weight, from the least volatility up; a year. Empty for one instrument. */
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

/** Within which limits choices are looked for. */
export const portfolioLimitsSchema = portfolioQuestionSchema.omit({ goal: true })
export type PortfolioLimits = z.infer<typeof portfolioLimitsSchema>

/** Weights beside cash of which nothing else is better in everything; shares of the equity, over the horizon. */
const portfolioChoiceSchema = z.object({
  /** What is held now, what the optimizer votes by, or neither. */
  kind: z.enum(['stay', 'target', 'other']),
  expected: z.number(),
  volatility: z.number(),
  turnover: z.number(),
  /** Days to sell it all at a tenth of the usual volume; null where the volume is unavailable. */
  exitDays: z.number().nullable(),
  /** What the way there costs, as a share of the equity. */
  cost: z.number(),
  cash: z.number(),
  weights: z.array(z.object({ instrument: z.string(), weight: z.number() })),
  trades: z.array(suggestedTradeSchema),
})
export type PortfolioChoice = z.infer<typeof portfolioChoiceSchema>

/** The choices between return, risk, turnover and liquidity, by rising volatility. */
export const portfolioChoicesSchema = z.object({
  at: z.int(),
  currency: z.string(),
  basis: barBasisSchema.nullable(),
  unavailable: z.string().nullable(),
  horizonMs: z.int().nullable(),
  choices: z.array(portfolioChoiceSchema),
})
export type PortfolioChoices = z.infer<typeof portfolioChoicesSchema>
