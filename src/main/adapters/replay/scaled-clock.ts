import type { Clock } from '#shared/lib/clock.ts'
import { ParleyError } from '#shared/lib/error.ts'

/**
 * Creates a clock that starts at another time and runs faster than the one below it: the market time of a replay at 1 to
 * 1000 times. Throws SPEED_OUT_OF_RANGE for anything else.
 */
export function createScaledClock(clock: Clock, startMs: number, speed: number): Clock {
  if (!(speed >= 1 && speed <= 1_000)) {
    throw new ParleyError('SPEED_OUT_OF_RANGE', `A replay cannot run at ${speed} times.`, {
      wayOut: 'Choose a speed from 1 to 1000.',
    })
  }
  const startedAt = clock.monotonic()
  const elapsed = () => Math.floor((clock.monotonic() - startedAt) * speed)
  return {
    now: () => startMs + elapsed(),
    monotonic: elapsed,
    after: (delayMs, callback) => clock.after(Math.ceil(delayMs / speed), callback),
  }
}
