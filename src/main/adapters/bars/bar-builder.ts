import { type Bar, barOpenTime, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import type { Trade } from '#shared/domain/quote.ts'
import { tidyVolume } from './fold-bars.ts'

/** Builds the bars of one instrument and length as its trades come in. */
export interface BarBuilder {
  /** Takes a trade; returns the bar that it closed by opening the next, if it did. */
  add(trade: Pick<Trade, 'at' | 'price' | 'quantity'>): Bar | undefined
  /** Says what time it is; returns the running bar if its time was over by then, and closes it. */
  advance(nowMs: number): Bar | undefined
  /** The bar that is not closed yet. */
  running(): Bar | undefined
  /** How many trades came after their bar had closed. They are left out: a closed bar never changes. */
  late(): number
}

/** Creates a builder. Time without trades gives no bars. */
export function createBarBuilder(timeframe: Timeframe): BarBuilder {
  let current: Bar | undefined
  let closedUntil = Number.NEGATIVE_INFINITY
  let late = 0

  function close(): Bar | undefined {
    const closed = read()
    if (current !== undefined) closedUntil = current.time + timeframeMs[timeframe]
    current = undefined
    return closed
  }

  function read(): Bar | undefined {
    return current === undefined ? undefined : { ...current, volume: tidyVolume(current.volume) }
  }

  return {
    add({ at, price, quantity }) {
      const time = barOpenTime(at, timeframe)
      if (time < closedUntil || (current !== undefined && time < current.time)) {
        late++
        return undefined
      }
      if (current !== undefined && time === current.time) {
        current.high = Math.max(current.high, price)
        current.low = Math.min(current.low, price)
        current.close = price
        current.volume += quantity
        return undefined
      }
      const closed = close()
      current = { time, open: price, high: price, low: price, close: price, volume: quantity }
      return closed
    },
    advance: (nowMs) => (current !== undefined && nowMs >= current.time + timeframeMs[timeframe] ? close() : undefined),
    running: read,
    late: () => late,
  }
}
