import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '#shared/lib/clock.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createRandom, type Random } from '#shared/lib/random.ts'
import { systemClock, systemRandom } from './system.ts'

// A desk can be rehearsed: at a moment and with a seed that somebody chose, so that its tests find the same market on
// whatever day they run. Only the wall clock is moved; timers and the monotonic clock stay the machine's.

/** What a desk takes its time and its chance from. */
export interface TimeAndChance {
  readonly clock: Clock
  readonly random: Random
  /** What is made up about them, in a sentence; undefined where both are the machine's. */
  readonly rehearsal?: string
}

const variable = 'PARLEY_REHEARSAL'

/**
 * The machine's clock and chance, unless PARLEY_REHEARSAL holds a moment in UTC and a seed: with "2028-02-29T12:00:00Z,7"
 * the wall clock is at that moment now and runs on from there at its usual speed. Throws REHEARSAL_INVALID.
 */
export function timeAndChance(environment: Readonly<Record<string, string | undefined>>): TimeAndChance {
  const text = environment[variable]
  if (text === undefined) return { clock: systemClock, random: systemRandom() }
  const [, moment = '', seed = ''] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z),(\d{1,9})$/.exec(text) ?? []
  const beginMs = Date.parse(moment)
  if (!Number.isFinite(beginMs)) {
    throw new ParleyError('REHEARSAL_INVALID', `${variable} is "${text}", which is no moment and seed.`, {
      wayOut: `Unset ${variable} to use the desk; to rehearse, set it to a moment and a seed, as in 2028-02-29T12:00:00Z,7.`,
    })
  }
  return {
    clock: movedClock(systemClock, beginMs),
    random: createRandom(Number(seed)),
    rehearsal: `This is a rehearsal: ${variable} began its clock at ${new Date(beginMs).toISOString()} and gave its chance the seed ${seed}`,
  }
}

/** The same clock with its wall time at `beginMs` now; it runs on with the monotonic time, which is left as it is. */
function movedClock(clock: Clock, beginMs: number): Clock {
  const startedAt = clock.monotonic()
  return { ...clock, now: () => Math.floor(beginMs + clock.monotonic() - startedAt) }
}

/**
 * Keeps what was rehearsed and what happened apart: throws REHEARSAL_MIXED for a rehearsal on a data folder of a desk in
 * use, and the other way about. A folder that was never used becomes that of a rehearsal for good.
 */
export function keepRehearsalsApart(home: string, rehearsal: string | undefined): void {
  const mark = join(home, 'rehearsal')
  const isUsed = existsSync(join(home, 'journal.db'))
  const isRehearsed = existsSync(mark)
  if (rehearsal === undefined) {
    if (!isRehearsed) return
    throw new ParleyError(
      'REHEARSAL_MIXED',
      `The data folder ${home} is that of a rehearsal: nothing in it happened.`,
      {
        wayOut: 'Start with another data folder (--home).',
      },
    )
  }
  if (isRehearsed) return
  if (isUsed) {
    throw new ParleyError('REHEARSAL_MIXED', `The data folder ${home} is that of a desk in use, not of a rehearsal.`, {
      wayOut: `Rehearse with a data folder of its own (--home), or unset ${variable}.`,
    })
  }
  writeFileSync(mark, `${rehearsal}.\n`)
}
