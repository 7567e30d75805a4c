import type { Departure, Quiescence } from '#main/simulation/observation.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import { type Fill, isOpen, type Order } from '#shared/domain/order.ts'
import {
  absolute,
  add,
  compare,
  type Decimal,
  minimum,
  multiply,
  negate,
  sign,
  subtract,
  sum,
  ZERO,
} from '#shared/lib/decimal.ts'

/** I15: at a venue that can change orders, one stop and one target protect an order, and all of its parts together. */
export function onePairAnOrder({ order, besideIt }: Departure): string | undefined {
  if (besideIt.length === 0 || order.contingency?.kind !== 'OCO') return undefined
  const { leg, parentId } = order.contingency
  return `${order.clientOrderId} left as a ${leg} of ${parentId} beside ${besideIt.join(', ')}`
}

/** Between the gate and the broker the price may pass a stop by so much of itself. */
const passedBy = '0.005' as Decimal

/** I15: the stop of an entry in a perpetual is where it loses: below what is bought, above what is sold short. */
export function stopsAreOnTheLosingSide({ order, stop, price }: Departure): string | undefined {
  const { clientOrderId, instrument, side } = order
  if (stop === null || price === undefined || !isPerpetual(instrument)) return undefined
  const gained = side === 'buy' ? subtract(stop, price) : subtract(price, stop)
  if (compare(gained, multiply(price, passedBy)) <= 0) return undefined
  return `${clientOrderId} left to ${side} ${instrument} at about ${price} with its stop at ${stop}, where it gains`
}

/**
 * I15, at quiescence: what is held of entries that came with a stop is covered by stops working at the broker, and by no more
 * than is held; where the trader took a stop away by hand nothing is asked for.
 */
export function positionsAreProtected({
  listedOrders,
  listedFills,
  orders,
  positions,
}: Quiescence): string | undefined {
  for (const [instrument, held] of positions) {
    const own = listedOrders.filter((order) => order.instrument === instrument)
    const exits = own.flatMap((order) => (order.contingency?.kind === 'OCO' ? { ...order.contingency, order } : []))
    if (exits.some(({ order }) => order.cancelledByTrader)) continue
    const fills = listedFills.filter((fill) => fill.instrument === instrument).toReversed()
    const wanted = minimum(openOfEntries(own, fills), absolute(held))
    const working = (leg: string) =>
      orders
        .filter((report) => isOpen(report.status))
        .filter((report) => exits.some((exit) => exit.leg === leg && exit.order.clientOrderId === report.clientOrderId))
        .reduce((total, { quantity, filledQuantity }) => add(total, subtract(quantity, filledQuantity)), ZERO)
    if (compare(working('stop'), wanted) < 0)
      return `${instrument}: stops for ${working('stop')} are working, and ${wanted} of ${held} needs one`
    for (const leg of ['stop', 'target'])
      if (compare(working(leg), absolute(held)) > 0)
        return `${instrument}: ${leg}s for ${working(leg)} are working, and only ${held} is there`
  }
  return undefined
}

/** What entries with a stop have brought and their exits have not taken back, since the position was last flat or turned. */
function openOfEntries(orders: readonly Order[], fills: readonly Fill[]): Decimal {
  const byId = new Map(orders.map((order) => [order.clientOrderId, order]))
  const open = new Map<string, Decimal>()
  let held = ZERO
  for (const { clientOrderId, side, quantity } of fills) {
    const sideBefore = sign(held)
    held = add(held, side === 'buy' ? quantity : negate(quantity))
    if (sign(held) !== sideBefore) open.clear()
    const contingency = byId.get(clientOrderId)?.contingency
    const whole = contingency?.parentId ?? clientOrderId
    const before = open.get(whole) ?? ZERO
    if (contingency?.kind === 'OTO' && contingency.stopPrice !== null && sign(held) === (side === 'buy' ? 1 : -1))
      open.set(whole, minimum(add(before, quantity), absolute(held)))
    if (contingency?.kind === 'OCO') open.set(whole, subtract(before, quantity))
  }
  return sum([...open.values()].filter((each) => sign(each) > 0))
}
