import type { MarketUpdate } from '#engine/ports/feed.ts'
import { clientOrderIdOf, type Intent, orderOfIntent } from '#engine/trading/orders/new-orders.ts'
import { denialReason } from '#shared/domain/denial.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { type ExecutionSchedule, isWorkingParent, type ParentOrder } from '#shared/domain/parent-order.ts'
import type { Stop } from '#shared/lib/clock.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createWaiters } from '#shared/lib/waiters.ts'
import { advance } from './advance.ts'
import { newParent } from './new-parent.ts'
import { cancelParent, endParent, keepEnded } from './parent-ends.ts'
import { findParent, knownParent, type ParentsState, recordParent, touchNow } from './parents-state.ts'

export interface ParentOrdersOptions
  extends Pick<
    ParentsState,
    | 'journal'
    | 'book'
    | 'archive'
    | 'orders'
    | 'protection'
    | 'latch'
    | 'mandate'
    | 'feed'
    | 'clock'
    | 'sha256'
    | 'approvalDenial'
  > {
  readonly onMarket: (listener: (update: MarketUpdate) => void) => Stop
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

/** So often those under way are looked at, besides whenever an order changes. */
const lookEveryMs = 1_000

/**
 * Creates what carries orders out in parts. All that it has to know is in the book: after a crash it goes on at the next
 * look, and a child, whose id follows from the parent and the look, never leaves twice (OL-1). A change of the trading state
 * ends them all (KS-2, KS-12); while the feed is stale or the link is lost they pause. How much of a part was filled is
 * asked of the venue before the next one, since messages may come late.
 */
export function createParentOrders(options: ParentOrdersOptions): ParentOrders {
  const { journal, book, clock, onMarket } = options
  const life = new AbortController()
  const endings = createWaiters<ParentOrder>()
  const state: ParentsState = {
    ...options,
    life: life.signal,
    busy: new Set(),
    origins: new Map(),
    followed: new Map(),
    confirmed: new Set(),
    ending: new Map(),
    ended: new Map(),
  }
  let cancelTimer: Stop = () => {}
  let isRunning = false
  let isDue = false

  journal.observe((record) => {
    if (record.kind.startsWith('order')) look()
    if (record.kind !== 'parentOrderEnded') return
    const parent = keepEnded(state, record, record.at)
    if (parent !== undefined) endings.settle(parent.id, parent)
  })

  function look(): void {
    if (isDue || !isRunning || book.parents.size === 0) return
    isDue = true
    // After the turn in which the records came.
    clock.after(0, () => {
      isDue = false
      if (!isRunning) return
      for (const id of book.parents.keys()) void advance(state, id).catch(() => {})
      cancelTimer()
      cancelTimer = clock.after(lookEveryMs, look)
    })
  }

  return {
    start() {
      isRunning = true
      const stopCounting = onMarket((update) => countVolume(state, update))
      look()
      return () => {
        isRunning = false
        cancelTimer()
        stopCounting()
        life.abort(new ParleyError('DESK_STOPPED', 'The desk was stopped.'))
      }
    },
    begin: (intent, schedule) => begin(state, intent, schedule, look),
    of: (intent) => findParent(state, clientOrderIdOf(intent, state.sha256)),
    get: (parentId) => knownParent(state, parentId),
    ended: (parentId, signal) =>
      endings.wait(parentId, signal, () => {
        const parent = findParent(state, parentId)
        return parent === undefined || isWorkingParent(parent) ? undefined : parent
      }),
    cancel: (parentId, by, reason) => cancelParent(state, parentId, by, reason),
    async cancelIn(instrument, by, reason) {
      const there = [...book.parents.values()].filter(({ parent }) => parent.instrument === instrument)
      await Promise.all(there.map(({ parent }) => cancelParent(state, parent.id, by, reason)))
    },
    stopAll(reason) {
      for (const parentId of book.parents.keys()) void endParent(state, parentId, 'stopped', reason).catch(() => {})
    },
  }
}

async function begin(
  state: ParentsState,
  intent: Intent,
  schedule: ExecutionSchedule,
  look: () => void,
): Promise<ParentOrder> {
  const { clock, sha256, orders, origins, approvalDenial } = state
  const id = clientOrderIdOf(intent, sha256)
  const before = findParent(state, id)
  if (before !== undefined) return before
  const at = Math.floor(clock.now())
  const whole = orderOfIntent(intent, id, at, sha256)
  const parent = newParent(intent, whole, schedule, touchNow(state, whole.instrument), at)
  const denial = orders.denial(intent) ?? approvalDenial(parent)
  origins.set(id, { elapsedMs: 0, monotonic: clock.monotonic() })
  const started = { kind: 'parentOrderStarted', data: { parent } } as const
  const begun = recordParent(state, parent, started, { kind: 'agent', id: intent.by })
  if (denial !== undefined) await endParent(state, id, 'denied', denialReason(denial))
  await begun
  look()
  return findParent(state, id) ?? parent
}

function countVolume({ followed }: ParentsState, update: MarketUpdate): void {
  if (update.kind !== 'trade') return
  for (const counted of followed.values())
    if (counted.instrument === update.trade.instrument) counted.volume += update.trade.quantity
}
