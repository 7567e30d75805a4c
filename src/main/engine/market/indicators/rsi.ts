import { smaRule } from './moving-averages.ts'
import type { Arrays, Sheet, SheetColumn } from './sheet.ts'
import { checkPeriod, overValues, overValuesMany, slot } from './sheet.ts'
import type { Stochastic } from './stochastic.ts'
import { stochasticPositionRule } from './stochastic.ts'

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
