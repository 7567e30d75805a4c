import type { OrderChange } from '#shared/domain/order.ts'
import { compare, maximum, sign } from '#shared/lib/decimal.ts'
import { meetMarket } from './matching.ts'
import { wrongChange } from './refusals.ts'
import { wakeAtLast } from './stop-triggers.ts'
import type { Ticket } from './tickets.ts'
import { accepted, type VenueAnswer, type VenueState } from './venue-state.ts'
import { endUnfilled, endWaiting, expireDue } from './waiting.ts'

/** Cancels a working order. */
export function cancel(venue: VenueState, clientOrderId: string): VenueAnswer {
  expireDue(venue)
  const ticket = venue.tickets.get(clientOrderId)
  const reason = notWorking(venue, ticket)
  if (ticket === undefined || reason !== undefined) {
    venue.tell({ kind: 'cancelRejected', clientOrderId, reason: reason ?? '' })
    return { ok: false, reason: reason ?? '' }
  }
  endUnfilled(venue, ticket, 'CANCELED')
  return accepted
}

/** Changes a working order; it keeps its place in the queue only where nothing but its quantity becomes smaller. */
export function replace(venue: VenueState, clientOrderId: string, change: OrderChange): VenueAnswer {
  expireDue(venue)
  const ticket = venue.tickets.get(clientOrderId)
  const reason = notWorking(venue, ticket) ?? (ticket && wrongChange(venue, ticket, change))
  if (ticket === undefined || reason !== undefined) {
    venue.tell({ kind: 'updateRejected', clientOrderId, reason: reason ?? '' })
    return { ok: false, reason: reason ?? '' }
  }
  const { quantity = ticket.quantity, limitPrice = ticket.limitPrice, stopPrice = ticket.stopPrice } = change
  const losesPlace = limitPrice !== ticket.limitPrice || compare(quantity, ticket.quantity) > 0
  ticket.quantity = maximum(quantity, ticket.filled)
  ticket.limitPrice = limitPrice
  ticket.stopPrice = stopPrice
  ticket.changedAt = venue.clock.now()
  venue.tell({ kind: 'updated', clientOrderId, quantity: ticket.quantity, limitPrice, stopPrice })
  goOnAsChanged(venue, ticket, losesPlace)
  return accepted
}

function notWorking({ resting }: VenueState, ticket: Ticket | undefined): string | undefined {
  if (ticket === undefined) return 'the order is not known'
  return resting.has(ticket) ? undefined : `too late: ${ticket.status}`
}

function goOnAsChanged(venue: VenueState, ticket: Ticket, losesPlace: boolean): void {
  if (sign(ticket.filled) > 0 && compare(ticket.filled, ticket.quantity) >= 0) {
    ticket.status = 'FILLED'
    endWaiting(venue, ticket)
  } else if (ticket.isAsleep) {
    venue.resting.refresh(ticket)
    wakeAtLast(venue, ticket)
  } else if (losesPlace) {
    venue.resting.delete(ticket)
    meetMarket(venue, ticket)
  }
}
