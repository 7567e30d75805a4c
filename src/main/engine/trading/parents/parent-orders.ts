import type { Journal } from '#engine/journal/journal.ts'
import type { Feed, MarketUpdate } from '#engine/ports/feed.ts'
import type { OrderArchive } from '#engine/ports/order-archive.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import type { DeskLatch } from '#engine/trading/gate/latch.ts'
import { clientOrderIdOf, type Intent, orderOfIntent } from '#engine/trading/orders/new-orders.ts'
import type { Orders } from '#engine/trading/orders/orders.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Protection } from '#engine/trading/protection/protection.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Denial, DenialCode, Mandate } from '#shared/domain/mandate.ts'
import { isClosed, type Order } from '#shared/domain/order.ts'
import { type ExecutionSchedule, isWorkingParent, type ParentOrder } from '#shared/domain/parent-order.ts'
import { middleOf, type Touch, touchOf } from '#shared/domain/quote.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { add, type Decimal, fromNumber, multiply, sum } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { type NextChild, nextChild } from './next-child.ts'
import { type ChildOrder, parentOrderAfter } from './parent-order-fold.ts'

export interface ParentOrdersOptions {
  readonly journal: Pick<Journal, 'append' | 'observe'>
  readonly book: TradingBook
  readonly archive: Pick<OrderArchive, 'getParentOrder'>
  readonly orders: Pick<Orders, 'submit' | 'cancel' | 'closed' | 'confirm' | 'denial' | 'link'>
  readonly protection: Pick<Protection, 'standDown'>
  readonly latch: Pick<DeskLatch, 'current'>
  readonly mandate: Mandate
  readonly feed: Feed
  readonly onMarket: (listener: (update: MarketUpdate) => void) => Stop
  readonly clock: Clock
  readonly sha256: Sha256
  /** What is said to the whole where it needs the trader's approval; undefined lets it out. */
  readonly approvalDenial: (order: ParentOrder) => Denial | undefined
}

/** Orders that are carried out in parts. */
export interface ParentOrders {
  /** Takes up what an earlier process left, and begins to look. */
  start(): Stop
  /**
   * Begins to carry the intent out by the schedule; the same intent once. The whole passes the gate and the approval first:
   * held back, it comes back denied. Resolves once that is durable.
   */
  begin(intent: Intent, schedule: ExecutionSchedule): Promise<ParentOrder>
  /** The parent order of the intent, whatever became of it; undefined when there is none. */
  of(intent: Intent): ParentOrder | undefined
  /** Throws PARENT_ORDER_NOT_FOUND. */
  get(parentId: string): ParentOrder
  /** Resolves with the parent order as soon as no child follows. Rejects with the signal's reason. */
  ended(parentId: string, signal: AbortSignal): Promise<ParentOrder>
  /** Ends it at once and cancels what works of it. Throws PARENT_ORDER_NOT_FOUND. */
  cancel(parentId: string, by: Actor, reason: string): Promise<ParentOrder>
  /** Ends those of an instrument, as cancel does. */
  cancelIn(instrument: string, by: Actor, reason: string): Promise<void>
  /** Ends all of them at once; what works of them is for the stop to cancel. */
  stopAll(reason: string): void
}

type EndStatus = Exclude<ParentOrder['status'], 'working' | 'paused'>

const system: Actor = { kind: 'system', id: 'executions' }
const everyMs = 1_000
/** Ended ones that are kept at hand; the store knows them all. */
const endedKept = 100
/** What may be otherwise at the next look. */
const passing: readonly DenialCode[] = ['RATE_LIMIT_EXCEEDED', 'QUOTE_STALE', 'QUOTE_UNAVAILABLE']
const stopping: readonly DenialCode[] = ['TRADING_HALTED', 'STOPPED_SINCE_DECISION']

/**
 * Creates what carries orders out in parts. All that it has to know is in the book: after a crash it goes on at the next
 * look, and a child, whose id follows from the parent and the look, never leaves twice (OL-1). A change of the trading state
 * ends them all (KS-2, KS-12); while the feed is stale or the link is lost they pause. How much of a part was filled is
 * asked of the venue before the next one, since messages may come late.
 */
export function createParentOrders(options: ParentOrdersOptions): ParentOrders {
  const { journal, book, archive, orders, protection, latch, mandate, feed, clock, sha256 } = options
  const life = new AbortController()
  const busy = new Set<string>()
  const waiters = new Map<string, Set<(parent: ParentOrder) => void>>()
  /** How far each had come on the clock that never jumps, and the volume of others since this process looks. */
  const origins = new Map<string, { readonly elapsedMs: number; readonly monotonic: number }>()
  const followed = new Map<string, { readonly instrument: string; readonly sinceFilled: Decimal; volume: number }>()
  /** Children of which the venue has said how much is filled. */
  const confirmed = new Set<string>()
  let cancelTimer: Stop = () => {}
  let isRunning = false
  let isDue = false

  /** Those that are being ended, since the book lets go of them with the record; and those that ended last. */
  const ending = new Map<string, ParentOrder>()
  const ended = new Map<string, ParentOrder>()

  const find = (id: string) => book.parents.get(id)?.parent ?? ended.get(id) ?? archive.getParentOrder(id)
  function known(parentId: string): ParentOrder {
    const parent = find(parentId)
    if (parent !== undefined) return parent
    throw new ParleyError('PARENT_ORDER_NOT_FOUND', `There is no order in parts ${parentId}.`, {
      wayOut: 'Look at the list of orders for its id.',
    })
  }

  const touchNow = (instrument: string): Touch | null => {
    const quote = feed.quote(instrument)
    return quote === undefined ? null : touchOf(quote)
  }

  journal.observe((record) => {
    if (record.kind.startsWith('order')) look()
    if (record.kind !== 'parentOrderEnded') return
    const { parentId } = record.data
    const parent = parentOrderAfter((id) => ending.get(id), record, record.at)
    for (const kept of [origins, followed, ending]) kept.delete(parentId)
    if (parent === undefined) return
    ended.set(parentId, parent)
    const [oldest] = ended.keys()
    if (oldest !== undefined && ended.size > endedKept) ended.delete(oldest)
    for (const resolve of waiters.get(parentId) ?? []) resolve(parent)
    waiters.delete(parentId)
  })

  /** Appends without waiting; a journal that cannot be written halts the desk by itself. */
  function note(parent: ParentOrder, event: DeskEvent, by: Actor = system): Promise<unknown> {
    const correlationId = parent.runId ?? undefined
    return journal.append({ actor: by, ...(correlationId !== undefined && { correlationId }), ...event })
  }

  /** Ends one that is under way; resolves once that is durable. */
  async function end({ id }: ParentOrder, status: EndStatus, reason: string, by: Actor = system): Promise<void> {
    const parent = book.parents.get(id)?.parent
    if (parent === undefined) return
    ending.set(id, parent)
    const data = { parentId: id, status, reason, market: touchNow(parent.instrument) }
    await note(parent, { kind: 'parentOrderEnded', data }, by)
  }

  function elapsed({ id, startedAt }: ParentOrder): number {
    // Of one that an earlier process left, the wall clock tells, and never less than the journal knows.
    const before = Math.max(0, Math.max(clock.now(), book.latestAt) - startedAt)
    const origin = origins.get(id) ?? { elapsedMs: before, monotonic: clock.monotonic() }
    origins.set(id, origin)
    return origin.elapsedMs + clock.monotonic() - origin.monotonic
  }

  function look(): void {
    if (isDue || !isRunning || book.parents.size === 0) return
    isDue = true
    // After the turn in which the records came.
    clock.after(0, () => {
      isDue = false
      if (!isRunning) return
      for (const id of book.parents.keys()) void advance(id).catch(() => {})
      cancelTimer()
      cancelTimer = clock.after(everyMs, look)
    })
  }

  async function advance(id: string): Promise<void> {
    const worked = book.parents.get(id)
    if (worked === undefined || busy.has(id)) return
    const { parent, children } = worked
    const { state, epoch, reason } = latch.current()
    if (state === 'HALTED' || epoch !== parent.epoch) {
      await end(parent, 'stopped', `The desk turned ${state}: ${reason}`)
      return
    }
    const elapsedMs = elapsed(parent)
    const isOver = elapsedMs >= parent.schedule.due.length * parent.schedule.intervalMs
    const obstacle = isOver ? undefined : obstacleTo(parent)
    if (obstacle !== undefined) {
      if (parent.status === 'working')
        await note(parent, { kind: 'parentOrderPaused', data: { parentId: id, reason: obstacle } })
      return
    }
    busy.add(id)
    try {
      if (parent.status === 'paused' && !isOver)
        await note(parent, { kind: 'parentOrderContinued', data: { parentId: id } })
      for (const child of children) if (!(await isCertain(child))) return
      const now = book.parents.get(id)
      const instrument = feed.instruments().find((each) => each.id === parent.instrument)
      if (now === undefined || instrument === undefined) return
      const others = othersOf(parent, sum(now.children.map(({ filled }) => filled)))
      const touch = touchNow(parent.instrument)
      await carryOut(parent, nextChild({ worked: now, elapsedMs: elapsed(parent), instrument, touch, others }))
    } finally {
      busy.delete(id)
    }
  }

  /** True once nothing of what is filled of a part that has ended can be news: after a restart all of them are asked after. */
  async function isCertain({ clientOrderId, status }: ChildOrder): Promise<boolean> {
    const mayHaveMore = status === 'CANCELED' || status === 'EXPIRED' || status === 'REJECTED'
    if (!mayHaveMore || confirmed.has(clientOrderId)) return true
    if (!(await orders.confirm(clientOrderId))) return false
    confirmed.add(clientOrderId)
    return true
  }

  /** Why nothing may be sent just now. */
  function obstacleTo({ instrument }: ParentOrder): string | undefined {
    const { connected, compared } = orders.link()
    if (!connected || !compared)
      return 'There is no link to the broker, or what happened meanwhile is not compared yet.'
    const quote = feed.quote(instrument)
    if (quote === undefined) return `There is no price for ${instrument}.`
    return Math.abs(clock.now() - quote.at) > mandate.maximumQuoteAgeMs
      ? `The price of ${instrument} is too old to trade on.`
      : undefined
  }

  function othersOf({ id, instrument, schedule }: ParentOrder, filled: Decimal) {
    if (schedule.participation === null) return { volume: 0, sinceFilled: filled }
    const counted = followed.get(id) ?? { instrument, sinceFilled: filled, volume: 0 }
    followed.set(id, counted)
    return counted
  }

  async function carryOut(parent: ParentOrder, next: NextChild): Promise<void> {
    switch (next.do) {
      case 'wait':
        return
      case 'end':
        await end(parent, next.status, next.reason)
        return
      case 'cancel':
        await orders.cancel(next.child.clientOrderId, system)
        return
      case 'send':
        await send(parent, next)
    }
  }

  async function send(parent: ParentOrder, next: Extract<NextChild, { do: 'send' }>): Promise<void> {
    const protectAgain = parent.reduceOnly ? await protection.standDown(parent.instrument, life.signal) : () => {}
    try {
      if (!book.parents.has(parent.id)) return
      const sent = await orders.submit(childIntent(parent, next))
      if (sent.status === 'DENIED') await onDenied(parent, sent)
      // Protection stands aside until nothing more can come of the part.
      else if (parent.reduceOnly && !isClosed(sent.status)) await orders.closed(sent.clientOrderId, life.signal)
    } finally {
      protectAgain()
    }
  }

  async function onDenied(parent: ParentOrder, { reason }: Order): Promise<void> {
    const code = reason?.split(' ')[0] as DenialCode | undefined
    if (code !== undefined && passing.includes(code)) return
    const isStop = code !== undefined && stopping.includes(code)
    await end(parent, isStop ? 'stopped' : 'denied', `A part of it was held back: ${reason}`)
  }

  function childIntent(parent: ParentOrder, next: Extract<NextChild, { do: 'send' }>): Intent {
    const { runId, proposalId, decisionId, by, instrument, side, reduceOnly, exits, epoch, benchmark } = parent
    return {
      runId,
      proposalId,
      decisionId,
      by,
      instrument,
      side,
      quantity: next.quantity,
      limitPrice: next.limitPrice,
      timeInForce: next.timeInForce,
      reduceOnly,
      ...(exits !== null && { exits }),
      sliceOf: { parentId: parent.id, index: next.index },
      decided: benchmark.decided,
      epoch,
    }
  }

  function parentOf(intent: Intent, whole: Order, schedule: ExecutionSchedule): ParentOrder {
    const {
      runId,
      proposalId,
      decisionId,
      by,
      instrument,
      side,
      type,
      quantity,
      limitPrice,
      timeInForce,
      contingency,
    } = whole
    const arrival = touchNow(instrument)
    const at = Math.floor(clock.now())
    return {
      id: whole.clientOrderId,
      runId,
      proposalId,
      decisionId,
      by,
      instrument,
      side,
      type,
      quantity,
      limitPrice,
      timeInForce,
      reduceOnly: whole.reduceOnly,
      exits:
        contingency?.kind === 'OTO' ? { stopPrice: contingency.stopPrice, targetPrice: contingency.targetPrice } : null,
      epoch: intent.epoch,
      schedule,
      startedAt: at,
      endsAt: at + schedule.due.length * schedule.intervalMs,
      benchmark: {
        decided: intent.decided === undefined ? arrival : intent.decided,
        arrival,
        expectedPrice: arrival === null ? null : expectedPrice(arrival, side, schedule.expectedBps),
      },
      status: 'working',
      reason: null,
      marketAtEnd: null,
      updatedAt: at,
    }
  }

  async function cancel(parentId: string, by: Actor, reason: string): Promise<ParentOrder> {
    const worked = book.parents.get(parentId)
    if (worked !== undefined) {
      await end(worked.parent, 'cancelled', reason, by)
      const open = worked.children.filter(({ status }) => !isClosed(status))
      await Promise.all(open.map(({ clientOrderId }) => orders.cancel(clientOrderId, by)))
    }
    return known(parentId)
  }

  return {
    start() {
      isRunning = true
      const stopCounting = options.onMarket((update) => {
        if (update.kind !== 'trade') return
        for (const counted of followed.values())
          if (counted.instrument === update.trade.instrument) counted.volume += update.trade.quantity
      })
      look()
      return () => {
        isRunning = false
        cancelTimer()
        stopCounting()
        life.abort(new ParleyError('DESK_STOPPED', 'The desk was stopped.'))
      }
    },
    async begin(intent, schedule) {
      const id = clientOrderIdOf(intent, sha256)
      const before = find(id)
      if (before !== undefined) return before
      const whole = orderOfIntent(intent, id, Math.floor(clock.now()), sha256)
      const parent = parentOf(intent, whole, schedule)
      const denial = orders.denial(intent) ?? options.approvalDenial(parent)
      origins.set(id, { elapsedMs: 0, monotonic: clock.monotonic() })
      const begun = note(parent, { kind: 'parentOrderStarted', data: { parent } }, { kind: 'agent', id: intent.by })
      if (denial !== undefined) {
        const values = Object.entries(denial.values).map(([name, value]) => `${name}=${value}`)
        await end(parent, 'denied', [denial.code, ...values].join(' '))
      }
      await begun
      look()
      return find(id) ?? parent
    },
    of: (intent) => find(clientOrderIdOf(intent, sha256)),
    get: known,
    ended(parentId, signal) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const parent = find(parentId)
        if (parent !== undefined && !isWorkingParent(parent)) {
          resolve(parent)
          return
        }
        const waiting = waiters.get(parentId) ?? new Set()
        waiters.set(parentId, waiting)
        const onAbort = () => {
          waiting.delete(onEnded)
          reject(signal.reason)
        }
        const onEnded = (over: ParentOrder) => {
          signal.removeEventListener('abort', onAbort)
          resolve(over)
        }
        waiting.add(onEnded)
        signal.addEventListener('abort', onAbort, { once: true })
      })
    },
    cancel,
    async cancelIn(instrument, by, reason) {
      const there = [...book.parents.values()].filter(({ parent }) => parent.instrument === instrument)
      await Promise.all(there.map(({ parent }) => cancel(parent.id, by, reason)))
    },
    stopAll(reason) {
      for (const { parent } of book.parents.values()) void end(parent, 'stopped', reason).catch(() => {})
    },
  }
}

const bps = 10_000

/** The average price by the expected cost against the mid price. */
function expectedPrice(arrival: Touch, side: ParentOrder['side'], expectedBps: number | null): Decimal | null {
  if (expectedBps === null) return null
  const middle = middleOf(arrival)
  const worse = (side === 'buy' ? expectedBps : -expectedBps) / bps
  return add(middle, multiply(middle, fromNumber(worse, 12)))
}
