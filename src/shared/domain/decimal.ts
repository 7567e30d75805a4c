import { z } from 'zod'
import { type Decimal, isDecimal } from '#shared/lib/decimal.ts'

/** A decimal on the wire and in the journal: canonical text. */
export const decimalSchema = z.custom<Decimal>((value) => typeof value === 'string' && isDecimal(value), {
  error: 'must be a decimal number as text, such as "12.5"',
})
