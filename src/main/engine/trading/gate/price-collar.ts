import { type Denial, deny } from '#shared/domain/denial.ts'
import type { Order } from '#shared/domain/order.ts'
import type { Quote } from '#shared/domain/quote.ts'
import { absolute, type Decimal, divide, subtract, toNumber } from '#shared/lib/decimal.ts'

/** What only reduces may wait this many collars away: protection has to stand where the position's risk was set. */
const exitCollars = 10
/** And never further than this part of the last price. */
const widestCollar = 0.95

/** What is said to prices further from the last one than the mandate's collar, a fraction of it. */
export function checkCollar(order: Order, { last }: Quote, collar: number): Denial | undefined {
  const { limitPrice, stopPrice, triggered } = order
  const widest = order.reduceOnly ? Math.min(widestCollar, collar * exitCollars) : collar
  const isOutside = (price: Decimal, from: Decimal) => toNumber(absolute(divide(subtract(price, from), from))) > widest
  if (stopPrice !== null && !triggered && isOutside(stopPrice, last))
    return deny('PRICE_OUTSIDE_COLLAR', { stop: stopPrice, last, collar: widest })
  // A stop-limit's limit is for the moment in which its stop is reached.
  const from = triggered ? last : (stopPrice ?? last)
  return limitPrice !== null && isOutside(limitPrice, from)
    ? deny('PRICE_OUTSIDE_COLLAR', { limit: limitPrice, last: from, collar: widest })
    : undefined
}
