import type { BarSeries } from '#shared/domain/bar.ts'
import { changeRule, differenceRule, highestRule, lowestRule } from './arithmetic.ts'
import { emaRule, smaRule } from './moving-averages.ts'
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

export function rsiRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  checkPeriod(period)
  const out = sheet.column()
  const gains = new Float64Array(2)
  const losses = new Float64Array(2)
  const counts = new Float64Array(2)
  sheet.rule((from, to) => {
    const values = x.values
    const result = out.values
    let gain = gains[slot(from - 1)] as number
    let loss = losses[slot(from - 1)] as number
    let count = counts[slot(from - 1)] as number
    const keep = (period - 1) / period
    const share = 1 / period
    for (let row = from; row < to; row++) {
      const change = row === 0 ? Number.NaN : (values[row] as number) - (values[row - 1] as number)
      if (Number.isNaN(change)) {
        result[row] = Number.NaN
        continue
      }
      // Without a branch, which nobody could foresee.
      const up = 0.5 * (change + Math.abs(change))
      const down = up - change
      if (count < period) {
        count++
        gain += up * share
        loss += down * share
      } else {
        gain = gain * keep + up * share
        loss = loss * keep + down * share
      }
      const total = gain + loss
      if (count < period) result[row] = Number.NaN
      else result[row] = total > 0 ? (100 * gain) / total : 50
    }
    gains[slot(to - 1)] = gain
    losses[slot(to - 1)] = loss
    counts[slot(to - 1)] = count
  })
  return out
}

/**
 * Relative strength index (Wilder 1978), 0 to 100: Wilder-smoothed gains as a share of gains and losses.
 * 50 where price has not moved at all, where TA-Lib says 0.
 */
export function rsi(values: Float64Array, period = 14): Float64Array {
  return overValues(values, (sheet, x) => rsiRule(sheet, x, period))
}

export interface Macd<T> {
  readonly macd: T
  readonly signal: T
  readonly histogram: T
}

export function macdRule(sheet: Sheet, x: SheetColumn, fast: number, slow: number, signal: number): Macd<SheetColumn> {
  const quick = emaRule(sheet, x, fast)
  const steady = emaRule(sheet, x, slow)
  const macd = differenceRule(sheet, quick, steady)
  const line = emaRule(sheet, macd, signal)
  return { macd, signal: line, histogram: differenceRule(sheet, macd, line) }
}

/** Moving average convergence/divergence (Appel): EMA(fast) - EMA(slow), its EMA(signal), and their difference. */
export function macd(values: Float64Array, fast = 12, slow = 26, signal = 9): Arrays<Macd<SheetColumn>> {
  return overValuesMany(values, (sheet, x) => macdRule(sheet, x, fast, slow, signal))
}

export function rocRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  checkPeriod(period)
  const out = sheet.column()
  sheet.rule((from, to) => {
    const values = x.values
    const result = out.values
    for (let row = from; row < to; row++) {
      const before = row < period ? 0 : (values[row - period] as number)
      result[row] = before === 0 ? Number.NaN : 100 * ((values[row] as number) / before - 1)
    }
  })
  return out
}

/** Rate of change over `period` bars, in percent. */
export function roc(values: Float64Array, period = 10): Float64Array {
  return overValues(values, (sheet, x) => rocRule(sheet, x, period))
}

/** Change over `period` bars, in the values' unit. */
export function momentum(values: Float64Array, period = 10): Float64Array {
  checkPeriod(period)
  return overValues(values, (sheet, x) => changeRule(sheet, x, period))
}

/**
 * Adds where x stands between the lowest and highest of the last `period` rows, 0 to 100; `flat` where they are
 * equal.
 */
export function stochasticPositionRule(
  sheet: Sheet,
  x: SheetColumn,
  high: SheetColumn,
  low: SheetColumn,
  period: number,
  flat: number,
): SheetColumn {
  const top = highestRule(sheet, high, period)
  const bottom = lowestRule(sheet, low, period)
  const out = sheet.column()
  sheet.rule((from, to) => {
    const values = x.values
    const tops = top.values
    const bottoms = bottom.values
    const result = out.values
    for (let row = from; row < to; row++) {
      const floor = bottoms[row] as number
      const range = (tops[row] as number) - floor
      result[row] = range === 0 ? flat : (100 * ((values[row] as number) - floor)) / range
    }
  })
  return out
}

export interface Stochastic<T> {
  readonly k: T
  readonly d: T
}

export function stochasticRule(
  sheet: Sheet,
  bars: BarColumns,
  period: number,
  smoothK: number,
  smoothD: number,
): Stochastic<SheetColumn> {
  const raw = stochasticPositionRule(sheet, bars.close, bars.high, bars.low, period, 0)
  const k = smaRule(sheet, raw, smoothK)
  return { k, d: smaRule(sheet, k, smoothD) }
}

/**
 * Stochastic oscillator (Lane), 0 to 100: %K smoothed by SMA(smoothK), %D its SMA(smoothD); smoothK 1 is the fast
 * one.
 */
export function stochastic(series: BarSeries, period = 14, smoothK = 3, smoothD = 3): Arrays<Stochastic<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => stochasticRule(sheet, bars, period, smoothK, smoothD))
}

export function stochasticRsiRule(
  sheet: Sheet,
  x: SheetColumn,
  period: number,
  window: number,
  smoothK: number,
  smoothD: number,
): Stochastic<SheetColumn> {
  const strength = rsiRule(sheet, x, period)
  const raw = stochasticPositionRule(sheet, strength, strength, strength, window, 0)
  const k = smaRule(sheet, raw, smoothK)
  return { k, d: smaRule(sheet, k, smoothD) }
}

/** Stochastic oscillator of the RSI (Chande and Kroll), 0 to 100. */
export function stochasticRsi(
  values: Float64Array,
  period = 14,
  window = 14,
  smoothK = 1,
  smoothD = 3,
): Arrays<Stochastic<SheetColumn>> {
  return overValuesMany(values, (sheet, x) => stochasticRsiRule(sheet, x, period, window, smoothK, smoothD))
}

export function williamsRRule(sheet: Sheet, bars: BarColumns, period: number): SheetColumn {
  const top = highestRule(sheet, bars.high, period)
  const bottom = lowestRule(sheet, bars.low, period)
  const out = sheet.column()
  sheet.rule((from, to) => {
    const close = bars.close.values
    const tops = top.values
    const bottoms = bottom.values
    const result = out.values
    for (let row = from; row < to; row++) {
      const high = tops[row] as number
      const range = high - (bottoms[row] as number)
      result[row] = range === 0 ? 0 : (-100 * (high - (close[row] as number))) / range
    }
  })
  return out
}

/** Williams %R, -100 (at the low of the window) to 0 (at its high). */
export function williamsR(series: BarSeries, period = 14): Float64Array {
  return overBars(series, (sheet, bars) => williamsRRule(sheet, bars, period))
}
