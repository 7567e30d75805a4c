import type { Instrument } from '#shared/domain/instrument.ts'
import type { Denial, DenialCode, Mandate } from '#shared/domain/mandate.ts'
import type { Order } from '#shared/domain/order.ts'
import type { Quote } from '#shared/domain/quote.ts'
import type { Latch } from '#shared/domain/trading-state.ts'
import {
  absolute,
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  multiply,
  roundToStep,
  sign,
  subtract,
  sum,
  toNumber,
  ZERO,
} from '#shared/lib/decimal.ts'
import { leavesQuantity, type TradingBook } from './book.ts'

/** All that the gate looks at; it asks nobody and keeps nothing. */
export interface GateContext {
  readonly latch: Latch
  readonly mandate: Mandate
  readonly book: TradingBook
  readonly instrument: Instrument | undefined
  readonly quote: Quote | undefined
  /** The latest price of any instrument held or worked. */
  readonly mark: (instrument: string) => Decimal | undefined
  /** Equity now; undefined while a mark is missing. */
  readonly equity: Decimal | undefined
  readonly now: number
  /** The epoch of the trading state when the order was decided on. */
  readonly decidedInEpoch: number
}

type Check = (order: Order, context: GateContext) => Denial | undefined

function deny(code: DenialCode, values: Record<string, string | number> = {}): Denial {
  return { code, values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])) }
}

/** The price that an order is measured by: its limit, or what it would pay at the market now. */
function referencePrice(order: Order, quote: Quote): Decimal {
  return order.limitPrice ?? (order.side === 'buy' ? quote.ask : quote.bid)
}

function positionQuantity(book: TradingBook, instrument: string): Decimal {
  return book.positions.get(instrument)?.quantity ?? ZERO
}

/**
 * What working orders of one side still have to fill. The order itself may already be in the book: it is not counted.
 */
function working(book: TradingBook, order: Order, side: Order['side']): Decimal {
  return sum(
    [...book.orders.values()]
      .filter((other) => other.instrument === order.instrument && other.side === side)
      .filter((other) => other.clientOrderId !== order.clientOrderId)
      .map(leavesQuantity),
  )
}

/** KS-21: an order only reduces when it and all that already works on its side together do not pass zero. */
export function onlyReduces(order: Order, book: TradingBook): boolean {
  const held = positionQuantity(book, order.instrument)
  if (sign(held) === 0 || sign(held) > 0 === (order.side === 'buy')) return false
  return compare(add(leavesQuantity(order), working(book, order, order.side)), absolute(held)) <= 0
}

const checkTradingState: Check = (order, { latch, book, decidedInEpoch }) => {
  if (latch.state === 'HALTED') return deny('TRADING_HALTED', { since: latch.at, reason: latch.reason })
  if (decidedInEpoch !== latch.epoch)
    return deny('STOPPED_SINCE_DECISION', { decided: decidedInEpoch, now: latch.epoch })
  if (latch.state === 'REDUCING' && !onlyReduces(order, book)) {
    return deny('TRADING_STATE_REDUCING', {
      position: positionQuantity(book, order.instrument),
      quantity: order.quantity,
    })
  }
  return undefined
}

const checkDuplicate: Check = (order, { book }) => {
  const known = book.orders.get(order.clientOrderId)
  const sentBefore = book.closed.has(order.clientOrderId) || (known !== undefined && known.status !== 'INITIALIZED')
  return sentBefore ? deny('DUPLICATE_INTENT', { clientOrderId: order.clientOrderId }) : undefined
}

const checkInstrument: Check = (order, { instrument, mandate }) => {
  if (instrument === undefined) return deny('INSTRUMENT_NOT_FOUND', { instrument: order.instrument })
  if (mandate.instruments.length > 0 && !mandate.instruments.includes(order.instrument)) {
    return deny('INSTRUMENT_NOT_IN_MANDATE', { instrument: order.instrument })
  }
  if (sign(order.quantity) <= 0) return deny('QUANTITY_NOT_POSITIVE', { quantity: order.quantity })
  if (roundToStep(order.quantity, instrument.quantityStep, 'down') !== order.quantity) {
    return deny('QUANTITY_NOT_ON_STEP', { quantity: order.quantity, step: instrument.quantityStep })
  }
  if (order.limitPrice !== null && roundToStep(order.limitPrice, instrument.priceStep, 'down') !== order.limitPrice) {
    return deny('PRICE_NOT_ON_STEP', { price: order.limitPrice, step: instrument.priceStep })
  }
  return undefined
}

const checkReduceOnly: Check = (order, { book }) =>
  order.reduceOnly && !onlyReduces(order, book)
    ? deny('REDUCE_ONLY_WOULD_INCREASE_POSITION', { position: positionQuantity(book, order.instrument) })
    : undefined

const checkQuote: Check = (order, { quote, mandate, now }) => {
  if (quote === undefined || sign(quote.last) <= 0) return deny('QUOTE_UNAVAILABLE', { instrument: order.instrument })
  // A quote from the future is as old as nobody knows: the clock was set back.
  const ageMs = now - quote.at
  if (Math.abs(ageMs) > mandate.maximumQuoteAgeMs)
    return deny('QUOTE_STALE', { ageMs, maximumMs: mandate.maximumQuoteAgeMs })
  if (order.limitPrice === null) return undefined
  const away = absolute(divide(subtract(order.limitPrice, quote.last), quote.last))
  return toNumber(away) > mandate.priceCollar
    ? deny('PRICE_OUTSIDE_COLLAR', { limit: order.limitPrice, last: quote.last, collar: mandate.priceCollar })
    : undefined
}

const checkNotional: Check = (order, context) => {
  const { quote, instrument, mandate, book } = context
  // What reduces is let out whatever it is worth: closing must always be possible.
  if (onlyReduces(order, book)) return undefined
  if (quote === undefined || instrument === undefined)
    return deny('QUOTE_UNAVAILABLE', { instrument: order.instrument })
  const notional = multiply(order.quantity, referencePrice(order, quote))
  if (compare(notional, instrument.minimumNotional) < 0) {
    return deny('NOTIONAL_BELOW_MINIMUM', { notional, minimum: instrument.minimumNotional })
  }
  if (compare(notional, mandate.maximumOrderNotional) > 0) {
    return deny('NOTIONAL_EXCEEDS_MAX_PER_ORDER', { notional, maximum: mandate.maximumOrderNotional })
  }
  return order.side === 'buy' ? checkCash(order, notional, context) : denySale(order, book)
}

// 0.1 % on top for fees, so that a fill at the price never overdraws the account.
const withFee = decimal('1.001')

function checkCash(order: Order, notional: Decimal, { book, mark }: GateContext): Denial | undefined {
  let reserved = ZERO
  for (const other of book.orders.values()) {
    if (other.side !== 'buy' || other.clientOrderId === order.clientOrderId) continue
    const price = other.limitPrice ?? mark(other.instrument)
    if (price === undefined) return deny('QUOTE_UNAVAILABLE', { instrument: other.instrument })
    reserved = add(reserved, multiply(leavesQuantity(other), price))
  }
  const free = subtract(book.cash, multiply(reserved, withFee))
  return compare(multiply(notional, withFee), free) > 0
    ? deny('NOTIONAL_EXCEEDS_FREE_BALANCE', { notional, free })
    : undefined
}

/** A sale that does more than reduce would sell what is not held. */
function denySale(order: Order, book: TradingBook): Denial {
  const held = positionQuantity(book, order.instrument)
  return deny('NOTIONAL_EXCEEDS_FREE_BALANCE', {
    quantity: order.quantity,
    held,
    selling: working(book, order, 'sell'),
  })
}

/** What positions and working orders come to with the order added, gross, by instrument. */
function grossQuantities(order: Order, book: TradingBook): ReadonlyMap<string, Decimal> {
  const byInstrument = new Map<string, Decimal>()
  const raise = (instrument: string, quantity: Decimal) =>
    byInstrument.set(instrument, add(byInstrument.get(instrument) ?? ZERO, absolute(quantity)))
  for (const position of book.positions.values()) raise(position.instrument, position.quantity)
  for (const other of book.orders.values()) {
    if (other.clientOrderId !== order.clientOrderId && !onlyReduces(other, book))
      raise(other.instrument, leavesQuantity(other))
  }
  raise(order.instrument, order.quantity)
  return byInstrument
}

const checkExposure: Check = (order, { book, mark, mandate }) => {
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

const checkMandate: Check = (order, { mandate, book, equity, now }) => {
  if (onlyReduces(order, book)) return undefined
  if (mandate.expiresAt !== null && Math.max(now, book.latestAt) >= mandate.expiresAt)
    return deny('MANDATE_EXPIRED', { expired: mandate.expiresAt })
  // A loss that cannot be computed counts as a breach (KS-20).
  if (equity === undefined || book.day === 0) return deny('DAILY_LOSS_EXCEEDED', { equity: 'unavailable' })
  const loss = subtract(book.dayStartEquity, equity)
  return compare(loss, mandate.maximumDailyLoss) > 0
    ? deny('DAILY_LOSS_EXCEEDED', { loss, maximum: mandate.maximumDailyLoss })
    : undefined
}

const checkRate: Check = (_order, { book, mandate, now }) => {
  const sent = book.sentAt.filter((at) => at > now - 60_000).length
  return sent >= mandate.ordersPerMinute
    ? deny('RATE_LIMIT_EXCEEDED', { sent, maximum: mandate.ordersPerMinute })
    : undefined
}

const checks: readonly Check[] = [
  checkTradingState,
  checkDuplicate,
  checkInstrument,
  checkReduceOnly,
  checkQuote,
  checkNotional,
  checkExposure,
  checkMandate,
  checkRate,
]

/** The pre-trade gate: undefined lets the order out, a denial says which rule holds it back and by which values. */
export function checkOrder(order: Order, context: GateContext): Denial | undefined {
  for (const check of checks) {
    const denial = check(order, context)
    if (denial !== undefined) return denial
  }
  return undefined
}
