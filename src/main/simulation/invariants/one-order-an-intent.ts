import type { Departure } from '#main/simulation/observation.ts'

/** I2: an intent leaves under one client order id, however often it is tried, so that it is at most one live order. */
export function oneOrderAnIntent({ order, leftBefore }: Departure): string | undefined {
  const other = leftBefore.find((clientOrderId) => clientOrderId !== order.clientOrderId)
  return other === undefined ? undefined : `${order.clientOrderId} is the intent that left as ${other} before`
}
