import type { BrokerBalance, BrokerEvent, BrokerPosition, OrderReport } from '#engine/ports/broker.ts'
import type { Feed, MarketUpdate } from '#engine/ports/feed.ts'
import { isLiquidated } from '#engine/trading/margin/margin-account.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import { type Instrument, isPerpetual } from '#shared/domain/instrument.ts'
import type { Fill, Order, OrderChange } from '#shared/domain/order.ts'
import { wrongTerms } from '#shared/domain/order-terms.ts'
import type { Trade } from '#shared/domain/quote.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import {
  absolute,
  add,
  compare,
  type Decimal,
  decimal,
  fromNumber,
  maximum,
  minimum,
  multiply,
  negate,
  roundToStep,
  sign,
  subtract,
  sum,
  ZERO,
} from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createContracts } from './contracts.ts'
import { opposite, reaches, takeDepth } from './depth.ts'
import { createRestingOrders, type RestingOrders } from './resting-orders.ts'
import {
  canRest,
  expiryOf,
  isReached,
  isSameRequest,
  isStop,
  reportOf,
  type Ticket,
  trailedStop,
  type VenueStatus,
} from './tickets.ts'

/** What the venue takes of each trade. */
export interface Fees {
  /** Share of the notional for an order that waited in the book. */
  readonly maker: Decimal
  /** Share of the notional for an order that traded at once. */
  readonly taker: Decimal
}

/** What a venue answers to a request: nothing is wrong, why it will not, or that the order id was used before. */
export type VenueAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly taken?: true }

/** The far end of the paper broker: takes, matches and remembers orders, at once and without fault. */
export interface PaperVenue {
  submit(order: Order): VenueAnswer
  replace(clientOrderId: string, change: OrderChange): VenueAnswer
  cancel(clientOrderId: string): VenueAnswer
  query(clientOrderId: string): OrderReport | undefined
  openOrders(): readonly OrderReport[]
  fills(sinceMs: number): readonly Fill[]
  positions(): readonly BrokerPosition[]
  balances(): readonly BrokerBalance[]
  funding(sinceMs: number): readonly FundingPayment[]
  restore(orders: readonly Order[], fills: readonly Fill[], payments: readonly FundingPayment[]): void
  /** Closes every position in perpetuals at its mark, as a venue does whose demands have outgrown the account. */
  liquidate(): void
  /** Cancels every order once so long has passed without another call; 0 takes that back. */
  cancelAllAfter(ms: number): void
  /** Takes a trade back, or puts another quantity and price in its place; false when there is none of that id. */
  bust(tradeId: string, instead?: { readonly quantity: Decimal; readonly price: Decimal }): boolean
  /** Lets resting orders meet the market until stopped. */
  open(): Stop
}

/** What an account begins with: money in the quote currency, and the leverage that its positions in perpetuals are opened at. */
export interface PaperAccount {
  readonly cash: Decimal
  readonly leverage: number
}

/** Told of everything that happens to orders, at the moment it does. */
type TellOrder = (event: Exclude<BrokerEvent, { kind: 'link' }>) => void

const feeStep = decimal('0.00000001')
const accepted: VenueAnswer = { ok: true }
/** The longest that a timer is set for; what is further away is looked at again then. */
const longestTimerMs = 3_600_000

/**
 * Creates a venue that fills orders against a feed's book, or its quotes where it has no book, without moving them.
 *
 * A marketable order walks the book. A resting one has price-time priority: it fills when the market quotes across it, by
 * trades beyond its price, and by trades at its price once what stood there before it has traded (where there is a book to
 * tell how much that was; without one a touch never fills it). Stops wait for the last price, trailing stops follow the
 * best one, and a triggered order then takes what the market offers, not its stop price. On replayed bars the market is
 * the path that the feed makes of each bar, so that a stop never fills better than its price, a gap through it fills at
 * the far side, and a limit needs the path to pass it.
 *
 * Perpetuals are held on margin, all of the account's money behind all of them (createContracts): no order goes beyond the
 * initial margin, funding is paid at its times, and what the money no longer covers is closed by the venue.
 */
export function createPaperVenue(
  feed: Feed,
  clock: Clock,
  fees: Fees,
  { cash: opening, leverage }: PaperAccount,
  tell: TellOrder,
  resting: RestingOrders = createRestingOrders(),
): PaperVenue {
  const tickets = new Map<string, Ticket>()
  const positions = new Map<string, Decimal>()
  const done: Fill[] = []
  const tradeIds = new Set<string>()
  /** What has been taken from the book that stands now, by instrument and side. */
  const taken = new Map<string, { readonly at: number; readonly byPrice: Map<Decimal, Decimal> }>()
  const contracts = createContracts(feed, leverage)
  let cash = opening
  let isOpen = false
  let stopWatching: Stop | undefined
  let stopTimer: Stop = () => {}
  let disarm: Stop = () => {}

  const instrumentOf = (id: string) => feed.instruments().find((instrument) => instrument.id === id)

  function submit(order: Order): VenueAnswer {
    settle()
    const known = tickets.get(order.clientOrderId)
    if (known !== undefined) {
      if (!isSameRequest(known.order, order))
        return { ok: false, reason: 'the order id is taken by another order', taken: true }
      if (known.refusal !== null) return { ok: false, reason: known.refusal }
      tellAccepted(known)
      return accepted
    }
    const reason = refusal(order) ?? null
    const ticket: Ticket = {
      order,
      venueOrderId: reason === null ? `paper-${order.clientOrderId}` : null,
      refusal: reason,
      expiresAt: expiryOf(order, clock.now()),
      quantity: order.quantity,
      limitPrice: order.limitPrice,
      stopPrice: order.stopPrice,
      status: reason === null ? 'ACCEPTED' : 'REJECTED',
      filled: ZERO,
      changedAt: clock.now(),
      isAsleep: isStop(order),
      ahead: ZERO,
    }
    tickets.set(order.clientOrderId, ticket)
    if (reason !== null) {
      tell({ kind: 'rejected', clientOrderId: order.clientOrderId, reason })
      return { ok: false, reason }
    }
    tellAccepted(ticket)
    if (ticket.isAsleep) {
      rest(ticket)
      const last = feed.quote(order.instrument)?.last
      if (last !== undefined) wake([ticket], last)
    } else trade(ticket)
    return accepted
  }

  /** Lets an order meet the market for the first time: it takes, and what is left rests or ends. */
  function trade(ticket: Ticket): void {
    const { order } = ticket
    if (order.timeInForce === 'FOK' && compare(offered(ticket), wanted(ticket)) < 0) {
      finish(ticket, 'EXPIRED')
      return
    }
    takeWhatIsThere(ticket, 'taker')
    if (ticket.status === 'FILLED') return
    if (canRest(order) && sign(wanted(ticket)) > 0) {
      ticket.ahead = queueBefore(ticket)
      rest(ticket)
    } else finish(ticket, 'EXPIRED')
  }

  function tellAccepted({ order, venueOrderId }: Ticket): void {
    tell({ kind: 'accepted', clientOrderId: order.clientOrderId, venueOrderId: venueOrderId ?? '' })
  }

  function refusal(order: Order): string | undefined {
    const instrument = instrumentOf(order.instrument)
    if (instrument === undefined) return `${order.instrument} is not traded here`
    const { quantity, limitPrice, stopPrice } = order
    if (sign(quantity) <= 0) return `the quantity ${quantity} is not greater than zero`
    if (!isMultiple(quantity, instrument.quantityStep))
      return `the quantity ${quantity} is not a multiple of ${instrument.quantityStep}`
    const wrong = wrongTerms(order)
    if (wrong !== undefined) return wrong
    for (const price of [limitPrice, stopPrice]) {
      if (price !== null && !isMultiple(price, instrument.priceStep))
        return `the price ${price} is not a multiple of ${instrument.priceStep}`
    }
    if (order.expireAt !== null && order.expireAt <= clock.now()) return 'it has expired already'
    const price = limitPrice ?? stopPrice ?? feed.quote(instrument.id)?.last
    if (price === undefined) return `there is no market in ${instrument.id} yet`
    if (order.postOnly && order.type === 'LIMIT' && crosses(order)) return 'post-only, and it would trade at once'
    if (!order.reduceOnly) return tooSmall(quantity, price, instrument) ?? beyondMargin(order)
    const reducible = canReduce(order)
    return compare(quantity, reducible) > 0 ? `only ${reducible} of ${instrument.id} is there to be reduced` : undefined
  }

  function crosses({ instrument, side, limitPrice }: Pick<Order, 'instrument' | 'side' | 'limitPrice'>): boolean {
    const [best] = opposite(side, feed.book(instrument), feed.quote(instrument))
    return best !== undefined && reaches(side, limitPrice, best.price)
  }

  function tooSmall(quantity: Decimal, price: Decimal, { quote, minimumNotional }: Instrument): string | undefined {
    const notional = multiply(quantity, price)
    if (compare(notional, minimumNotional) >= 0) return undefined
    return `${notional} ${quote} is under the smallest order of ${minimumNotional} ${quote}`
  }

  function beyondMargin(order: Order): string | undefined {
    if (!isPerpetual(order.instrument)) return undefined
    const working = resting.all().map(({ order: { instrument, side, reduceOnly }, ...ticket }) => {
      return { instrument, side, quantity: reduceOnly ? ZERO : wantedOf(ticket) }
    })
    return contracts.beyond(cash, order, working)
  }

  function canReduce({ instrument, side }: Pick<Order, 'instrument' | 'side'>): Decimal {
    const position = positions.get(instrument) ?? ZERO
    return sign(position) === (side === 'sell' ? 1 : -1) ? absolute(position) : ZERO
  }

  function takenOf({ instrument, side }: Order): Map<Decimal, Decimal> {
    const at = feed.book(instrument)?.at ?? 0
    const before = taken.get(`${instrument}/${side}`)
    const byPrice = before !== undefined && before.at === at && at > 0 ? before.byPrice : new Map<Decimal, Decimal>()
    taken.set(`${instrument}/${side}`, { at, byPrice })
    return byPrice
  }

  function slicesFor(ticket: Ticket) {
    const { instrument, side } = ticket.order
    const byPrice = takenOf(ticket.order)
    const levels = opposite(side, feed.book(instrument), feed.quote(instrument))
    const used = (price: Decimal) => byPrice.get(price) ?? ZERO
    const limit = ticket.limitPrice
    return { byPrice, used, slices: takeDepth(levels, side, limit, wanted(ticket), used) }
  }

  function offered(ticket: Ticket): Decimal {
    return sum(slicesFor(ticket).slices.map(({ quantity }) => quantity))
  }

  /** Trades against what stands in the market now: a taker at the levels' prices, a resting order at its own. */
  function takeWhatIsThere(ticket: Ticket, as: keyof Fees): void {
    const { byPrice, used, slices } = slicesFor(ticket)
    for (const { price, quantity } of slices) {
      byPrice.set(price, add(used(price), quantity))
      fill(ticket, quantity, as === 'maker' ? (ticket.limitPrice ?? price) : price, fees[as])
    }
  }

  function wanted(ticket: Ticket): Decimal {
    const left = wantedOf(ticket)
    return ticket.order.reduceOnly ? minimum(left, canReduce(ticket.order)) : left
  }

  /** What stands at its price on its own side, and came before it. */
  function queueBefore({ order, limitPrice }: Ticket): Decimal {
    const book = feed.book(order.instrument)
    const level = (order.side === 'buy' ? book?.bids : book?.asks)?.find(({ price }) => price === limitPrice)
    return level?.quantity ?? ZERO
  }

  function fill(ticket: Ticket, quantity: Decimal, price: Decimal, rate: Decimal): void {
    const { clientOrderId, instrument, side } = ticket.order
    ticket.filled = add(ticket.filled, quantity)
    ticket.status = compare(ticket.filled, ticket.quantity) >= 0 ? 'FILLED' : 'PARTIALLY_FILLED'
    ticket.changedAt = clock.now()
    if (ticket.status === 'FILLED') leave(ticket)
    const fee = roundToStep(multiply(multiply(quantity, price), rate), feeStep, 'up')
    const event: Fill = {
      tradeId: newTradeId(ticket),
      clientOrderId,
      instrument,
      side,
      quantity,
      price,
      fee,
      at: clock.now(),
    }
    book(event)
    tell({ kind: 'filled', fill: event })
  }

  function book(event: Fill): void {
    count(event, 1)
    tradeIds.add(event.tradeId)
    done.push(event)
    if (!isPerpetual(event.instrument)) return
    if (isIdle()) unwatch()
    else watch()
  }

  /** Adds a trade to the position and the cash, or takes it off again; contracts count at their full price. */
  function count(event: Fill, times: 1 | -1): void {
    const { side, instrument, quantity, price, fee } = event
    if (isPerpetual(instrument)) contracts.book(event, times)
    const bought = (side === 'buy') === (times === 1) ? quantity : negate(quantity)
    positions.set(instrument, add(positions.get(instrument) ?? ZERO, bought))
    cash = subtract(cash, add(multiply(bought, price), times === 1 ? fee : negate(fee)))
  }

  function newTradeId({ venueOrderId }: Ticket): string {
    let number = 1
    while (tradeIds.has(`${venueOrderId}-${number}`)) number++
    return `${venueOrderId}-${number}`
  }

  function finish(ticket: Ticket, status: 'CANCELED' | 'EXPIRED'): void {
    ticket.status = status
    ticket.changedAt = clock.now()
    leave(ticket)
    tell({ kind: status === 'CANCELED' ? 'canceled' : 'expired', clientOrderId: ticket.order.clientOrderId })
  }

  function rest(ticket: Ticket): void {
    resting.add(ticket)
    watch()
  }

  function leave(ticket: Ticket): void {
    resting.delete(ticket)
    if (isIdle()) unwatch()
  }

  const isIdle = () => resting.size === 0 && contracts.held().length === 0

  /** The market is followed only while an order waits for it, or a position hangs on it. */
  function watch(): void {
    if (!isOpen || isIdle()) return
    stopWatching ??= feed.start(onMarket)
    stopTimer()
    const next = [resting.nextExpiry() ?? [], contracts.nextFunding()].flat().sort((a, b) => a - b)[0]
    if (next === undefined) return
    stopTimer = clock.after(Math.min(longestTimerMs, Math.max(0, next - clock.now())), () => {
      expireDue()
      settle()
      watch()
    })
  }

  function unwatch(): void {
    stopTimer()
    stopWatching?.()
    stopWatching = undefined
  }

  function expireDue(): void {
    for (const ticket of resting.due(clock.now())) finish(ticket, 'EXPIRED')
  }

  function onMarket(update: MarketUpdate): void {
    if (update.kind === 'link') return
    expireDue()
    settle()
    const instrument = update.kind === 'trade' ? update.trade.instrument : update.quote.instrument
    const last = update.kind === 'trade' ? fromNumber(update.trade.price, 18) : update.quote.last
    for (const side of ['buy', 'sell'] as const) {
      if (update.kind === 'trade') tradeThrough(resting.reaching(instrument, side, last), update.trade)
      else {
        const [best] = opposite(side, feed.book(instrument), feed.quote(instrument))
        const crossing = best === undefined ? [] : resting.reaching(instrument, side, best.price)
        for (const ticket of crossing) takeWhatIsThere(ticket, 'maker')
      }
      wake(resting.stirredBy(instrument, side, last), last)
      if (sign(canReduce({ instrument, side })) > 0) continue
      for (const ticket of resting.reducing(instrument, side)) finish(ticket, 'EXPIRED')
    }
  }

  /** Moves trailing stops behind the last price, and triggers the stops that it has reached, older ones first. */
  function wake(asleep: readonly Ticket[], last: Decimal): void {
    for (const ticket of asleep) {
      const reached = isReached(ticket, last)
      if (!reached && ticket.order.trailing !== null) {
        const tick = instrumentOf(ticket.order.instrument)?.priceStep ?? feeStep
        ticket.stopPrice = trailedStop(ticket, last, tick)
      }
      if (!reached) continue
      ticket.isAsleep = false
      ticket.status = 'TRIGGERED'
      ticket.changedAt = clock.now()
      resting.delete(ticket)
      tell({ kind: 'triggered', clientOrderId: ticket.order.clientOrderId })
      if (ticket.order.postOnly && crosses({ ...ticket.order, limitPrice: ticket.limitPrice }))
        finish(ticket, 'CANCELED')
      else trade(ticket)
    }
    if (isIdle()) unwatch()
  }

  /** A trade beyond a limit would have met the resting order first; one at the limit meets those that were there before. */
  function tradeThrough(waiting: readonly Ticket[], { instrument, ...trade }: Trade): void {
    const step = instrumentOf(instrument)?.quantityStep
    const hasBook = feed.book(instrument) !== undefined
    const price = fromNumber(trade.price, 18)
    let left = step === undefined ? ZERO : roundToStep(fromNumber(trade.quantity, 12), step, 'down')
    for (const ticket of waiting) {
      const { limitPrice } = ticket
      const isTouch = limitPrice !== null && compare(price, limitPrice) === 0
      if (limitPrice === null || (isTouch && !hasBook) || !reaches(ticket.order.side, limitPrice, price)) continue
      if (isTouch) {
        const before = minimum(left, ticket.ahead)
        ticket.ahead = subtract(ticket.ahead, before)
        left = subtract(left, before)
      }
      const quantity = minimum(left, wanted(ticket))
      if (sign(quantity) <= 0) continue
      left = subtract(left, quantity)
      fill(ticket, quantity, limitPrice, fees.maker)
    }
  }

  function cancel(clientOrderId: string): VenueAnswer {
    expireDue()
    const ticket = tickets.get(clientOrderId)
    const reason =
      ticket === undefined ? 'the order is not known' : resting.has(ticket) ? undefined : `too late: ${ticket.status}`
    if (ticket === undefined || reason !== undefined) {
      tell({ kind: 'cancelRejected', clientOrderId, reason: reason ?? '' })
      return { ok: false, reason: reason ?? '' }
    }
    finish(ticket, 'CANCELED')
    return accepted
  }

  function replace(clientOrderId: string, change: OrderChange): VenueAnswer {
    expireDue()
    const ticket = tickets.get(clientOrderId)
    const reason =
      ticket === undefined
        ? 'the order is not known'
        : resting.has(ticket)
          ? wrongChange(ticket, change)
          : `too late: ${ticket.status}`
    if (ticket === undefined || reason !== undefined) {
      tell({ kind: 'updateRejected', clientOrderId, reason: reason ?? '' })
      return { ok: false, reason: reason ?? '' }
    }
    const { quantity = ticket.quantity, limitPrice = ticket.limitPrice, stopPrice = ticket.stopPrice } = change
    // Only what becomes smaller keeps its place in the queue.
    const losesPlace = limitPrice !== ticket.limitPrice || compare(quantity, ticket.quantity) > 0
    ticket.quantity = maximum(quantity, ticket.filled)
    ticket.limitPrice = limitPrice
    ticket.stopPrice = stopPrice
    ticket.changedAt = clock.now()
    tell({ kind: 'updated', clientOrderId, quantity: ticket.quantity, limitPrice, stopPrice })
    if (sign(ticket.filled) > 0 && compare(ticket.filled, ticket.quantity) >= 0) {
      ticket.status = 'FILLED'
      leave(ticket)
    } else if (ticket.isAsleep) {
      resting.refresh(ticket)
      const last = feed.quote(ticket.order.instrument)?.last
      if (last !== undefined) wake([ticket], last)
    } else if (losesPlace) {
      resting.delete(ticket)
      trade(ticket)
    }
    return accepted
  }

  function wrongChange(ticket: Ticket, change: OrderChange): string | undefined {
    const { quantity = ticket.quantity, limitPrice = ticket.limitPrice, stopPrice = ticket.stopPrice } = change
    const instrument = instrumentOf(ticket.order.instrument)
    const terms = { ...ticket.order, quantity, limitPrice, stopPrice }
    if (instrument === undefined || sign(quantity) <= 0) return `the quantity ${quantity} is not greater than zero`
    if (!isMultiple(quantity, instrument.quantityStep)) return 'the quantity is not on the step'
    const prices = [limitPrice, stopPrice].filter((price) => price !== null)
    if (prices.some((price) => !isMultiple(price, instrument.priceStep))) return 'a price is not on the tick'
    if (terms.postOnly && !ticket.isAsleep && crosses(terms)) return 'post-only, and it would trade at once'
    const left = subtract(quantity, ticket.filled)
    if (terms.reduceOnly && compare(left, canReduce(ticket.order)) > 0) return 'there is not so much to be reduced'
    return wrongTerms(terms)
  }

  function bust(tradeId: string, instead?: { readonly quantity: Decimal; readonly price: Decimal }): boolean {
    const index = done.findIndex((each) => each.tradeId === tradeId)
    const busted = done[index]
    const ticket = busted === undefined ? undefined : tickets.get(busted.clientOrderId)
    if (busted === undefined || ticket === undefined) return false
    done.splice(index, 1)
    count(busted, -1)
    const corrected = instead === undefined ? null : { ...busted, ...instead, tradeId: newTradeId(ticket) }
    if (corrected !== null) book(corrected)
    ticket.filled = add(subtract(ticket.filled, busted.quantity), corrected?.quantity ?? ZERO)
    ticket.changedAt = clock.now()
    const { clientOrderId } = busted
    tell({ kind: 'busted', clientOrderId, tradeId, corrected })
    const wasOpen = ticket.status === 'FILLED' || ticket.status === 'PARTIALLY_FILLED'
    if (!wasOpen) return true
    const isFilled = compare(ticket.filled, ticket.quantity) >= 0
    ticket.status = isFilled ? 'FILLED' : sign(ticket.filled) > 0 ? 'PARTIALLY_FILLED' : 'ACCEPTED'
    if (isFilled) leave(ticket)
    // What cannot wait for the market again has nothing more to come.
    else if (canRest(ticket.order)) rest(ticket)
    else finish(ticket, 'CANCELED')
    return true
  }

  function balances(): readonly BrokerBalance[] {
    const money = new Map<string, { total: Decimal; held: Decimal }>()
    const raise = (currency: string, total: Decimal, held: Decimal) => {
      const before = money.get(currency) ?? { total: ZERO, held: ZERO }
      money.set(currency, { total: add(before.total, total), held: add(before.held, held) })
    }
    const [first] = feed.instruments()
    if (first !== undefined) raise(first.quote, contracts.wallet(cash), contracts.margin(cash)?.initial ?? ZERO)
    for (const [id, quantity] of positions) if (!isPerpetual(id)) raise(instrumentOf(id)?.base ?? id, quantity, ZERO)
    for (const ticket of resting.all()) {
      const instrument = instrumentOf(ticket.order.instrument)
      const price = ticket.limitPrice ?? ticket.stopPrice
      if (instrument === undefined || price === null || ticket.order.reduceOnly) continue
      if (instrument.perpetual !== undefined)
        raise(instrument.quote, ZERO, contracts.asked(instrument, wanted(ticket), price))
      else if (ticket.order.side === 'sell') raise(instrument.base, ZERO, wanted(ticket))
      else raise(instrument.quote, ZERO, multiply(wanted(ticket), price))
    }
    return [...money].map(([currency, { total, held }]) => ({ currency, total, free: subtract(total, held) }))
  }

  /** Pays the funding that is due, and closes what the money no longer covers. */
  function settle(): void {
    for (const payment of contracts.settleFunding()) {
      cash = add(cash, payment.amount)
      tell({ kind: 'funding', payment })
    }
    const margin = contracts.margin(cash)
    if (margin !== undefined && isLiquidated(margin)) closeUncovered(() => isCovered())
  }

  function isCovered(): boolean {
    const margin = contracts.margin(cash)
    return margin === undefined || !isLiquidated(margin)
  }

  /** Closes positions in perpetuals, those that ask for the most first, until it is enough; then cancels the orders in them. */
  function closeUncovered(isEnough: () => boolean): void {
    const closed = new Set<string>()
    while (!isEnough()) {
      const event = contracts.liquidation(cash, clock.now())
      if (event === undefined) break
      closed.add(event.instrument)
      book(event)
      tell({ kind: 'filled', fill: event })
    }
    if (closed.size === 0) return
    for (const ticket of resting.all()) if (isPerpetual(ticket.order.instrument)) finish(ticket, 'CANCELED')
  }

  function restore(orders: readonly Order[], fills: readonly Fill[], payments: readonly FundingPayment[]): void {
    if (tickets.size > 0 || done.length > 0) {
      throw new ParleyError('RESTORE_TOO_LATE', 'A paper account can only be restored before its first order.')
    }
    const seen = new Set<string>()
    for (const one of [...fills].sort((a, b) => a.at - b.at)) {
      if (!seen.has(one.tradeId)) book(one)
      seen.add(one.tradeId)
    }
    for (const { amount } of payments) cash = add(cash, amount)
    for (const { amount } of contracts.restore(done, payments)) cash = add(cash, amount)
    for (const order of orders) restoreOrder(order)
    watch()
  }

  function restoreOrder(order: Order): void {
    const filled = sum(
      done.filter(({ clientOrderId }) => clientOrderId === order.clientOrderId).map(({ quantity }) => quantity),
    )
    const wasTaken = order.venueOrderId !== null || sign(filled) > 0 || order.standing === 'REJECTED'
    if (!wasTaken) return
    const isAsleep = isStop(order) && !order.triggered && sign(filled) === 0
    const status = restoredStatus(order, filled, isAsleep)
    const ticket: Ticket = {
      order,
      venueOrderId: order.venueOrderId ?? `paper-${order.clientOrderId}`,
      refusal: status === 'REJECTED' ? (order.reason ?? 'refused before the restart') : null,
      expiresAt: expiryOf(order, order.createdAt),
      quantity: order.quantity,
      limitPrice: order.limitPrice,
      stopPrice: order.stopPrice,
      status,
      filled,
      changedAt: order.updatedAt,
      isAsleep,
      ahead: ZERO,
    }
    tickets.set(order.clientOrderId, ticket)
    if (status !== 'ACCEPTED' && status !== 'TRIGGERED' && status !== 'PARTIALLY_FILLED') return
    if (!isAsleep) ticket.ahead = queueBefore(ticket)
    resting.add(ticket)
  }

  return {
    submit,
    replace,
    cancel,
    restore,
    bust,
    query(clientOrderId) {
      expireDue()
      const ticket = tickets.get(clientOrderId)
      return ticket && reportOf(ticket)
    },
    openOrders() {
      expireDue()
      return resting.all().map(reportOf)
    },
    funding(sinceMs) {
      settle()
      return contracts.payments().filter(({ at }) => at >= sinceMs)
    },
    liquidate: () => closeUncovered(() => contracts.held().length === 0),
    cancelAllAfter(ms) {
      disarm()
      disarm = ms === 0 ? () => {} : clock.after(ms, () => resting.all().forEach((one) => finish(one, 'CANCELED')))
    },
    fills: (sinceMs) => done.filter(({ at }) => at >= sinceMs).sort((a, b) => a.at - b.at),
    positions: () =>
      [...positions]
        .filter(([, quantity]) => quantity !== ZERO)
        .map(([instrument, quantity]) => ({ instrument, quantity })),
    balances,
    open() {
      isOpen = true
      watch()
      return () => {
        isOpen = false
        unwatch()
      }
    },
  }
}

function wantedOf({ quantity, filled }: Pick<Ticket, 'quantity' | 'filled'>): Decimal {
  return maximum(subtract(quantity, filled), ZERO)
}

function isMultiple(value: Decimal, step: Decimal): boolean {
  return roundToStep(value, step, 'down') === value
}

/** An order that could not rest has ended with the process that held it; any other goes on where it was. */
function restoredStatus(order: Order, filled: Decimal, isAsleep: boolean): VenueStatus {
  if (compare(filled, order.quantity) >= 0) return 'FILLED'
  if (order.standing === 'REJECTED' || order.standing === 'CANCELED' || order.standing === 'EXPIRED')
    return order.standing
  if (isAsleep) return 'ACCEPTED'
  if (!canRest(order)) return 'EXPIRED'
  if (sign(filled) > 0) return 'PARTIALLY_FILLED'
  return order.triggered ? 'TRIGGERED' : 'ACCEPTED'
}
