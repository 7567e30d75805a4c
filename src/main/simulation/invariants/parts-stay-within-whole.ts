import type { Departure, Quiescence } from '#main/simulation/observation.ts'
import { compare, sum } from '#shared/lib/decimal.ts'

/** I2: a part leaves only of a whole that is recorded, of the same market and side, and together parts are never more than it. */
export function partStaysWithinWhole({ order, whole, partsTaken }: Departure): string | undefined {
  const { clientOrderId, sliceOf, instrument, side, quantity } = order
  if (sliceOf === null) return undefined
  const about = `${clientOrderId} left as a part of ${sliceOf.parentId}`
  if (whole === undefined) return `${about}, of which there is no record`
  if (whole.instrument !== instrument || whole.side !== side) return `${about}, which is for another market or side`
  const together = sum([...partsTaken, quantity])
  return compare(together, whole.quantity) > 0 ? `${about}: ${together} of ${whole.quantity} together` : undefined
}

/** I2: what the venue filled of all parts of an order is never more than the whole. */
export function partsFillNoMore({ parents, listedOrders, fills }: Quiescence): string | undefined {
  const parentOf = new Map(listedOrders.map(({ clientOrderId, sliceOf }) => [clientOrderId, sliceOf?.parentId]))
  for (const { id, quantity } of parents) {
    const filled = sum(fills.filter((fill) => parentOf.get(fill.clientOrderId) === id).map((fill) => fill.quantity))
    if (compare(filled, quantity) > 0) return `${filled} was filled of ${id}, which is for ${quantity}`
  }
  return undefined
}

/** RT-6: once nothing goes wrong any more, every order in parts comes to its end. */
export function parentsEnd({ parents }: Quiescence): string | undefined {
  const open = parents.find(({ status }) => status === 'working' || status === 'paused')
  return open === undefined ? undefined : `the order in parts ${open.id} is still ${open.status}`
}
