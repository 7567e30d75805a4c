import type { Departure } from '#main/simulation/observation.ts'
import { isExit } from '#shared/domain/order.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'

/** I8: what the desk did not agree on leaves only with the trader's approval for exactly this order, near the price that it was shown at. */
export function reviewIsNotSent({ order, decision, approval, whole }: Departure): string | undefined {
  const { clientOrderId, decisionId } = order
  if (decision === undefined || decision === 'agreed' || isExit(order)) return undefined
  const end = `${clientOrderId} left, and its decision ${decisionId} ended in ${decision}`
  if (decision === 'noTrade' || approval === undefined) return end
  if (!approval.approved) return `${end} that nobody approved`
  const { exits = null, execution, ...approved } = approval.order
  // A part was approved with the whole that it is of.
  const told: Readonly<Record<string, unknown>> = order.sliceOf === null ? order : { ...whole }
  const sent = Object.fromEntries(Object.keys(approved).map((name) => [name, told[name]]))
  const { contingency } = order
  const sentExits =
    contingency?.kind === 'OTO' ? { stopPrice: contingency.stopPrice, targetPrice: contingency.targetPrice } : null
  const isAsApproved =
    canonicalJson(sent) === canonicalJson(approved) && canonicalJson(sentExits) === canonicalJson(exits)
  const way = order.sliceOf === null ? 'at-once' : whole?.schedule.algorithm
  const isHowApproved = execution === undefined || execution.algorithm === 'auto' || execution.algorithm === way
  if (!approval.hashFits || !isAsApproved || !isHowApproved) return `${end} that was approved for another order`
  const { driftBps, driftLimitBps } = approval
  return driftBps !== undefined && driftBps > driftLimitBps
    ? `${end} whose price moved ${driftBps} basis points; ${driftLimitBps} void it`
    : undefined
}

/** I13: an approval has an end, however the clock stands: by the time that was waited and by the latest time that was seen. */
export function approvalIsInTime({ order, decision, approval }: Departure): string | undefined {
  if (decision !== 'review' || approval === undefined || isExit(order)) return undefined
  const { waitedMs, lifetimeMs, latestAt, expiresAt } = approval
  const about = `${order.clientOrderId} left with an approval`
  if (waitedMs > lifetimeMs) return `${about} after ${waitedMs} ms of ${lifetimeMs}`
  return latestAt >= expiresAt ? `${about} that expired at ${expiresAt}, and ${latestAt} was seen` : undefined
}
