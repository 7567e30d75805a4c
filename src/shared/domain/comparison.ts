import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

/** What comparing the account with the venue came to (OL-13 to OL-16). */
export const comparisonSchema = z.object({
  /** When it was done, in UTC epoch milliseconds. */
  at: z.int(),
  /** Working orders that are as the venue has them. */
  matched: z.int().min(0),
  /** What was missing here and is booked now, or is not ours, in words. */
  adjusted: z.array(z.string()),
  /** Orders whose fate is not known yet: the venue is asked after each until it is. */
  inDoubt: z.array(z.string()),
  /** By instrument, what the desk's fills come to and what the venue says is held; null where the venue could not tell (OL-15). */
  positions: z
    .array(z.object({ instrument: z.string(), desk: decimalSchema, venue: decimalSchema, agrees: z.boolean() }))
    .nullable(),
})
export type Comparison = z.infer<typeof comparisonSchema>
