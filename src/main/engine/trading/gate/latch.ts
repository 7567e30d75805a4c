import type { Journal } from '#engine/journal/journal.ts'
import type { LatchStore } from '#engine/ports/latch-store.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Latch, StopLevel, TradingState } from '#shared/domain/trading-state.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { errorMessage } from '#shared/lib/error.ts'

/** A change of the trading state: who asks for it and why. */
export interface LatchChange {
  readonly state: TradingState
  /** Only for HALTED. */
  readonly level?: StopLevel
  readonly by: Actor
  readonly reason: string
}

/** The trading state of the desk, in one place. */
export interface DeskLatch {
  /** The state now; takes up a stop that was asked for from outside the process first. */
  current(): Latch
  /**
   * Changes the state. Closing takes effect before anything is written; opening only once it is written, and throws
   * LATCH_UNWRITABLE when it cannot be.
   */
  change(change: LatchChange): Latch
}

export interface DeskLatchOptions {
  readonly store: LatchStore
  readonly journal: Pick<Journal, 'append'>
  readonly clock: Clock
  /** What `readLatch` gave. */
  readonly initial: Latch
  readonly onChange: (latch: Latch, change: LatchChange) => void
}

const openness: Readonly<Record<TradingState, number>> = { HALTED: 0, REDUCING: 1, ACTIVE: 2 }

/**
 * Reads the latch before anything connects (KS-7). A folder that was never used starts ACTIVE; a latch that is missing
 * beside a journal, or cannot be understood, starts HALTED and says why (KS-8).
 */
export function readLatch(store: LatchStore, now: number): { readonly latch: Latch; readonly isNew: boolean } {
  const nowMs = Math.floor(now)
  let latch: Latch
  let isNew = false
  try {
    const kept = store.load()
    if (kept !== undefined) return { latch: kept, isNew }
    isNew = true
    latch = { state: 'ACTIVE', epoch: 1, level: null, by: 'system', reason: 'A new desk, on paper', at: nowMs }
  } catch (error) {
    // The epoch must not be one that was used before; the time is above any count of changes.
    latch = { state: 'HALTED', epoch: nowMs, level: 2, by: 'system', reason: errorMessage(error), at: nowMs }
  }
  store.save(latch)
  return { latch, isNew }
}

/** Opens the latch for the life of the desk. */
export function createDeskLatch({ store, journal, clock, initial, onChange }: DeskLatchOptions): DeskLatch {
  let latch = initial
  /** What the store should hold and does not: it is saved again at every look until it does. */
  let unsaved: Latch | undefined

  function close(after: Latch): void {
    latch = after
    try {
      store.save(after)
      unsaved = undefined
    } catch (error) {
      unsaved = after
      latch = { ...after, reason: `${after.reason}. A restart would not know of it: ${errorMessage(error)}` }
    }
  }

  function open(after: Latch): void {
    try {
      store.save(after)
    } catch (error) {
      // Nobody knows what the store holds now; it must not be an open latch.
      unsaved = latch
      throw error
    }
    latch = after
    unsaved = undefined
  }

  function saveAgain(): void {
    if (unsaved === undefined) return
    try {
      store.save(unsaved)
      latch = unsaved
      unsaved = undefined
    } catch {
      // It says so in its reason already.
    }
  }

  function takeUpStop(): void {
    const request = store.stopRequested()
    if (request === undefined) return
    const { level, reason } = request
    if (latch.state !== 'HALTED' || (latch.level ?? 0) < level) {
      const by: Actor = { kind: 'human', id: 'outside' }
      change({ state: 'HALTED', level, by, reason })
    }
    try {
      store.clearStopRequest()
    } catch {
      // A request that stays is taken up again and again: the desk cannot be re-armed before somebody removes it.
    }
  }

  function change(wanted: LatchChange): Latch {
    const before = latch
    const after: Latch = {
      state: wanted.state,
      epoch: before.epoch + 1,
      level: wanted.state === 'HALTED' ? (wanted.level ?? 2) : null,
      by: wanted.by.id,
      reason: wanted.reason,
      at: Math.floor(clock.now()),
    }
    if (openness[after.state] > openness[before.state]) open(after)
    else close(after)
    // The record follows; nobody waits for it. A journal that fails halts the desk by itself.
    void journal.append({
      kind: 'tradingStateChanged',
      data: { before, after: latch },
      actor: wanted.by,
      reason: wanted.reason,
    })
    onChange(latch, wanted)
    return latch
  }

  return {
    current() {
      saveAgain()
      takeUpStop()
      return latch
    },
    change,
  }
}
