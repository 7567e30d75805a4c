import type { Quiescence } from '#main/simulation/observation.ts'
import { isClosed } from '#shared/domain/order.ts'
import { compare } from '#shared/lib/decimal.ts'

/** I3: at quiescence, every order that the broker took and every fill is in the desk's lists, and no fill that was not. */
export function nothingLost({ orders, fills, listedOrders, listedFills }: Quiescence): string | undefined {
  const listed = new Map(listedOrders.map((order) => [order.clientOrderId, order]))
  for (const report of orders) {
    const order = listed.get(report.clientOrderId)
    if (order === undefined) return `the broker has the order ${report.clientOrderId}, the desk has not`
    if (compare(order.filledQuantity, report.filledQuantity) !== 0) {
      return `${report.clientOrderId} is filled ${report.filledQuantity} at the broker, ${order.filledQuantity} on the desk`
    }
    // Two that are both on their way may be told of differently.
    if (order.status !== report.status && (isClosed(order.status) || isClosed(report.status))) {
      return `${report.clientOrderId} is ${report.status} at the broker, ${order.status} on the desk`
    }
  }
  const tradeIds = listedFills.map(({ tradeId }) => tradeId)
  const missing = fills.find(({ tradeId }) => !tradeIds.includes(tradeId))
  if (missing !== undefined) return `the fill ${missing.tradeId} is not on the desk`
  const invented = tradeIds.find((tradeId) => !fills.some((fill) => fill.tradeId === tradeId))
  return invented === undefined ? undefined : `the fill ${invented} is not at the broker`
}
