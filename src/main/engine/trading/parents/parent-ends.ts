import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { isClosed } from '#shared/domain/order.ts'
import type { ParentOrder } from '#shared/domain/parent-order.ts'
import { parentOrderAfter } from './parent-order-fold.ts'
import { executionsActor, knownParent, type ParentsState, recordParent, touchNow } from './parents-state.ts'

/** How a parent order ends. */
export type ParentEnd = Exclude<ParentOrder['status'], 'working' | 'paused'>

/** Ended ones that are kept at hand. */
const endedKept = 100

/** Ends one that is under way; resolves once that is durable. Of one that has ended already nothing changes. */
export async function endParent(
  state: ParentsState,
  parentId: string,
  status: ParentEnd,
  reason: string,
  by: Actor = executionsActor,
): Promise<void> {
  const parent = state.book.parents.get(parentId)?.parent
  if (parent === undefined) return
  state.ending.set(parentId, parent)
  const data = { parentId, status, reason, market: touchNow(state, parent.instrument) }
  await recordParent(state, parent, { kind: 'parentOrderEnded', data }, by)
}

/** Ends one at once and cancels what works of it. Throws PARENT_ORDER_NOT_FOUND. */
export async function cancelParent(
  state: ParentsState,
  parentId: string,
  by: Actor,
  reason: string,
): Promise<ParentOrder> {
  const worked = state.book.parents.get(parentId)
  if (worked !== undefined) {
    await endParent(state, parentId, 'cancelled', reason, by)
    const open = worked.children.filter(({ status }) => !isClosed(status))
    await Promise.all(open.map(({ clientOrderId }) => state.orders.cancel(clientOrderId, by)))
  }
  return knownParent(state, parentId)
}

/** Takes notice of the record of an end; returns the parent order as it ended, undefined where it was not known. */
export function keepEnded(
  state: ParentsState,
  event: Extract<DeskEvent, { kind: 'parentOrderEnded' }>,
  at: number,
): ParentOrder | undefined {
  const { origins, followed, ending, ended } = state
  const { parentId } = event.data
  const parent = parentOrderAfter((id) => ending.get(id), event, at)
  for (const kept of [origins, followed, ending]) kept.delete(parentId)
  if (parent === undefined) return undefined
  ended.set(parentId, parent)
  const [oldest] = ended.keys()
  if (oldest !== undefined && ended.size > endedKept) ended.delete(oldest)
  return parent
}
