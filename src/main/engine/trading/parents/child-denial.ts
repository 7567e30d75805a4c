import type { TradingBook } from '#engine/trading/positions/book.ts'
import { type Denial, deny } from '#shared/domain/denial.ts'
import type { Order } from '#shared/domain/order.ts'
import { isClosed } from '#shared/domain/order.ts'
import { compare, maximum, subtract, sum, ZERO } from '#shared/lib/decimal.ts'

/**
 * Why a part of a parent order may not leave: the parent has ended or is not known, or the part is not one of it: another
 * market or side, or more than what is left of the whole. Undefined for what is part of nothing.
 */
export function childDenial(order: Order, { parents }: Pick<TradingBook, 'parents'>): Denial | undefined {
  const { sliceOf, instrument, side, quantity, reduceOnly, clientOrderId } = order
  if (sliceOf === null) return undefined
  const worked = parents.get(sliceOf.parentId)
  if (worked === undefined) return deny('PARENT_ORDER_ENDED', { parent: sliceOf.parentId })
  const { parent, children } = worked
  const taken = children
    .filter((child) => child.clientOrderId !== clientOrderId)
    .map((child) => (isClosed(child.status) ? child.filled : maximum(child.quantity, child.filled)))
  const left = maximum(subtract(parent.quantity, sum(taken)), ZERO)
  const isPart = instrument === parent.instrument && side === parent.side && reduceOnly === parent.reduceOnly
  return isPart && compare(quantity, left) <= 0
    ? undefined
    : deny('PARENT_ORDER_EXCEEDED', { parent: sliceOf.parentId, quantity, left })
}
