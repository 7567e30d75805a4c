import type { Denial } from '#shared/domain/denial.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { isClosed, isOpen, type Order, type OrderChange } from '#shared/domain/order.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { gateDenial, stopDenial } from './order-denials.ts'
import { note, orderEntry } from './order-records.ts'
import { knownOrder, type OrdersState } from './orders-state.ts'

/**
 * Asks the venue to change a working order; what it becomes passes the gate first, and until the venue confirms it the
 * old terms are in force. Rejects with ORDER_NOT_FOUND, ORDER_CLOSED, CHANGE_PENDING, CHANGE_DENIED or CHANGE_REFUSED.
 */
export async function changeOrder(
  state: OrdersState,
  clientOrderId: string,
  change: OrderChange,
  by: Actor,
  epoch: number,
): Promise<Order> {
  const { journal, broker, clock, changeSentAt, followUp } = state
  const order = knownOrder(state, clientOrderId)
  if (!isOpen(order.status)) {
    const code = isClosed(order.status) ? 'ORDER_CLOSED' : 'CHANGE_PENDING'
    throw new ParleyError(code, `The order ${clientOrderId} is ${order.status} and cannot be changed now.`)
  }
  const denial = gateDenial(state, { ...order, ...withoutUndefined(change) }, epoch, { isChange: true })
  if (denial !== undefined) throw changeDenied(clientOrderId, denial)
  const pending = { kind: 'orderPendingUpdate', data: { clientOrderId, change } } as const
  await journal.append(orderEntry(state, pending, order, { actor: by }))
  // The stop may have come while the record was written; nothing runs between this look and the sending.
  const late = stopDenial(state, epoch)
  if (late !== undefined) {
    onChangeRejected(state, clientOrderId, late.code)
    throw changeDenied(clientOrderId, late)
  }
  changeSentAt.set(clientOrderId, clock.monotonic())
  try {
    await broker.replace(clientOrderId, change)
  } catch (error) {
    if (error instanceof ParleyError && error.retry === 'definitive') {
      onChangeRejected(state, clientOrderId, error.message)
      throw new ParleyError('CHANGE_REFUSED', `The venue refused to change ${clientOrderId}: ${error.message}`)
    }
  }
  if (knownOrder(state, clientOrderId).pendingUpdates.length > 0) followUp(clientOrderId)
  return knownOrder(state, clientOrderId)
}

/** Records that a change which is pending was not taken; nothing where none is. */
export function onChangeRejected(state: OrdersState, clientOrderId: string, reason: string): void {
  const order = knownOrder(state, clientOrderId)
  if (order.pendingUpdates.length === 0) return
  note(state, { kind: 'orderUpdateRejected', data: { clientOrderId, reason } }, order)
}

function changeDenied(clientOrderId: string, denial: Denial): ParleyError {
  return new ParleyError('CHANGE_DENIED', `The change of ${clientOrderId} was denied: ${denial.code}.`, {
    details: { denial },
  })
}

function withoutUndefined({ quantity, limitPrice, stopPrice }: OrderChange): Partial<Order> {
  return {
    ...(quantity !== undefined && { quantity }),
    ...(limitPrice !== undefined && { limitPrice }),
    ...(stopPrice !== undefined && { stopPrice }),
  }
}
