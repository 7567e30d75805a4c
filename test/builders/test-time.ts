import type { TimeAndChance } from '#main/compose/rehearsal.ts'
import { systemClock } from '#main/compose/system.ts'
import { createRandom } from '#shared/lib/random.ts'

/** The time and chance of a desk that a test opens: the tests' own day (test/day), and a seed. */
export function testTime(seed = 7): TimeAndChance {
  return { clock: systemClock, random: createRandom(seed) }
}

let rehearsals = 0

/** The same for a desk in a process of its own, as its environment: each is a little later, and draws other numbers. */
export function rehearsalEnvironment(): { readonly PARLEY_REHEARSAL: string } {
  rehearsals++
  return { PARLEY_REHEARSAL: `${new Date().toISOString()},${rehearsals}` }
}
