import type { Journal } from '#engine/journal/journal.ts'
import type { Broker } from '#engine/ports/broker.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { OrderArchive } from '#engine/ports/order-archive.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import type { DeskLatch } from '#engine/trading/gate/latch.ts'
import { createTailReader, type TailReader } from '#engine/trading/gate/tail-reader.ts'
import { applyToBook, type TradingBook } from '#engine/trading/positions/book.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import { onAccountEvent } from '#engine/trading/reconciliation/broker-events.ts'
import { type BrokerLink, createReconciliation } from '#engine/trading/reconciliation/reconciliation.ts'
import { followUnknownFates } from '#engine/trading/reconciliation/unknown-fates.ts'
import { confirmFilled } from '#engine/trading/reconciliation/venue-reports.ts'
import type { Comparison } from '#shared/domain/comparison.ts'
import type { Denial } from '#shared/domain/denial.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import { type Fill, isClosed, type Order, type OrderChange } from '#shared/domain/order.ts'
import type { StopLevel, StopProgress } from '#shared/domain/trading-state.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { createWaiters } from '#shared/lib/waiters.ts'
import { clientOrderIdOf, type Intent } from './new-orders.ts'
import { cancelForStop, cancelOrder } from './order-cancels.ts'
import { changeOrder } from './order-changes.ts'
import { intentDenial } from './order-denials.ts'
import { findOrder, knownOrder, type OrdersState } from './orders-state.ts'
import { stopProgressOf } from './stop-cancels.ts'
import { submitIntent } from './submission.ts'

export interface OrdersOptions {
  readonly journal: Journal
  /** The account as far as the journal told it; folded further from here on. */
  readonly book: TradingBook
  readonly archive: OrderArchive
  readonly broker: Broker
  readonly feed: Feed
  readonly latch: DeskLatch
  readonly mandate: Mandate
  readonly clock: Clock
  readonly sha256: Sha256
  /** Reads what a day may cost the book; one of its own unless given. */
  readonly tails?: TailReader
  /** What is said to an order that needs the trader's approval, at the moment of sending; undefined lets it out. */
  readonly approvalDenial?: (order: Order) => Denial | undefined
  /** Told once of each position that the venue has closed by itself. */
  readonly onLiquidation?: (fill: Fill) => void
}

/** The one way to the broker. */
export interface Orders {
  /**
   * Sends the intent through the gate; resolves once it is denied, rejected, or handed to the venue. The same intent is
   * sent once. Rejects with INTENT_INVALID for what is no order.
   */
  submit(intent: Intent): Promise<Order>
  /** What the gate would say to the intent now; undefined would let it out. Exits count nothing against what reduces. */
  denial(intent: Intent): Denial | undefined
  /** The order of the intent, whatever became of it; undefined while it was not sent. */
  of(intent: Intent): Order | undefined
  /** The order as it stands; throws ORDER_NOT_FOUND. */
  get(clientOrderId: string): Order
  /** Asks the venue to cancel, until it says how the order ended or refuses. Throws ORDER_NOT_FOUND. */
  cancel(clientOrderId: string, by: Actor): Promise<Order>
  /**
   * Asks the venue to change a working order; what it becomes passes the gate first, and until the venue confirms it the
   * old terms are in force. Rejects with ORDER_NOT_FOUND, ORDER_CLOSED, CHANGE_PENDING, CHANGE_DENIED or CHANGE_REFUSED.
   */
  replace(clientOrderId: string, change: OrderChange, by: Actor, epoch: number): Promise<Order>
  /** Asks the venue how much of an order is filled, and books it; false while that is not known, or more may come. */
  confirm(clientOrderId: string): Promise<boolean>
  /** Resolves with the order as soon as nothing more is expected of it. */
  closed(clientOrderId: string, signal: AbortSignal): Promise<Order>
  /** Cancels what a stop of the level asks for; does not wait. */
  cancelForStop(level: StopLevel, by: Actor): void
  /** How far the last stop has come. */
  stopProgress(): StopProgress
  /** Links to the broker. */
  connect(): Promise<void>
  /**
   * Compares working orders and fills with the venue, as far back as they were not compared yet. Rejects with the broker's
   * error when that fails; it is tried again by itself until it succeeds, and after every loss of the link.
   */
  reconcile(): Promise<void>
  /** Compares orders, the fills of the last day and positions with the venue, because a person asks; rejects as reconcile does. */
  compare(): Promise<Comparison>
  link(): BrokerLink
  /** Ends the link and all asking. */
  stop(): void
}

/** Creates the one way to the broker: gate, write-ahead record, venue, reconciliation (OL-1, OL-3, OL-9, OL-11 to OL-14). */
export function createOrders(options: OrdersOptions): Orders {
  const { journal, book, broker, feed, sha256 } = options
  const life = new AbortController()
  const endings = createWaiters<Order>()
  const state: OrdersState = {
    ...options,
    approvalDenial: options.approvalDenial ?? (() => undefined),
    onLiquidation: options.onLiquidation ?? (() => {}),
    mark: marksOf(feed),
    tails: options.tails ?? createTailReader(feed),
    life: life.signal,
    followUp: (clientOrderId) => followUp(clientOrderId),
    answeredIn: (ms) => reconciliation.answeredIn(ms),
    leaving: new Set(),
    stopped: new Set(),
    failedCancels: new Set(),
    bookedFills: new Map(),
    bookedFunding: new Set(),
    busted: new Set(),
    disputed: new Set(),
    changeSentAt: new Map(),
  }
  let unlink: Stop = () => {}

  journal.observe((record) => {
    const order = applyToBook(book, record, record.at)
    if (order !== undefined && isClosed(order.status)) endings.settle(order.clientOrderId, order)
  })

  const followUp = followUnknownFates(state)
  const reconciliation = createReconciliation(state)

  return {
    submit: (intent) => submitIntent(state, intent),
    denial: (intent) => intentDenial(state, intent),
    replace: (clientOrderId, change, by, epoch) => changeOrder(state, clientOrderId, change, by, epoch),
    get: (clientOrderId) => knownOrder(state, clientOrderId),
    of: (intent) => findOrder(state, clientOrderIdOf(intent, sha256)),
    cancel: (clientOrderId, by) => cancelOrder(state, clientOrderId, by),
    confirm: (clientOrderId) => confirmFilled(state, clientOrderId),
    closed: (clientOrderId, signal) =>
      endings.wait(clientOrderId, signal, () => {
        const order = knownOrder(state, clientOrderId)
        return isClosed(order.status) ? order : undefined
      }),
    cancelForStop: (level, by) => cancelForStop(state, level, by),
    stopProgress: () =>
      stopProgressOf(
        book,
        [...state.stopped].map((id) => knownOrder(state, id)),
        state.failedCancels,
      ),
    async connect() {
      unlink = await broker.connect((event) => {
        if (event.kind === 'link') reconciliation.onLink(event)
        else onAccountEvent(state, event)
      })
    },
    reconcile: () => reconciliation.reconcile(),
    compare: () => reconciliation.compare(),
    link: () => reconciliation.link(),
    stop() {
      life.abort()
      reconciliation.stop()
      unlink()
    },
  }
}
