import type { DeskEvent } from '#shared/domain/event.ts'
import type { Order, OrderStatus } from '#shared/domain/order.ts'
import type { ParentOrder } from '#shared/domain/parent-order.ts'
import type { Decimal } from '#shared/lib/decimal.ts'

/** A part of a parent order, as far as the parent has to know it. */
export interface ChildOrder {
  readonly clientOrderId: string
  readonly index: number
  readonly quantity: Decimal
  readonly filled: Decimal
  readonly status: OrderStatus
  readonly limitPrice: Decimal | null
  readonly cancelledByTrader: boolean
}

/** A parent order under way with its children, in the order of their looks. */
export interface WorkedParent {
  readonly parent: ParentOrder
  readonly children: readonly ChildOrder[]
}

/** The parent order after an event of its own at a moment; undefined for an event of another, or of none that is known. */
export function parentOrderAfter(
  known: (parentId: string) => ParentOrder | undefined,
  event: DeskEvent,
  at: number,
): ParentOrder | undefined {
  switch (event.kind) {
    case 'parentOrderStarted':
      return known(event.data.parent.id) === undefined ? event.data.parent : undefined
    case 'parentOrderPaused':
      return changed(known(event.data.parentId), { status: 'paused', reason: event.data.reason, updatedAt: at })
    case 'parentOrderContinued':
      return changed(known(event.data.parentId), { status: 'working', reason: null, updatedAt: at })
    case 'parentOrderEnded': {
      const { parentId, status, reason, market } = event.data
      return changed(known(parentId), { status, reason, marketAtEnd: market, updatedAt: at })
    }
    default:
      return undefined
  }
}

/** What has ended stays as it ended. */
function changed(before: ParentOrder | undefined, changes: Partial<ParentOrder>): ParentOrder | undefined {
  if (before === undefined || (before.status !== 'working' && before.status !== 'paused')) return undefined
  return { ...before, ...changes }
}

/** Folds an event of a parent order into those that are under way, in place, and returns it; one that has ended is let go. */
export function foldParent(parents: Map<string, WorkedParent>, event: DeskEvent, at: number): ParentOrder | undefined {
  const parent = parentOrderAfter((id) => parents.get(id)?.parent, event, at)
  if (parent === undefined) return undefined
  if (event.kind === 'parentOrderEnded') parents.delete(parent.id)
  else parents.set(parent.id, { parent, children: parents.get(parent.id)?.children ?? [] })
  return parent
}

/** Folds what became of a child into its parent, in place. */
export function foldChild(parents: Map<string, WorkedParent>, order: Order): void {
  const worked = order.sliceOf === null || order.sliceOf === undefined ? undefined : parents.get(order.sliceOf.parentId)
  if (worked === undefined || order.sliceOf === null) return
  const { clientOrderId, sliceOf, quantity, filledQuantity, status, limitPrice, cancelledByTrader } = order
  const { index } = sliceOf
  const child = { clientOrderId, index, quantity, filled: filledQuantity, status, limitPrice, cancelledByTrader }
  const others = worked.children.filter((other) => other.clientOrderId !== clientOrderId)
  const children = [...others, child].sort((a, b) => a.index - b.index)
  parents.set(worked.parent.id, { ...worked, children })
}
