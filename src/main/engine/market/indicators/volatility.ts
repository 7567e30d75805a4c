import type { BarSeries } from '#shared/domain/bar.ts'
import { combineRule, deviationRule, highestRule, lowestRule, windowRule } from './arithmetic.ts'
import { emaRule, smaRule, wilderRule } from './moving-averages.ts'
import {
  type Arrays,
  type BarColumns,
  checkPeriod,
  overBars,
  overBarsMany,
  overValues,
  overValuesMany,
  type Sheet,
  type SheetColumn,
  slot,
} from './sheet.ts'

/** Three lines around price. */
export interface Bands<T> {
  readonly upper: T
  readonly middle: T
  readonly lower: T
}

/** Adds middle and middle +- factor x width. */
function bandsRule(sheet: Sheet, middle: SheetColumn, width: SheetColumn, factor: number): Bands<SheetColumn> {
  const upper = sheet.column()
  const lower = sheet.column()
  sheet.rule((from, to) => {
    const centres = middle.values
    const widths = width.values
    const tops = upper.values
    const bottoms = lower.values
    for (let row = from; row < to; row++) {
      const centre = centres[row] as number
      const reach = factor * (widths[row] as number)
      tops[row] = centre + reach
      bottoms[row] = centre - reach
    }
  })
  return { upper, middle, lower }
}

export function bollingerRule(sheet: Sheet, x: SheetColumn, period: number, deviations: number): Bands<SheetColumn> {
  return bandsRule(sheet, smaRule(sheet, x, period), deviationRule(sheet, x, period), deviations)
}

/** Bollinger bands: SMA +- `deviations` population standard deviations. */
export function bollinger(values: Float64Array, period = 20, deviations = 2): Arrays<Bands<SheetColumn>> {
  return overValuesMany(values, (sheet, x) => bollingerRule(sheet, x, period, deviations))
}

export function trueRangeRule(sheet: Sheet, bars: BarColumns): SheetColumn {
  const out = sheet.column()
  sheet.rule((from, to) => {
    const high = bars.high.values
    const low = bars.low.values
    const close = bars.close.values
    const result = out.values
    for (let row = from; row < to; row++) {
      if (row === 0) {
        result[row] = Number.NaN
        continue
      }
      const before = close[row - 1] as number
      const top = high[row] as number
      const bottom = low[row] as number
      result[row] = (top > before ? top : before) - (bottom < before ? bottom : before)
    }
  })
  return out
}

/** True range: the bar's range, the gap from the close before included; NaN at the first bar. */
export function trueRange(series: BarSeries): Float64Array {
  return overBars(series, trueRangeRule)
}

export function atrRule(sheet: Sheet, bars: BarColumns, period: number): SheetColumn {
  return wilderRule(sheet, trueRangeRule(sheet, bars), period)
}

/** Average true range (Wilder 1978), in price; the first value stands at row `period`. */
export function atr(series: BarSeries, period = 14): Float64Array {
  return overBars(series, (sheet, bars) => atrRule(sheet, bars, period))
}

export function natrRule(sheet: Sheet, bars: BarColumns, period: number): SheetColumn {
  return combineRule(sheet, atrRule(sheet, bars, period), bars.close, (range, price) => (100 * range) / price)
}

/** ATR as a percentage of the close. */
export function natr(series: BarSeries, period = 14): Float64Array {
  return overBars(series, (sheet, bars) => natrRule(sheet, bars, period))
}

export function donchianRule(sheet: Sheet, bars: BarColumns, period: number): Bands<SheetColumn> {
  const upper = highestRule(sheet, bars.high, period)
  const lower = lowestRule(sheet, bars.low, period)
  return { upper, middle: combineRule(sheet, upper, lower, (top, bottom) => (top + bottom) / 2), lower }
}

/**
 * Donchian channel: highest high and lowest low of the last `period` bars, the newest included.
 * Compare with the row before to find breakouts (stock-indicators leaves the newest bar out).
 */
export function donchian(series: BarSeries, period = 20): Arrays<Bands<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => donchianRule(sheet, bars, period))
}

export function keltnerRule(
  sheet: Sheet,
  bars: BarColumns,
  period: number,
  factor: number,
  atrPeriod: number,
): Bands<SheetColumn> {
  return bandsRule(sheet, emaRule(sheet, bars.close, period), atrRule(sheet, bars, atrPeriod), factor)
}

/** Keltner channel: EMA of the close +- factor x ATR. */
export function keltner(series: BarSeries, period = 20, factor = 2, atrPeriod = 10): Arrays<Bands<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => keltnerRule(sheet, bars, period, factor, atrPeriod))
}

/** Population standard deviation of the last `period` values. */
export function standardDeviation(values: Float64Array, period = 20): Float64Array {
  return overValues(values, (sheet, x) => deviationRule(sheet, x, period))
}

/** Adds ln(x / x one row before). */
export function logReturnRule(sheet: Sheet, x: SheetColumn): SheetColumn {
  const out = sheet.column()
  sheet.rule((from, to) => {
    for (let row = from; row < to; row++) {
      out.values[row] = row === 0 ? Number.NaN : Math.log((x.values[row] as number) / (x.values[row - 1] as number))
    }
  })
  return out
}

export function realisedVolatilityRule(sheet: Sheet, x: SheetColumn, period: number, barsPerYear: number): SheetColumn {
  checkPeriod(period, 2)
  const deviation = deviationRule(sheet, logReturnRule(sheet, x), period)
  const scale = Math.sqrt((barsPerYear * period) / (period - 1))
  return combineRule(sheet, deviation, deviation, (value) => value * scale)
}

/**
 * Realised volatility a year, as a fraction: the sample standard deviation of the last `period` log returns x
 * sqrt(barsPerYear). Give barsPerYear 1 for volatility a bar.
 */
export function realisedVolatility(prices: Float64Array, period: number, barsPerYear: number): Float64Array {
  return overValues(prices, (sheet, x) => realisedVolatilityRule(sheet, x, period, barsPerYear))
}

export function ewmaVolatilityRule(sheet: Sheet, x: SheetColumn, decay: number, barsPerYear: number): SheetColumn {
  const out = sheet.column()
  const variances = new Float64Array(2).fill(Number.NaN)
  sheet.rule((from, to) => {
    let variance = variances[slot(from - 1)] as number
    for (let row = from; row < to; row++) {
      const move = row === 0 ? Number.NaN : Math.log((x.values[row] as number) / (x.values[row - 1] as number))
      if (!Number.isNaN(move)) {
        variance = Number.isNaN(variance) ? move * move : decay * variance + (1 - decay) * move * move
      }
      out.values[row] = Math.sqrt(variance * barsPerYear)
    }
    variances[slot(to - 1)] = variance
  })
  return out
}

/**
 * Exponentially weighted volatility a year, as a fraction (RiskMetrics 1996: decay 0.94 for daily bars), of log
 * returns with mean zero; started from the first squared return.
 */
export function ewmaVolatility(prices: Float64Array, decay: number, barsPerYear: number): Float64Array {
  return overValues(prices, (sheet, x) => ewmaVolatilityRule(sheet, x, decay, barsPerYear))
}

export function starcRule(
  sheet: Sheet,
  bars: BarColumns,
  period: number,
  factor: number,
  atrPeriod: number,
): Bands<SheetColumn> {
  return bandsRule(sheet, smaRule(sheet, bars.close, period), atrRule(sheet, bars, atrPeriod), factor)
}

/** Stoller average range channel: SMA of the close +- factor x ATR. */
export function starc(series: BarSeries, period = 5, factor = 2, atrPeriod = 10): Arrays<Bands<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => starcRule(sheet, bars, period, factor, atrPeriod))
}

export function ulcerRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  return windowRule(sheet, period, (start, end) => {
    let top = Number.NEGATIVE_INFINITY
    let squares = 0
    for (let k = start; k <= end; k++) {
      const value = x.values[k] as number
      top = Math.max(top, value)
      squares += (100 * (value / top - 1)) ** 2
    }
    return Math.sqrt(squares / period)
  })
}

/** Ulcer index (Martin): root mean square fall, in percent, from the highest value so far in the window. */
export function ulcer(values: Float64Array, period = 14): Float64Array {
  return overValues(values, (sheet, x) => ulcerRule(sheet, x, period))
}

/** Where stops of a long and a short position hang from the extremes. */
export interface ChandelierExits<T> {
  readonly long: T
  readonly short: T
}

export function chandelierRule(
  sheet: Sheet,
  bars: BarColumns,
  period: number,
  factor: number,
): ChandelierExits<SheetColumn> {
  const range = atrRule(sheet, bars, period)
  return {
    long: combineRule(sheet, highestRule(sheet, bars.high, period), range, (top, width) => top - factor * width),
    short: combineRule(sheet, lowestRule(sheet, bars.low, period), range, (bottom, width) => bottom + factor * width),
  }
}

/** Chandelier exits (Le Beau): factor x ATR below the highest high, and above the lowest low. */
export function chandelier(series: BarSeries, period = 22, factor = 3): Arrays<ChandelierExits<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => chandelierRule(sheet, bars, period, factor))
}
