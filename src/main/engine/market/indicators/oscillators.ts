import type { BarSeries } from '#shared/domain/bar.ts'
import {
  changeRule,
  combineRule,
  highestRule,
  lowestRule,
  mapRule,
  medianPriceRule,
  rowRule,
  typicalPriceRule,
  windowRule,
} from './arithmetic.ts'
import { emaRule, smaRule, smoothRule } from './moving-averages.ts'
import { rsiRule } from './rsi.ts'
import {
  type Arrays,
  type BarColumns,
  overBars,
  overBarsMany,
  overValues,
  overValuesMany,
  type Sheet,
  type SheetColumn,
  slot,
} from './sheet.ts'
import { stochasticPositionRule } from './stochastic.ts'
import { trueRangeRule } from './volatility.ts'

/** A line and the slower line it is read against. */
export interface Oscillator<T> {
  readonly line: T
  readonly signal: T
}

/** Mean distance of values [start, end) from a centre, in four sums side by side. */
function meanGap(values: Float64Array, start: number, end: number, centre: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let k = start
  for (; k + 4 <= end; k += 4) {
    a += Math.abs((values[k] as number) - centre)
    b += Math.abs((values[k + 1] as number) - centre)
    c += Math.abs((values[k + 2] as number) - centre)
    d += Math.abs((values[k + 3] as number) - centre)
  }
  for (; k < end; k++) a += Math.abs((values[k] as number) - centre)
  return (a + b + (c + d)) / (end - start)
}

function commodityChannel(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  const middle = smaRule(sheet, x, period)
  const out = sheet.column()
  sheet.rule((from, to) => {
    const values = x.values
    const centres = middle.values
    const result = out.values
    for (let row = from; row < to; row++) {
      const start = row - period + 1
      if (start < 0) {
        result[row] = Number.NaN
        continue
      }
      const centre = centres[row] as number
      const gap = meanGap(values, start, row + 1, centre)
      result[row] = gap === 0 ? 0 : ((values[row] as number) - centre) / (0.015 * gap)
    }
  })
  return out
}

export function cciRule(sheet: Sheet, bars: BarColumns, period: number): SheetColumn {
  return commodityChannel(sheet, typicalPriceRule(sheet, bars), period)
}

/** Commodity channel index (Lambert): distance of the typical price from its mean in units of 0.015 mean deviations. */
export function cci(series: BarSeries, period = 20): Float64Array {
  return overBars(series, (sheet, bars) => cciRule(sheet, bars, period))
}

export function cmoRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  const change = changeRule(sheet, x)
  return windowRule(sheet, period, (start, end) => {
    let net = 0
    let gross = 0
    for (let k = start; k <= end; k++) {
      net += change.values[k] as number
      gross += Math.abs(change.values[k] as number)
    }
    return gross === 0 ? 0 : (100 * net) / gross
  })
}

/** Chande momentum oscillator, -100 to 100, over plain sums of `period` changes (TA-Lib smooths them by Wilder). */
export function cmo(values: Float64Array, period = 14): Float64Array {
  return overValues(values, (sheet, x) => cmoRule(sheet, x, period))
}

export function ultimateOscillatorRule(
  sheet: Sheet,
  bars: BarColumns,
  periods: readonly [number, number, number],
): SheetColumn {
  const range = trueRangeRule(sheet, bars)
  const pressure = rowRule(sheet, (row) =>
    row === 0
      ? Number.NaN
      : (bars.close.values[row] as number) -
        Math.min(bars.low.values[row] as number, bars.close.values[row - 1] as number),
  )
  const averages = periods.map((period) => {
    const bought = smaRule(sheet, pressure, period)
    return combineRule(sheet, bought, smaRule(sheet, range, period), (a, b) => (b === 0 ? 0 : a / b))
  })
  return rowRule(sheet, (row) => {
    const [fast, middle, slow] = averages.map((average) => average.values[row] as number) as [number, number, number]
    return (100 * (4 * fast + 2 * middle + slow)) / 7
  })
}

/** Ultimate oscillator (Williams), 0 to 100: buying pressure over three periods, weighted 4, 2, 1. */
export function ultimateOscillator(
  series: BarSeries,
  periods: readonly [number, number, number] = [7, 14, 28],
): Float64Array {
  return overBars(series, (sheet, bars) => ultimateOscillatorRule(sheet, bars, periods))
}

export function awesomeRule(sheet: Sheet, bars: BarColumns, fast: number, slow: number): SheetColumn {
  const price = medianPriceRule(sheet, bars)
  return combineRule(sheet, smaRule(sheet, price, fast), smaRule(sheet, price, slow), (a, b) => a - b)
}

/** Awesome oscillator (Williams): SMA(fast) - SMA(slow) of the median price. */
export function awesome(series: BarSeries, fast = 5, slow = 34): Float64Array {
  return overBars(series, (sheet, bars) => awesomeRule(sheet, bars, fast, slow))
}

export function balanceOfPowerRule(sheet: Sheet, bars: BarColumns): SheetColumn {
  return rowRule(sheet, (row) => {
    const range = (bars.high.values[row] as number) - (bars.low.values[row] as number)
    return range <= 0 ? 0 : ((bars.close.values[row] as number) - (bars.open.values[row] as number)) / range
  })
}

/** Balance of power, -1 to 1: (close - open) / (high - low). */
export function balanceOfPower(series: BarSeries): Float64Array {
  return overBars(series, balanceOfPowerRule)
}

export function ppoRule(
  sheet: Sheet,
  x: SheetColumn,
  fast: number,
  slow: number,
  signal: number,
): Oscillator<SheetColumn> {
  const line = combineRule(sheet, emaRule(sheet, x, fast), emaRule(sheet, x, slow), (a, b) =>
    b === 0 ? Number.NaN : (100 * (a - b)) / b,
  )
  return { line, signal: emaRule(sheet, line, signal) }
}

/** Percentage price oscillator: MACD as a percentage of the slow average; over volume it is the PVO. */
export function ppo(values: Float64Array, fast = 12, slow = 26, signal = 9): Arrays<Oscillator<SheetColumn>> {
  return overValuesMany(values, (sheet, x) => ppoRule(sheet, x, fast, slow, signal))
}

export function trixRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  const triple = emaRule(sheet, emaRule(sheet, emaRule(sheet, x, period), period), period)
  return rowRule(sheet, (row) =>
    row === 0 ? Number.NaN : 100 * ((triple.values[row] as number) / (triple.values[row - 1] as number) - 1),
  )
}

/** TRIX (Hutson): percentage change of a triple EMA. */
export function trix(values: Float64Array, period = 15): Float64Array {
  return overValues(values, (sheet, x) => trixRule(sheet, x, period))
}

export function tsiRule(
  sheet: Sheet,
  x: SheetColumn,
  slow: number,
  fast: number,
  signal: number,
): Oscillator<SheetColumn> {
  const change = changeRule(sheet, x)
  const size = mapRule(sheet, change, Math.abs)
  const net = emaRule(sheet, emaRule(sheet, change, slow), fast)
  const gross = emaRule(sheet, emaRule(sheet, size, slow), fast)
  const line = combineRule(sheet, net, gross, (a, b) => (b === 0 ? Number.NaN : (100 * a) / b))
  return { line, signal: emaRule(sheet, line, signal) }
}

/** True strength index (Blau), -100 to 100: doubly smoothed changes over doubly smoothed sizes of change. */
export function tsi(values: Float64Array, slow = 25, fast = 13, signal = 7): Arrays<Oscillator<SheetColumn>> {
  return overValuesMany(values, (sheet, x) => tsiRule(sheet, x, slow, fast, signal))
}

export function smiRule(
  sheet: Sheet,
  bars: BarColumns,
  period: number,
  first: number,
  second: number,
  signal: number,
): Oscillator<SheetColumn> {
  const top = highestRule(sheet, bars.high, period)
  const bottom = lowestRule(sheet, bars.low, period)
  const middle = combineRule(sheet, top, bottom, (a, b) => (a + b) / 2)
  const distance = combineRule(sheet, bars.close, middle, (a, b) => a - b)
  const range = combineRule(sheet, top, bottom, (a, b) => (a - b) / 2)
  // These averages start from their first value, so that the index is there as soon as the window is full.
  const smooth = (x: SheetColumn, length: number) => smoothRule(sheet, x, 1, 2 / (length + 1))
  const line = combineRule(
    sheet,
    smooth(smooth(distance, first), second),
    smooth(smooth(range, first), second),
    (a, b) => (b === 0 ? Number.NaN : (100 * a) / b),
  )
  return { line, signal: smooth(line, signal) }
}

/**
 * Stochastic momentum index (Blau), -100 to 100: distance of the close from the middle of its range, doubly smoothed.
 */
export function smi(
  series: BarSeries,
  period = 13,
  first = 25,
  second = 2,
  signal = 3,
): Arrays<Oscillator<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => smiRule(sheet, bars, period, first, second, signal))
}

export function stcRule(sheet: Sheet, x: SheetColumn, cycle: number, fast: number, slow: number): SheetColumn {
  const macd = combineRule(sheet, emaRule(sheet, x, fast), emaRule(sheet, x, slow), (a, b) => a - b)
  return smaRule(sheet, stochasticPositionRule(sheet, macd, macd, macd, cycle, 0), 3)
}

/** Schaff trend cycle, 0 to 100: the stochastic oscillator of a MACD. */
export function stc(values: Float64Array, cycle = 10, fast = 23, slow = 50): Float64Array {
  return overValues(values, (sheet, x) => stcRule(sheet, x, cycle, fast, slow))
}

export function pmoRule(
  sheet: Sheet,
  x: SheetColumn,
  first: number,
  second: number,
  signal: number,
): Oscillator<SheetColumn> {
  const change = rowRule(sheet, (row) =>
    row === 0 ? Number.NaN : 1000 * ((x.values[row] as number) / (x.values[row - 1] as number) - 1),
  )
  const line = smoothRule(sheet, smoothRule(sheet, change, first, 2 / first), second, 2 / second)
  return { line, signal: emaRule(sheet, line, signal) }
}

/** Price momentum oscillator (DecisionPoint): the one-bar rate of change, smoothed twice. */
export function pmo(values: Float64Array, first = 35, second = 20, signal = 10): Arrays<Oscillator<SheetColumn>> {
  return overValuesMany(values, (sheet, x) => pmoRule(sheet, x, first, second, signal))
}

export function fisherRule(sheet: Sheet, bars: BarColumns, period: number): Oscillator<SheetColumn> {
  const price = medianPriceRule(sheet, bars)
  const line = sheet.column()
  const positions = new Float64Array(2)
  sheet.rule((from, to) => {
    let position = positions[slot(from - 1)] as number
    for (let row = from; row < to; row++) {
      let top = Number.NEGATIVE_INFINITY
      let bottom = Number.POSITIVE_INFINITY
      for (let k = Math.max(0, row - period + 1); k <= row; k++) {
        top = Math.max(top, price.values[k] as number)
        bottom = Math.min(bottom, price.values[k] as number)
      }
      const place = ((price.values[row] as number) - bottom) / (top - bottom) - 0.5
      position = top === bottom ? 0 : 0.66 * place + 0.67 * position
      if (position > 0.99) position = 0.999
      if (position < -0.99) position = -0.999
      const before = row === 0 ? 0 : (line.values[row - 1] as number)
      line.values[row] = 0.5 * Math.log((1 + position) / (1 - position)) + 0.5 * before
    }
    positions[slot(to - 1)] = position
  })
  return { line, signal: rowRule(sheet, (row) => (row === 0 ? Number.NaN : (line.values[row - 1] as number))) }
}

/** Fisher transform (Ehlers 2002) of the median price's place in its range; the signal is the line one bar before. */
export function fisher(series: BarSeries, period = 10): Arrays<Oscillator<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => fisherRule(sheet, bars, period))
}

export function connorsRsiRule(
  sheet: Sheet,
  x: SheetColumn,
  period: number,
  streakPeriod: number,
  rank: number,
): SheetColumn {
  const streak = sheet.column()
  sheet.rule((from, to) => {
    for (let row = from; row < to; row++) {
      const before = row === 0 ? 0 : (streak.values[row - 1] as number)
      const move = row === 0 ? 0 : Math.sign((x.values[row] as number) - (x.values[row - 1] as number))
      streak.values[row] = move === 0 ? 0 : Math.sign(before) === move ? before + move : move
    }
  })
  const gain = rowRule(sheet, (row) =>
    row === 0 ? Number.NaN : (x.values[row] as number) / (x.values[row - 1] as number) - 1,
  )
  const place = windowRule(sheet, rank + 1, (start, end) => {
    let below = 0
    for (let k = start; k < end; k++) if ((gain.values[k] as number) < (gain.values[end] as number)) below++
    return start === 0 ? Number.NaN : (100 * below) / rank
  })
  const strength = combineRule(sheet, rsiRule(sheet, x, period), rsiRule(sheet, streak, streakPeriod), (a, b) => a + b)
  return combineRule(sheet, strength, place, (a, b) => (a + b) / 3)
}

/** Connors RSI, 0 to 100: the mean of RSI, the RSI of the streak of rises or falls, and the rank of the last change. */
export function connorsRsi(values: Float64Array, period = 3, streakPeriod = 2, rank = 100): Float64Array {
  return overValues(values, (sheet, x) => connorsRsiRule(sheet, x, period, streakPeriod, rank))
}

export function dpoRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  const average = smaRule(sheet, x, period)
  const back = Math.floor(period / 2) + 1
  return rowRule(sheet, (row) =>
    row < back ? Number.NaN : (x.values[row - back] as number) - (average.values[row] as number),
  )
}

/** Detrended price: price period / 2 + 1 bars ago less the SMA now (the chart's older form shows it shifted back). */
export function dpo(values: Float64Array, period = 20): Float64Array {
  return overValues(values, (sheet, x) => dpoRule(sheet, x, period))
}
