import type { Actor } from '#shared/domain/journal.ts'
import { isClosed, type Order } from '#shared/domain/order.ts'
import type { StopLevel } from '#shared/domain/trading-state.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { note, orderEntry } from './order-records.ts'
import { knownOrder, type OrdersState } from './orders-state.ts'
import { ordersToCancel } from './stop-cancels.ts'

/** Asks the venue to cancel, until it says how the order ended or refuses. Throws ORDER_NOT_FOUND. */
export async function cancelOrder(state: OrdersState, clientOrderId: string, by: Actor): Promise<Order> {
  if (!isClosed(knownOrder(state, clientOrderId).status))
    await sendCancel(state, clientOrderId, by, by.kind === 'human')
  return knownOrder(state, clientOrderId)
}

/** Cancels what a stop of the level asks for; does not wait. */
export function cancelForStop(state: OrdersState, level: StopLevel, by: Actor): void {
  const { book, stopped, failedCancels, leaving } = state
  stopped.clear()
  failedCancels.clear()
  for (const order of ordersToCancel(book, level)) {
    const { clientOrderId, status } = order
    // What has not left yet does not leave any more.
    if (status === 'INITIALIZED' || leaving.has(clientOrderId)) continue
    stopped.add(clientOrderId)
    if (status === 'SUBMITTED') {
      const reason = 'Stopped before the venue answered'
      note(state, { kind: 'orderUnknown', data: { clientOrderId, reason } }, order)
    }
    void sendCancel(state, clientOrderId, by)
  }
}

/** Sends a cancel; never rejects. Sent is not confirmed: it is asked after until the venue says how it ended (KS-15). */
export async function sendCancel(
  state: OrdersState,
  clientOrderId: string,
  by: Actor,
  byTrader = false,
): Promise<void> {
  const { journal, broker, life, failedCancels, followUp } = state
  // A cancel is recorded first, and not withheld where it cannot be recorded (AU-1).
  const data = byTrader ? { clientOrderId, byTrader } : { clientOrderId }
  const order = knownOrder(state, clientOrderId)
  const recorded = orderEntry(state, { kind: 'orderPendingCancel', data }, order, { actor: by })
  await journal.append(recorded).catch(() => {})
  if (life.aborted) return
  try {
    await broker.cancel(clientOrderId)
    failedCancels.delete(clientOrderId)
  } catch (error) {
    failedCancels.add(clientOrderId)
    const isRefused = error instanceof ParleyError && error.retry === 'definitive'
    if (isRefused) onCancelRejected(state, clientOrderId, error.message)
  }
  if (!isClosed(knownOrder(state, clientOrderId).status)) followUp(clientOrderId)
}

/** Records that a cancel was refused; nothing where none is pending. */
export function onCancelRejected(state: OrdersState, clientOrderId: string, reason: string): void {
  const order = knownOrder(state, clientOrderId)
  if (order.status !== 'PENDING_CANCEL') return
  note(state, { kind: 'orderCancelRejected', data: { clientOrderId, reason } }, order)
}
