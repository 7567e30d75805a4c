import { reducible } from '#adapters/paper/account/account.ts'
import { listed } from '#adapters/paper/account/contracts.ts'
import type { Fees } from '#adapters/paper/fees.ts'
import type { Order } from '#shared/domain/order.ts'
import type { Trade } from '#shared/domain/quote.ts'
import {
  add,
  compare,
  type Decimal,
  fromNumber,
  minimum,
  roundToStep,
  sign,
  subtract,
  sum,
  ZERO,
} from '#shared/lib/decimal.ts'
import { opposite, reaches, takeDepth } from './depth.ts'
import { fill } from './fills.ts'
import { canRest, type Ticket, unfilled } from './tickets.ts'
import type { VenueState } from './venue-state.ts'
import { beginWaiting, endUnfilled } from './waiting.ts'

/** Lets an order meet the market for the first time: it takes, and what is left rests or ends. */
export function meetMarket(venue: VenueState, ticket: Ticket): void {
  const { order } = ticket
  if (order.timeInForce === 'FOK' && compare(offered(venue, ticket), wanted(venue, ticket)) < 0) {
    endUnfilled(venue, ticket, 'EXPIRED')
    return
  }
  takeWhatIsThere(venue, ticket, 'taker')
  if (ticket.status === 'FILLED') return
  if (canRest(order) && sign(wanted(venue, ticket)) > 0) {
    ticket.ahead = queueBefore(venue, ticket)
    beginWaiting(venue, ticket)
  } else endUnfilled(venue, ticket, 'EXPIRED')
}

/** Trades against what stands in the market now: a taker at the levels' prices, a resting order at its own. */
export function takeWhatIsThere(venue: VenueState, ticket: Ticket, as: keyof Fees): void {
  const { byPrice, slices } = slicesFor(venue, ticket)
  for (const { price, quantity } of slices) {
    byPrice.set(price, add(byPrice.get(price) ?? ZERO, quantity))
    fill(venue, ticket, quantity, as === 'maker' ? (ticket.limitPrice ?? price) : price, venue.fees[as])
  }
}

/** A trade beyond a limit would have met the resting order first; one at the limit meets those that were there before. */
export function tradeThrough(venue: VenueState, waiting: readonly Ticket[], { instrument, ...trade }: Trade): void {
  const { feed, fees } = venue
  const step = listed(feed, instrument)?.quantityStep
  const hasBook = feed.book(instrument) !== undefined
  const price = fromNumber(trade.price, 18)
  let left = step === undefined ? ZERO : roundToStep(fromNumber(trade.quantity, 12), step, 'down')
  for (const ticket of waiting) {
    const { limitPrice } = ticket
    const isTouch = limitPrice !== null && compare(price, limitPrice) === 0
    if (limitPrice === null || (isTouch && !hasBook) || !reaches(ticket.order.side, limitPrice, price)) continue
    if (isTouch) {
      const before = minimum(left, ticket.ahead)
      ticket.ahead = subtract(ticket.ahead, before)
      left = subtract(left, before)
    }
    const quantity = minimum(left, wanted(venue, ticket))
    if (sign(quantity) <= 0) continue
    left = subtract(left, quantity)
    fill(venue, ticket, quantity, limitPrice, fees.maker)
  }
}

/** What an order may still fill: a reduce-only one no more than there is to reduce. */
export function wanted({ account }: VenueState, ticket: Ticket): Decimal {
  const left = unfilled(ticket)
  return ticket.order.reduceOnly ? minimum(left, reducible(account, ticket.order)) : left
}

/** What stands at its price on its own side, and came before it. */
export function queueBefore({ feed }: Pick<VenueState, 'feed'>, { order, limitPrice }: Ticket): Decimal {
  const book = feed.book(order.instrument)
  const level = (order.side === 'buy' ? book?.bids : book?.asks)?.find(({ price }) => price === limitPrice)
  return level?.quantity ?? ZERO
}

/** True when an order of these terms would trade at once. */
export function crosses(
  { feed }: Pick<VenueState, 'feed'>,
  { instrument, side, limitPrice }: Pick<Order, 'instrument' | 'side' | 'limitPrice'>,
): boolean {
  const [best] = opposite(side, feed.book(instrument), feed.quote(instrument))
  return best !== undefined && reaches(side, limitPrice, best.price)
}

function offered(venue: VenueState, ticket: Ticket): Decimal {
  return sum(slicesFor(venue, ticket).slices.map(({ quantity }) => quantity))
}

function slicesFor(venue: VenueState, ticket: Ticket) {
  const { feed } = venue
  const { instrument, side } = ticket.order
  const byPrice = takenOf(venue, ticket.order)
  const levels = opposite(side, feed.book(instrument), feed.quote(instrument))
  const used = (price: Decimal) => byPrice.get(price) ?? ZERO
  return { byPrice, slices: takeDepth(levels, side, ticket.limitPrice, wanted(venue, ticket), used) }
}

/** What each price of the book that stands now has given already. */
function takenOf({ feed, taken }: VenueState, { instrument, side }: Order): Map<Decimal, Decimal> {
  const at = feed.book(instrument)?.at ?? 0
  const before = taken.get(`${instrument}/${side}`)
  const byPrice = before !== undefined && before.at === at && at > 0 ? before.byPrice : new Map<Decimal, Decimal>()
  taken.set(`${instrument}/${side}`, { at, byPrice })
  return byPrice
}
