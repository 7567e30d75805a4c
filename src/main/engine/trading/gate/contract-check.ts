import { marginAfter } from '#engine/trading/margin/book-margin.ts'
import { leavesQuantity } from '#engine/trading/orders/working.ts'
import { type Denial, deny } from '#shared/domain/denial.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import type { Order } from '#shared/domain/order.ts'
import type { Quote } from '#shared/domain/quote.ts'
import {
  add,
  compare,
  type Decimal,
  fromNumber,
  multiply,
  sign,
  subtract,
  toNumber,
  ZERO,
} from '#shared/lib/decimal.ts'
import { type GateContext, referencePrice } from './gate-context.ts'

/** What the working purchases on spot will cost; the instrument whose price is missing otherwise. */
export function reservedCash(
  { book, mark }: Pick<GateContext, 'book' | 'mark'>,
  apartFrom: Order,
): Decimal | { readonly unpriced: string } {
  let reserved = ZERO
  for (const other of book.orders.values()) {
    if (other.side !== 'buy' || other.clientOrderId === apartFrom.clientOrderId || isPerpetual(other.instrument))
      continue
    const price = other.limitPrice ?? other.stopPrice ?? mark(other.instrument)
    if (price === undefined) return { unpriced: other.instrument }
    reserved = add(reserved, multiply(leavesQuantity(other), price))
  }
  return reserved
}

/**
 * What is said to an order in a perpetual that may do more than reduce, for a fill before it can turn what only reduced into
 * an entry: it has to bring its stop, on the side of the loss.
 */
export function checkProtected(order: Order, quote: Quote): Denial | undefined {
  const stop = stopOf(order)
  const price = referencePrice(order, quote)
  if (order.reduceOnly || (stop !== null && sign(lossTo(order, price, stop)) > 0)) return undefined
  return deny('STOP_MISSING', { stop: stop ?? 'none', price })
}

/** How far a level lies on the side of the loss. */
function lossTo({ side }: Order, price: Decimal, level: Decimal): Decimal {
  return side === 'buy' ? subtract(price, level) : subtract(level, price)
}

function stopOf({ contingency }: Order): Decimal | null {
  return contingency?.kind === 'OTO' ? contingency.stopPrice : null
}

/**
 * What is said to an order with a stop that adds to a position in a perpetual. Filled with all else that works it must go neither beyond the mandate's leverage nor beyond the initial margin that the money gives; and the stop
 * must lie before the liquidation price, with the mandate's part of the way there still to spare.
 */
export function checkContract(order: Order, quote: Quote, context: GateContext): Denial | undefined {
  const { mandate, book } = context
  const price = referencePrice(order, quote)
  const stop = stopOf(order)
  const reserved = reservedCash(context, order)
  if (typeof reserved === 'object') return deny('QUOTE_UNAVAILABLE', { instrument: reserved.unpriced })
  const spent = { ...book, cash: subtract(book.cash, reserved) }
  const account = marginAfter({ ...context, book: spent }, { order, price })
  if (typeof account === 'string') return deny('QUOTE_UNAVAILABLE', { instrument: account })
  const { balance, initial, leverage, contracts } = account
  const maximum = fromNumber(mandate.maximumLeverage, 2)
  if (leverage === null || compare(leverage, maximum) > 0)
    return deny('LEVERAGE_EXCEEDS_MAXIMUM', {
      leverage: leverage === null ? 'no margin is left' : short(leverage),
      maximum,
    })
  if (compare(initial, balance) > 0) return deny('MARGIN_EXCEEDS_FREE_BALANCE', { margin: initial, balance })
  const own = contracts.find(({ instrument }) => instrument === order.instrument)
  const liquidation = own?.liquidationPrice ?? null
  // What takes it furthest may lie on the other side; that was looked at when it was sent.
  if (own !== undefined && sign(own.quantity) > 0 !== (order.side === 'buy')) return undefined
  if (liquidation === null || stop === null) return undefined
  const room = multiply(lossTo(order, price, liquidation), fromNumber(1 - mandate.liquidationBuffer, 6))
  return compare(lossTo(order, price, stop), room) > 0
    ? deny('LIQUIDATION_BEFORE_STOP', {
        stop,
        liquidation: short(liquidation),
        price,
        buffer: mandate.liquidationBuffer,
      })
    : undefined
}

const short = (value: Decimal) => fromNumber(toNumber(value), 2)
