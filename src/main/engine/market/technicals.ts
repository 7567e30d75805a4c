import type { BarSeries } from '#shared/domain/bar.ts'
import { macd, roc } from './indicators/momentum.ts'
import { sma } from './indicators/moving-averages.ts'
import { rsi } from './indicators/rsi.ts'
import { stochastic } from './indicators/stochastic.ts'
import { adx } from './indicators/trend.ts'
import { atr, bollinger, realisedVolatility } from './indicators/volatility.ts'
import { type PriceLevel, supportResistance } from './levels.ts'

/** The numbers a technical analyst cites, as of the last bar. Null means unavailable: too few bars, or no movement. */
export interface TechnicalRead {
  /** How many bars were read. */
  readonly bars: number
  /** Epoch milliseconds of the last bar's opening; null without bars. */
  readonly time: number | null
  readonly close: number | null
  readonly sma20: number | null
  readonly sma50: number | null
  readonly sma200: number | null
  /** -1 to 1: the mean of close > SMA20, SMA20 > SMA50, SMA50 > SMA200 (each +1 or -1), of those that are available. */
  readonly trend: number | null
  /** ADX(14), 0 to 100: the strength of the trend, whichever way. */
  readonly adx: number | null
  readonly plusDi: number | null
  readonly minusDi: number | null
  /** Change over 10 and 60 bars, in percent. */
  readonly momentum10: number | null
  readonly momentum60: number | null
  /** RSI(14), 0 to 100. */
  readonly rsi: number | null
  /** Stochastic %K and %D (14, 3, 3), 0 to 100. */
  readonly stochasticK: number | null
  readonly stochasticD: number | null
  /** MACD(12, 26, 9) histogram as a share of the close, and how it changed since the bar before. */
  readonly macdHistogram: number | null
  readonly macdHistogramChange: number | null
  /** Where the close stands in the Bollinger bands (20, 2): 0 at the lower one, 1 at the upper one. */
  readonly bollingerPosition: number | null
  /** Width of those bands as a share of the middle. */
  readonly bollingerWidth: number | null
  /** ATR(14) in price and as a share of the close. */
  readonly atr: number | null
  readonly atrShare: number | null
  /** Standard deviation of the last 20 log returns, a bar. */
  readonly volatility: number | null
  /** Mean volume of the last 5 bars / mean of the last 20, less 1. */
  readonly volumeTrend: number | null
  /** The nearest levels at which price turned before. */
  readonly support: PriceLevel | null
  readonly resistance: PriceLevel | null
}

function nearest(levels: readonly PriceLevel[], kind: PriceLevel['kind']): PriceLevel | null {
  const found = levels.filter((level) => level.kind === kind)
  found.sort((a, b) => Math.abs(a.distance) - Math.abs(b.distance))
  return found[0] ?? null
}

function above(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.sign(a - b)
}

function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null || b === 0 ? null : a / b
}

/**
 * Reads the newest state of the market from its bars, the last of which should be complete. Uses nothing but these
 * bars.
 */
export function readTechnicals(series: BarSeries): TechnicalRead {
  const { close } = series
  const last = close.length - 1
  const at = (values: Float64Array, row = last): number | null => {
    const value = values[row]
    return value === undefined || !Number.isFinite(value) ? null : value
  }
  const price = at(close)
  const sma20 = at(sma(close, 20))
  const sma50 = at(sma(close, 50))
  const sma200 = at(sma(close, 200))
  const votes = [above(price, sma20), above(sma20, sma50), above(sma50, sma200)].filter((vote) => vote !== null)
  const directional = adx(series)
  const { k, d } = stochastic(series)
  const { histogram } = macd(close)
  const bar = at(histogram)
  const barBefore = at(histogram, last - 1)
  const bands = bollinger(close)
  const [lower, middle, upper] = [at(bands.lower), at(bands.middle), at(bands.upper)]
  const width = lower === null || upper === null ? null : upper - lower
  const range = at(atr(series))
  const levels = supportResistance(series)
  const activity = ratio(at(sma(series.volume, 5)), at(sma(series.volume, 20)))
  return {
    bars: close.length,
    time: at(series.time),
    close: price,
    sma20,
    sma50,
    sma200,
    trend: votes.length === 0 ? null : votes.reduce((sum, vote) => sum + vote, 0) / votes.length,
    adx: at(directional.adx),
    plusDi: at(directional.plusDi),
    minusDi: at(directional.minusDi),
    momentum10: at(roc(close, 10)),
    momentum60: at(roc(close, 60)),
    rsi: at(rsi(close)),
    stochasticK: at(k),
    stochasticD: at(d),
    macdHistogram: ratio(bar, price),
    macdHistogramChange: ratio(bar === null || barBefore === null ? null : bar - barBefore, price),
    bollingerPosition: ratio(price === null || lower === null ? null : price - lower, width),
    bollingerWidth: ratio(width, middle),
    atr: range,
    atrShare: ratio(range, price),
    volatility: at(realisedVolatility(close, 20, 1)),
    volumeTrend: activity === null ? null : activity - 1,
    support: nearest(levels, 'support'),
    resistance: nearest(levels, 'resistance'),
  }
}
