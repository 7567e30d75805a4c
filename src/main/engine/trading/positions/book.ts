import { applyOrderEvent, type OrderEvent } from '#engine/trading/orders/order-transitions.ts'
import { foldChild, foldParent, type WorkedParent } from '#engine/trading/parents/parent-order-fold.ts'
import { type Bracket, foldBrackets, letGo } from '#engine/trading/protection/brackets.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import { type Fill, isClosed, type Order } from '#shared/domain/order.ts'
import type { Position } from '#shared/domain/position.ts'
import { add, compare, type Decimal, multiply, subtract, ZERO } from '#shared/lib/decimal.ts'
import { applyFill, cashChange, flatPosition, undoFill } from './positions.ts'

/** How many closed orders are kept at hand for what the venue still says of them; the store knows them all. */
const closedKept = 200

/** How far back orders that were sent count against the mandate's orders a minute. */
export const rateWindowMs = 60_000

/** The account as the journal tells it: folding the same records always gives the same book. */
export interface TradingBook {
  account: string
  currency: string
  /**
   * What was put in, paid and received, contracts at their full price: exact whatever the order of fills. With perpetuals
   * held it is not what can be spent; that is walletOf.
   */
  cash: Decimal
  /** Why nobody knows what the account holds, until a person re-arms the desk (OL-15); null where it is known. */
  doubt: string | null
  dayStartEquity: Decimal
  /** The UTC day (epoch days) that dayStartEquity belongs to. */
  day: number
  /** The most that the account was worth, as far as was recorded, and when; null before the first day. */
  highest: { readonly equity: Decimal; readonly at: number } | null
  /** Orders that may still change, by client order id. */
  readonly orders: Map<string, Order>
  /** The orders that ended last, by client order id, the newest at the end: a late fill may bring one back. */
  readonly closed: Map<string, Order>
  readonly positions: Map<string, Position>
  /** The run whose order opened each position. */
  readonly openedBy: Map<string, string | null>
  /** What protects the fills of each entry, by the entry's client order id, the oldest first. */
  readonly brackets: Map<string, Bracket>
  /** The orders that are carried out in parts, with their children, until they end. */
  readonly parents: Map<string, WorkedParent>
  /** Instruments of which more was filled than ordered: nothing new leaves in them until the desk is re-armed (OL-10). */
  readonly suspended: Set<string>
  /** When orders were sent, newest last; what is older than a minute is dropped. */
  readonly sentAt: number[]
  /** The latest time that a record bears: what has ended by then has ended, though the clock be set back. */
  latestAt: number
}

/** A book before its first record. */
export function emptyBook(): TradingBook {
  return {
    account: '',
    currency: '',
    cash: ZERO,
    doubt: null,
    dayStartEquity: ZERO,
    day: 0,
    highest: null,
    orders: new Map(),
    closed: new Map(),
    positions: new Map(),
    openedBy: new Map(),
    brackets: new Map(),
    parents: new Map(),
    suspended: new Set(),
    sentAt: [],
    latestAt: 0,
  }
}

function isOrderEvent(event: DeskEvent): event is OrderEvent {
  return event.kind.startsWith('order') && event.kind !== 'ordersReconciled'
}

/** Folds one journal record (its event and its time) into the book, in place; returns the order that it changed. */
export function applyToBook(book: TradingBook, event: DeskEvent, at: number): Order | undefined {
  book.latestAt = Math.max(book.latestAt, at)
  if (event.kind === 'accountOpened') {
    book.account = event.data.account
    book.currency = event.data.currency
    book.cash = event.data.cash
  } else if (event.kind === 'accountDoubted') {
    book.doubt = event.data.why
  } else if (event.kind === 'tradingStateChanged') {
    if (event.data.after.state === 'ACTIVE') {
      book.doubt = null
      book.suspended.clear()
    }
  } else if (event.kind === 'dayOpened') {
    book.day = event.data.day
    book.dayStartEquity = event.data.equity
    foldPeak(book, event.data.equity, at)
  } else if (event.kind === 'equityPeaked') {
    foldPeak(book, event.data.equity, at)
  } else if (event.kind === 'fundingPaid') {
    const { instrument, amount } = event.data.payment
    const position = book.positions.get(instrument) ?? flatPosition(instrument, at)
    book.cash = add(book.cash, amount)
    book.positions.set(instrument, { ...position, funding: add(position.funding ?? ZERO, amount) })
  } else if (isOrderEvent(event)) {
    return foldOrder(book, event, at)
  } else foldWhole(book, event, at)
  return undefined
}

function foldPeak(book: TradingBook, equity: Decimal, at: number): void {
  if (book.highest === null || compare(equity, book.highest.equity) > 0) book.highest = { equity, at }
}

function foldWhole(book: TradingBook, event: DeskEvent, at: number): void {
  const parent = foldParent(book.parents, event, at)
  if (parent !== undefined) letGo(book, parent.instrument)
}

function foldOrder(book: TradingBook, event: OrderEvent, at: number): Order | undefined {
  const id =
    event.kind === 'orderInitialized'
      ? event.data.order.clientOrderId
      : event.kind === 'orderFilled'
        ? event.data.fill.clientOrderId
        : event.data.clientOrderId
  const before = book.orders.get(id) ?? book.closed.get(id)
  if (event.kind === 'orderFilled') foldFill(book, event.data.fill, before)
  // Of a trade that was never booked there is nothing to take back.
  if (event.kind === 'orderFillBusted' && before !== undefined) {
    const { busted, corrected } = event.data
    book.cash = subtract(book.cash, cashChange(busted))
    const held = book.positions.get(busted.instrument) ?? flatPosition(busted.instrument, at)
    book.positions.set(busted.instrument, undoFill(held, busted, at))
    if (corrected !== null) foldFill(book, corrected, before)
  }
  if (event.kind === 'orderSubmitted') {
    while (book.sentAt[0] !== undefined && book.sentAt[0] <= at - rateWindowMs) book.sentAt.shift()
    book.sentAt.push(at)
  }
  // Of an order that ended long ago only the account takes notice.
  if (before === undefined && event.kind !== 'orderInitialized') return undefined
  const after = applyOrderEvent(before, event, at)
  if (event.kind === 'orderFilled' && compare(after.filledQuantity, after.quantity) > 0)
    book.suspended.add(after.instrument)
  keep(book, id, after)
  foldBrackets(book, event, before, after)
  foldChild(book.parents, after)
  return after
}

function keep(book: TradingBook, id: string, order: Order): void {
  const wasClosed = book.closed.delete(id)
  if (!isClosed(order.status)) {
    book.orders.set(id, order)
    return
  }
  if (!wasClosed) book.orders.delete(id)
  book.closed.set(id, order)
  const [oldest] = book.closed.keys()
  if (oldest !== undefined && book.closed.size > closedKept) book.closed.delete(oldest)
}

function foldFill(book: TradingBook, fill: Fill, order: Order | undefined): void {
  book.cash = add(book.cash, cashChange(fill))
  const before = book.positions.get(fill.instrument) ?? flatPosition(fill.instrument, fill.at)
  if (before.quantity === ZERO) book.openedBy.set(fill.instrument, order?.runId ?? null)
  book.positions.set(fill.instrument, applyFill(before, fill))
}

/** The money that is there, without the price of perpetuals, which is not paid but held on margin. */
export function walletOf(book: TradingBook): Decimal {
  let wallet = book.cash
  for (const { instrument, quantity, averagePrice } of book.positions.values()) {
    if (isPerpetual(instrument) && averagePrice !== null) wallet = add(wallet, multiply(quantity, averagePrice))
  }
  return wallet
}

/** Cash plus positions at their marks; undefined while a mark is missing or what is held is unknown. */
export function equity(book: TradingBook, mark: (instrument: string) => Decimal | undefined): Decimal | undefined {
  if (book.doubt !== null) return undefined
  let total = book.cash
  for (const position of book.positions.values()) {
    if (position.quantity === ZERO) continue
    const price = mark(position.instrument)
    if (price === undefined) return undefined
    total = add(total, multiply(position.quantity, price))
  }
  return total
}

/** A book as JSON holds it. */
interface PlainBook
  extends Omit<TradingBook, 'orders' | 'closed' | 'positions' | 'openedBy' | 'brackets' | 'parents' | 'suspended'> {
  readonly orders: readonly Order[]
  readonly closed: readonly Order[]
  readonly positions: readonly Position[]
  readonly openedBy: readonly (readonly [string, string | null])[]
  readonly brackets: readonly Bracket[]
  readonly parents: readonly WorkedParent[]
  readonly suspended: readonly string[]
}

/** The book as plain JSON, for a snapshot. */
export function bookToJson(book: TradingBook): unknown {
  return {
    ...book,
    orders: [...book.orders.values()],
    closed: [...book.closed.values()],
    positions: [...book.positions.values()],
    openedBy: [...book.openedBy],
    brackets: [...book.brackets.values()],
    parents: [...book.parents.values()],
    suspended: [...book.suspended],
  } satisfies PlainBook
}

/** The book that bookToJson wrote. */
export function bookFromJson(json: unknown): TradingBook {
  const plain = json as PlainBook
  return {
    ...plain,
    // A snapshot of an earlier version knows no doubt.
    doubt: plain.doubt ?? null,
    orders: new Map(plain.orders.map((order) => [order.clientOrderId, order])),
    closed: new Map(plain.closed.map((order) => [order.clientOrderId, order])),
    positions: new Map(plain.positions.map((position) => [position.instrument, position])),
    openedBy: new Map(plain.openedBy),
    brackets: new Map(plain.brackets.map((bracket) => [bracket.parentId, bracket])),
    parents: new Map(plain.parents.map((worked) => [worked.parent.id, worked])),
    suspended: new Set(plain.suspended),
  }
}
