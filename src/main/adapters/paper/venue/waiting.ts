import { heldContracts } from '#adapters/paper/account/contracts.ts'
import type { Ticket } from './tickets.ts'
import type { VenueState } from './venue-state.ts'

/** Lets an order wait for the market. */
export function beginWaiting({ resting, watch }: VenueState, ticket: Ticket): void {
  resting.add(ticket)
  watch.begin()
}

/** Takes an order out of those that wait. */
export function endWaiting({ resting, watch }: VenueState, ticket: Ticket): void {
  resting.delete(ticket)
  watch.endIfIdle()
}

/** Ends an order that is not filled. */
export function endUnfilled(venue: VenueState, ticket: Ticket, status: 'CANCELED' | 'EXPIRED'): void {
  ticket.status = status
  ticket.changedAt = venue.clock.now()
  endWaiting(venue, ticket)
  venue.tell({ kind: status === 'CANCELED' ? 'canceled' : 'expired', clientOrderId: ticket.order.clientOrderId })
}

/** Ends the orders whose time is over. */
export function expireDue(venue: VenueState): void {
  for (const ticket of venue.resting.due(venue.clock.now())) endUnfilled(venue, ticket, 'EXPIRED')
}

/** True while nothing waits for the market and no position hangs on it. */
export function isIdle({ resting, account }: Pick<VenueState, 'resting' | 'account'>): boolean {
  return resting.size === 0 && heldContracts(account.contracts).length === 0
}
