import type { Journal } from '#engine/journal/journal.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { OrderArchive } from '#engine/ports/order-archive.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import type { DeskLatch } from '#engine/trading/gate/latch.ts'
import type { Orders } from '#engine/trading/orders/orders.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Protection } from '#engine/trading/protection/protection.ts'
import type { Denial } from '#shared/domain/denial.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import type { ParentOrder } from '#shared/domain/parent-order.ts'
import { type Touch, touchOf } from '#shared/domain/quote.ts'
import type { Clock } from '#shared/lib/clock.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** What others have traded since a parent order is followed. */
export interface FollowedVolume {
  readonly instrument: string
  readonly sinceFilled: Decimal
  /** In the base currency. */
  volume: number
}

/** All that carrying orders out in parts keeps, and what it works with. */
export interface ParentsState {
  readonly journal: Pick<Journal, 'append' | 'observe'>
  readonly book: TradingBook
  readonly archive: Pick<OrderArchive, 'getParentOrder'>
  readonly orders: Pick<Orders, 'submit' | 'cancel' | 'closed' | 'confirm' | 'denial' | 'link'>
  readonly protection: Pick<Protection, 'standDown'>
  readonly latch: Pick<DeskLatch, 'current'>
  readonly mandate: Mandate
  readonly feed: Feed
  readonly clock: Clock
  readonly sha256: Sha256
  /** What is said to the whole where it needs the trader's approval; undefined lets it out. */
  readonly approvalDenial: (order: ParentOrder) => Denial | undefined
  /** Ends all waiting for parts. */
  readonly life: AbortSignal
  /** Those that something is being done about. */
  readonly busy: Set<string>
  /** How far each had come on the clock that never jumps. */
  readonly origins: Map<string, { readonly elapsedMs: number; readonly monotonic: number }>
  /** The volume of others since this process looks, of those that follow it. */
  readonly followed: Map<string, FollowedVolume>
  /** Children of which the venue has said how much is filled. */
  readonly confirmed: Set<string>
  /** Those that are being ended, since the book lets go of them with the record. */
  readonly ending: Map<string, ParentOrder>
  /** Those that ended last; the store knows them all. */
  readonly ended: Map<string, ParentOrder>
}

/** Who is recorded where nobody asked for it. */
export const executionsActor: Actor = { kind: 'system', id: 'executions' }

/** The parent order of an id, as it stands; undefined where there is none. */
export function findParent({ book, ended, archive }: ParentsState, parentId: string): ParentOrder | undefined {
  return book.parents.get(parentId)?.parent ?? ended.get(parentId) ?? archive.getParentOrder(parentId)
}

/** The parent order of an id, as it stands; throws PARENT_ORDER_NOT_FOUND. */
export function knownParent(state: ParentsState, parentId: string): ParentOrder {
  const parent = findParent(state, parentId)
  if (parent !== undefined) return parent
  throw new ParleyError('PARENT_ORDER_NOT_FOUND', `There is no order in parts ${parentId}.`, {
    wayOut: 'Look at the list of orders for its id.',
  })
}

/** The market now; null while there is none. */
export function touchNow({ feed }: Pick<ParentsState, 'feed'>, instrument: string): Touch | null {
  const quote = feed.quote(instrument)
  return quote === undefined ? null : touchOf(quote)
}

/** Appends what becomes of a parent order; resolves once that is durable. A journal that cannot be written halts the desk by itself. */
export function recordParent(
  { journal }: ParentsState,
  parent: ParentOrder,
  event: DeskEvent,
  by: Actor = executionsActor,
): Promise<unknown> {
  const correlationId = parent.runId ?? undefined
  return journal.append({ actor: by, ...(correlationId !== undefined && { correlationId }), ...event })
}
