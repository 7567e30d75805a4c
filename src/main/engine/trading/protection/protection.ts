import type { Journal } from '#engine/journal/journal.ts'
import type { Stop } from '#shared/lib/clock.ts'
import { exitsOf } from './brackets.ts'
import { exitRules, take } from './duty-performance.ts'
import { bracketDuties } from './exit-duties.ts'
import type { ProtectionState } from './protection-state.ts'

export interface ProtectionOptions
  extends Pick<ProtectionState, 'book' | 'orders' | 'latch' | 'capabilities' | 'quote' | 'instrument' | 'clock'> {
  readonly journal: Pick<Journal, 'observe'>
}

/** What keeps the stop and the target of every entry at the venue, with the size that is there to be protected. */
export interface Protection {
  /** Begins; it looks again whenever an order changes, and every second. */
  start(): Stop
  /**
   * Takes the exits of an instrument away, so that the position can be closed in another way, and places none until the
   * returned Stop is called. Rejects with the signal's reason when that is aborted first; protection then comes back.
   */
  standDown(instrument: string, signal: AbortSignal): Promise<Stop>
}

/** So often what is to be protected is looked at, besides whenever an order changes. */
const lookEveryMs = 1_000

/**
 * Creates what protects entries where the venue does not link orders itself (KS-4, KS-21). Exits are sent only by a desk
 * that is not HALTED and has compared its account with the venue; taking away what protects nothing any more passes always.
 * What is denied, refused or not taken is tried again after 1, 2, 4 and then every 5 s; a stop whose price has been passed
 * is sent as a market order. Venues with contingencies of their own are left to do it.
 */
export function createProtection(options: ProtectionOptions): Protection {
  const { journal, book, capabilities, clock } = options
  const life = new AbortController()
  const state: ProtectionState = {
    ...options,
    life: life.signal,
    standing: new Map(),
    busy: new Set(),
    failures: new Map(),
  }
  const rules = exitRules(state)
  let isRunning = false
  let isDue = false
  let cancelTimer: Stop = () => {}

  function look(): void {
    if (isDue || !isRunning) return
    isDue = true
    // After the turn in which the records came: what they change is changed together.
    clock.after(0, () => {
      isDue = false
      if (isRunning) for (const duty of bracketDuties(book, rules)) take(state, duty, look)
    })
  }

  return {
    start() {
      if (capabilities.contingencies) return () => {}
      isRunning = true
      const stopObserving = journal.observe(({ kind }) => {
        if (kind.startsWith('order') || kind === 'tradingStateChanged') look()
      })
      const tick = () => {
        look()
        cancelTimer = clock.after(lookEveryMs, tick)
      }
      tick()
      return () => {
        isRunning = false
        life.abort()
        cancelTimer()
        stopObserving()
      }
    },
    standDown: (instrument, signal) => standDown(state, instrument, signal, look),
  }
}

async function standDown(
  { standing, book, orders }: ProtectionState,
  instrument: string,
  signal: AbortSignal,
  look: () => void,
): Promise<Stop> {
  standing.set(instrument, (standing.get(instrument) ?? 0) + 1)
  let isReleased = false
  const release = () => {
    if (isReleased) return
    isReleased = true
    const left = (standing.get(instrument) ?? 1) - 1
    if (left > 0) standing.set(instrument, left)
    else standing.delete(instrument)
    look()
  }
  look()
  try {
    const exits = [...book.brackets.values()]
      .filter((bracket) => bracket.instrument === instrument)
      .flatMap(({ parentId }) => exitsOf(book, parentId))
    await Promise.all(exits.map(({ clientOrderId }) => orders.closed(clientOrderId, signal)))
  } catch (error) {
    release()
    throw error
  }
  return release
}
