import type { LatchStore, StopRequest } from '#engine/ports/latch-store.ts'
import type { Latch, StopLevel } from '#shared/domain/trading-state.ts'

/** A latch that lives as long as the test, and what a test may do to it. */
export interface MemoryLatchStore extends LatchStore {
  /** Asks for a stop as another process would. */
  requestStop(reason: string, level?: StopLevel): void
  /** Makes every later load or save fail with the error. */
  breakWith(error: Error): void
}

/** Creates a latch store in memory, empty unless a latch is given. */
export function createMemoryLatchStore(latch?: Latch): MemoryLatchStore {
  let saved = latch
  let request: StopRequest | undefined
  let broken: Error | undefined
  return {
    load() {
      if (broken !== undefined) throw broken
      return saved === undefined ? undefined : structuredClone(saved)
    },
    save(next) {
      if (broken !== undefined) throw broken
      saved = structuredClone(next)
    },
    stopRequested: () => request,
    clearStopRequest() {
      request = undefined
    },
    requestStop(reason, level = 2) {
      request = { level, reason }
    },
    breakWith(error) {
      broken = error
    },
  }
}
