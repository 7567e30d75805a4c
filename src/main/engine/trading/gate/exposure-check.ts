import { workingQuantity } from '#engine/trading/orders/working.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import { deny } from '#shared/domain/denial.ts'
import type { Order } from '#shared/domain/order.ts'
import { absolute, add, compare, type Decimal, multiply, sign, ZERO } from '#shared/lib/decimal.ts'
import type { Check } from './gate-context.ts'
import { onlyReduces } from './reduce-only.ts'

/** What is said where positions and working orders together would be worth more than the mandate allows. */
export const checkExposure: Check = (order, { book, mark, mandate }) => {
  if (onlyReduces(order, book)) return undefined
  let exposure = ZERO
  for (const [instrument, quantity] of grossQuantities(order, book)) {
    if (sign(quantity) === 0) continue
    const price = mark(instrument)
    if (price === undefined) return deny('QUOTE_UNAVAILABLE', { instrument })
    exposure = add(exposure, multiply(quantity, price))
  }
  return compare(exposure, mandate.maximumExposure) > 0
    ? deny('EXPOSURE_EXCEEDS_MAXIMUM', { exposure, maximum: mandate.maximumExposure })
    : undefined
}

/** What positions and working orders come to with the order added, gross, by instrument. */
function grossQuantities(order: Order, book: TradingBook): ReadonlyMap<string, Decimal> {
  const byInstrument = new Map<string, Decimal>()
  const raise = (instrument: string, quantity: Decimal) =>
    byInstrument.set(instrument, add(byInstrument.get(instrument) ?? ZERO, absolute(quantity)))
  for (const position of book.positions.values()) raise(position.instrument, position.quantity)
  const adding = [order]
  for (const other of book.orders.values()) {
    if (other.clientOrderId !== order.clientOrderId && !onlyReduces(other, book)) adding.push(other)
  }
  for (const instrument of new Set(adding.map((other) => other.instrument))) {
    raise(instrument, workingQuantity(adding.filter((other) => other.instrument === instrument)))
  }
  return byInstrument
}
