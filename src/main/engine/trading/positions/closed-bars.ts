import type { Feed } from '#engine/ports/feed.ts'
import { type Bar, type Timeframe, timeframeMs, timeframes } from '#shared/domain/bar.ts'

const barsWanted = 400
const barsEnough = 60

/** Closed bars of some instruments in one timeframe, oldest first. */
export interface ClosedBars {
  readonly timeframe: Timeframe
  readonly bars: ReadonlyMap<string, readonly Bar[]>
}

function closedBarsOf(feed: Pick<Feed, 'bars'>, instrument: string, timeframe: Timeframe, now: number): readonly Bar[] {
  return feed
    .bars(instrument, timeframe, barsWanted + 1)
    .filter(({ time }) => time + timeframeMs[timeframe] <= now)
    .slice(-barsWanted)
}

/**
 * The newest closed bars, at most 400 each, of the longest timeframe in which every instrument has 60; else of the one in
 * which the shortest series is the longest. A decision and the limits on risk stand on the same.
 */
export function closedBars(feed: Pick<Feed, 'bars'>, instruments: readonly string[], now: number): ClosedBars {
  let best: ClosedBars = { timeframe: '1d', bars: new Map() }
  let most = 0
  for (const timeframe of [...timeframes].reverse()) {
    const bars = new Map(instruments.map((id) => [id, closedBarsOf(feed, id, timeframe, now)]))
    const least = Math.min(...[...bars.values()].map(({ length }) => length))
    if (least >= barsEnough) return { timeframe, bars }
    if (least > most) {
      best = { timeframe, bars }
      most = least
    }
  }
  return best
}
