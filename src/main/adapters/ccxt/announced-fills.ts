import { type Clock, type Stop, sleep } from '#shared/lib/clock.ts'
import { compare, type Decimal } from '#shared/lib/decimal.ts'

export interface AnnouncedFillsOptions {
  readonly clock: Clock
  /** How much of the order was told as fills. */
  readonly told: (clientOrderId: string) => Decimal
  /** Asks for the fills of an order, and tells those that were not told. Rejects when that cannot be had. */
  readonly ask: (clientOrderId: string) => Promise<void>
  readonly tellEnd: (clientOrderId: string, end: End) => void
}

export type End = 'canceled' | 'expired'

/** Sees to it that an order's end is told after all of its fills, and that no fill that the exchange counts stays untold. */
export interface AnnouncedFills {
  /** The exchange says that so much of an order is filled, and whether it has ended. */
  announce(clientOrderId: string, filled: Decimal, end?: End): void
  /** A fill of the order was told. */
  check(clientOrderId: string): void
  /** Forgets what is awaited: whoever links again asks for everything. */
  clear(): void
}

/** The stream is given so long to tell of what an order's report counts; then it is asked for. */
const patienceMs = 500
const longestMs = 10_000

/** Creates what waits for announced fills. */
export function createAnnouncedFills({ clock, told, ask, tellEnd }: AnnouncedFillsOptions): AnnouncedFills {
  const awaited = new Map<string, { filled: Decimal; end: End | undefined; readonly stop: Stop }>()

  function announce(clientOrderId: string, filled: Decimal, end?: End): void {
    const before = awaited.get(clientOrderId)
    if (before === undefined) {
      if (end === undefined && compare(told(clientOrderId), filled) >= 0) return
      const life = new AbortController()
      awaited.set(clientOrderId, { filled, end, stop: () => life.abort() })
      void askUntilTold(clientOrderId, life.signal).catch(() => {})
    } else {
      if (compare(filled, before.filled) > 0) before.filled = filled
      before.end ??= end
    }
    check(clientOrderId)
  }

  async function askUntilTold(clientOrderId: string, signal: AbortSignal): Promise<never> {
    for (let waitMs = patienceMs; ; waitMs = Math.min(longestMs, 2 * waitMs)) {
      await sleep(clock, waitMs, signal)
      await ask(clientOrderId).catch(() => {})
      signal.throwIfAborted()
      check(clientOrderId)
    }
  }

  function check(clientOrderId: string): void {
    const waits = awaited.get(clientOrderId)
    if (waits === undefined || compare(told(clientOrderId), waits.filled) < 0) return
    awaited.delete(clientOrderId)
    waits.stop()
    if (waits.end !== undefined) tellEnd(clientOrderId, waits.end)
  }

  return {
    announce,
    check,
    clear() {
      for (const { stop } of awaited.values()) stop()
      awaited.clear()
    },
  }
}
