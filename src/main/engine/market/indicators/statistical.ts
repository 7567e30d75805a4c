import { mapRule, rowRule, windowRule } from './arithmetic.ts'
import { emaRule, smaRule } from './moving-averages.ts'
import { type Arrays, checkPeriod, overValues, overValuesMany, type Sheet, type SheetColumn } from './sheet.ts'
import { logReturnRule } from './volatility.ts'

/** A straight line through the last bars: its slope a bar, its height at the oldest and newest bar, and its R^2. */
export interface RegressionLine<T> {
  readonly slope: T
  readonly intercept: T
  readonly end: T
  readonly rSquared: T
}

export function regressionRule(sheet: Sheet, x: SheetColumn, period: number): RegressionLine<SheetColumn> {
  checkPeriod(period, 2)
  const middle = (period - 1) / 2
  const squares = (period * (period * period - 1)) / 12
  const fit = (start: number) => {
    let sum = 0
    for (let k = 0; k < period; k++) sum += x.values[start + k] as number
    const mean = sum / period
    let cross = 0
    let spread = 0
    for (let k = 0; k < period; k++) {
      const gap = (x.values[start + k] as number) - mean
      cross += (k - middle) * gap
      spread += gap * gap
    }
    return { mean, slope: cross / squares, rSquared: spread === 0 ? 0 : (cross * cross) / (squares * spread) }
  }
  const slope = windowRule(sheet, period, (start) => fit(start).slope)
  const mean = smaRule(sheet, x, period)
  return {
    slope,
    intercept: rowRule(sheet, (row) => (mean.values[row] as number) - middle * (slope.values[row] as number)),
    end: rowRule(sheet, (row) => (mean.values[row] as number) + middle * (slope.values[row] as number)),
    rSquared: windowRule(sheet, period, (start) => fit(start).rSquared),
  }
}

/** Least squares line through the last `period` values; `end` is the endpoint moving average (EPMA, LSMA). */
export function regression(values: Float64Array, period = 14): Arrays<RegressionLine<SheetColumn>> {
  return overValuesMany(values, (sheet, x) => regressionRule(sheet, x, period))
}

/** How far values lie from their simple moving average. */
export interface MeanErrors<T> {
  /** Mean absolute deviation, mean squared error and mean absolute percentage error (as a fraction). */
  readonly mad: T
  readonly mse: T
  readonly mape: T
}

export function meanErrorsRule(sheet: Sheet, x: SheetColumn, period: number): MeanErrors<SheetColumn> {
  const average = smaRule(sheet, x, period)
  const over = (f: (gap: number, value: number) => number) =>
    windowRule(sheet, period, (start, end) => {
      let sum = 0
      for (let k = start; k <= end; k++) {
        const value = x.values[k] as number
        sum += f(value - (average.values[end] as number), value)
      }
      return sum / period
    })
  return {
    mad: over(Math.abs),
    mse: over((gap) => gap * gap),
    mape: over((gap, value) => Math.abs(gap) / value),
  }
}

export function meanErrors(values: Float64Array, period = 20): Arrays<MeanErrors<SheetColumn>> {
  return overValuesMany(values, (sheet, x) => meanErrorsRule(sheet, x, period))
}

/** Rate of change, its EMA, and bands of its root mean square. */
export interface RocBands<T> {
  readonly roc: T
  readonly average: T
  readonly band: T
}

export function rocBandsRule(
  sheet: Sheet,
  x: SheetColumn,
  period: number,
  smoothing: number,
  window: number,
): RocBands<SheetColumn> {
  const roc = rowRule(sheet, (row) =>
    row < period ? Number.NaN : 100 * ((x.values[row] as number) / (x.values[row - period] as number) - 1),
  )
  const squares = mapRule(sheet, roc, (value) => value * value)
  return {
    roc,
    average: emaRule(sheet, roc, smoothing),
    band: mapRule(sheet, smaRule(sheet, squares, window), (value) => Math.sqrt(Math.max(0, value))),
  }
}

/** Rate of change in percent with Bhandari's bands at +- band. */
export function rocBands(values: Float64Array, period = 20, smoothing = 5, window = 5): Arrays<RocBands<SheetColumn>> {
  return overValuesMany(values, (sheet, x) => rocBandsRule(sheet, x, period, smoothing, window))
}

/** Rescaled range of a window cut into equal chunks, the mean over the chunks. */
function rescaledRange(values: Float64Array, start: number, length: number, chunks: number): number {
  const size = Math.floor(length / chunks)
  let total = 0
  for (let chunk = 0; chunk < chunks; chunk++) {
    const first = start + chunk * size
    let sum = 0
    for (let k = first; k < first + size; k++) sum += values[k] as number
    const mean = sum / size
    let squares = 0
    let path = 0
    let top = 0
    let bottom = 0
    for (let k = 0; k < size; k++) {
      const gap = (values[first + k] as number) - mean
      path += gap
      top = k === 0 ? path : Math.max(top, path)
      bottom = k === 0 ? path : Math.min(bottom, path)
      squares += gap * gap
    }
    const deviation = Math.sqrt(squares / size)
    total += deviation === 0 ? 0 : (top - bottom) / deviation
  }
  return total / chunks
}

export function hurstRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  checkPeriod(period, 20)
  const returns = logReturnRule(sheet, x)
  return windowRule(sheet, period + 1, (start) => {
    const points: [number, number][] = []
    for (let chunks = 1; Math.floor(period / chunks) >= 8; chunks *= 2) {
      const range = rescaledRange(returns.values, start + 1, period, chunks)
      points.push([Math.log(Math.floor(period / chunks)), Math.log(range)])
    }
    const meanX = points.reduce((sum, [size]) => sum + size, 0) / points.length
    const meanY = points.reduce((sum, [, range]) => sum + range, 0) / points.length
    const cross = points.reduce((sum, [size, range]) => sum + (size - meanX) * (range - meanY), 0)
    return cross / points.reduce((sum, [size]) => sum + (size - meanX) ** 2, 0)
  })
}

/**
 * Hurst exponent of the last `period` log returns by rescaled range over chunks of period, period / 2, ... down to 8:
 * above 0.5 moves persist, below they revert; short windows read high by about 0.08.
 */
export function hurst(prices: Float64Array, period = 100): Float64Array {
  return overValues(prices, (sheet, x) => hurstRule(sheet, x, period))
}
