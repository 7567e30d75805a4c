import type { Entry, Journal } from '#engine/journal.ts'
import type { Broker, BrokerEvent, Feed, OrderReport, Sha256 } from '#engine/ports.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Denial, Mandate } from '#shared/domain/mandate.ts'
import { type Fill, isClosed, type Order, orderSchema, type Side } from '#shared/domain/order.ts'
import type { StopLevel, StopProgress } from '#shared/domain/trading-state.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { sleep } from '#shared/lib/clock.ts'
import { type Decimal, ZERO } from '#shared/lib/decimal.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { applyToBook, equity, type TradingBook } from './book.ts'
import { checkOrder, onlyReduces } from './gate.ts'
import type { DeskLatch } from './latch.ts'

/** What is to be sent, and what it follows from: the client order id is derived from it (OL-1). */
export interface Intent {
  readonly runId: string
  readonly proposalId: string
  readonly decisionId: string
  readonly by: string
  readonly instrument: string
  readonly side: Side
  readonly quantity: Decimal
  /** Null for a market order. */
  readonly limitPrice: Decimal | null
  readonly timeInForce: Order['timeInForce']
  readonly reduceOnly: boolean
  /** The epoch of the trading state that it was decided under. */
  readonly epoch: number
}

export interface OrdersOptions {
  readonly journal: Journal
  /** The account as far as the journal told it; folded further from here on. */
  readonly book: TradingBook
  readonly broker: Broker
  readonly feed: Feed
  readonly latch: () => DeskLatch
  readonly mandate: () => Mandate
  readonly clock: Clock
  readonly sha256: Sha256
}

/** The one way to the broker. */
export interface Orders {
  /** Sends the intent through the gate; resolves once it is denied, rejected, or handed to the venue. The same intent is sent once. Rejects with INTENT_INVALID for what is no order, DUPLICATE_INTENT for one that ended before this process. */
  submit(intent: Intent): Promise<Order>
  cancel(clientOrderId: string, by: Actor): Promise<Order>
  /** Resolves with the order as soon as nothing more is expected of it. */
  closed(clientOrderId: string, signal: AbortSignal): Promise<Order>
  /** Cancels what a stop of the level asks for; does not wait. */
  cancelForStop(level: StopLevel, by: Actor): void
  /** How far the last stop has come. */
  stopProgress(): StopProgress
  /** Compares every working order, and all fills since the given moment, with the venue. */
  reconcile(sinceMs: number): Promise<void>
  /** Links to the broker. */
  connect(): Promise<Stop>
  link(): { readonly connected: boolean; readonly latencyMs: number | null }
}

const system: Actor = { kind: 'system', id: 'orders' }

/** How long an order whose fate is unknown is asked after, and how often the venue must not know it before it counts as never arrived. */
const firstQueryMs = 500
const longestQueryMs = 10_000
const neverHeardTimes = 4
/** An order is as old as our clock says, its fills as old as the venue's: the two may differ by as much as this. */
const clockErrorMs = 2 * 86_400_000

/** Creates the one way to the broker: gate, write-ahead record, venue, reconciliation (OL-1, OL-3, OL-9, OL-11 to OL-14). */
export function createOrders({ journal, book, broker, feed, latch, mandate, clock, sha256 }: OrdersOptions): Orders {
  const closedWaiters = new Map<string, Set<(order: Order) => void>>()
  /** The last known form of every order that this process has seen, closed ones too. */
  const last = new Map<string, Order>(book.orders)
  const stopped = new Set<string>()
  const failedCancels = new Set<string>()
  const asking = new Set<string>()
  let connected = false
  let latencyMs: number | null = null

  journal.observe((record) => {
    const order = applyToBook(book, record, record.at)
    if (order === undefined) return
    last.set(order.clientOrderId, order)
    if (!isClosed(order.status)) return
    for (const resolve of closedWaiters.get(order.clientOrderId) ?? []) resolve(order)
    closedWaiters.delete(order.clientOrderId)
  })

  const mark = (instrument: string) => feed.quote(instrument)?.last

  function entry(event: DeskEvent, order?: Order, actor: Actor = system): Entry {
    const correlationId = order?.runId ?? undefined
    return { ...event, actor, ...(correlationId !== undefined && { correlationId }) }
  }

  function gate(order: Order, epoch: number): Denial | undefined {
    try {
      return checkOrder(order, {
        latch: latch().current(),
        mandate: mandate(),
        book,
        instrument: feed.instruments().find(({ id }) => id === order.instrument),
        quote: feed.quote(order.instrument),
        mark,
        equity: equity(book, mark),
        now: clock.now(),
        decidedInEpoch: epoch,
      })
    } catch (error) {
      // What cannot be checked does not leave (KS-20).
      return { code: 'CHECK_FAILED', values: { error: errorMessage(error) } }
    }
  }

  function known(clientOrderId: string): Order {
    const order = last.get(clientOrderId)
    if (order === undefined) {
      throw new ParleyError('ORDER_NOT_FOUND', `There is no order ${clientOrderId}.`, {
        wayOut: 'Look at the list of orders for its id.',
      })
    }
    return order
  }

  async function submit(intent: Intent): Promise<Order> {
    const clientOrderId = clientOrderIdOf(intent, sha256)
    const before = last.get(clientOrderId)
    if (before !== undefined) return before
    const nowMs = Math.floor(clock.now())
    const order: Order = {
      clientOrderId,
      venueOrderId: null,
      instrument: intent.instrument,
      side: intent.side,
      type: intent.limitPrice === null ? 'MARKET' : 'LIMIT',
      timeInForce: intent.timeInForce,
      quantity: intent.quantity,
      limitPrice: intent.limitPrice,
      reduceOnly: intent.reduceOnly,
      status: 'INITIALIZED',
      filledQuantity: ZERO,
      averagePrice: null,
      by: intent.by,
      runId: intent.runId,
      proposalId: intent.proposalId,
      decisionId: intent.decisionId,
      createdAt: nowMs,
      updatedAt: nowMs,
      reason: null,
    }
    if (book.closedOrders.has(clientOrderId)) {
      throw new ParleyError('DUPLICATE_INTENT', `The order ${clientOrderId} was sent and has ended before.`)
    }
    if (!orderSchema.safeParse(order).success) {
      throw new ParleyError('INTENT_INVALID', `The intent of ${intent.by} in ${intent.runId} is no order.`, {
        details: { intent },
      })
    }
    const actor: Actor = { kind: 'agent', id: intent.by }
    void journal.append(entry({ kind: 'orderInitialized', data: { order } }, order, actor))
    const denial = gate(order, intent.epoch)
    if (denial !== undefined) return deny(order, denial)

    await journal.append(entry({ kind: 'orderSubmitted', data: { clientOrderId } }, order))
    // The stop may have come while the record was written; nothing runs between this look and the sending.
    const late = lateDenial(intent.epoch)
    if (late !== undefined) return deny(order, late)
    const sentAt = clock.monotonic()
    try {
      await broker.submit(order)
      latencyMs = clock.monotonic() - sentAt
    } catch (error) {
      onSubmitError(order, error)
    }
    return known(clientOrderId)
  }

  function lateDenial(epoch: number): Denial | undefined {
    const { state, epoch: now, reason } = latch().current()
    if (state === 'HALTED') return { code: 'TRADING_HALTED', values: { reason } }
    return now === epoch
      ? undefined
      : { code: 'STOPPED_SINCE_DECISION', values: { decided: String(epoch), now: String(now) } }
  }

  async function deny(order: Order, denial: Denial): Promise<Order> {
    await journal.append(entry({ kind: 'orderDenied', data: { clientOrderId: order.clientOrderId, denial } }, order))
    return known(order.clientOrderId)
  }

  function onSubmitError(order: Order, error: unknown): void {
    const { clientOrderId } = order
    if (error instanceof ParleyError && error.retry === 'definitive') {
      if (!isClosed(known(clientOrderId).status)) {
        void journal.append(entry({ kind: 'orderRejected', data: { clientOrderId, reason: error.message } }, order))
      }
      return
    }
    void journal.append(entry({ kind: 'orderUnknown', data: { clientOrderId, reason: errorMessage(error) } }, order))
    askUntilKnown(clientOrderId)
  }

  /** Asks the venue after an order until its fate is known. */
  function askUntilKnown(clientOrderId: string): void {
    if (asking.has(clientOrderId)) return
    asking.add(clientOrderId)
    void (async () => {
      let neverHeard = 0
      for (let delayMs = firstQueryMs; ; delayMs = Math.min(longestQueryMs, delayMs * 2)) {
        await sleep(clock, delayMs)
        const order = known(clientOrderId)
        if (isClosed(order.status)) break
        try {
          const report = await broker.query(clientOrderId)
          if (report !== undefined) {
            neverHeard = 0
            await bringTo(report)
            const { status } = known(clientOrderId)
            if (isClosed(status)) break
            // A cancel may be lost, or come to the venue before its order does: it is asked for until the order has ended.
            if (stopped.has(clientOrderId) || status === 'PENDING_CANCEL') await requestCancel(clientOrderId, system)
            else if (status !== 'SUBMITTED' && status !== 'UNKNOWN') break
          } else if (++neverHeard >= neverHeardTimes) {
            reject(order, 'The venue never received it.')
            break
          }
        } catch {
          // No answer says nothing: ask again later.
        }
      }
      asking.delete(clientOrderId)
    })()
  }

  function reject(order: Order, reason: string): void {
    if (isClosed(known(order.clientOrderId).status)) return
    void journal.append(entry({ kind: 'orderRejected', data: { clientOrderId: order.clientOrderId, reason } }, order))
  }

  /** Brings our order to what the venue reports; fills first, since a report of the end says nothing of them. */
  async function bringTo(report: OrderReport): Promise<void> {
    const order = known(report.clientOrderId)
    if (order.filledQuantity !== report.filledQuantity) {
      for (const fill of await broker.fills(order.createdAt - clockErrorMs)) onFill(fill)
    }
    const { clientOrderId } = report
    const now = known(clientOrderId)
    if (isClosed(now.status)) return
    if (report.status === 'CANCELED')
      void journal.append(entry({ kind: 'orderCanceled', data: { clientOrderId } }, now))
    else if (report.status === 'EXPIRED')
      void journal.append(entry({ kind: 'orderExpired', data: { clientOrderId } }, now))
    else if (report.status === 'REJECTED') reject(now, 'Rejected by the venue.')
    else if (report.venueOrderId !== null && (now.status === 'SUBMITTED' || now.status === 'UNKNOWN')) {
      const { venueOrderId } = report
      void journal.append(entry({ kind: 'orderAccepted', data: { clientOrderId, venueOrderId } }, now))
    }
  }

  function onFill(fill: Fill): void {
    if (book.tradeIds.has(fill.tradeId)) return
    const order = last.get(fill.clientOrderId)
    if (order === undefined && !book.closedOrders.has(fill.clientOrderId)) {
      void journal.append(entry({ kind: 'orderInitialized', data: { order: externalOrder(fill) } }))
    }
    void journal.append(entry({ kind: 'orderFilled', data: { fill } }, order))
  }

  function onBrokerEvent(event: BrokerEvent): void {
    if (event.kind === 'link') {
      const reconnected = event.connected && !connected
      connected = event.connected
      latencyMs = event.latencyMs
      // Nobody waits: a journal that cannot be written halts the desk by itself.
      if (reconnected) reconcileWorking().catch(() => {})
      return
    }
    if (event.kind === 'filled') {
      onFill(event.fill)
      return
    }
    const order = last.get(event.clientOrderId)
    if (order === undefined || isClosed(order.status)) return
    const { clientOrderId } = event
    switch (event.kind) {
      case 'accepted':
        if (order.venueOrderId !== null) return
        void journal.append(
          entry({ kind: 'orderAccepted', data: { clientOrderId, venueOrderId: event.venueOrderId } }, order),
        )
        return
      case 'rejected':
        void journal.append(entry({ kind: 'orderRejected', data: { clientOrderId, reason: event.reason } }, order))
        return
      case 'canceled':
        void journal.append(entry({ kind: 'orderCanceled', data: { clientOrderId } }, order))
        return
      case 'expired':
        void journal.append(entry({ kind: 'orderExpired', data: { clientOrderId } }, order))
        return
      case 'cancelRejected':
        void journal.append(
          entry({ kind: 'orderCancelRejected', data: { clientOrderId, reason: event.reason } }, order),
        )
        askUntilKnown(clientOrderId)
    }
  }

  /** Asks for a cancel and for what became of it. Does not reject: what fails is seen in the progress of the stop. */
  async function requestCancel(clientOrderId: string, by: Actor): Promise<void> {
    const order = known(clientOrderId)
    try {
      await journal.append(entry({ kind: 'orderPendingCancel', data: { clientOrderId } }, order, by))
      await broker.cancel(clientOrderId)
    } catch (error) {
      if (isClosed(known(clientOrderId).status)) return
      failedCancels.add(clientOrderId)
      if (error instanceof ParleyError && error.retry === 'definitive') {
        const reason = error.message
        void journal.append(entry({ kind: 'orderCancelRejected', data: { clientOrderId, reason } }, order))
      }
    }
    // Sent is not confirmed: it is asked after until the venue says how it ended (KS-15).
    if (!isClosed(known(clientOrderId).status)) askUntilKnown(clientOrderId)
  }

  async function cancel(clientOrderId: string, by: Actor): Promise<Order> {
    const order = known(clientOrderId)
    if (isClosed(order.status)) return order
    await requestCancel(clientOrderId, by)
    return known(clientOrderId)
  }

  async function reconcileWorking(): Promise<void> {
    for (const order of book.orders.values()) {
      if (order.status === 'INITIALIZED') {
        // Recorded and never sent: the process ended in between, and its moment has passed.
        await deny(order, { code: 'STOPPED_SINCE_DECISION', values: { reason: 'the desk was restarted' } })
      } else {
        askUntilKnown(order.clientOrderId)
      }
    }
  }

  return {
    submit,
    cancel,
    closed(clientOrderId, signal) {
      const order = known(clientOrderId)
      if (isClosed(order.status)) return Promise.resolve(order)
      return new Promise((resolve, reject_) => {
        const waiters = closedWaiters.get(clientOrderId) ?? new Set()
        closedWaiters.set(clientOrderId, waiters)
        waiters.add(resolve)
        signal.addEventListener(
          'abort',
          () => {
            waiters.delete(resolve)
            reject_(signal.reason)
          },
          { once: true },
        )
      })
    },
    cancelForStop(level, by) {
      stopped.clear()
      failedCancels.clear()
      if (level === 1) return
      for (const order of book.orders.values()) {
        if (order.status === 'INITIALIZED' || (level === 2 && order.reduceOnly && onlyReduces(order, book))) continue
        stopped.add(order.clientOrderId)
        void requestCancel(order.clientOrderId, by)
      }
    },
    stopProgress() {
      const orders = [...stopped].map(known)
      const live = orders.filter(({ status }) => !isClosed(status))
      return {
        cancelsRequested: orders.length,
        cancelsConfirmed: orders.length - live.length,
        cancelsFailed: live.filter(({ clientOrderId }) => failedCancels.has(clientOrderId)).length,
        unknown: [...book.orders.values()].filter(({ status }) => status === 'UNKNOWN').length,
        stillLive: live.map(({ clientOrderId }) => clientOrderId),
        unprotected: unprotectedPositions(book),
      }
    },
    async reconcile(sinceMs) {
      const before = book.tradeIds.size
      const working = book.orders.size
      for (const fill of await broker.fills(sinceMs)) onFill(fill)
      await reconcileWorking()
      const adjusted = book.tradeIds.size === before ? [] : [`${book.tradeIds.size - before} fills`]
      await journal.append(entry({ kind: 'ordersReconciled', data: { matched: working, adjusted } }))
    },
    async connect() {
      const stop = await broker.connect(onBrokerEvent)
      connected = true
      return () => {
        connected = false
        stop()
      }
    },
    link: () => ({ connected, latencyMs }),
  }
}

/** The client order id of an intent: the same intent always has the same id. 20 characters of [0-9a-z], short enough for every venue. */
export function clientOrderIdOf(intent: Intent, sha256: Sha256): string {
  const { decisionId, proposalId, instrument, side } = intent
  return `p${sha256([decisionId, proposalId, instrument, side].join('|')).slice(0, 19)}`
}

/** Instruments that are held while no reduce-only order protects them. */
function unprotectedPositions(book: TradingBook): string[] {
  const guarded = new Set(
    [...book.orders.values()].filter(({ reduceOnly }) => reduceOnly).map(({ instrument }) => instrument),
  )
  return [...book.positions.values()]
    .filter(({ instrument, quantity }) => quantity !== ZERO && !guarded.has(instrument))
    .map(({ instrument }) => instrument)
}

/** An order that was not ours and traded on our account all the same (OL-11). */
function externalOrder(fill: Fill): Order {
  return {
    clientOrderId: fill.clientOrderId,
    venueOrderId: null,
    instrument: fill.instrument,
    side: fill.side,
    type: 'MARKET',
    timeInForce: 'GTC',
    quantity: fill.quantity,
    limitPrice: null,
    reduceOnly: false,
    status: 'INITIALIZED',
    filledQuantity: ZERO,
    averagePrice: null,
    by: 'external',
    runId: null,
    proposalId: null,
    decisionId: null,
    createdAt: fill.at,
    updatedAt: fill.at,
    reason: 'Traded on the account from outside the desk',
  }
}
