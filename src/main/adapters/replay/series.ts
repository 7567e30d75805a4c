import { foldBars } from '#adapters/bars/fold-bars.ts'
import { decimalPlaces } from '#adapters/bars/unfold-bar.ts'
import { type Bar, barOpenTime, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** Imported bars of one instrument: oldest first, times strictly increasing. */
export interface Series {
  readonly instrument: Instrument
  readonly timeframe: Timeframe
  readonly bars: readonly Bar[]
}

/**
 * The instrument that a file's bars speak of: its tick is the smallest that writes the prices of the newest thousand
 * bars, its lot a power of ten worth about one unit of the quote currency. Throws SERIES_EMPTY without bars.
 */
export function instrumentOf(id: string, bars: readonly Bar[]): Instrument {
  const last = bars.at(-1)
  if (last === undefined) throw noBars(id)
  const [base = id, quote = 'USD'] = id.split('/')
  const prices = bars.slice(-1_000).flatMap((bar) => [bar.open, bar.high, bar.low, bar.close])
  const places = Math.max(...prices.map(decimalPlaces))
  const lot = Math.min(8, Math.max(0, Math.ceil(Math.log10(last.close))))
  return {
    id,
    base,
    quote,
    priceStep: decimal(`1e-${places}`),
    quantityStep: decimal(`1e-${lot}`),
    minimumNotional: decimal('1'),
  }
}

/** The error SERIES_EMPTY for an instrument. */
export function noBars(id: string): ParleyError {
  return new ParleyError('SERIES_EMPTY', `There are no bars of ${id}.`, { wayOut: 'Import a price file first.' })
}

/** How many of the bars opened at or before the moment. */
export function barsUntil(bars: readonly Bar[], atMs: number): number {
  let low = 0
  let high = bars.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((bars[middle] as Bar).time <= atMs) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The newest bars of a length that opened before a moment, out of a series as it stands: `running` replaces the series'
 * bar of the same time. None for lengths shorter than the series'; longer ones are folded.
 */
export function readSeries(
  series: Series,
  timeframe: Timeframe,
  limit: number,
  beforeMs: number,
  nowMs: number,
  running: Bar | undefined,
): readonly Bar[] {
  const length = timeframeMs[timeframe]
  const ratio = length / timeframeMs[series.timeframe]
  if (ratio < 1) return []
  const { bars } = series
  const begun = barsUntil(bars, nowMs)
  if (ratio === 1) {
    const end = Math.min(begun, barsUntil(bars, beforeMs - 1))
    return withRunning(bars.slice(Math.max(0, end - limit), end), running)
  }
  // A longer bar that opened in time is wanted with all of it that has come, be it after `before`.
  const newest = barOpenTime(Math.min(beforeMs - 1, nowMs), timeframe)
  const end = Math.min(begun, barsUntil(bars, newest + length - 1))
  const from = Math.max(0, end - limit * ratio)
  const first = bars[from]
  const start = first === undefined ? from : barsUntil(bars, barOpenTime(first.time, timeframe) - 1)
  return foldBars(withRunning(bars.slice(start, end), running), timeframe).slice(-limit)
}

function withRunning(bars: readonly Bar[], running: Bar | undefined): readonly Bar[] {
  return running !== undefined && bars.at(-1)?.time === running.time ? [...bars.slice(0, -1), running] : bars
}
