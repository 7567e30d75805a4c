import type { OrderReport } from '#engine/ports/broker.ts'
import { bookFill, bookFunding } from '#engine/trading/orders/fill-booking.ts'
import { orderEntry } from '#engine/trading/orders/order-records.ts'
import { findOrder, type OrdersState } from '#engine/trading/orders/orders-state.ts'
import { deny } from '#shared/domain/denial.ts'
import { isOpen, type Order } from '#shared/domain/order.ts'
import { bringToReport } from './venue-reports.ts'

/** What a comparison of orders, fills and funding came to. */
export interface OrdersCompared {
  readonly matched: number
  readonly adjusted: readonly string[]
}

/**
 * Compares fills and funding since a moment, in epoch milliseconds of the venue, and working orders with the venue, once: what
 * was filled and paid is booked, and what the venue does not list as open is followed up. It is recorded, unless only news
 * are and there are none. Rejects with the broker's error.
 */
export async function compareWithVenue(state: OrdersState, sinceMs: number, onlyNews = false): Promise<OrdersCompared> {
  const { broker, book, journal, followUp } = state
  const reports = new Map((await broker.openOrders()).map((report) => [report.clientOrderId, report]))
  const fills = (await broker.fills(sinceMs)).filter((fill) => bookFill(state, fill))
  const adjusted = fills.map(({ clientOrderId, tradeId }) => `fill ${tradeId} of ${clientOrderId}`)
  const payments = (await broker.funding?.(sinceMs)) ?? []
  adjusted.push(...payments.filter((payment) => bookFunding(state, payment)).map(({ id }) => `funding ${id}`))
  for (const clientOrderId of reports.keys()) {
    if (findOrder(state, clientOrderId) === undefined)
      adjusted.push(`working order ${clientOrderId}, which is not ours`)
  }
  let matched = 0
  for (const order of book.orders.values()) {
    if (order.status === 'INITIALIZED') denyForgotten(state, order)
    else if (await isMatched(state, reports.get(order.clientOrderId))) matched += 1
    // What is not among the open ones has ended, or has not arrived yet: it is asked after by its id (OL-16).
    else followUp(order.clientOrderId)
  }
  if (!onlyNews || adjusted.length > 0)
    await journal.append(orderEntry(state, { kind: 'ordersReconciled', data: { matched, adjusted } }))
  return { matched, adjusted }
}

async function isMatched(state: OrdersState, report: OrderReport | undefined): Promise<boolean> {
  if (report === undefined || !(await bringToReport(state, report))) return false
  const order = findOrder(state, report.clientOrderId)
  return order !== undefined && isOpen(order.status)
}

/** Recorded and never sent: the process ended in between, and its moment has passed. */
function denyForgotten(state: OrdersState, order: Order): void {
  const denial = deny('STOPPED_SINCE_DECISION', { reason: 'the desk was restarted' })
  const { clientOrderId } = order
  void state.journal.append(orderEntry(state, { kind: 'orderDenied', data: { clientOrderId, denial } }, order))
}
