import type { Latch, StopLevel } from '#shared/domain/trading-state.ts'

/** A stop that was asked for from outside the process. */
export interface StopRequest {
  readonly level: StopLevel
  readonly reason: string
}

/** Where the trading state survives the process. `load` throws LATCH_UNREADABLE when it is there and cannot be understood. */
export interface LatchStore {
  load(): Latch | undefined
  /** Durable when it returns. */
  save(latch: Latch): void
  /** True when a stop was asked for from outside the process and has not been taken up. */
  stopRequested(): StopRequest | undefined
  clearStopRequest(): void
}
