import { leastTailBars } from '#engine/portfolio/book-tail.ts'
import { freeCash } from '#engine/trading/margin/book-margin.ts'
import { leavesQuantity, workingQuantity } from '#engine/trading/orders/working.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import type { Denial } from '#shared/domain/mandate.ts'
import type { Order } from '#shared/domain/order.ts'
import { wrongTerms } from '#shared/domain/order-terms.ts'
import type { Quote } from '#shared/domain/quote.ts'
import {
  absolute,
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  fromNumber,
  multiply,
  roundToStep,
  sign,
  subtract,
  toNumber,
  ZERO,
} from '#shared/lib/decimal.ts'
import { checkContract, checkProtected, reservedCash } from './contract-gate.ts'
import { deny, type GateContext, referencePrice } from './gate-context.ts'

type Check = (order: Order, context: GateContext) => Denial | undefined

function positionQuantity(book: TradingBook, instrument: string): Decimal {
  return book.positions.get(instrument)?.quantity ?? ZERO
}

/** What the order and all that works on its side still have to fill; a stop and a target of one entry count once. */
function withOrder(book: TradingBook, order: Order): Decimal {
  const others = [...book.orders.values()].filter(
    ({ clientOrderId, instrument, side }) =>
      instrument === order.instrument && side === order.side && clientOrderId !== order.clientOrderId,
  )
  return workingQuantity([...others, order])
}

/** KS-21: an order only reduces when it and all that already works on its side together do not pass zero. */
export function onlyReduces(order: Order, book: TradingBook): boolean {
  const held = positionQuantity(book, order.instrument)
  if (sign(held) === 0 || sign(held) > 0 === (order.side === 'buy')) return false
  return compare(withOrder(book, order), absolute(held)) <= 0
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

const checkDuplicate: Check = (order, { book, isChange }) => {
  if (isChange) return undefined
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
  const { priceStep } = instrument
  const price = [order.limitPrice, order.stopPrice].find(
    (each) => each !== null && roundToStep(each, priceStep, 'down') !== each,
  )
  return price === undefined || price === null ? undefined : deny('PRICE_NOT_ON_STEP', { price, step: priceStep })
}

/** Terms that do not fit each other, or the venue (OL-2). */
const checkTerms: Check = (order, { capabilities, isChange }) => {
  const { type, timeInForce, postOnly, reduceOnly, clientOrderId } = order
  const wrong = wrongTerms(order)
  if (wrong !== undefined) return deny('ORDER_TERMS_INVALID', { wrong })
  const { maximumLength, pattern } = capabilities.clientOrderId
  if (clientOrderId.length > maximumLength || !pattern.test(clientOrderId))
    return deny('ORDER_ID_INVALID', { clientOrderId, maximumLength })
  const unable = !capabilities.orderTypes.includes(type)
    ? type
    : !capabilities.timesInForce.includes(timeInForce)
      ? timeInForce
      : postOnly && !capabilities.postOnly
        ? 'post-only'
        : reduceOnly && !capabilities.reduceOnly
          ? 'reduce-only'
          : isChange && !capabilities.replace
            ? 'a change'
            : undefined
  return unable === undefined ? undefined : deny('ORDER_NOT_SUPPORTED', { unable })
}

/** OL-10: where more was filled than ordered nobody knows what else is wrong. What reduces passes. */
const checkSuspended: Check = (order, { book }) =>
  book.suspended.has(order.instrument) && !onlyReduces(order, book)
    ? deny('INSTRUMENT_SUSPENDED', { instrument: order.instrument, why: 'more was filled than ordered' })
    : undefined

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
  return checkStop(order, quote) ?? checkCollar(order, quote, mandate.priceCollar)
}

/** A stop that the last price has passed already would be a market order by another name. */
function checkStop({ type, side, stopPrice }: Order, { last }: Quote): Denial | undefined {
  if (stopPrice === null || type === 'LIMIT' || type === 'MARKET') return undefined
  const isPassed = side === 'buy' ? compare(stopPrice, last) <= 0 : compare(stopPrice, last) >= 0
  return isPassed ? deny('STOP_WOULD_TRIGGER', { stop: stopPrice, last }) : undefined
}

/** What only reduces may wait this many collars away: protection has to stand where the position's risk was set. */
const exitCollars = 10

function checkCollar(order: Order, { last }: Quote, collar: number): Denial | undefined {
  const { limitPrice, stopPrice, triggered } = order
  const widest = order.reduceOnly ? Math.min(0.95, collar * exitCollars) : collar
  const isOutside = (price: Decimal, from: Decimal) => toNumber(absolute(divide(subtract(price, from), from))) > widest
  if (stopPrice !== null && !triggered && isOutside(stopPrice, last))
    return deny('PRICE_OUTSIDE_COLLAR', { stop: stopPrice, last, collar: widest })
  // A stop-limit's limit is for the moment in which its stop is reached.
  const from = triggered ? last : (stopPrice ?? last)
  return limitPrice !== null && isOutside(limitPrice, from)
    ? deny('PRICE_OUTSIDE_COLLAR', { limit: limitPrice, last: from, collar: widest })
    : undefined
}

const checkNotional: Check = (order, context) => {
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

// 0.1 % on top for fees, so that a fill at the price never overdraws the account.
const withFee = decimal('1.001')

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
  const held = positionQuantity(book, order.instrument)
  return deny('NOTIONAL_EXCEEDS_FREE_BALANCE', {
    quantity: order.quantity,
    held,
    selling: subtract(withOrder(book, order), leavesQuantity(order)),
  })
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

/** What each instrument would be worth with the order and what works filled on the side that takes it furthest from flat. */
function worthsAfter(order: Order, book: TradingBook, mark: GateContext['mark']): ReadonlyMap<string, number> | string {
  const working = [
    order,
    ...[...book.orders.values()].filter(({ clientOrderId }) => clientOrderId !== order.clientOrderId),
  ]
  const instruments = new Set([...book.positions.keys(), ...working.map(({ instrument }) => instrument)])
  const worths = new Map<string, number>()
  for (const instrument of instruments) {
    const side = (wanted: Order['side']) =>
      workingQuantity(working.filter((other) => other.instrument === instrument && other.side === wanted))
    const held = positionQuantity(book, instrument)
    const [most, least] = [add(held, side('buy')), subtract(held, side('sell'))]
    const quantity = compare(absolute(most), absolute(least)) >= 0 ? most : least
    if (sign(quantity) === 0) continue
    const price = mark(instrument)
    if (price === undefined) return instrument
    worths.set(instrument, toNumber(multiply(quantity, price)))
  }
  return worths
}

/** The book's tail after the order; one that cannot be measured counts as over the limit (KS-20). */
const checkTail: Check = (order, { book, mark, mandate, tail }) => {
  const { maximumValueAtRisk, maximumExpectedShortfall } = mandate
  if ((maximumValueAtRisk === null && maximumExpectedShortfall === null) || onlyReduces(order, book)) return undefined
  const worths = worthsAfter(order, book, mark)
  if (typeof worths === 'string') return deny('QUOTE_UNAVAILABLE', { instrument: worths })
  const after = tail(worths)
  if (after === undefined)
    return deny('VALUE_AT_RISK_UNAVAILABLE', { instruments: [...worths.keys()].join(', '), leastBars: leastTailBars })
  const stands = { confidence: '95 %', bars: after.bars, timeframe: after.timeframe, to: after.to }
  const valueAtRisk = fromNumber(after.valueAtRisk, 2)
  if (maximumValueAtRisk !== null && compare(valueAtRisk, maximumValueAtRisk) > 0)
    return deny('VALUE_AT_RISK_EXCEEDS_MAXIMUM', { valueAtRisk, maximum: maximumValueAtRisk, ...stands })
  const expectedShortfall = fromNumber(after.expectedShortfall, 2)
  return maximumExpectedShortfall !== null && compare(expectedShortfall, maximumExpectedShortfall) > 0
    ? deny('EXPECTED_SHORTFALL_EXCEEDS_MAXIMUM', { expectedShortfall, maximum: maximumExpectedShortfall, ...stands })
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

/** What reduces may use as much again: entries must not use up the room of their own protection. */
const checkRate: Check = (order, { book, mandate, now }) => {
  const sent = book.sentAt.filter((at) => at > now - 60_000).length
  const maximum = mandate.ordersPerMinute * (order.reduceOnly && onlyReduces(order, book) ? 2 : 1)
  return sent >= maximum ? deny('RATE_LIMIT_EXCEEDED', { sent, maximum }) : undefined
}

const checks: readonly Check[] = [
  checkTradingState,
  checkDuplicate,
  checkInstrument,
  checkTerms,
  checkSuspended,
  checkReduceOnly,
  checkQuote,
  checkNotional,
  checkExposure,
  checkTail,
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
