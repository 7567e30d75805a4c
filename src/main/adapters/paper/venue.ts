import type { BrokerBalance, BrokerEvent, BrokerPosition, Feed, MarketUpdate, OrderReport } from '#engine/ports.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Fill, Order } from '#shared/domain/order.ts'
import type { Trade } from '#shared/domain/quote.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import {
  absolute,
  add,
  compare,
  type Decimal,
  decimal,
  fromNumber,
  minimum,
  multiply,
  negate,
  roundToStep,
  sign,
  subtract,
  toNumber,
  ZERO,
} from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { opposite, reaches, takeDepth } from './depth.ts'

/** What the venue takes of each trade. */
export interface Fees {
  /** Share of the notional for an order that waited in the book. */
  readonly maker: Decimal
  /** Share of the notional for an order that traded at once. */
  readonly taker: Decimal
}

/** What a venue answers to a request: nothing is wrong, or why it will not. */
export type VenueAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** The far end of the paper broker: takes, matches and remembers orders, at once and without fault. */
export interface PaperVenue {
  submit(order: Order): VenueAnswer
  cancel(clientOrderId: string): VenueAnswer
  query(clientOrderId: string): OrderReport | undefined
  openOrders(): readonly OrderReport[]
  fills(sinceMs: number): readonly Fill[]
  positions(): readonly BrokerPosition[]
  balances(): readonly BrokerBalance[]
  restore(orders: readonly Order[], fills: readonly Fill[]): void
  /** Lets resting orders meet the market until stopped. */
  open(): Stop
}

type VenueStatus = 'ACCEPTED' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'REJECTED'

interface Ticket {
  readonly order: Order
  readonly venueOrderId: string | null
  readonly refusal: string | null
  status: VenueStatus
  filled: Decimal
  changedAt: number
}

/** Told of everything that happens to orders, at the moment it does. */
type TellOrder = (event: Exclude<BrokerEvent, { kind: 'link' }>) => void

const feeStep = decimal('0.00000001')
const accepted: VenueAnswer = { ok: true }

/** Creates a venue that fills orders against a feed's book, or its quotes where it has no book, without moving them. */
export function createPaperVenue(feed: Feed, clock: Clock, fees: Fees, tell: TellOrder): PaperVenue {
  const tickets = new Map<string, Ticket>()
  const resting = new Set<Ticket>()
  const positions = new Map<string, Decimal>()
  const done: Fill[] = []
  const tradeIds = new Set<string>()
  /** What has been taken from the book that stands now, by instrument and side. */
  const taken = new Map<string, { readonly at: number; readonly byPrice: Map<Decimal, Decimal> }>()
  let isOpen = false
  let stopWatching: Stop | undefined

  function submit(order: Order): VenueAnswer {
    const known = tickets.get(order.clientOrderId)
    if (known !== undefined) {
      if (!isSameRequest(known.order, order)) return { ok: false, reason: 'the order id is taken by another order' }
      if (known.refusal !== null) return { ok: false, reason: known.refusal }
      tellAccepted(known)
      return accepted
    }
    const reason = refusal(order) ?? null
    const ticket: Ticket = {
      order,
      venueOrderId: reason === null ? `paper-${order.clientOrderId}` : null,
      refusal: reason,
      status: reason === null ? 'ACCEPTED' : 'REJECTED',
      filled: ZERO,
      changedAt: clock.now(),
    }
    tickets.set(order.clientOrderId, ticket)
    if (reason !== null) {
      tell({ kind: 'rejected', clientOrderId: order.clientOrderId, reason })
      return { ok: false, reason }
    }
    tellAccepted(ticket)
    takeWhatIsThere(ticket, 'taker')
    if (ticket.status === 'FILLED') return accepted
    if (order.type === 'MARKET' || order.timeInForce === 'IOC') finish(ticket, 'EXPIRED')
    else rest(ticket)
    return accepted
  }

  function tellAccepted({ order, venueOrderId }: Ticket): void {
    tell({ kind: 'accepted', clientOrderId: order.clientOrderId, venueOrderId: venueOrderId ?? '' })
  }

  function refusal(order: Order): string | undefined {
    const instrument = feed.instruments().find(({ id }) => id === order.instrument)
    if (instrument === undefined) return `${order.instrument} is not traded here`
    const { quantity, limitPrice } = order
    if (sign(quantity) <= 0) return `the quantity ${quantity} is not greater than zero`
    if (!isMultiple(quantity, instrument.quantityStep))
      return `the quantity ${quantity} is not a multiple of ${instrument.quantityStep}`
    if (order.type === 'MARKET' && limitPrice !== null) return 'a market order has no limit price'
    if (order.type === 'LIMIT') {
      if (limitPrice === null || sign(limitPrice) <= 0) return 'a limit order needs a limit price greater than zero'
      if (!isMultiple(limitPrice, instrument.priceStep))
        return `the limit price ${limitPrice} is not a multiple of ${instrument.priceStep}`
    }
    const price = limitPrice ?? feed.quote(instrument.id)?.last
    if (price === undefined) return `there is no market in ${instrument.id} yet`
    if (!order.reduceOnly) return tooSmall(quantity, price, instrument)
    const reducible = canReduce(order)
    return compare(quantity, reducible) > 0 ? `only ${reducible} of ${instrument.id} is there to be reduced` : undefined
  }

  function tooSmall(quantity: Decimal, price: Decimal, { quote, minimumNotional }: Instrument): string | undefined {
    const notional = multiply(quantity, price)
    if (compare(notional, minimumNotional) >= 0) return undefined
    return `${notional} ${quote} is under the smallest order of ${minimumNotional} ${quote}`
  }

  function canReduce({ instrument, side }: Order): Decimal {
    const position = positions.get(instrument) ?? ZERO
    return sign(position) === (side === 'sell' ? 1 : -1) ? absolute(position) : ZERO
  }

  /** Trades against what stands in the market now: a taker at the levels' prices, a resting order at its own. */
  function takeWhatIsThere(ticket: Ticket, as: keyof Fees): void {
    const { instrument, side, limitPrice } = ticket.order
    const book = feed.book(instrument)
    const key = `${instrument}/${side}`
    const before = taken.get(key)
    const byPrice = before !== undefined && before.at === book?.at ? before.byPrice : new Map<Decimal, Decimal>()
    taken.set(key, { at: book?.at ?? 0, byPrice })
    const levels = opposite(side, book, feed.quote(instrument))
    const used = (price: Decimal) => byPrice.get(price) ?? ZERO
    for (const { price, quantity } of takeDepth(levels, side, limitPrice, wanted(ticket), used)) {
      byPrice.set(price, add(used(price), quantity))
      fill(ticket, quantity, as === 'maker' ? (limitPrice ?? price) : price, fees[as])
    }
  }

  function wanted(ticket: Ticket): Decimal {
    const left = subtract(ticket.order.quantity, ticket.filled)
    return ticket.order.reduceOnly ? minimum(left, canReduce(ticket.order)) : left
  }

  function fill(ticket: Ticket, quantity: Decimal, price: Decimal, rate: Decimal): void {
    const { clientOrderId, instrument, side } = ticket.order
    ticket.filled = add(ticket.filled, quantity)
    ticket.status = compare(ticket.filled, ticket.order.quantity) >= 0 ? 'FILLED' : 'PARTIALLY_FILLED'
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
    const signed = event.side === 'buy' ? event.quantity : negate(event.quantity)
    positions.set(event.instrument, add(positions.get(event.instrument) ?? ZERO, signed))
    tradeIds.add(event.tradeId)
    done.push(event)
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
    if (resting.size === 0) unwatch()
  }

  /** The market is followed only while an order waits for it. */
  function watch(): void {
    if (isOpen && resting.size > 0) stopWatching ??= feed.start(onMarket)
  }

  function unwatch(): void {
    stopWatching?.()
    stopWatching = undefined
  }

  function onMarket(update: MarketUpdate): void {
    if (update.kind === 'link') return
    const instrument = update.kind === 'trade' ? update.trade.instrument : update.quote.instrument
    for (const side of ['buy', 'sell'] as const) {
      const waiting = [...resting].filter(({ order }) => order.instrument === instrument && order.side === side)
      // Better prices first, then older orders, as a book would serve them.
      waiting.sort(
        (a, b) => (side === 'buy' ? -1 : 1) * compare(a.order.limitPrice ?? ZERO, b.order.limitPrice ?? ZERO),
      )
      if (update.kind === 'trade') tradeThrough(waiting, update.trade)
      else for (const ticket of waiting) takeWhatIsThere(ticket, 'maker')
      for (const ticket of waiting) if (resting.has(ticket) && sign(wanted(ticket)) <= 0) finish(ticket, 'EXPIRED')
    }
  }

  /** A trade beyond a limit would have met the resting order first; one at the limit may have met others. */
  function tradeThrough(waiting: readonly Ticket[], trade: Trade): void {
    const step = feed.instruments().find(({ id }) => id === trade.instrument)?.quantityStep
    const price = fromNumber(trade.price, 12)
    let left = step === undefined ? ZERO : roundToStep(fromNumber(trade.quantity, 12), step, 'down')
    for (const ticket of waiting) {
      const { side, limitPrice } = ticket.order
      if (limitPrice === null || compare(price, limitPrice) === 0 || !reaches(side, limitPrice, price)) continue
      const quantity = minimum(left, wanted(ticket))
      if (sign(quantity) <= 0) continue
      left = subtract(left, quantity)
      fill(ticket, quantity, limitPrice, fees.maker)
    }
  }

  function cancel(clientOrderId: string): VenueAnswer {
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

  function report({ order, venueOrderId, status, filled, changedAt }: Ticket): OrderReport {
    const { clientOrderId, instrument, side, type, quantity, limitPrice, stopPrice, reduceOnly } = order
    const terms = { instrument, side, type, quantity, limitPrice, stopPrice, reduceOnly }
    return { clientOrderId, venueOrderId, ...terms, status, filledQuantity: filled, at: changedAt }
  }

  function restore(orders: readonly Order[], fills: readonly Fill[]): void {
    if (tickets.size > 0 || done.length > 0) {
      throw new ParleyError('RESTORE_TOO_LATE', 'A paper account can only be restored before its first order.')
    }
    const seen = new Set<string>()
    for (const one of [...fills].sort((a, b) => a.at - b.at)) {
      if (!seen.has(one.tradeId)) book(one)
      seen.add(one.tradeId)
    }
    for (const order of orders) restoreOrder(order)
    watch()
  }

  function restoreOrder(order: Order): void {
    const filled = done
      .filter(({ clientOrderId }) => clientOrderId === order.clientOrderId)
      .reduce((sum, { quantity }) => add(sum, quantity), ZERO)
    const wasTaken = order.venueOrderId !== null || sign(filled) > 0 || order.status === 'REJECTED'
    if (!wasTaken) return
    const status = restoredStatus(order, filled)
    const ticket: Ticket = {
      order,
      venueOrderId: order.venueOrderId ?? `paper-${order.clientOrderId}`,
      refusal: status === 'REJECTED' ? (order.reason ?? 'refused before the restart') : null,
      status,
      filled,
      changedAt: order.updatedAt,
    }
    tickets.set(order.clientOrderId, ticket)
    if (status === 'ACCEPTED' || status === 'PARTIALLY_FILLED') resting.add(ticket)
  }

  return {
    submit,
    cancel,
    restore,
    query(clientOrderId) {
      const ticket = tickets.get(clientOrderId)
      return ticket && report(ticket)
    },
    openOrders: () => [...resting].map(report),
    fills: (sinceMs) => done.filter(({ at }) => at >= sinceMs),
    positions: () =>
      [...positions]
        .filter(([, quantity]) => quantity !== ZERO)
        .map(([instrument, quantity]) => ({ instrument, quantity })),
    balances: () =>
      [...positions].flatMap(([id, quantity]) => {
        const base = feed.instruments().find((instrument) => instrument.id === id)?.base
        return base === undefined ? [] : [{ currency: base, total: quantity, free: quantity }]
      }),
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

function isMultiple(value: Decimal, step: Decimal): boolean {
  return roundToStep(value, step, 'down') === value
}

function isSameRequest(a: Order, b: Order): boolean {
  const terms = ['instrument', 'side', 'type', 'timeInForce', 'quantity', 'limitPrice', 'reduceOnly'] as const
  return terms.every((term) => a[term] === b[term])
}

/** An order that could not rest has ended with the process that held it; any other goes on where it was. */
function restoredStatus(order: Order, filled: Decimal): VenueStatus {
  if (compare(filled, order.quantity) >= 0) return 'FILLED'
  if (order.status === 'REJECTED' || order.status === 'CANCELED' || order.status === 'EXPIRED') return order.status
  if (order.type === 'MARKET' || order.timeInForce === 'IOC') return 'EXPIRED'
  return toNumber(filled) > 0 ? 'PARTIALLY_FILLED' : 'ACCEPTED'
}
