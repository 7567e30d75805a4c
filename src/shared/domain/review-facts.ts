import { z } from 'zod'
import { decimalSchema } from './decimal.ts'
import { denialSchema } from './denial.ts'

/** What the order does to the account, at the prices of now; amounts in the account's currency. Null is unavailable. */
export const reviewFactsSchema = z.object({
  /** The last price, and when it is of. */
  price: decimalSchema.nullable(),
  priceAt: z.int().nullable(),
  driftBps: z.number().nullable(),
  notional: decimalSchema.nullable(),
  maximumNotional: decimalSchema,
  position: z.object({ before: decimalSchema, after: decimalSchema }),
  /** Positions and working orders, gross, over all instruments. */
  exposure: z.object({ before: decimalSchema.nullable(), after: decimalSchema.nullable(), maximum: decimalSchema }),
  cash: z.object({ before: decimalSchema, after: decimalSchema.nullable() }),
  /** What is lost when the proposal's stop is hit. */
  riskAtStop: decimalSchema.nullable(),
  dayLoss: z.object({ now: decimalSchema.nullable(), maximum: decimalSchema }),
  /** What the gate would say to the order now; null lets it out. */
  denial: denialSchema.nullable(),
})

export type ReviewFacts = z.infer<typeof reviewFactsSchema>
