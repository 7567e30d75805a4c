import type { BarSeries } from '#shared/domain/bar.ts'
import { wilderRule } from './moving-averages.ts'
import { type Arrays, type BarColumns, type Column, checkPeriod, overBarsMany, type Sheet, slot } from './sheet.ts'
import { trueRangeRule } from './volatility.ts'

export interface DirectionalMovement<T> {
  readonly plusDi: T
  readonly minusDi: T
  readonly dx: T
  readonly adx: T
}

export function adxRule(sheet: Sheet, bars: BarColumns, period: number): DirectionalMovement<Column> {
  checkPeriod(period)
  const range = trueRangeRule(sheet, bars)
  const plusDi = sheet.column()
  const minusDi = sheet.column()
  const dx = sheet.column()
  // Wilder's sums of +DM, -DM and true range, and how many rows they hold.
  const sums = new Float64Array(8)
  sheet.rule((from, to) => {
    const at = 4 * slot(from - 1)
    let plus = sums[at] as number
    let minus = sums[at + 1] as number
    let width = sums[at + 2] as number
    let count = sums[at + 3] as number
    const high = bars.high.values
    const low = bars.low.values
    for (let row = from; row < to; row++) {
      let plusValue = Number.NaN
      let minusValue = Number.NaN
      if (row > 0) {
        const rise = (high[row] as number) - (high[row - 1] as number)
        const fall = (low[row - 1] as number) - (low[row] as number)
        const keep = count < period ? 1 : 1 - 1 / period
        plus = plus * keep + (rise > fall && rise > 0 ? rise : 0)
        minus = minus * keep + (fall > rise && fall > 0 ? fall : 0)
        width = width * keep + (range.values[row] as number)
        if (count < period) count++
        if (count === period) {
          plusValue = width > 0 ? (100 * plus) / width : 0
          minusValue = width > 0 ? (100 * minus) / width : 0
        }
      }
      plusDi.values[row] = plusValue
      minusDi.values[row] = minusValue
      const total = plusValue + minusValue
      dx.values[row] = total === 0 ? 0 : (100 * Math.abs(plusValue - minusValue)) / total
    }
    sums.set([plus, minus, width, count], 4 * slot(to - 1))
  })
  return { plusDi, minusDi, dx, adx: wilderRule(sheet, dx, period) }
}

/**
 * Wilder's directional movement (1978), 0 to 100: +DI, -DI, DX, and ADX as Wilder's average of DX.
 * Sums start from the first `period` moves (TA-Lib starts from period - 1; the two meet after some 200 bars).
 */
export function adx(series: BarSeries, period = 14): Arrays<DirectionalMovement<Column>> {
  return overBarsMany(series, (sheet, bars) => adxRule(sheet, bars, period))
}
