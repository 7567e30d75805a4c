import type { OrderBook } from '#engine/market/liquidity.ts'
import type { Book } from '#shared/domain/quote.ts'
import { toNumber } from '#shared/lib/decimal.ts'

/** A book's levels as numbers, for analytics. */
export function numericBook(book: Book): OrderBook {
  const side = (levels: Book['bids']) =>
    levels.map(({ price, quantity }) => ({ price: toNumber(price), size: toNumber(quantity) }))
  return { bids: side(book.bids), asks: side(book.asks) }
}
