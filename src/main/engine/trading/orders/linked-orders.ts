import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Order } from '#shared/domain/order.ts'

/**
 * The orders that one belongs together with: of an entry the stops and targets that are known at hand, of one of those its
 * entry and the others, as far as they are known; parts of one parent order belong together. Oldest first.
 */
export function linkedOrders(
  order: Order,
  book: Pick<TradingBook, 'orders' | 'closed'>,
  find: (clientOrderId: string) => Order | undefined,
): readonly Order[] {
  const { contingency, clientOrderId } = order
  if (contingency === null) return []
  const parentId = contingency.parentId ?? clientOrderId
  const ids = new Set([parentId, ...contingency.linkedIds])
  for (const one of [...book.closed.values(), ...book.orders.values()])
    if (one.contingency?.parentId === parentId) ids.add(one.clientOrderId)
  ids.delete(clientOrderId)
  return [...ids].flatMap((id) => find(id) ?? []).toSorted((a, b) => a.createdAt - b.createdAt)
}
