import { bookTrade, newTradeId, takeTradeBack } from '#adapters/paper/account/account.ts'
import { feeOf } from '#adapters/paper/fees.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import type { Fill } from '#shared/domain/order.ts'
import { add, compare, type Decimal, sign, subtract, ZERO } from '#shared/lib/decimal.ts'
import { canRest, type Ticket } from './tickets.ts'
import type { VenueState } from './venue-state.ts'
import { beginWaiting, endUnfilled, endWaiting } from './waiting.ts'

/** Fills so much of an order at a price and a rate of fees. */
export function fill(venue: VenueState, ticket: Ticket, quantity: Decimal, price: Decimal, rate: Decimal): void {
  const { clock, account } = venue
  const { clientOrderId, instrument, side } = ticket.order
  ticket.filled = add(ticket.filled, quantity)
  ticket.status = compare(ticket.filled, ticket.quantity) >= 0 ? 'FILLED' : 'PARTIALLY_FILLED'
  ticket.changedAt = clock.now()
  if (ticket.status === 'FILLED') endWaiting(venue, ticket)
  const tradeId = newTradeId(account, ticket.venueOrderId)
  const fee = feeOf(quantity, price, rate)
  const done: Fill = { tradeId, clientOrderId, instrument, side, quantity, price, fee, at: clock.now() }
  book(venue, done)
  venue.tell({ kind: 'filled', fill: done })
}

/** Books a trade; the market is followed as long as a position hangs on it. */
export function book({ account, watch }: VenueState, done: Fill): void {
  bookTrade(account, done)
  if (!isPerpetual(done.instrument)) return
  watch.endIfIdle()
  watch.begin()
}

/** Takes a trade back, or puts another quantity and price in its place; false when there is none of that id. */
export function bust(
  venue: VenueState,
  tradeId: string,
  instead?: { readonly quantity: Decimal; readonly price: Decimal },
): boolean {
  const { account, tickets, clock, tell } = venue
  const index = account.fills.findIndex((each) => each.tradeId === tradeId)
  const busted = account.fills[index]
  const ticket = busted === undefined ? undefined : tickets.get(busted.clientOrderId)
  if (busted === undefined || ticket === undefined) return false
  takeTradeBack(account, index)
  const corrected =
    instead === undefined ? null : { ...busted, ...instead, tradeId: newTradeId(account, ticket.venueOrderId) }
  if (corrected !== null) book(venue, corrected)
  ticket.filled = add(subtract(ticket.filled, busted.quantity), corrected?.quantity ?? ZERO)
  ticket.changedAt = clock.now()
  tell({ kind: 'busted', clientOrderId: busted.clientOrderId, tradeId, corrected })
  if (ticket.status === 'FILLED' || ticket.status === 'PARTIALLY_FILLED') goOnAfterBust(venue, ticket)
  return true
}

/** Lets an order wait for what a bust has taken from it. */
function goOnAfterBust(venue: VenueState, ticket: Ticket): void {
  const isFilled = compare(ticket.filled, ticket.quantity) >= 0
  ticket.status = isFilled ? 'FILLED' : sign(ticket.filled) > 0 ? 'PARTIALLY_FILLED' : 'ACCEPTED'
  if (isFilled) endWaiting(venue, ticket)
  // What cannot wait for the market again has nothing more to come.
  else if (canRest(ticket.order)) beginWaiting(venue, ticket)
  else endUnfilled(venue, ticket, 'CANCELED')
}
