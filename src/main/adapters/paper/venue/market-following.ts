import type { Feed, MarketUpdate } from '#engine/ports/feed.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'

/** Follows the market only while an order waits for it, or a position hangs on it. */
export interface MarketFollowing {
  /** Follows it, and looks again when the next thing falls due; nothing while there is nothing to follow it for. */
  begin(): void
  endIfIdle(): void
  /** Lets it be followed until stopped. */
  open(): Stop
}

export interface MarketFollowingOptions {
  readonly feed: Pick<Feed, 'start'>
  readonly clock: Clock
  /** True while nothing waits for the market. */
  readonly isIdle: () => boolean
  /** The moment, in epoch milliseconds, at which something falls due without the market; undefined where nothing does. */
  readonly nextDue: () => number | undefined
  readonly onMarket: (update: MarketUpdate) => void
  /** Told when something may have fallen due. */
  readonly onDue: () => void
}

/** The longest that a timer is set for; what is further away is looked at again then. */
const longestTimerMs = 3_600_000

/** Creates a watch that is closed. */
export function createMarketFollowing(options: MarketFollowingOptions): MarketFollowing {
  const { feed, clock, isIdle, nextDue, onMarket, onDue } = options
  let isOpen = false
  let stopWatching: Stop | undefined
  let stopTimer: Stop = () => {}

  function begin(): void {
    if (!isOpen || isIdle()) return
    stopWatching ??= feed.start(onMarket)
    stopTimer()
    const next = nextDue()
    if (next === undefined) return
    stopTimer = clock.after(Math.min(longestTimerMs, Math.max(0, next - clock.now())), () => {
      onDue()
      begin()
    })
  }

  function end(): void {
    stopTimer()
    stopWatching?.()
    stopWatching = undefined
  }

  return {
    begin,
    endIfIdle() {
      if (isIdle()) end()
    },
    open() {
      isOpen = true
      begin()
      return () => {
        isOpen = false
        end()
      }
    },
  }
}
