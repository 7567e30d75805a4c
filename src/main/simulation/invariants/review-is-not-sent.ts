import type { Departure } from '#main/simulation/evidence.ts'

/** I8: what the desk did not agree on, or sent to the trader's review, does not leave. */
export function reviewIsNotSent({ order, decision }: Departure): string | undefined {
  if (decision === undefined || decision === 'agreed') return undefined
  return `${order.clientOrderId} left, and its decision ${order.decisionId} ended in ${decision}`
}
