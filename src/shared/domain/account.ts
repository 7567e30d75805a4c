import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

export const modeSchema = z.enum(['paper', 'live'])
export type Mode = z.infer<typeof modeSchema>

/** Money in one account, all in its currency. */
export const accountSchema = z.object({
  id: z.string(),
  mode: modeSchema,
  currency: z.string(),
  cash: decimalSchema,
  /** Cash plus positions at their marks; null while a mark is unavailable. */
  equity: decimalSchema.nullable(),
  /** Equity at the start of the UTC day; the day's P&L is measured from it. */
  dayStartEquity: decimalSchema,
  asOf: z.int(),
})
