import { workingQuantity } from '#engine/trading/orders/working.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import { deny } from '#shared/domain/denial.ts'
import type { Order } from '#shared/domain/order.ts'
import { absolute, compare, type Decimal, sign, ZERO } from '#shared/lib/decimal.ts'
import type { Check } from './gate-context.ts'

/** KS-21: an order only reduces when it and all that already works on its side together do not pass zero. */
export function onlyReduces(order: Order, book: TradingBook): boolean {
  const held = netHolding(book, order.instrument)
  if (sign(held) === 0 || sign(held) > 0 === (order.side === 'buy')) return false
  return compare(withOrder(book, order), absolute(held)) <= 0
}

/** What is said to an order that is marked as reducing and may do more. */
export const checkReduceOnly: Check = (order, { book }) =>
  order.reduceOnly && !onlyReduces(order, book)
    ? deny('REDUCE_ONLY_WOULD_INCREASE_POSITION', { position: netHolding(book, order.instrument) })
    : undefined

/** What is held of an instrument, signed. */
export function netHolding(book: TradingBook, instrument: string): Decimal {
  return book.positions.get(instrument)?.quantity ?? ZERO
}

/** What the order and all that works on its side still have to fill; a stop and a target of one entry count once. */
export function withOrder(book: TradingBook, order: Order): Decimal {
  const others = [...book.orders.values()].filter(
    ({ clientOrderId, instrument, side }) =>
      instrument === order.instrument && side === order.side && clientOrderId !== order.clientOrderId,
  )
  return workingQuantity([...others, order])
}
