import type { Random } from '#shared/lib/random.ts'
import type { CrashFaults } from './scenario.ts'

/** What a process writes, as far as a crash can tell it apart. */
export type Write =
  | 'append'
  | 'order append'
  | 'run append'
  | 'before commit'
  | 'after commit'
  | 'before latch'
  | 'after latch'

/** When and how a process will end before its time. */
export interface DrawnCrashFaults {
  /** Told of each write; true when the process dies at it. */
  strikes(write: Write): boolean
  /** True when the disk is full from this commit on. */
  readonly fillsDisk: () => boolean
  /** How long after its start the process is killed; null when it is not. */
  readonly killedAfterMs: number | null
}

/** Draws the fate of one process. */
export function drawCrashFaults(random: Random, faults: CrashFaults): DrawnCrashFaults {
  const diesAtWrite = random.chance(faults.atWrite)
  const atOrder = random.chance(faults.atOrder)
  // Early writes are met more often: a start is the most delicate time.
  const dieAt = diesAtWrite ? (atOrder ? random.int(1, 24) : Math.floor(random.float() ** 2 * 400) + 1) : 0
  const fullAt = random.chance(faults.diskFull) ? random.int(1, 150) : 0
  const within = random.fork('in run')
  let left = within.chance(faults.inRun) ? within.int(1, 120) : 0
  let inRun = false
  const killedAfterMs = random.chance(faults.killed) ? random.int(0, 180_000) : null
  let writes = 0
  let commits = 0
  let justWroteOrder = false
  return {
    strikes(write) {
      if (write === 'run append') inRun = true
      if (inRun && left > 0 && --left === 0) return true
      if (write === 'order append') justWroteOrder = true
      const counts = !atOrder || write === 'order append' || (justWroteOrder && write.endsWith('commit'))
      if (write === 'after commit') justWroteOrder = false
      if (!counts) return false
      writes += 1
      return writes === dieAt
    },
    fillsDisk: () => ++commits === fullAt,
    killedAfterMs,
  }
}
