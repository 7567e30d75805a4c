import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

export const modeSchema = z.enum(['paper', 'live'])
export type Mode = z.infer<typeof modeSchema>

/** Money in one account, all in its currency. */
export const accountSchema = z.object({
  id: z.string(),
  mode: modeSchema,
  currency: z.string(),
  /** Null while what the account holds is unknown. */
  cash: decimalSchema.nullable(),
  /** Cash plus positions at their marks; null while a mark is unavailable. */
  equity: decimalSchema.nullable(),
  /** Equity at the start of the UTC day; the day's P&L is measured from it. */
  dayStartEquity: decimalSchema.nullable(),
  /** Why nobody knows what the account holds (OL-15); null where it is known. */
  unknown: z.string().nullable(),
  asOf: z.int(),
})
