import type { GateAdmission } from '#main/simulation/observation.ts'
import { absolute, compare, sign } from '#shared/lib/decimal.ts'

/** True when an order, with all that works on its side, can only bring the position nearer to zero. */
export function canOnlyReduce({
  order,
  position,
  workingOnSide,
}: Pick<GateAdmission, 'order' | 'position' | 'workingOnSide'>) {
  const opposes = sign(position) === (order.side === 'sell' ? 1 : -1)
  return opposes && compare(workingOnSide, absolute(position)) <= 0
}

/** I5: what the positions and all working orders can come to stays within the mandate whenever an order adds to it. */
export function exposureWithinMandate(admission: GateAdmission): string | undefined {
  const { order, exposure, maximumExposure } = admission
  if (canOnlyReduce(admission)) return undefined
  if (exposure === undefined) return `${order.clientOrderId} passed the gate while a price was missing`
  return compare(exposure, maximumExposure) <= 0
    ? undefined
    : `${order.clientOrderId} may raise the exposure to ${exposure}, over ${maximumExposure}`
}
