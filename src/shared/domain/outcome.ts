import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

/** What a decision came to, as far as it can be told when its run ends. Amounts in the quote currency. */
export const outcomeSchema = z.object({
  runId: z.string(),
  decisionId: z.string(),
  at: z.int(),
  filledQuantity: decimalSchema,
  averagePrice: decimalSchema.nullable(),
  /** The last price when the decision was made. */
  arrivalPrice: decimalSchema.nullable(),
  /** Paid above (+) or below (-) the arrival price, in basis points; null without a fill. */
  slippageBps: z.number().nullable(),
  fees: decimalSchema,
  lessons: z.array(z.string()),
})
export type Outcome = z.infer<typeof outcomeSchema>
