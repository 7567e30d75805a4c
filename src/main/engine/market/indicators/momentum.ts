import { changeRule, differenceRule } from './arithmetic.ts'
import { emaRule } from './moving-averages.ts'
import { type Arrays, checkPeriod, overValues, overValuesMany, type Sheet, type SheetColumn } from './sheet.ts'

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
