import type { Order } from '#shared/domain/order.ts'
import { add, type Decimal, maximum, subtract, ZERO } from '#shared/lib/decimal.ts'

/** What an order has left to fill. */
export function leavesQuantity(order: Order): Decimal {
  return maximum(subtract(order.quantity, order.filledQuantity), ZERO)
}

/**
 * What orders can still fill together. The stop and the target that protect the same entry count once, as the larger of
 * the two: what the one fills is taken off the other.
 */
export function workingQuantity(orders: Iterable<Order>): Decimal {
  let total = ZERO
  const legs = new Map<string, { stop: Decimal; target: Decimal }>()
  for (const order of orders) {
    const leaves = leavesQuantity(order)
    if (order.contingency?.kind !== 'OCO') {
      total = add(total, leaves)
      continue
    }
    const { parentId, leg } = order.contingency
    const sums = legs.get(parentId) ?? { stop: ZERO, target: ZERO }
    sums[leg] = add(sums[leg], leaves)
    legs.set(parentId, sums)
  }
  for (const { stop, target } of legs.values()) total = add(total, maximum(stop, target))
  return total
}
