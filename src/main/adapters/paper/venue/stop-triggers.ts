import { listed } from '#adapters/paper/account/contracts.ts'
import { smallestAmount } from '#adapters/paper/fees.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import { crosses, meetMarket } from './matching.ts'
import { isReached, trailedStop } from './stop-price.ts'
import type { Ticket } from './tickets.ts'
import type { VenueState } from './venue-state.ts'
import { endUnfilled } from './waiting.ts'

/** Moves trailing stops behind the last price, and triggers the stops that it has reached, older ones first. */
export function wake(venue: VenueState, asleep: readonly Ticket[], last: Decimal): void {
  for (const ticket of asleep) {
    if (isReached(ticket, last)) trigger(venue, ticket)
    else if (ticket.order.trailing !== null) {
      const tick = listed(venue.feed, ticket.order.instrument)?.priceStep ?? smallestAmount
      ticket.stopPrice = trailedStop(ticket, last, tick)
    }
  }
  venue.watch.endIfIdle()
}

/** Wakes an order at the price that stands now, which may have reached its stop already. */
export function wakeAtLast(venue: VenueState, ticket: Ticket): void {
  const last = venue.feed.quote(ticket.order.instrument)?.last
  if (last !== undefined) wake(venue, [ticket], last)
}

function trigger(venue: VenueState, ticket: Ticket): void {
  const { order, limitPrice } = ticket
  ticket.isAsleep = false
  ticket.status = 'TRIGGERED'
  ticket.changedAt = venue.clock.now()
  venue.resting.delete(ticket)
  venue.tell({ kind: 'triggered', clientOrderId: order.clientOrderId })
  if (order.postOnly && crosses(venue, { ...order, limitPrice })) endUnfilled(venue, ticket, 'CANCELED')
  else meetMarket(venue, ticket)
}
