import type { Departure } from '#main/simulation/observation.ts'

/** I1: after a stop is acknowledged, saved or asked for from outside, no order leaves; cancels are no orders. */
export function noOrderAfterStop({ order, told, savedState, stopRequested }: Departure): string | undefined {
  const { clientOrderId } = order
  if (told === 'HALTED') return `${clientOrderId} left after the stop was acknowledged`
  if (savedState === 'HALTED' && told !== 'unsure') return `${clientOrderId} left while the latch said HALTED`
  return stopRequested === undefined ? undefined : `${clientOrderId} left after a stop was asked for: ${stopRequested}`
}
