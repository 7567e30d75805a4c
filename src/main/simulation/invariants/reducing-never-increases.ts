import type { Booking, GateAdmission } from '#main/simulation/observation.ts'
import { absolute, compare } from '#shared/lib/decimal.ts'
import { canOnlyReduce } from './exposure-within-mandate.ts'

/** I6: while REDUCING, no order passes the gate that could increase a position. */
export function reducingAdmitsOnlyReductions(admission: GateAdmission): string | undefined {
  if (admission.told !== 'REDUCING' || canOnlyReduce(admission)) return undefined
  const { order, position, workingOnSide } = admission
  return `${order.clientOrderId} passed while REDUCING: ${order.side} ${workingOnSide} in all against ${position}`
}

/**
 * I6: while REDUCING, a fill increases a position only where the desk has asked for the order's cancellation. A liquidation is
 * the venue's: where it turns a position round, a fill was lost before, which I3 tells.
 */
export function reducingFillsOnlyReduce({ fill, told, before, after, cancelAsked }: Booking): string | undefined {
  if (told !== 'REDUCING' || cancelAsked || fill.liquidation === true) return undefined
  return compare(absolute(after), absolute(before)) <= 0
    ? undefined
    : `${fill.clientOrderId} raised ${fill.instrument} from ${before} to ${after} while REDUCING, and nobody had cancelled it`
}
