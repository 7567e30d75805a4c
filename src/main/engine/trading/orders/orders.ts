import type { Entry, Journal } from '#engine/journal/journal.ts'
import type { Broker, BrokerEvent, OrderReport } from '#engine/ports/broker.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { OrderArchive } from '#engine/ports/order-archive.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import { checkOrder } from '#engine/trading/gate/gate.ts'
import type { DeskLatch } from '#engine/trading/gate/latch.ts'
import { createTailReader, type TailReader } from '#engine/trading/gate/tail-reader.ts'
import { childDenial } from '#engine/trading/parents/child-denial.ts'
import { applyToBook, equity, type TradingBook } from '#engine/trading/positions/book.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import type { Comparison } from '#shared/domain/comparison.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Denial, Mandate } from '#shared/domain/mandate.ts'
import { type Fill, isClosed, isExit, isOpen, type Order, type OrderChange, orderSchema } from '#shared/domain/order.ts'
import { touchOf } from '#shared/domain/quote.ts'
import type { StopLevel, StopProgress } from '#shared/domain/trading-state.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { compare } from '#shared/lib/decimal.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { benchmarkOf, type MarketThen } from './arrival-benchmark.ts'
import { createFollowUp } from './follow-up.ts'
import { clientOrderIdOf, externalOrder, type Intent, orderOfIntent } from './new-orders.ts'
import { type BrokerLink, clocksDifferMs, createReconciliation } from './reconciliation.ts'
import { ordersToCancel, stopProgressOf } from './stop-cancels.ts'

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

const system: Actor = { kind: 'system', id: 'orders' }
/** Fills remembered at hand; earlier ones are in the archive. */
const fillsKept = 10_000
/** So long a change may be on its way before the venue's word, that the old terms are in force, is taken for its answer. */
const changeTakesMs = 5_000

/** Creates the one way to the broker: gate, write-ahead record, venue, reconciliation (OL-1, OL-3, OL-9, OL-11 to OL-14). */
export function createOrders(options: OrdersOptions): Orders {
  const { journal, book, archive, broker, feed, latch, mandate, clock, sha256 } = options
  const approvalDenial = options.approvalDenial ?? (() => undefined)
  const life = new AbortController()
  const closedWaiters = new Map<string, Set<(order: Order) => void>>()
  /** Orders that are recorded and have not left. */
  const leaving = new Set<string>()
  const stopped = new Set<string>()
  const failedCancels = new Set<string>()
  const bookedFills = new Map<string, Fill>()
  /** Payments that were booked and may not be durable yet. */
  const bookedFunding = new Set<string>()
  /** Trades that were told to be undone before they were told. */
  const bustedAhead = new Set<string>()
  const disputed = new Set<string>()
  /** When each pending change was sent. */
  const changeSentAt = new Map<string, number>()
  let unlink: Stop = () => {}

  journal.observe((record) => {
    const order = applyToBook(book, record, record.at)
    if (order === undefined || !isClosed(order.status)) return
    for (const resolve of closedWaiters.get(order.clientOrderId) ?? []) resolve(order)
    closedWaiters.delete(order.clientOrderId)
  })

  const followUp = createFollowUp({
    broker,
    clock,
    signal: life.signal,
    known,
    bringTo,
    onUnheardOf,
    isToBeCancelled: ({ status, clientOrderId }) => status === 'PENDING_CANCEL' || stopped.has(clientOrderId),
    cancel: (clientOrderId) => sendCancel(clientOrderId, system),
  })

  const reconciliation = createReconciliation({
    broker,
    clock,
    signal: life.signal,
    book,
    find,
    bookFill,
    bookFunding,
    bringTo,
    followUp,
    record: (event, about) => journal.append(entry(event, about)),
  })

  const mark = marksOf(feed)
  const instrumentOf = (id: string) => feed.instruments().find((instrument) => instrument.id === id)
  const tails = options.tails ?? createTailReader(feed)

  /** Appends without waiting; a journal that cannot be written halts the desk by itself. */
  function note(event: DeskEvent, order?: Order, about: Partial<Entry> = {}): void {
    void journal.append(entry(event, order, about))
  }

  function entry(event: DeskEvent, order?: Order, about: Partial<Entry> = {}): Entry {
    const correlationId = order?.runId ?? undefined
    return { actor: system, ...(correlationId !== undefined && { correlationId }), ...about, ...atMarket(event) }
  }

  /** With the market of the moment, where an execution is measured by it. */
  function atMarket(event: DeskEvent): DeskEvent {
    switch (event.kind) {
      case 'orderDenied':
      case 'orderRejected':
      case 'orderTriggered':
      case 'orderCanceled':
      case 'orderExpired': {
        const instrument = find(event.data.clientOrderId)?.instrument
        const { touch } = instrument === undefined ? { touch: null } : marketNow(instrument)
        return touch === null ? event : ({ ...event, data: { ...event.data, market: touch } } as DeskEvent)
      }
      default:
        return event
    }
  }

  /** What an execution is measured by must not hold up an order: where the feed fails, nothing is known. */
  function marketNow(instrument: string): MarketThen {
    try {
      const quote = feed.quote(instrument)
      return { touch: quote === undefined ? null : touchOf(quote), book: feed.book(instrument) ?? null }
    } catch {
      return { touch: null, book: null }
    }
  }

  function find(clientOrderId: string): Order | undefined {
    return book.orders.get(clientOrderId) ?? book.closed.get(clientOrderId) ?? archive.getOrder(clientOrderId)
  }

  function known(clientOrderId: string): Order {
    const order = find(clientOrderId)
    if (order === undefined) {
      throw new ParleyError('ORDER_NOT_FOUND', `There is no order ${clientOrderId}.`, {
        wayOut: 'Look at the list of orders for its id.',
      })
    }
    return order
  }

  async function submit(intent: Intent): Promise<Order> {
    const clientOrderId = clientOrderIdOf(intent, sha256)
    const before = find(clientOrderId)
    if (before !== undefined) return before
    const plain = orderOfIntent(intent, clientOrderId, Math.floor(clock.now()), sha256)
    if (!orderSchema.safeParse(plain).success) {
      throw new ParleyError(
        'INTENT_INVALID',
        `The intent of ${intent.by} in ${intent.runId ?? 'no run'} is no order.`,
        {
          details: { intent },
        },
      )
    }
    const order = { ...plain, benchmark: benchmarkOf(plain, intent.decided, marketNow(intent.instrument)) }
    note({ kind: 'orderInitialized', data: { order } }, order, {
      actor: intent.actor ?? { kind: 'agent', id: intent.by },
      ...(intent.reason !== undefined && { reason: intent.reason }),
    })
    const denial = gate(order, intent.epoch) ?? partDenial(order) ?? approvalDenial(order)
    if (denial !== undefined) return deny(order, denial)

    leaving.add(clientOrderId)
    let late: Denial | undefined
    try {
      await journal.append(entry({ kind: 'orderSubmitted', data: { clientOrderId } }, order))
      // The stop may have come while the record was written; nothing runs between this look and the sending.
      late = lateDenial(intent.epoch) ?? partDenial(order) ?? approvalDenial(order)
    } finally {
      leaving.delete(clientOrderId)
    }
    if (late !== undefined) return deny(order, late)
    const sentAt = clock.monotonic()
    try {
      await broker.submit(order)
      reconciliation.answeredIn(clock.monotonic() - sentAt)
    } catch (error) {
      onSubmitError(order, error)
    }
    return known(clientOrderId)
  }

  function gate(order: Order, epoch: number, isChange = false, account = book): Denial | undefined {
    try {
      return checkOrder(order, {
        latch: latch.current(),
        mandate,
        book: account,
        instrument: instrumentOf(order.instrument),
        quote: feed.quote(order.instrument),
        capabilities: broker.capabilities,
        mark,
        terms: (id) => instrumentOf(id)?.perpetual,
        tail: (worths) => tails.read(worths, clock.now()),
        equity: equity(account, mark),
        now: clock.now(),
        isChange,
        decidedInEpoch: epoch,
      })
    } catch (error) {
      // What cannot be checked does not leave (KS-20).
      return { code: 'CHECK_FAILED', values: { error: errorMessage(error) } }
    }
  }

  /** Of an intent that is carried out in parts, only those parts leave. */
  function partDenial(order: Order): Denial | undefined {
    const { clientOrderId } = order
    const isInParts = book.parents.has(clientOrderId) || archive.getParentOrder(clientOrderId) !== undefined
    return isInParts ? { code: 'DUPLICATE_INTENT', values: { clientOrderId } } : childDenial(order, book)
  }

  function lateDenial(epoch: number): Denial | undefined {
    const { state, epoch: now, reason } = latch.current()
    if (state === 'HALTED') return { code: 'TRADING_HALTED', values: { reason } }
    return now === epoch
      ? undefined
      : { code: 'STOPPED_SINCE_DECISION', values: { decided: String(epoch), now: String(now) } }
  }

  async function deny(order: Order, denial: Denial): Promise<Order> {
    await journal.append(entry({ kind: 'orderDenied', data: { clientOrderId: order.clientOrderId, denial } }, order))
    return known(order.clientOrderId)
  }

  /** Only a definitive refusal rejects; after anything else nobody knows, and the venue is asked (OL-3). */
  function onSubmitError(order: Order, error: unknown): void {
    const { clientOrderId } = order
    const { status } = known(clientOrderId)
    if (isClosed(status)) return
    const reason = errorMessage(error)
    if (error instanceof ParleyError && error.retry === 'definitive') {
      note({ kind: 'orderRejected', data: { clientOrderId, reason } }, order)
      return
    }
    if (status === 'SUBMITTED') note({ kind: 'orderUnknown', data: { clientOrderId, reason } }, order)
    followUp(clientOrderId)
  }

  function onUnheardOf(order: Order): void {
    const { clientOrderId, venueOrderId, status } = order
    const wasThere = venueOrderId !== null || status === 'PARTIALLY_FILLED'
    const reason = wasThere ? 'The venue does not know it any more.' : 'The venue never received it.'
    if (wasThere) note({ kind: 'orderCanceled', data: { clientOrderId } }, order, { reason })
    else note({ kind: 'orderRejected', data: { clientOrderId, reason } }, order)
  }

  /** Brings our order to what the venue reports; fills first, since a report of the end says nothing of them. */
  async function bringTo(report: OrderReport): Promise<boolean> {
    const { clientOrderId, status, venueOrderId } = report
    const isBehind = () => compare(known(clientOrderId).filledQuantity, report.filledQuantity) < 0
    // Where the clock was set back, a fill may seem older than its order.
    for (const sinceMs of [known(clientOrderId).createdAt - clocksDifferMs, 0]) {
      if (!isBehind()) break
      for (const fill of (await broker.fills(sinceMs).catch(() => null)) ?? []) bookFill(fill)
    }
    const now = known(clientOrderId)
    if (isClosed(now.status)) return true
    if (isBehind()) return false
    if (isClosed(status) && status !== 'FILLED') settleChangeOfEnded(report)
    if (status === 'CANCELED') note({ kind: 'orderCanceled', data: { clientOrderId } }, now)
    else if (status === 'EXPIRED') note({ kind: 'orderExpired', data: { clientOrderId } }, now)
    else if (status === 'REJECTED')
      note({ kind: 'orderRejected', data: { clientOrderId, reason: 'Rejected by the venue.' } }, now)
    else {
      if (now.venueOrderId === null && venueOrderId !== null)
        note({ kind: 'orderAccepted', data: { clientOrderId, venueOrderId } }, now)
      if (status === 'TRIGGERED' && !now.triggered) note({ kind: 'orderTriggered', data: { clientOrderId } }, now)
      return settleChange(report)
    }
    return true
  }

  /** A change that was pending when its order ended was taken, or never will be; only the venue's terms say which. */
  function settleChangeOfEnded(report: OrderReport): void {
    const { clientOrderId, quantity, limitPrice, stopPrice } = report
    const order = known(clientOrderId)
    if (order.pendingUpdates.length === 0) return
    if (differs(order, report))
      note({ kind: 'orderUpdated', data: { clientOrderId, quantity, limitPrice, stopPrice } }, order)
    else onChangeRejected(order, 'The order ended before the venue took the change.')
  }

  /** What became of pending requests, as far as a report of a working or filled order tells; false while it does not. */
  function settleChange(report: OrderReport): boolean {
    const { clientOrderId, quantity, limitPrice, stopPrice } = report
    const order = known(clientOrderId)
    const isFilled = report.status === 'FILLED'
    if (differs(order, report)) note({ kind: 'orderUpdated', data: { clientOrderId, quantity, limitPrice, stopPrice } })
    else if (order.pendingUpdates.length > 0) {
      // It may be on its way still.
      const sentAt = changeSentAt.get(clientOrderId)
      if (!isFilled && sentAt !== undefined && clock.monotonic() - sentAt < changeTakesMs) return false
      const reason = 'The venue did not take the change.'
      note({ kind: 'orderUpdateRejected', data: { clientOrderId, reason } }, order)
    }
    if (isFilled && known(clientOrderId).status === 'PENDING_CANCEL')
      note({ kind: 'orderCancelRejected', data: { clientOrderId, reason: 'Too late: it is filled.' } }, order)
    return true
  }

  /** Books a fill, once whoever tells of it (OL-9); false when it was booked before. */
  function bookFill(fill: Fill): boolean {
    const { clientOrderId, tradeId } = fill
    const key = `${clientOrderId}|${tradeId}`
    const before = bookedFills.get(key) ?? archive.getFill(clientOrderId, tradeId)
    if (before !== undefined) {
      if (!isSameTrade(before, fill)) dispute(key, fill)
      return false
    }
    if (bustedAhead.has(key)) return false
    remember(key, fill)
    const order = find(clientOrderId)
    if (order === undefined) note({ kind: 'orderInitialized', data: { order: externalOrder(fill) } })
    note({ kind: 'orderFilled', data: { fill } }, order)
    if (fill.liquidation === true) {
      note({ kind: 'positionLiquidated', data: { fill } })
      options.onLiquidation?.(fill)
    }
    return true
  }

  /** Books a payment, once whoever tells of it; false when it was booked before. */
  function bookFunding(payment: FundingPayment): boolean {
    if (bookedFunding.has(payment.id) || archive.getFunding(payment.id) !== undefined) return false
    bookedFunding.add(payment.id)
    note({ kind: 'fundingPaid', data: { payment } })
    return true
  }

  function remember(key: string, fill: Fill): void {
    bookedFills.set(key, fill)
    const [oldest] = bookedFills.keys()
    if (oldest !== undefined && bookedFills.size > fillsKept) bookedFills.delete(oldest)
  }

  /** The same trade with another price or quantity is dropped and written down, once (OL-9). */
  function dispute(key: string, told: Fill): void {
    if (disputed.has(key)) return
    disputed.add(key)
    note({ kind: 'orderFillDisputed', data: { clientOrderId: told.clientOrderId, told } }, find(told.clientOrderId))
  }

  /** Takes a trade back, once; what the venue puts in its place stands under its own id, or under the same (OL-5). */
  function bust({ clientOrderId, tradeId, corrected }: Extract<BrokerEvent, { kind: 'busted' }>): void {
    const key = `${clientOrderId}|${tradeId}`
    const busted = bookedFills.get(key) ?? archive.getFill(clientOrderId, tradeId)
    if (bustedAhead.has(key)) return
    bustedAhead.add(key)
    if (busted === undefined) {
      if (corrected !== null) bookFill(corrected)
      return
    }
    if (corrected !== null) remember(`${corrected.clientOrderId}|${corrected.tradeId}`, corrected)
    note({ kind: 'orderFillBusted', data: { clientOrderId, busted, corrected } }, find(clientOrderId))
  }

  function onBrokerEvent(event: BrokerEvent): void {
    if (event.kind === 'link') reconciliation.onLink(event)
    else if (event.kind === 'filled') bookFill(event.fill)
    else if (event.kind === 'busted') bust(event)
    else if (event.kind === 'funding') bookFunding(event.payment)
    else onOrderEvent(event)
  }

  function onOrderEvent(event: Exclude<BrokerEvent, { kind: 'link' | 'filled' | 'busted' | 'funding' }>): void {
    const { clientOrderId } = event
    const order = book.orders.get(clientOrderId) ?? book.closed.get(clientOrderId)
    // A filled order may still be made larger; of any other that has ended nothing but fills is news.
    if (order === undefined || (isClosed(order.status) && event.kind !== 'updated')) return
    switch (event.kind) {
      case 'triggered':
        if (!order.triggered) note({ kind: 'orderTriggered', data: { clientOrderId } }, order)
        return
      case 'updated': {
        const { quantity, limitPrice, stopPrice } = event
        if (order.pendingUpdates.length > 0 || differs(order, event))
          note({ kind: 'orderUpdated', data: { clientOrderId, quantity, limitPrice, stopPrice } }, order)
        return
      }
      case 'updateRejected':
        onChangeRejected(order, event.reason)
        return
      case 'accepted': {
        const { venueOrderId } = event
        if (order.venueOrderId === null) note({ kind: 'orderAccepted', data: { clientOrderId, venueOrderId } }, order)
        return
      }
      case 'rejected':
        note({ kind: 'orderRejected', data: { clientOrderId, reason: event.reason } }, order)
        return
      case 'canceled':
        note({ kind: 'orderCanceled', data: { clientOrderId } }, order)
        return
      case 'expired':
        note({ kind: 'orderExpired', data: { clientOrderId } }, order)
        return
      case 'cancelRejected':
        onCancelRejected(order, event.reason)
        followUp(clientOrderId)
    }
  }

  function onCancelRejected({ clientOrderId, status }: Order, reason: string): void {
    if (status !== 'PENDING_CANCEL') return
    note({ kind: 'orderCancelRejected', data: { clientOrderId, reason } }, known(clientOrderId))
  }

  function onChangeRejected({ clientOrderId, pendingUpdates }: Order, reason: string): void {
    if (pendingUpdates.length === 0) return
    note({ kind: 'orderUpdateRejected', data: { clientOrderId, reason } }, known(clientOrderId))
  }

  async function replace(clientOrderId: string, change: OrderChange, by: Actor, epoch: number): Promise<Order> {
    const order = known(clientOrderId)
    if (!isOpen(order.status)) {
      const code = isClosed(order.status) ? 'ORDER_CLOSED' : 'CHANGE_PENDING'
      throw new ParleyError(code, `The order ${clientOrderId} is ${order.status} and cannot be changed now.`)
    }
    const changed: Order = { ...order, ...withoutUndefined(change) }
    const denial = gate(changed, epoch, true)
    if (denial !== undefined) {
      throw new ParleyError('CHANGE_DENIED', `The change of ${clientOrderId} was denied: ${denial.code}.`, {
        details: { denial },
      })
    }
    await journal.append(entry({ kind: 'orderPendingUpdate', data: { clientOrderId, change } }, order, { actor: by }))
    // The stop may have come while the record was written; nothing runs between this look and the sending.
    const late = lateDenial(epoch)
    if (late !== undefined) {
      onChangeRejected(known(clientOrderId), late.code)
      throw new ParleyError('CHANGE_DENIED', `The change of ${clientOrderId} was denied: ${late.code}.`, {
        details: { denial: late },
      })
    }
    changeSentAt.set(clientOrderId, clock.monotonic())
    try {
      await broker.replace(clientOrderId, change)
    } catch (error) {
      if (error instanceof ParleyError && error.retry === 'definitive') {
        onChangeRejected(known(clientOrderId), error.message)
        throw new ParleyError('CHANGE_REFUSED', `The venue refused to change ${clientOrderId}: ${error.message}`)
      }
    }
    if (known(clientOrderId).pendingUpdates.length > 0) followUp(clientOrderId)
    return known(clientOrderId)
  }

  /** Sends a cancel; never rejects. Sent is not confirmed: it is asked after until the venue says how it ended (KS-15). */
  async function sendCancel(clientOrderId: string, by: Actor, byTrader = false): Promise<void> {
    // A cancel is recorded first, and not withheld where it cannot be recorded (AU-1).
    const data = byTrader ? { clientOrderId, byTrader } : { clientOrderId }
    const recorded = entry({ kind: 'orderPendingCancel', data }, known(clientOrderId), { actor: by })
    await journal.append(recorded).catch(() => {})
    if (life.signal.aborted) return
    try {
      await broker.cancel(clientOrderId)
      failedCancels.delete(clientOrderId)
    } catch (error) {
      failedCancels.add(clientOrderId)
      const isRefused = error instanceof ParleyError && error.retry === 'definitive'
      if (isRefused) onCancelRejected(known(clientOrderId), error.message)
    }
    if (!isClosed(known(clientOrderId).status)) followUp(clientOrderId)
  }

  return {
    submit,
    denial(intent) {
      const order = orderOfIntent(intent, clientOrderIdOf(intent, sha256), Math.floor(clock.now()), sha256)
      // Whoever sends what reduces has the stops and targets step aside for it first.
      const others = new Map([...book.orders].filter(([, other]) => !isExit(other)))
      return gate(order, intent.epoch, false, intent.reduceOnly ? { ...book, orders: others } : book)
    },
    replace,
    get: known,
    of: (intent) => find(clientOrderIdOf(intent, sha256)),
    async cancel(clientOrderId, by) {
      if (!isClosed(known(clientOrderId).status)) await sendCancel(clientOrderId, by, by.kind === 'human')
      return known(clientOrderId)
    },
    async confirm(clientOrderId) {
      const report = await broker.query(clientOrderId).catch(() => null)
      if (report === null) return false
      // Of what the venue has never heard of nothing is filled.
      if (report === undefined) return isClosed(known(clientOrderId).status)
      await bringTo(report)
      const { filledQuantity } = known(clientOrderId)
      return isClosed(report.status) && compare(filledQuantity, report.filledQuantity) >= 0
    },
    closed(clientOrderId, signal) {
      return new Promise((resolve, reject) => {
        const order = known(clientOrderId)
        signal.throwIfAborted()
        if (isClosed(order.status)) {
          resolve(order)
          return
        }
        const waiters = closedWaiters.get(clientOrderId) ?? new Set()
        closedWaiters.set(clientOrderId, waiters)
        const onAbort = () => {
          waiters.delete(onClosed)
          reject(signal.reason)
        }
        const onClosed = (ended: Order) => {
          signal.removeEventListener('abort', onAbort)
          resolve(ended)
        }
        waiters.add(onClosed)
        signal.addEventListener('abort', onAbort, { once: true })
      })
    },
    cancelForStop(level, by) {
      stopped.clear()
      failedCancels.clear()
      for (const order of ordersToCancel(book, level)) {
        const { clientOrderId, status } = order
        // What has not left yet does not leave any more.
        if (status === 'INITIALIZED' || leaving.has(clientOrderId)) continue
        stopped.add(clientOrderId)
        if (status === 'SUBMITTED') {
          const reason = 'Stopped before the venue answered'
          note({ kind: 'orderUnknown', data: { clientOrderId, reason } }, order)
        }
        void sendCancel(clientOrderId, by)
      }
    },
    stopProgress: () => stopProgressOf(book, [...stopped].map(known), failedCancels),
    async connect() {
      unlink = await broker.connect(onBrokerEvent)
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

function isSameTrade(a: Fill, b: Fill): boolean {
  return a.quantity === b.quantity && a.price === b.price && a.side === b.side && a.instrument === b.instrument
}

function differs(order: Order, terms: Pick<OrderReport, 'quantity' | 'limitPrice' | 'stopPrice'>): boolean {
  // A trailing stop's price follows the market.
  const stopMoved = order.trailing === null && order.stopPrice !== terms.stopPrice
  return order.quantity !== terms.quantity || order.limitPrice !== terms.limitPrice || stopMoved
}

function withoutUndefined({ quantity, limitPrice, stopPrice }: OrderChange): Partial<Order> {
  return {
    ...(quantity !== undefined && { quantity }),
    ...(limitPrice !== undefined && { limitPrice }),
    ...(stopPrice !== undefined && { stopPrice }),
  }
}
