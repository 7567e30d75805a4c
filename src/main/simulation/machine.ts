import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LatchStore, StopRequest } from '#engine/ports/latch-store.ts'
import type { Latch } from '#shared/domain/trading-state.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { JournalKeys } from '#store/journal-head.ts'
import type { DrawnCrashFaults } from './crash-faults.ts'
import type { Life } from './life.ts'

/** What outlives a process of the desk: its folder, its latch, a stop that was asked for from outside. */
export interface Machine {
  readonly journalFile: string
  readonly keys: JournalKeys
  latch: Latch | undefined
  stopRequest: StopRequest | undefined
  latchUnreadable: boolean
  remove(): void
}

// Where there is a file system in memory, files cost nothing.
const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const keys = generateKeyPairSync('ed25519')

/** Sets up a machine on which no desk has run. */
export function createMachine(): Machine {
  const home = mkdtempSync(join(parent, 'parley-simulation-'))
  return {
    journalFile: join(home, 'journal.db'),
    keys,
    latch: undefined,
    stopRequest: undefined,
    latchUnreadable: false,
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

/** The machine's latch as one process reaches it, which may die at each side of a save. */
export function latchStoreOn(machine: Machine, life: Life, crashFaults: DrawnCrashFaults): LatchStore {
  return {
    load() {
      if (machine.latchUnreadable) throw new ParleyError('LATCH_UNREADABLE', 'The latch cannot be read.')
      return machine.latch
    },
    save(latch) {
      if (!life.alive) return
      if (crashFaults.strikes('before latch')) {
        life.end('crashed before a latch was saved')
        return
      }
      machine.latch = structuredClone(latch)
      machine.latchUnreadable = false
      if (crashFaults.strikes('after latch')) life.end('crashed after a latch was saved')
    },
    stopRequested: () => (life.alive ? machine.stopRequest : undefined),
    clearStopRequest() {
      if (life.alive) machine.stopRequest = undefined
    },
  }
}
