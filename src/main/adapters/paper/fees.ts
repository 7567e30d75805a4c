import { type Decimal, decimal, multiply, roundToStep } from '#shared/lib/decimal.ts'

/** What the venue takes of each trade. */
export interface Fees {
  /** Share of the notional for an order that waited in the book. */
  readonly maker: Decimal
  /** Share of the notional for an order that traded at once. */
  readonly taker: Decimal
}

/** What a paper account pays where it was not told otherwise: 4 basis points of the notional for who waits, 10 for who comes. */
export const paperFees: Fees = { maker: decimal('0.0004'), taker: decimal('0.001') }

/** The smallest amount of the quote currency that the venue counts in. */
export const smallestAmount = decimal('0.00000001')

/** The fee of a trade at a rate, in the quote currency, rounded up. */
export function feeOf(quantity: Decimal, price: Decimal, rate: Decimal): Decimal {
  return roundToStep(multiply(multiply(quantity, price), rate), smallestAmount, 'up')
}
