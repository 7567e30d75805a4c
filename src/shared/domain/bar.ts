import { z } from 'zod'

/** Bar lengths from one minute to one day. */
export const timeframes = ['1m', '5m', '15m', '30m', '1h', '4h', '1d'] as const
export const timeframeSchema = z.enum(timeframes)
export type Timeframe = z.infer<typeof timeframeSchema>

const minuteMs = 60_000

/** The length of each timeframe in milliseconds. */
export const timeframeMs: Readonly<Record<Timeframe, number>> = {
  '1m': minuteMs,
  '5m': 5 * minuteMs,
  '15m': 15 * minuteMs,
  '30m': 30 * minuteMs,
  '1h': 60 * minuteMs,
  '4h': 240 * minuteMs,
  '1d': 1_440 * minuteMs,
}

/** One bar: time is its opening in UTC epoch milliseconds; prices in the quote currency, volume in the base. */
export const barSchema = z.object({
  time: z.int(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
})
export type Bar = z.infer<typeof barSchema>

/** Bars as columns of equal length, oldest first, times strictly increasing: the form that analytics take. */
export interface BarSeries {
  readonly time: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** Turns rows into columns. */
export function barSeries(bars: readonly Bar[]): BarSeries {
  const column = () => new Float64Array(bars.length)
  const series = { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() }
  // Float64Array.from walks an iterator: ten times the time.
  for (let row = 0; row < bars.length; row++) {
    const bar = bars[row] as Bar
    series.time[row] = bar.time
    series.open[row] = bar.open
    series.high[row] = bar.high
    series.low[row] = bar.low
    series.close[row] = bar.close
    series.volume[row] = bar.volume
  }
  return series
}

/** The opening time of the bar that holds the given moment; days open at midnight UTC. */
export function barOpenTime(timeMs: number, timeframe: Timeframe): number {
  const length = timeframeMs[timeframe]
  return Math.floor(timeMs / length) * length
}

/** What is held of imported bars of one instrument and timeframe. */
export const importedSeriesSchema = z.object({
  instrument: z.string(),
  timeframe: timeframeSchema,
  bars: z.int(),
  /** When the first and the last bar opened. */
  from: z.int(),
  to: z.int(),
  /** The file that was imported last; null where it was not noted. */
  file: z.string().nullable(),
})
export type ImportedSeries = z.infer<typeof importedSeriesSchema>
