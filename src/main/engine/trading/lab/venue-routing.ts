import type { Side } from '#shared/domain/order.ts'
import type { Book } from '#shared/domain/quote.ts'
import {
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  minimum,
  multiply,
  roundToStep,
  sign,
  subtract,
  sum,
  toNumber,
  ZERO,
} from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** A place to trade at: what stands in its book, and what it takes. */
export interface RoutingVenue {
  readonly name: string
  /** Best levels first on both sides. */
  readonly bids: Book['bids']
  readonly asks: Book['asks']
  /** Share of the notional for an order that trades at once; 0 or more, below 1. */
  readonly takerFee: Decimal
  readonly quantityStep: Decimal
  /** The smallest order that it takes, in the quote currency. */
  readonly minimumNotional: Decimal
}

/** What goes to one venue. Money in the quote currency. */
export interface RoutedPart {
  readonly venue: string
  readonly quantity: Decimal
  /** Before the fee. */
  readonly averagePrice: Decimal
  readonly notional: Decimal
  readonly fee: Decimal
  /** The worst price that it reaches: the limit to send it with. */
  readonly limitPrice: Decimal
}

/** How much goes where, and what it is expected to come to. */
export interface Route {
  readonly parts: readonly RoutedPart[]
  readonly quantity: Decimal
  /** What no venue takes: beyond the books or the limit, or less than a lot. */
  readonly unrouted: Decimal
  readonly notional: Decimal
  readonly fees: Decimal
  /** Paid or received for a unit, fees included; null where nothing is routed. */
  readonly netPrice: Decimal | null
  /** The net price against the middle of the best bid and the best ask of all venues, in basis points; a cost is positive. */
  readonly costBps: number | null
}

/** Whole lots at one price of one venue. */
interface Lots {
  readonly venue: RoutingVenue
  readonly quantity: Decimal
  readonly price: Decimal
  /** The worst price among them. */
  readonly reaches: Decimal
  /** What a unit costs or brings, fee included. */
  readonly net: Decimal
}

/**
 * Splits an order over venues so that it costs least (a sale: brings most), fees included: always the lot that is the
 * cheapest now. A book's lots only get dearer, so that this is the best split there is where the venues share one lot size
 * (Gross 1956: convex separable allocation); where they do not, it is within the largest lot of it. A venue whose part would
 * be below its least order gets none, and its share goes to the others. Nothing trades beyond `limitPrice`. Throws
 * ROUTE_INVALID for a quantity, fee, step or book that is none.
 */
export function routeOrder(
  side: Side,
  quantity: Decimal,
  venues: readonly RoutingVenue[],
  limitPrice: Decimal | null = null,
): Route {
  check(quantity, venues)
  let open = venues
  for (;;) {
    const parts = split(side, quantity, open, limitPrice)
    const least = parts
      .filter((part) => compare(part.notional, leastOf(venues, part)) < 0)
      .toSorted((a, b) => compare(a.notional, b.notional))[0]
    if (least === undefined) return summed(side, quantity, parts, venues)
    open = open.filter(({ name }) => name !== least.venue)
  }
}

function split(
  side: Side,
  quantity: Decimal,
  venues: readonly RoutingVenue[],
  limitPrice: Decimal | null,
): readonly RoutedPart[] {
  const better = side === 'buy' ? 1 : -1
  const reaches = (price: Decimal) => limitPrice === null || better * compare(price, limitPrice) <= 0
  const lots = venues
    .flatMap((venue) => lotsOf(side, venue))
    .filter((each) => reaches(each.reaches))
    .toSorted((a, b) => better * compare(a.net, b.net))
  const taken = new Map<string, { readonly lots: Lots; readonly quantity: Decimal }[]>()
  let left = quantity
  for (const each of lots) {
    const whole = minimum(each.quantity, roundToStep(left, each.venue.quantityStep, 'down'))
    if (sign(whole) <= 0) continue
    left = subtract(left, whole)
    taken.set(each.venue.name, [...(taken.get(each.venue.name) ?? []), { lots: each, quantity: whole }])
  }
  return [...taken].map(([venue, slices]) => {
    const total = sum(slices.map((slice) => slice.quantity))
    const notional = sum(slices.map((slice) => multiply(slice.quantity, slice.lots.price)))
    const [first] = slices
    const limit = slices.at(-1)?.lots.reaches ?? ZERO
    const fee = multiply(notional, first?.lots.venue.takerFee ?? ZERO)
    return { venue, quantity: total, averagePrice: divide(notional, total), notional, fee, limitPrice: limit }
  })
}

/** The side of a venue's book that the order trades against, in whole lots; one that lies in two levels costs their mean. */
function lotsOf(side: Side, venue: RoutingVenue): readonly Lots[] {
  const { quantityStep, takerFee } = venue
  const factor = side === 'buy' ? add(one, takerFee) : subtract(one, takerFee)
  const lots: Lots[] = []
  const push = (quantity: Decimal, price: Decimal, reaches: Decimal) => {
    if (sign(quantity) > 0) lots.push({ venue, quantity, price, reaches, net: multiply(price, factor) })
  }
  /** Of a lot that the levels so far do not fill. */
  let begun = ZERO
  let begunWorth = ZERO
  for (const level of side === 'buy' ? venue.asks : venue.bids) {
    let there = level.quantity
    if (sign(begun) > 0) {
      const rest = minimum(there, subtract(quantityStep, begun))
      begun = add(begun, rest)
      begunWorth = add(begunWorth, multiply(rest, level.price))
      there = subtract(there, rest)
      if (compare(begun, quantityStep) < 0) continue
      push(quantityStep, divide(begunWorth, quantityStep), level.price)
    }
    const whole = roundToStep(there, quantityStep, 'down')
    push(whole, level.price, level.price)
    begun = subtract(there, whole)
    begunWorth = multiply(begun, level.price)
  }
  return lots
}

const one = decimal(1)
const half = decimal('0.5')
const bps = decimal(10_000)

function summed(side: Side, quantity: Decimal, parts: readonly RoutedPart[], venues: readonly RoutingVenue[]): Route {
  const routed = sum(parts.map((part) => part.quantity))
  const notional = sum(parts.map((part) => part.notional))
  const fees = sum(parts.map(({ fee }) => fee))
  const net = side === 'buy' ? add(notional, fees) : subtract(notional, fees)
  const netPrice = sign(routed) > 0 ? divide(net, routed) : null
  const best = (levels: readonly Decimal[], better: 1 | -1) => levels.toSorted((a, b) => better * compare(a, b))[0]
  const bid = best(
    venues.flatMap(({ bids }) => bids[0]?.price ?? []),
    -1,
  )
  const ask = best(
    venues.flatMap(({ asks }) => asks[0]?.price ?? []),
    1,
  )
  const middle = bid === undefined || ask === undefined ? undefined : multiply(add(bid, ask), half)
  const away = netPrice === null || middle === undefined ? null : divide(subtract(netPrice, middle), middle)
  return {
    parts,
    quantity: routed,
    unrouted: subtract(quantity, routed),
    notional,
    fees,
    netPrice,
    costBps: away === null ? null : (side === 'buy' ? 1 : -1) * toNumber(multiply(away, bps)),
  }
}

function leastOf(venues: readonly RoutingVenue[], { venue }: RoutedPart): Decimal {
  return venues.find(({ name }) => name === venue)?.minimumNotional ?? ZERO
}

function check(quantity: Decimal, venues: readonly RoutingVenue[]): void {
  const refuse = (what: string) => {
    throw new ParleyError('ROUTE_INVALID', `The order cannot be routed: ${what}.`)
  }
  if (sign(quantity) <= 0) refuse(`${quantity} is no quantity`)
  if (new Set(venues.map(({ name }) => name)).size < venues.length) refuse('two venues have the same name')
  for (const { name, takerFee, quantityStep, bids, asks } of venues) {
    if (sign(takerFee) < 0 || compare(takerFee, one) >= 0) refuse(`${name} has a fee of ${takerFee}`)
    if (sign(quantityStep) <= 0) refuse(`${name} has a lot of ${quantityStep}`)
    for (const [levels, better] of [
      [bids, -1],
      [asks, 1],
    ] as const) {
      const isWrong = levels.some(({ price, quantity: there }, index) => {
        const before = levels[index - 1]?.price
        return sign(price) <= 0 || sign(there) < 0 || (before !== undefined && better * compare(price, before) < 0)
      })
      if (isWrong) refuse(`the book of ${name} is not in order, best prices first`)
    }
  }
}
