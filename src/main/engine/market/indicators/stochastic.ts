import type { BarSeries } from '#shared/domain/bar.ts'
import { highestRule, lowestRule } from './arithmetic.ts'
import { smaRule } from './moving-averages.ts'
import type { Arrays, BarColumns, Sheet, SheetColumn } from './sheet.ts'
import { overBars, overBarsMany } from './sheet.ts'

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
