import { add, type Decimal, decimal, maximum, minimum, multiply, negate, subtract } from '#shared/lib/decimal.ts'

/** The bounds of a venue's funding rate, all as fractions of the worth for one interval. */
export interface FundingTerms {
  /** What holding the quote rather than the base currency costs. */
  readonly interest: Decimal
  /** How far the interest pulls the rate back from the premium at most. */
  readonly damping: Decimal
  /** The rate lies between this and its negative. */
  readonly cap: Decimal
}

/** Binance's terms of its larger USD-M contracts, for eight hours. */
export const usualFunding: FundingTerms = {
  interest: decimal('0.0001'),
  damping: decimal('0.0005'),
  cap: decimal('0.003'),
}

/**
 * The rate of an interval from the mean premium of the contract over its index: premium + clamp(interest - premium), within
 * the cap (Binance, "Introduction to Binance Futures Funding Rates").
 */
export function fundingRate(premium: Decimal, { interest, damping, cap }: FundingTerms): Decimal {
  return within(add(premium, within(subtract(interest, premium), damping)), cap)
}

function within(value: Decimal, bound: Decimal): Decimal {
  return maximum(negate(bound), minimum(bound, value))
}

/**
 * What a position receives at a funding time, negative for what it pays, in the quote currency: with a positive rate longs
 * pay shorts. Long is a positive quantity.
 */
export function fundingAmount(quantity: Decimal, mark: Decimal, rate: Decimal): Decimal {
  return negate(multiply(multiply(quantity, mark), rate))
}
