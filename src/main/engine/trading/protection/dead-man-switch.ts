import type { Journal } from '#engine/journal/journal.ts'
import type { Broker } from '#engine/ports/broker.ts'
import type { DeskLatch } from '#engine/trading/gate/latch.ts'
import type { Orders } from '#engine/trading/orders/orders.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { DeadManState } from '#shared/domain/dead-man-switch.ts'
import { isExit } from '#shared/domain/order.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { errorMessage } from '#shared/lib/error.ts'

export interface DeadManSwitchOptions {
  readonly broker: Pick<Broker, 'capabilities' | 'deadManSwitch'>
  readonly journal: Pick<Journal, 'observe'>
  readonly book: Pick<TradingBook, 'orders'>
  readonly latch: Pick<DeskLatch, 'current'>
  readonly orders: Pick<Orders, 'link'>
  readonly clock: Clock
  /** The trader's choice when the desk starts. */
  readonly on: boolean
}

/** What keeps the venue's own timer going, so that it cancels every order once the desk is gone (KS-19). */
export interface DeadManSwitch {
  start(): Stop
  /** The trader switches it on or off. */
  choose(on: boolean): void
  state(): DeadManState
  /** Takes the timer back before an orderly close; resolves once the venue has confirmed it, or after 3 s. */
  close(): Promise<void>
}

/** Kraken's advice: a timer of 60 s, set anew every 15 to 30 s. */
const lastsMs = 60_000
const refreshMs = 20_000
const retryMs = 5_000
const tickMs = 1_000
/** A stop of level 3 lets the venue cancel everything by itself so soon, beside the desk's own cancels. */
const fireMs = 5_000
const closesMs = 3_000

type Wish = 'armed' | 'fired' | 'off'

/**
 * Creates it. While the trader wants it the timer runs as long as the desk may send orders, or others than stops and targets
 * work: a halted desk whose protection alone is left takes it back, since it would take that too; a stop of level 3 lets it
 * run out. It looks only at how things stand: an earlier process may have left it running, so that at the start it is set or
 * taken back at once.
 */
export function createDeadManSwitch(options: DeadManSwitchOptions): DeadManSwitch {
  const { broker, journal, orders, clock } = options
  const supported = broker.capabilities.deadManSwitch && broker.deadManSwitch !== undefined
  let on = options.on
  /** What the venue was last known to have; unknown is what an earlier process left. */
  let known: Wish | 'unknown' = on ? 'unknown' : 'off'
  let armedUntil: number | null = null
  let refreshedAt: number | null = null
  let failure: string | null = null
  /** On the clock that never jumps. */
  let nextAt = Number.NEGATIVE_INFINITY
  let busy: Promise<void> | undefined
  let isRunning = false
  let cancelTimer: Stop = () => {}

  function look(): void {
    if (!supported || !isRunning || busy !== undefined || !orders.link().connected) return
    const wanted = wishOf(options, on)
    const isDue = clock.monotonic() >= nextAt
    // What has run out sets itself off; what is confirmed is left alone until it is due again.
    if (wanted === known && (wanted !== 'armed' || !isDue)) return
    if (wanted !== known && failure !== null && !isDue) return
    if (wanted === 'off' && known === 'fired') return
    busy = set(wanted).finally(() => {
      busy = undefined
    })
  }

  async function set(wanted: Wish): Promise<void> {
    const ms = wanted === 'armed' ? lastsMs : wanted === 'fired' ? fireMs : 0
    // The venue begins to count when it is told, which is later.
    const at = clock.now()
    try {
      await broker.deadManSwitch?.(ms)
      known = wanted
      armedUntil = ms === 0 ? null : Math.floor(at + ms)
      refreshedAt = Math.floor(clock.now())
      failure = null
      nextAt = clock.monotonic() + refreshMs
    } catch (error) {
      failure = errorMessage(error)
      nextAt = clock.monotonic() + retryMs
    }
  }

  return {
    start() {
      if (!supported) return () => {}
      isRunning = true
      const stopObserving = journal.observe(({ kind }) => {
        if (kind === 'tradingStateChanged') clock.after(0, look)
      })
      const tick = () => {
        look()
        cancelTimer = clock.after(tickMs, tick)
      }
      tick()
      return () => {
        isRunning = false
        cancelTimer()
        stopObserving()
      }
    },
    choose(next) {
      on = next
      look()
    },
    state() {
      // What was let run out is over.
      const hasFired = known === 'fired' && armedUntil !== null && armedUntil <= clock.now()
      return { supported, on, armedUntil: hasFired ? null : armedUntil, refreshedAt, failure }
    },
    async close() {
      isRunning = false
      await busy
      if (!supported || known === 'off' || known === 'fired' || !orders.link().connected) return
      await new Promise<void>((resolve) => {
        const cancelWait = clock.after(closesMs, resolve)
        void set('off').finally(() => {
          cancelWait()
          resolve()
        })
      })
    },
  }
}

function wishOf({ latch, book }: Pick<DeadManSwitchOptions, 'latch' | 'book'>, on: boolean): Wish {
  const { state, level } = latch.current()
  if (!on) return 'off'
  if (state !== 'HALTED') return 'armed'
  if (level === 3) return 'fired'
  return [...book.orders.values()].some((order) => !isExit(order)) ? 'armed' : 'off'
}
