import type { Feed } from '#engine/ports/feed.ts'
import { type Bar, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Quote } from '#shared/domain/quote.ts'
import { add, fromNumber, maximum, roundToStep, subtract } from '#shared/lib/decimal.ts'
import { barsUntil, noBars, readSeries } from './series.ts'

/** A feed in which nothing happens any more. */
export interface StillFeed extends Feed {
  /** Now: the close of the last bar. A virtual clock for it starts here. */
  readonly at: number
}

/**
 * Creates a feed that stands still at the close of the last bar, all bars closed: what a single decision on a price file
 * looks at. The bid and ask stand one tick below and above the close. Throws SERIES_EMPTY without bars.
 */
export function createStillFeed(bars: readonly Bar[], instrument: Instrument, timeframe: Timeframe): StillFeed {
  const lastBar = bars.at(-1)
  if (lastBar === undefined) throw noBars(instrument.id)
  const at = lastBar.time + timeframeMs[timeframe]
  const last = roundToStep(fromNumber(lastBar.close, 20), instrument.priceStep, 'nearest')
  const quote: Quote = {
    instrument: instrument.id,
    bid: maximum(instrument.priceStep, subtract(last, instrument.priceStep)),
    ask: add(last, instrument.priceStep),
    last,
    at,
  }
  const series = { instrument, timeframe, bars }
  return {
    name: `${instrument.id} ${timeframe} bars up to ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    at,
    instruments: () => [instrument],
    quote: (id) => (id === instrument.id ? quote : undefined),
    book: () => undefined,
    bars(id, length, limit, before) {
      if (id !== instrument.id || limit <= 0) return []
      const until = Math.min(before ?? Number.POSITIVE_INFINITY, at)
      return barsUntil(bars, until - 1) === 0 ? [] : readSeries(series, length, limit, until, at, undefined)
    },
    start(listener) {
      listener({ kind: 'link', connected: true })
      return () => undefined
    },
  }
}
