import { freeCash } from '#engine/trading/margin/book-margin.ts'
import { feeAllowance } from '#engine/trading/margin/fee-allowance.ts'
import { leavesQuantity } from '#engine/trading/orders/working.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import { type Denial, deny } from '#shared/domain/denial.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import type { Order } from '#shared/domain/order.ts'
import { add, compare, type Decimal, decimal, multiply, subtract } from '#shared/lib/decimal.ts'
import { checkContract, checkProtected, reservedCash } from './contract-check.ts'
import { type Check, type GateContext, referencePrice } from './gate-context.ts'
import { netHolding, onlyReduces, withOrder } from './reduce-only.ts'

/** What is said to an order that is worth too little or too much, or more than the money that is free, fees included. */
export const checkNotional: Check = (order, context) => {
  const { quote, instrument, mandate, book } = context
  const unprotected = quote !== undefined && isPerpetual(order.instrument) ? checkProtected(order, quote) : undefined
  if (unprotected !== undefined) return unprotected
  // What reduces is let out whatever it is worth: closing must always be possible.
  if (onlyReduces(order, book)) return undefined
  if (quote === undefined || instrument === undefined)
    return deny('QUOTE_UNAVAILABLE', { instrument: order.instrument })
  const notional = multiply(leavesQuantity(order), referencePrice(order, quote))
  if (compare(notional, instrument.minimumNotional) < 0) {
    return deny('NOTIONAL_BELOW_MINIMUM', { notional, minimum: instrument.minimumNotional })
  }
  if (compare(notional, mandate.maximumOrderNotional) > 0) {
    return deny('NOTIONAL_EXCEEDS_MAX_PER_ORDER', { notional, maximum: mandate.maximumOrderNotional })
  }
  if (isPerpetual(order.instrument)) return checkContract(order, quote, context)
  return order.side === 'buy' ? checkCash(order, notional, context) : denySale(order, book)
}

const withFee = add(decimal(1), feeAllowance)

function checkCash(order: Order, notional: Decimal, context: GateContext): Denial | undefined {
  const reserved = reservedCash(context, order)
  const cash = freeCash(context)
  if (typeof reserved === 'object') return deny('QUOTE_UNAVAILABLE', { instrument: reserved.unpriced })
  if (typeof cash !== 'string') return deny('QUOTE_UNAVAILABLE', { instrument: cash.unpriced })
  const free = subtract(cash, multiply(reserved, withFee))
  return compare(multiply(notional, withFee), free) > 0
    ? deny('NOTIONAL_EXCEEDS_FREE_BALANCE', { notional, free })
    : undefined
}

/** A sale that does more than reduce would sell what is not held. */
function denySale(order: Order, book: TradingBook): Denial {
  const held = netHolding(book, order.instrument)
  return deny('NOTIONAL_EXCEEDS_FREE_BALANCE', {
    quantity: order.quantity,
    held,
    selling: subtract(withOrder(book, order), leavesQuantity(order)),
  })
}
