import type { OrderReport } from '#engine/ports/broker.ts'
import { bookFill } from '#engine/trading/orders/fill-booking.ts'
import { onChangeRejected } from '#engine/trading/orders/order-changes.ts'
import { note } from '#engine/trading/orders/order-records.ts'
import { knownOrder, type OrdersState } from '#engine/trading/orders/orders-state.ts'
import { isClosed, type Order } from '#shared/domain/order.ts'
import { compare } from '#shared/lib/decimal.ts'

/** The venue's clock and ours may differ by so much. */
export const clocksDifferMs = 60_000
/** So long a change may be on its way before the venue's word, that the old terms are in force, is taken for its answer. */
const changeTakesMs = 5_000

/**
 * Brings our order to what the venue reports; fills first, since a report of the end says nothing of them. False while not
 * all of it could be taken over.
 */
export async function bringToReport(state: OrdersState, report: OrderReport): Promise<boolean> {
  const { clientOrderId, status, venueOrderId } = report
  const isBehind = () => compare(knownOrder(state, clientOrderId).filledQuantity, report.filledQuantity) < 0
  // Where the clock was set back, a fill may seem older than its order.
  for (const sinceMs of [knownOrder(state, clientOrderId).createdAt - clocksDifferMs, 0]) {
    if (!isBehind()) break
    for (const fill of (await state.broker.fills(sinceMs).catch(() => null)) ?? []) bookFill(state, fill)
  }
  const order = knownOrder(state, clientOrderId)
  if (isClosed(order.status)) return true
  if (isBehind()) return false
  if (isClosed(status) && status !== 'FILLED') settleChangeOfEnded(state, report)
  switch (status) {
    case 'CANCELED':
      note(state, { kind: 'orderCanceled', data: { clientOrderId } }, order)
      return true
    case 'EXPIRED':
      note(state, { kind: 'orderExpired', data: { clientOrderId } }, order)
      return true
    case 'REJECTED':
      note(state, { kind: 'orderRejected', data: { clientOrderId, reason: 'Rejected by the venue.' } }, order)
      return true
    default:
      if (order.venueOrderId === null && venueOrderId !== null)
        note(state, { kind: 'orderAccepted', data: { clientOrderId, venueOrderId } }, order)
      if (status === 'TRIGGERED' && !order.triggered)
        note(state, { kind: 'orderTriggered', data: { clientOrderId } }, order)
      return settleChange(state, report)
  }
}

/** Asks the venue how much of an order is filled, and books it; false while that is not known, or more may come. */
export async function confirmFilled(state: OrdersState, clientOrderId: string): Promise<boolean> {
  const report = await state.broker.query(clientOrderId).catch(() => null)
  if (report === null) return false
  // Of what the venue has never heard of nothing is filled.
  if (report === undefined) return isClosed(knownOrder(state, clientOrderId).status)
  await bringToReport(state, report)
  const { filledQuantity } = knownOrder(state, clientOrderId)
  return isClosed(report.status) && compare(filledQuantity, report.filledQuantity) >= 0
}

/** Ends an order that the venue does not know, however often it is asked. */
export function onUnheardOf(state: OrdersState, order: Order): void {
  const { clientOrderId, venueOrderId, status } = order
  const wasThere = venueOrderId !== null || status === 'PARTIALLY_FILLED'
  const reason = wasThere ? 'The venue does not know it any more.' : 'The venue never received it.'
  if (wasThere) note(state, { kind: 'orderCanceled', data: { clientOrderId } }, order, { reason })
  else note(state, { kind: 'orderRejected', data: { clientOrderId, reason } }, order)
}

/** True where the venue tells of other terms than ours. */
export function differs(order: Order, terms: Pick<OrderReport, 'quantity' | 'limitPrice' | 'stopPrice'>): boolean {
  // A trailing stop's price follows the market.
  const stopMoved = order.trailing === null && order.stopPrice !== terms.stopPrice
  return order.quantity !== terms.quantity || order.limitPrice !== terms.limitPrice || stopMoved
}

/** A change that was pending when its order ended was taken, or never will be; only the venue's terms say which. */
function settleChangeOfEnded(state: OrdersState, report: OrderReport): void {
  const { clientOrderId, quantity, limitPrice, stopPrice } = report
  const order = knownOrder(state, clientOrderId)
  if (order.pendingUpdates.length === 0) return
  if (differs(order, report))
    note(state, { kind: 'orderUpdated', data: { clientOrderId, quantity, limitPrice, stopPrice } }, order)
  else onChangeRejected(state, clientOrderId, 'The order ended before the venue took the change.')
}

/** What became of pending requests, as far as a report of a working or filled order tells; false while it does not. */
function settleChange(state: OrdersState, report: OrderReport): boolean {
  const { clock, changeSentAt } = state
  const { clientOrderId, quantity, limitPrice, stopPrice } = report
  const order = knownOrder(state, clientOrderId)
  const isFilled = report.status === 'FILLED'
  if (differs(order, report))
    note(state, { kind: 'orderUpdated', data: { clientOrderId, quantity, limitPrice, stopPrice } })
  else if (order.pendingUpdates.length > 0) {
    // It may be on its way still.
    const sentAt = changeSentAt.get(clientOrderId)
    if (!isFilled && sentAt !== undefined && clock.monotonic() - sentAt < changeTakesMs) return false
    const reason = 'The venue did not take the change.'
    note(state, { kind: 'orderUpdateRejected', data: { clientOrderId, reason } }, order)
  }
  if (isFilled && knownOrder(state, clientOrderId).status === 'PENDING_CANCEL')
    note(state, { kind: 'orderCancelRejected', data: { clientOrderId, reason: 'Too late: it is filled.' } }, order)
  return true
}
