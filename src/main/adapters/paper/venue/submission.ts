import type { Order } from '#shared/domain/order.ts'
import { ZERO } from '#shared/lib/decimal.ts'
import { meetMarket } from './matching.ts'
import { refusal } from './refusals.ts'
import { settle } from './settlement.ts'
import { isStop } from './stop-price.ts'
import { wakeAtLast } from './stop-triggers.ts'
import { isSameRequest, type Ticket, ticketOf } from './tickets.ts'
import { accepted, type VenueAnswer, type VenueState } from './venue-state.ts'
import { beginWaiting } from './waiting.ts'

/** Takes an order, or says why not; the same order is taken once, whatever became of it. */
export function submit(venue: VenueState, order: Order): VenueAnswer {
  settle(venue)
  const { tickets, clock, tell } = venue
  const known = tickets.get(order.clientOrderId)
  if (known !== undefined) return submitAgain(venue, known, order)
  const reason = refusal(venue, order) ?? null
  const ticket = ticketOf(order, clock.now(), {
    venueOrderId: reason === null ? `paper-${order.clientOrderId}` : null,
    refusal: reason,
    status: reason === null ? 'ACCEPTED' : 'REJECTED',
    filled: ZERO,
    changedAt: clock.now(),
    isAsleep: isStop(order),
  })
  tickets.set(order.clientOrderId, ticket)
  if (reason !== null) {
    tell({ kind: 'rejected', clientOrderId: order.clientOrderId, reason })
    return { ok: false, reason }
  }
  tellAccepted(venue, ticket)
  if (ticket.isAsleep) {
    beginWaiting(venue, ticket)
    wakeAtLast(venue, ticket)
  } else meetMarket(venue, ticket)
  return accepted
}

function submitAgain(venue: VenueState, known: Ticket, order: Order): VenueAnswer {
  if (!isSameRequest(known.order, order))
    return { ok: false, reason: 'the order id is taken by another order', taken: true }
  if (known.refusal !== null) return { ok: false, reason: known.refusal }
  tellAccepted(venue, known)
  return accepted
}

function tellAccepted({ tell }: VenueState, { order, venueOrderId }: Ticket): void {
  tell({ kind: 'accepted', clientOrderId: order.clientOrderId, venueOrderId: venueOrderId ?? '' })
}
