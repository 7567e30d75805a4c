import type { StatusChange } from '#main/simulation/observation.ts'

const ends = ['DENIED', 'REJECTED', 'FILLED', 'CANCELED', 'EXPIRED']

/** I9: an order that has ended changes its status only by a late fill. */
export function endedStaysEnded({ clientOrderId, before, after, filled }: StatusChange): string | undefined {
  if (before === undefined || before === after || !ends.includes(before) || filled) return undefined
  return `${clientOrderId} went from ${before} to ${after} without a fill`
}
