import type { Quiet } from '#main/simulation/evidence.ts'
import { isOpen } from '#shared/domain/order.ts'
import { add, compare, maximum, minimum, subtract, sum, ZERO } from '#shared/lib/decimal.ts'

/**
 * I15, once quiet: what is held of entries that came with a stop is covered by stops working at the broker, and by no more
 * than is held; where the trader took a stop away by hand nothing is asked for.
 */
export function positionsAreProtected({ listedOrders, orders, positions }: Quiet): string | undefined {
  for (const [instrument, held] of positions) {
    const own = listedOrders.filter((order) => order.instrument === instrument)
    const exits = own.flatMap((order) => (order.contingency?.kind === 'OCO' ? { ...order.contingency, order } : []))
    if (exits.some(({ order }) => order.cancelledByTrader)) continue
    const open = own.flatMap((entry) => {
      if (entry.contingency?.kind !== 'OTO' || entry.contingency.stopPrice === null) return []
      const exited = exits.filter(({ parentId }) => parentId === entry.clientOrderId)
      return maximum(subtract(entry.filledQuantity, sum(exited.map(({ order }) => order.filledQuantity))), ZERO)
    })
    const wanted = minimum(sum(open), maximum(held, ZERO))
    const working = (leg: string) =>
      orders
        .filter((report) => isOpen(report.status))
        .filter((report) => exits.some((exit) => exit.leg === leg && exit.order.clientOrderId === report.clientOrderId))
        .reduce((total, { quantity, filledQuantity }) => add(total, subtract(quantity, filledQuantity)), ZERO)
    if (compare(working('stop'), wanted) !== 0)
      return `${instrument}: stops for ${working('stop')} are working, and ${wanted} of ${held} needs one`
    if (compare(working('target'), wanted) > 0)
      return `${instrument}: targets for ${working('target')} are working, and only ${wanted} is there`
  }
  return undefined
}
