import { reducible } from '#adapters/paper/account/account.ts'
import { beyondInitialMargin } from '#adapters/paper/account/contract-margin.ts'
import { listed } from '#adapters/paper/account/contracts.ts'
import { type Instrument, isPerpetual } from '#shared/domain/instrument.ts'
import type { Order, OrderChange } from '#shared/domain/order.ts'
import { wrongTerms } from '#shared/domain/order-terms.ts'
import { compare, type Decimal, multiply, roundToStep, sign, subtract, ZERO } from '#shared/lib/decimal.ts'
import { crosses } from './matching.ts'
import { type Ticket, unfilled } from './tickets.ts'
import type { VenueState } from './venue-state.ts'

/** Why the venue does not take an order; undefined where it does. */
export function refusal(venue: VenueState, order: Order): string | undefined {
  const { feed, clock, account } = venue
  const instrument = listed(feed, order.instrument)
  if (instrument === undefined) return `${order.instrument} is not traded here`
  const { quantity, limitPrice, stopPrice } = order
  if (sign(quantity) <= 0) return `the quantity ${quantity} is not greater than zero`
  if (!isMultiple(quantity, instrument.quantityStep))
    return `the quantity ${quantity} is not a multiple of ${instrument.quantityStep}`
  const wrong = wrongTerms(order)
  if (wrong !== undefined) return wrong
  for (const price of [limitPrice, stopPrice]) {
    if (price !== null && !isMultiple(price, instrument.priceStep))
      return `the price ${price} is not a multiple of ${instrument.priceStep}`
  }
  if (order.expireAt !== null && order.expireAt <= clock.now()) return 'it has expired already'
  const price = limitPrice ?? stopPrice ?? feed.quote(instrument.id)?.last
  if (price === undefined) return `there is no market in ${instrument.id} yet`
  if (order.postOnly && order.type === 'LIMIT' && crosses(venue, order)) return 'post-only, and it would trade at once'
  if (!order.reduceOnly) return tooSmall(quantity, price, instrument) ?? beyondMargin(venue, order)
  const there = reducible(account, order)
  return compare(quantity, there) > 0 ? `only ${there} of ${instrument.id} is there to be reduced` : undefined
}

/** Why the venue does not change a working order so; undefined where it does. */
export function wrongChange(venue: VenueState, ticket: Ticket, change: OrderChange): string | undefined {
  const { quantity = ticket.quantity, limitPrice = ticket.limitPrice, stopPrice = ticket.stopPrice } = change
  const instrument = listed(venue.feed, ticket.order.instrument)
  const terms = { ...ticket.order, quantity, limitPrice, stopPrice }
  if (instrument === undefined || sign(quantity) <= 0) return `the quantity ${quantity} is not greater than zero`
  if (!isMultiple(quantity, instrument.quantityStep)) return 'the quantity is not on the step'
  const prices = [limitPrice, stopPrice].filter((price) => price !== null)
  if (prices.some((price) => !isMultiple(price, instrument.priceStep))) return 'a price is not on the tick'
  if (terms.postOnly && !ticket.isAsleep && crosses(venue, terms)) return 'post-only, and it would trade at once'
  const left = subtract(quantity, ticket.filled)
  if (terms.reduceOnly && compare(left, reducible(venue.account, ticket.order)) > 0)
    return 'there is not so much to be reduced'
  return wrongTerms(terms)
}

function isMultiple(value: Decimal, step: Decimal): boolean {
  return roundToStep(value, step, 'down') === value
}

function tooSmall(quantity: Decimal, price: Decimal, { quote, minimumNotional }: Instrument): string | undefined {
  const notional = multiply(quantity, price)
  if (compare(notional, minimumNotional) >= 0) return undefined
  return `${notional} ${quote} is under the smallest order of ${minimumNotional} ${quote}`
}

function beyondMargin({ account, resting }: VenueState, order: Order): string | undefined {
  if (!isPerpetual(order.instrument)) return undefined
  const working = resting.all().map((ticket) => {
    const { instrument, side, reduceOnly } = ticket.order
    return { instrument, side, quantity: reduceOnly ? ZERO : unfilled(ticket) }
  })
  return beyondInitialMargin(account.contracts, account.cash, order, working)
}
