import type { Restart } from '#main/simulation/observation.ts'

/** I10: a desk that the trader knows to be HALTED starts HALTED, wherever it crashed. */
export function haltedSurvives({ told, latch }: Restart): string | undefined {
  return told !== 'HALTED' || latch.state === 'HALTED' ? undefined : `the desk was HALTED and started ${latch.state}`
}
