import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

/** The best bid and ask and the last trade of an instrument, as of a moment. */
export const quoteSchema = z.object({
  instrument: z.string(),
  bid: decimalSchema,
  ask: decimalSchema,
  last: decimalSchema,
  at: z.int(),
})
export type Quote = z.infer<typeof quoteSchema>

/** One side's levels are best first; quantities in the base currency. */
export const bookSchema = z.object({
  instrument: z.string(),
  bids: z.array(z.object({ price: decimalSchema, quantity: decimalSchema })),
  asks: z.array(z.object({ price: decimalSchema, quantity: decimalSchema })),
  at: z.int(),
})
export type Book = z.infer<typeof bookSchema>

/** One trade printed by the venue. */
export interface Trade {
  readonly instrument: string
  readonly at: number
  readonly price: number
  readonly quantity: number
}
