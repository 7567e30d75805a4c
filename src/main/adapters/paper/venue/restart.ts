import { restoreFunding } from '#adapters/paper/account/funding-payments.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import type { Fill, Order } from '#shared/domain/order.ts'
import { add, compare, type Decimal, sign, sum } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { book } from './fills.ts'
import { queueBefore } from './matching.ts'
import { isStop } from './stop-price.ts'
import { canRest, ticketOf, type VenueStatus } from './tickets.ts'
import type { VenueState } from './venue-state.ts'

/**
 * Carries the account of an earlier process on: its trades and funding, what of that fell due meanwhile, and the orders that
 * still work. Throws RESTORE_TOO_LATE once an order was taken.
 */
export function restore(
  venue: VenueState,
  orders: readonly Order[],
  fills: readonly Fill[],
  payments: readonly FundingPayment[],
): void {
  const { tickets, account, watch } = venue
  if (tickets.size > 0 || account.fills.length > 0) {
    throw new ParleyError('RESTORE_TOO_LATE', 'A paper account can only be restored before its first order.')
  }
  const seen = new Set<string>()
  for (const one of [...fills].sort((a, b) => a.at - b.at)) {
    if (!seen.has(one.tradeId)) book(venue, one)
    seen.add(one.tradeId)
  }
  const missed = restoreFunding(account.contracts, account.fills, payments)
  for (const { amount } of [...payments, ...missed]) account.cash = add(account.cash, amount)
  for (const order of orders) restoreOrder(venue, order)
  watch.begin()
}

function restoreOrder(venue: VenueState, order: Order): void {
  const own = venue.account.fills.filter(({ clientOrderId }) => clientOrderId === order.clientOrderId)
  const filled = sum(own.map(({ quantity }) => quantity))
  const wasTaken = order.venueOrderId !== null || sign(filled) > 0 || order.standing === 'REJECTED'
  if (!wasTaken) return
  const isAsleep = isStop(order) && !order.triggered && sign(filled) === 0
  const status = restoredStatus(order, filled, isAsleep)
  const ticket = ticketOf(order, order.createdAt, {
    venueOrderId: order.venueOrderId ?? `paper-${order.clientOrderId}`,
    refusal: status === 'REJECTED' ? (order.reason ?? 'refused before the restart') : null,
    status,
    filled,
    changedAt: order.updatedAt,
    isAsleep,
  })
  venue.tickets.set(order.clientOrderId, ticket)
  if (status !== 'ACCEPTED' && status !== 'TRIGGERED' && status !== 'PARTIALLY_FILLED') return
  if (!isAsleep) ticket.ahead = queueBefore(venue, ticket)
  venue.resting.add(ticket)
}

/** An order that could not rest has ended with the process that held it; any other goes on where it was. */
function restoredStatus(order: Order, filled: Decimal, isAsleep: boolean): VenueStatus {
  if (compare(filled, order.quantity) >= 0) return 'FILLED'
  if (order.standing === 'REJECTED' || order.standing === 'CANCELED' || order.standing === 'EXPIRED')
    return order.standing
  if (isAsleep) return 'ACCEPTED'
  if (!canRest(order)) return 'EXPIRED'
  if (sign(filled) > 0) return 'PARTIALLY_FILLED'
  return order.triggered ? 'TRIGGERED' : 'ACCEPTED'
}
