import type { DayOpening, Departure, Rearming } from '#main/simulation/observation.ts'

/** I13: a cool-down takes its time, whatever becomes of the wall clock. */
export function coolDownTakesItsTime({ haltedForMs, coolDownMs }: Rearming): string | undefined {
  return haltedForMs >= coolDownMs ? undefined : `the desk was re-armed after ${haltedForMs} of ${coolDownMs} ms`
}

/** I13: no day is opened twice, since that would give back a loss that was used up. */
export function noDayAgain({ day, lastDay }: DayOpening): string | undefined {
  return day > lastDay ? undefined : `day ${day} was opened after day ${lastDay}`
}

/** I13: a mandate that has ended does not come back with the clock. */
export function endedMandateStaysEnded({ order, mandateEnded, onlyReduces }: Departure): string | undefined {
  return mandateEnded && !onlyReduces ? `${order.clientOrderId} left after the mandate had ended` : undefined
}
