import type { Order as LibraryOrder, Trade as LibraryTrade } from 'ccxt'
import type { OrderReport } from '#engine/ports/broker.ts'
import type { Fill, OrderStatus, OrderType } from '#shared/domain/order.ts'
import { add, compare, type Decimal, decimal, multiply, negate, sign, ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** An amount of a client that keeps amounts as text; a float where it should not have been is an error, not a rounding. */
export function exact(value: unknown, what: string): Decimal {
  if (typeof value === 'string') return decimal(value)
  throw new ParleyError('BROKER_NOT_EXACT', `The exchange library gave ${what} as ${typeof value}, not as text.`, {
    retry: 'ambiguous',
  })
}

function positive(value: unknown, what: string): Decimal | null {
  if (value === undefined || value === null) return null
  const amount = exact(value, what)
  return sign(amount) > 0 ? amount : null
}

/** The status of an order at the exchange; undefined for one that cannot be told. */
export function statusOf(order: LibraryOrder): OrderStatus | undefined {
  const filled = exact(order.filled, 'what is filled')
  switch (order.status) {
    case 'open':
    case 'canceling':
      if (sign(filled) > 0) return 'PARTIALLY_FILLED'
      return isTriggered(order) ? 'TRIGGERED' : 'ACCEPTED'
    case 'closed':
      return compare(filled, exact(order.amount, 'the amount')) >= 0 ? 'FILLED' : 'EXPIRED'
    case 'canceled':
      return 'CANCELED'
    case 'expired':
      return 'EXPIRED'
    case 'rejected':
      return 'REJECTED'
    default:
      return undefined
  }
}

/** True for an order that waits, or waited, for its stop price. */
export function isConditional({ triggerPrice, stopPrice }: LibraryOrder): boolean {
  return positive(triggerPrice ?? stopPrice, 'the stop price') !== null
}

/** True once the stop price has come: the exchange says then that the order works in the book. */
export function isTriggered(order: LibraryOrder): boolean {
  const { isWorking, w } = (order.info ?? {}) as { readonly isWorking?: unknown; readonly w?: unknown }
  return isConditional(order) && (isWorking ?? w) === true
}

/** What the exchange says of an order. Throws BROKER_NO_ANSWER for what cannot be understood. */
export function exchangeReportOf(order: LibraryOrder): OrderReport {
  const status = statusOf(order)
  const { id, clientOrderId, symbol, side } = order
  const isNamed = id !== undefined && clientOrderId !== undefined && symbol !== undefined
  if (status === undefined || !isNamed || (side !== 'buy' && side !== 'sell')) {
    throw new ParleyError('BROKER_NO_ANSWER', `The exchange says of order ${id} what cannot be understood.`, {
      retry: 'retryable',
      details: { status: order.status, side },
    })
  }
  const limitPrice = isLimit(order.type) ? positive(order.price, 'the price') : null
  const stopPrice = positive(order.triggerPrice ?? order.stopPrice, 'the stop price')
  return {
    clientOrderId,
    venueOrderId: id,
    instrument: symbol,
    side,
    type: typeOf(limitPrice, stopPrice),
    quantity: exact(order.amount, 'the amount'),
    limitPrice,
    stopPrice,
    // A spot exchange keeps no such flag.
    reduceOnly: false,
    status,
    filledQuantity: exact(order.filled, 'what is filled'),
    at: order.lastUpdateTimestamp ?? order.lastTradeTimestamp ?? order.timestamp ?? 0,
  }
}

function isLimit(type: string | undefined): boolean {
  return type !== undefined && !/market/.test(type) && /limit/.test(type)
}

function typeOf(limitPrice: Decimal | null, stopPrice: Decimal | null): OrderType {
  if (stopPrice !== null) return limitPrice === null ? 'STOP_MARKET' : 'STOP_LIMIT'
  return limitPrice === null ? 'MARKET' : 'LIMIT'
}

/**
 * A trade of ours as a fill. A fee in the base currency counts at the trade's price, one in a third currency by `priceOf`,
 * which gives the price of that currency in the quote's, and as nothing where there is none.
 */
export function fillOf(
  trade: LibraryTrade,
  clientOrderId: string,
  priceOf: (currency: string, quote: string) => Decimal | undefined,
): Fill {
  const { id, symbol, side, timestamp, fee } = trade
  if (id === undefined || symbol === undefined || (side !== 'buy' && side !== 'sell')) {
    throw new ParleyError('BROKER_NO_ANSWER', 'The exchange tells of a trade what cannot be understood.', {
      retry: 'retryable',
    })
  }
  const price = exact(trade.price, 'the price')
  const [base = '', quote = ''] = symbol.split('/')
  const cost = fee?.cost === undefined ? ZERO : exact(fee.cost, 'the fee')
  const currency = fee?.currency ?? quote
  const rate = currency === quote ? decimal('1') : currency === base ? price : (priceOf(currency, quote) ?? ZERO)
  return {
    tradeId: id,
    clientOrderId,
    instrument: symbol,
    side,
    quantity: exact(trade.amount, 'the amount'),
    price,
    fee: multiply(cost, rate),
    at: timestamp ?? 0,
  }
}

/** What the fills of an instrument add up to; long is positive. */
export function netOf(fills: Iterable<Fill>, instrument: string): Decimal {
  let net = ZERO
  for (const fill of fills) {
    if (fill.instrument === instrument) net = add(net, fill.side === 'buy' ? fill.quantity : negate(fill.quantity))
  }
  return net
}
