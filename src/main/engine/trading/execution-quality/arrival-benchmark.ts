import type { Benchmark, Order } from '#shared/domain/order.ts'
import type { Book, Touch } from '#shared/domain/quote.ts'
import { add, compare, type Decimal, divide, minimum, multiply, sign, subtract, ZERO } from '#shared/lib/decimal.ts'

/** The market as an order meets it; what is not known is null. */
export interface MarketThen {
  readonly touch: Touch | null
  readonly book: Book | null
}

/**
 * What the order's execution will be measured by. `decided` is the market when it was decided on; it is that of now where
 * nothing is said. A stop order arrives when it is triggered.
 */
export function benchmarkOf(order: Order, decided: Touch | null | undefined, market: MarketThen): Benchmark {
  return {
    decided: decided === undefined ? market.touch : decided,
    arrival: waitsForStop(order) ? null : market.touch,
    expectedPrice: expectedPrice(order, market),
  }
}

function waitsForStop({ type }: Pick<Order, 'type'>): boolean {
  return type === 'STOP_MARKET' || type === 'STOP_LIMIT' || type === 'TRAILING_STOP_MARKET'
}

/**
 * The average price that an order has to expect: of a stop its stop price; of any other what walking the book gives, the
 * rest of one that may rest at its limit. Null for a trailing stop, and where the book does not hold a market order.
 */
export function expectedPrice(order: Order, { touch, book }: MarketThen): Decimal | null {
  const { side, quantity, limitPrice, timeInForce } = order
  if (waitsForStop(order)) return order.stopPrice
  const reaches = (price: Decimal) =>
    limitPrice === null || (side === 'buy' ? compare(price, limitPrice) <= 0 : compare(price, limitPrice) >= 0)
  let filled = ZERO
  let paid = ZERO
  const take = (price: Decimal, most: Decimal) => {
    const slice = minimum(subtract(quantity, filled), most)
    filled = add(filled, slice)
    paid = add(paid, multiply(slice, price))
  }
  if (book !== null) {
    for (const level of side === 'buy' ? book.asks : book.bids)
      if (reaches(level.price)) take(level.price, level.quantity)
  } else if (touch !== null) {
    const price = side === 'buy' ? touch.ask : touch.bid
    if (reaches(price)) take(price, quantity)
  }
  const isWhole = compare(filled, quantity) >= 0
  if (limitPrice === null && !isWhole) return null
  if (limitPrice !== null && !isWhole && timeInForce !== 'IOC' && timeInForce !== 'FOK') take(limitPrice, quantity)
  return sign(filled) > 0 ? divide(paid, filled) : null
}
