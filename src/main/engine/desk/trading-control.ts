import type { Reviews } from '#engine/desk/reviews/reviews.ts'
import type { Runs } from '#engine/desk/runs/runs.ts'
import type { Journal } from '#engine/journal/journal.ts'
import type { LatchStore } from '#engine/ports/latch-store.ts'
import { createDeskLatch, type DeskLatch, type LatchChange } from '#engine/trading/gate/latch.ts'
import type { Orders } from '#engine/trading/orders/orders.ts'
import type { ParentOrders } from '#engine/trading/parents/parent-orders.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { isInFlight } from '#shared/domain/order.ts'
import type { Latch, StopLevel } from '#shared/domain/trading-state.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** What a person types to re-arm the desk. */
export interface RearmWords {
  readonly reason: string
  readonly account: string
  readonly mode: string
}

/** The hand on the trading state: halts, reduces and re-arms the desk. */
export interface TradingControl {
  /** Closes the gate before it returns, then cancels what the level says. A desk that is halted is only halted further. */
  halt(level: StopLevel, by: Actor, reason: string): Latch
  reduce(by: Actor, reason: string): Latch
  /** Back to ACTIVE. Throws REARM_REFUSED saying what is wrong (KS-9). */
  rearm(by: Actor, typed: RearmWords): Latch
}

/** What is under way at the desk, and ends where trading does. */
interface UnderWay {
  readonly reviews: Pick<Reviews, 'voidAll'>
  readonly parentOrders: Pick<ParentOrders, 'stopAll'>
  readonly runs: Pick<Runs, 'cancelAll'>
  readonly orders: Pick<Orders, 'cancelForStop' | 'link'>
}

export interface TradingControlOptions {
  readonly store: LatchStore
  readonly journal: Pick<Journal, 'append'>
  readonly book: Pick<TradingBook, 'account' | 'orders'>
  readonly clock: Clock
  /** What `readLatch` gave. */
  readonly initial: Latch
  readonly mode: 'paper' | 'live'
  /** How long a halted desk stays so at least (KS-9). */
  readonly coolDownMs: number
  /** Asked when the state changes: all of it is made after the latch. */
  readonly underWay: () => UnderWay
}

/** Opens the latch and gives the hand on it. */
export function createTradingControl(options: TradingControlOptions): TradingControl & { readonly latch: DeskLatch } {
  const { store, journal, book, clock, initial, mode, coolDownMs, underWay } = options
  // Measured on the clock that never jumps: the market's may begin anywhere when the desk is started again. A desk that
  // does not start ACTIVE cools down anew.
  let haltedSince = initial.state === 'ACTIVE' ? Number.NEGATIVE_INFINITY : clock.monotonic()
  const latch = createDeskLatch({ store, journal, clock, initial, onChange })

  function onChange(after: Latch, change: LatchChange): void {
    const { reviews, parentOrders, runs, orders } = underWay()
    const why = `The desk turned ${after.state}: ${change.reason}`
    reviews.voidAll(why)
    parentOrders.stopAll(why)
    if (after.state === 'ACTIVE') return
    if (after.state === 'HALTED') {
      haltedSince = clock.monotonic()
      runs.cancelAll(change.reason)
    }
    // What already works could still increase a position (I6).
    orders.cancelForStop(after.level ?? 2, change.by)
  }

  return {
    latch,
    halt(level, by, reason) {
      const now = latch.current()
      if (now.state === 'HALTED' && (now.level ?? 0) >= level) {
        // A crash may have kept the cancels of the stop before from leaving: who presses again means it.
        if (by.kind === 'human') underWay().orders.cancelForStop(now.level ?? level, by)
        return now
      }
      return latch.change({ state: 'HALTED', level, by, reason })
    },
    reduce(by, reason) {
      if (latch.current().state === 'REDUCING') return latch.current()
      return latch.change({ state: 'REDUCING', by, reason })
    },
    rearm(by, typed) {
      const now = latch.current()
      if (now.state === 'ACTIVE') return now
      const leftMs = haltedSince + coolDownMs - clock.monotonic()
      const wrong = wrongForRearm(by, typed, {
        account: book.account,
        mode,
        coolDownLeftMs: leftMs,
        isCompared: underWay().orders.link().compared,
        unsettledOrders: [...book.orders.values()].filter(({ status }) => isInFlight(status)).length,
      })
      if (wrong.length > 0) {
        throw new ParleyError('REARM_REFUSED', `The desk stays ${now.state}: ${wrong.join('; ')}.`, {
          details: { wrong, coolDownMs: Math.max(0, leftMs) },
          wayOut: 'Put that right and re-arm again.',
        })
      }
      return latch.change({ state: 'ACTIVE', by, reason: typed.reason })
    },
  }
}

/** How a desk that is not ACTIVE stands when somebody wants it re-armed. */
export interface RearmStanding {
  readonly account: string
  readonly mode: 'paper' | 'live'
  /** At most 0 once it has cooled down. */
  readonly coolDownLeftMs: number
  /** Whether the account was compared with the broker. */
  readonly isCompared: boolean
  /** Orders of which it is not known what the broker has made of them. */
  readonly unsettledOrders: number
}

/** Everything that keeps a desk from being re-armed, in words that go on a sentence; empty where it may be (KS-9). */
export function wrongForRearm(by: Actor, typed: RearmWords, desk: RearmStanding): readonly string[] {
  const { account, mode, coolDownLeftMs, isCompared, unsettledOrders } = desk
  return [
    ...(by.kind === 'human' ? [] : ['only a person may re-arm the desk']),
    ...(typed.reason.trim().length >= 10 ? [] : ['the reason needs at least 10 characters']),
    ...(typed.account === account ? [] : [`the account is "${account}", not "${typed.account}"`]),
    ...(typed.mode.toLowerCase() === mode ? [] : [`the mode is "${mode}", not "${typed.mode}"`]),
    ...(coolDownLeftMs <= 0 ? [] : [`the desk cools down for ${Math.ceil(coolDownLeftMs / 1000)} more seconds`]),
    ...(isCompared ? [] : ['the account has not been compared with the broker yet']),
    ...(unsettledOrders === 0 ? [] : [`${unsettledOrders} orders are not settled with the broker`]),
  ]
}
