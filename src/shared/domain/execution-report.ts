import { z } from 'zod'
import { decimalSchema } from './decimal.ts'
import { orderStatusSchema, sideSchema } from './order.ts'

/** What of an order the venue has confirmed: nothing yet, since it was not sent, not answered, or nobody knows; or its word. */
export const confirmationSchema = z.enum(['notSent', 'awaited', 'unknown', 'confirmed', 'refused'])
export type Confirmation = z.infer<typeof confirmationSchema>

/**
 * What carrying an order out came to, beside a paper portfolio that trades all of it at once at the price of the decision
 * (implementation shortfall: Perold 1988). Amounts in the quote currency, a cost is positive; times in milliseconds from
 * when the order was made. Null is unavailable.
 */
export const executionReportSchema = z.object({
  clientOrderId: z.string(),
  runId: z.string().nullable(),
  instrument: z.string(),
  side: sideSchema,
  status: orderStatusSchema,
  quantity: decimalSchema,
  filledQuantity: decimalSchema,
  /** From 0 to 1, above it where more was filled than ordered. */
  fillRate: z.number(),
  averagePrice: decimalSchema.nullable(),
  /** The mid price when it was decided on; when it came to the market; and what the model said it would pay on average. */
  decisionPrice: decimalSchema.nullable(),
  arrivalPrice: decimalSchema.nullable(),
  expectedPrice: decimalSchema.nullable(),
  /** Paid above (+) or below (-) the arrival price, in basis points of it; null without a fill. */
  slippageBps: z.number().nullable(),
  /** Paid above or below what the model expected, in basis points of that. */
  modelSlippageBps: z.number().nullable(),
  shortfall: z.object({
    /** What the filled part cost by the market's move from the decision to the arrival. */
    delay: decimalSchema.nullable(),
    /** What the filled part cost above the arrival price. */
    trading: decimalSchema.nullable(),
    fees: decimalSchema,
    /** What the part that is not filled has missed since the decision, up to the order's end, or to now while it works. */
    opportunity: decimalSchema.nullable(),
    total: decimalSchema.nullable(),
    /** The total in basis points of the whole order's worth at the decision. */
    bps: z.number().nullable(),
  }),
  /** From the order to its first fill, and to the fill that completed it. */
  firstFillMs: z.number().nullable(),
  wholeFillMs: z.number().nullable(),
  confirmation: confirmationSchema,
  venueOrderId: z.string().nullable(),
  /** What was traded is delivered so long after the trade; 0 where it settles with the trade. */
  settlesAfterMs: z.number(),
  settledQuantity: decimalSchema,
  unsettledQuantity: decimalSchema,
})
export type ExecutionReport = z.infer<typeof executionReportSchema>
