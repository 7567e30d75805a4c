import type { Quiet } from '#main/simulation/evidence.ts'
import { type Fill, isOpen, type Order } from '#shared/domain/order.ts'
import {
  absolute,
  add,
  compare,
  type Decimal,
  minimum,
  negate,
  sign,
  subtract,
  sum,
  ZERO,
} from '#shared/lib/decimal.ts'

/**
 * I15, once quiet: what is held of entries that came with a stop is covered by stops working at the broker, and by no more
 * than is held; where the trader took a stop away by hand nothing is asked for.
 */
export function positionsAreProtected({ listedOrders, listedFills, orders, positions }: Quiet): string | undefined {
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
    const before = sign(held)
    held = add(held, side === 'buy' ? quantity : negate(quantity))
    if (sign(held) !== before) open.clear()
    const contingency = byId.get(clientOrderId)?.contingency
    if (contingency?.kind === 'OTO' && contingency.stopPrice !== null && sign(held) === (side === 'buy' ? 1 : -1))
      open.set(clientOrderId, minimum(add(open.get(clientOrderId) ?? ZERO, quantity), absolute(held)))
    if (contingency?.kind === 'OCO')
      open.set(contingency.parentId, subtract(open.get(contingency.parentId) ?? ZERO, quantity))
  }
  return sum([...open.values()].filter((each) => sign(each) > 0))
}
