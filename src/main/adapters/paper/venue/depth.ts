import type { Side } from '#shared/domain/order.ts'
import type { Book, Quote } from '#shared/domain/quote.ts'
import { compare, type Decimal, minimum, sign, subtract, ZERO } from '#shared/lib/decimal.ts'

/** What stands on one side of the market at a price; null is as much as anyone may want. */
export interface Level {
  readonly price: Decimal
  readonly quantity: Decimal | null
}

/** A part of an order done at one price. */
export interface Slice {
  readonly price: Decimal
  readonly quantity: Decimal
}

/** The levels that an order of this side trades against, best first: the book's, or the quote's touch without a book. */
export function opposite(side: Side, book: Book | undefined, quote: Quote | undefined): readonly Level[] {
  if (book !== undefined) return side === 'buy' ? book.asks : book.bids
  if (quote === undefined) return []
  return [{ price: side === 'buy' ? quote.ask : quote.bid, quantity: null }]
}

/** True when an order of this side and limit would trade at the price; one without a limit trades at any. */
export function reaches(side: Side, limit: Decimal | null, price: Decimal): boolean {
  if (limit === null) return true
  return side === 'buy' ? compare(price, limit) <= 0 : compare(price, limit) >= 0
}

/** Takes up to a quantity from the levels within a limit, best first. `taken` is what each price has given already. */
export function takeDepth(
  levels: readonly Level[],
  side: Side,
  limit: Decimal | null,
  wanted: Decimal,
  taken: (price: Decimal) => Decimal,
): readonly Slice[] {
  const slices: Slice[] = []
  let left = wanted
  for (const { price, quantity } of levels) {
    if (sign(left) <= 0 || !reaches(side, limit, price)) break
    const there = quantity === null ? left : subtract(quantity, taken(price))
    const slice = minimum(left, there)
    if (compare(slice, ZERO) <= 0) continue
    slices.push({ price, quantity: slice })
    left = subtract(left, slice)
  }
  return slices
}
