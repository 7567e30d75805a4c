import { z } from 'zod'
import { add, type Decimal, decimal, multiply } from '#shared/lib/decimal.ts'
import { decimalSchema } from './decimal.ts'

/** What a venue says of a perpetual beside its trades. */
const perpetualQuoteSchema = z.object({
  /** The price that positions are valued and liquidated at. */
  mark: decimalSchema,
  /** The price of what it is about. */
  index: decimalSchema,
  /** Of the funding to come, by the premium so far; a fraction of the worth, which longs pay where it is positive. */
  fundingRate: decimalSchema,
  /** When funding is paid next. */
  fundingAt: z.int(),
})
export type PerpetualQuote = z.infer<typeof perpetualQuoteSchema>

/** The best bid and ask and the last trade of an instrument, as of a moment. */
export const quoteSchema = z.object({
  instrument: z.string(),
  bid: decimalSchema,
  ask: decimalSchema,
  last: decimalSchema,
  at: z.int(),
  /** Absent but for perpetuals. */
  perpetual: perpetualQuoteSchema.optional(),
})
export type Quote = z.infer<typeof quoteSchema>

/** The price that a position is valued at: a perpetual's mark, else the last trade. */
export function markOf({ last, perpetual }: Pick<Quote, 'last' | 'perpetual'>): Decimal {
  return perpetual?.mark ?? last
}

/** The best bid and ask at a moment: what an execution is measured by. */
export const touchSchema = quoteSchema.pick({ bid: true, ask: true, at: true })
export type Touch = z.infer<typeof touchSchema>

/** The touch of a quote. */
export function touchOf({ bid, ask, at }: Quote): Touch {
  return { bid, ask, at }
}

const half = decimal('0.5')

/** The mid price, exactly. */
export function middleOf({ bid, ask }: Pick<Touch, 'bid' | 'ask'>): Decimal {
  return multiply(add(bid, ask), half)
}

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
