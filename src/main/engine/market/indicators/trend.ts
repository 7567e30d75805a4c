import type { BarSeries } from '#shared/domain/bar.ts'
import { changeRule, combineRule, lagRule, rowRule, windowRule } from './arithmetic.ts'
import { emaRule, smaRule, wilderRule } from './moving-averages.ts'
import {
  type Arrays,
  type BarColumns,
  checkPeriod,
  overBars,
  overBarsMany,
  type Sheet,
  type SheetColumn,
  slot,
} from './sheet.ts'
import { atrRule, donchianRule, trueRangeRule } from './volatility.ts'

export interface DirectionalMovement<T> {
  readonly plusDi: T
  readonly minusDi: T
  readonly dx: T
  readonly adx: T
}

export function adxRule(sheet: Sheet, bars: BarColumns, period: number): DirectionalMovement<SheetColumn> {
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
export function adx(series: BarSeries, period = 14): Arrays<DirectionalMovement<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => adxRule(sheet, bars, period))
}

export interface Aroon<T> {
  readonly up: T
  readonly down: T
  readonly oscillator: T
}

export function aroonRule(sheet: Sheet, bars: BarColumns, period: number): Aroon<SheetColumn> {
  const since = (x: SheetColumn, better: (a: number, b: number) => boolean) =>
    windowRule(sheet, period + 1, (start, end) => {
      let best = start
      for (let k = start + 1; k <= end; k++) {
        if (better(x.values[k] as number, x.values[best] as number)) best = k
      }
      return (100 * (best - start)) / period
    })
  const up = since(bars.high, (a, b) => a >= b)
  const down = since(bars.low, (a, b) => a <= b)
  return { up, down, oscillator: combineRule(sheet, up, down, (a, b) => a - b) }
}

/**
 * Aroon (Chande), 0 to 100: how lately the highest high and lowest low of period + 1 bars were; the latest of equals
 * counts, as in TA-Lib.
 */
export function aroon(series: BarSeries, period = 25): Arrays<Aroon<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => aroonRule(sheet, bars, period))
}

export interface Supertrend<T> {
  readonly line: T
  /** 1 while the trend is up, -1 while it is down. */
  readonly direction: T
}

export function supertrendRule(
  sheet: Sheet,
  bars: BarColumns,
  period: number,
  factor: number,
): Supertrend<SheetColumn> {
  const range = atrRule(sheet, bars, period)
  const line = sheet.column()
  const direction = sheet.column()
  const states = new Float64Array(6)
  sheet.rule((from, to) => {
    const at = 3 * slot(from - 1)
    let upper = states[at] as number
    let lower = states[at + 1] as number
    let way = states[at + 2] as number
    for (let row = from; row < to; row++) {
      line.values[row] = Number.NaN
      direction.values[row] = Number.NaN
      if (row < period) continue
      const middle = ((bars.high.values[row] as number) + (bars.low.values[row] as number)) / 2
      const reach = factor * (range.values[row] as number)
      const close = bars.close.values[row] as number
      const before = bars.close.values[row - 1] as number
      if (way === 0) {
        way = close >= middle ? 1 : -1
        upper = middle + reach
        lower = middle - reach
      }
      if (middle + reach < upper || before > upper) upper = middle + reach
      if (middle - reach > lower || before < lower) lower = middle - reach
      way = close <= (way > 0 ? lower : upper) ? -1 : 1
      line.values[row] = way > 0 ? lower : upper
      direction.values[row] = way
    }
    states.set([upper, lower, way], 3 * slot(to - 1))
  })
  return { line, direction }
}

/** Supertrend (Seban): a stop at factor x ATR from the middle of the bar that only moves with the trend. */
export function supertrend(series: BarSeries, period = 10, factor = 3): Arrays<Supertrend<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => supertrendRule(sheet, bars, period, factor))
}

export interface Stops<T> {
  readonly stop: T
  /** 1 at a bar that turned the trend, else 0. */
  readonly reversed: T
}

export function parabolicSarRule(sheet: Sheet, bars: BarColumns, step: number, limit: number): Stops<SheetColumn> {
  const stop = sheet.column()
  const reversed = sheet.column()
  // SAR, extreme point, acceleration, direction, and whether the first trend, which is a guess, is over.
  const states = new Float64Array(10)
  sheet.rule((from, to) => {
    const at = 5 * slot(from - 1)
    let [sar, extreme, speed, way, known] = states.subarray(at, at + 5) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ]
    const high = bars.high.values
    const low = bars.low.values
    for (let row = from; row < to; row++) {
      let turned = false
      if (row === 0) {
        sar = low[0] as number
        extreme = high[0] as number
        speed = step
        way = 1
      } else {
        const against = way > 0 ? low : high
        const along = way > 0 ? high : low
        sar += speed * (extreme - sar)
        if (row >= 2) {
          const [one, two] = [against[row - 1] as number, against[row - 2] as number]
          sar = way > 0 ? Math.min(sar, one, two) : Math.max(sar, one, two)
        }
        if (way * ((against[row] as number) - sar) < 0) {
          turned = true
          known = 1
          sar = extreme
          extreme = against[row] as number
          speed = step
          way = -way
        } else if (way * ((along[row] as number) - extreme) > 0) {
          extreme = along[row] as number
          speed = Math.min(speed + step, limit)
        }
      }
      stop.values[row] = known ? sar : Number.NaN
      reversed.values[row] = turned ? 1 : 0
    }
    states.set([sar, extreme, speed, way, known], 5 * slot(to - 1))
  })
  return { stop, reversed }
}

/** Parabolic stop and reverse (Wilder 1978); NaN until the first reversal, since the first trend is a guess. */
export function parabolicSar(series: BarSeries, step = 0.02, limit = 0.2): Arrays<Stops<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => parabolicSarRule(sheet, bars, step, limit))
}

export function volatilityStopRule(sheet: Sheet, bars: BarColumns, period: number, factor: number): Stops<SheetColumn> {
  const range = atrRule(sheet, bars, period)
  const stop = sheet.column()
  const reversed = sheet.column()
  // Significant close, direction, and whether the first trend, which is a guess, is over.
  const states = new Float64Array(6)
  sheet.rule((from, to) => {
    const at = 3 * slot(from - 1)
    let [best, way, known] = states.subarray(at, at + 3) as unknown as [number, number, number]
    const close = bars.close.values
    for (let row = from; row < to; row++) {
      stop.values[row] = Number.NaN
      reversed.values[row] = 0
      if (row < period) {
        if (row < period - 1) continue
        way = (close[row] as number) > (close[0] as number) ? 1 : -1
        best = close[0] as number
        for (let k = 1; k < period; k++) {
          best = way > 0 ? Math.max(best, close[k] as number) : Math.min(best, close[k] as number)
        }
        continue
      }
      const level = best - way * factor * (range.values[row - 1] as number)
      if (known) stop.values[row] = level
      const value = close[row] as number
      if (way * (value - level) < 0) {
        reversed.values[row] = 1
        known = 1
        best = value
        way = -way
      } else best = way > 0 ? Math.max(best, value) : Math.min(best, value)
    }
    states.set([best, way, known], 3 * slot(to - 1))
  })
  return { stop, reversed }
}

/** Wilder's volatility stop: factor x ATR from the best close of the trend; NaN until the first reversal is over. */
export function volatilityStop(series: BarSeries, period = 7, factor = 3): Arrays<Stops<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => volatilityStopRule(sheet, bars, period, factor))
}

export interface Ichimoku<T> {
  readonly conversion: T
  readonly base: T
  /** The cloud over this bar, computed `base` bars before it. */
  readonly spanA: T
  readonly spanB: T
  /** Close less the close `base` bars before: what the chart's lagging line shows, without looking ahead. */
  readonly lag: T
}

export function ichimokuRule(
  sheet: Sheet,
  bars: BarColumns,
  conversion: number,
  base: number,
  span: number,
): Ichimoku<SheetColumn> {
  const middle = (period: number) => donchianRule(sheet, bars, period).middle
  const [short, long] = [middle(conversion), middle(base)]
  return {
    conversion: short,
    base: long,
    spanA: lagRule(
      sheet,
      combineRule(sheet, short, long, (a, b) => (a + b) / 2),
      base,
    ),
    spanB: lagRule(sheet, middle(span), base),
    lag: changeRule(sheet, bars.close, base),
  }
}

/** Ichimoku kinko hyo with its usual 9, 26 and 52 bars; every value uses bars up to its own alone. */
export function ichimoku(series: BarSeries, conversion = 9, base = 26, span = 52): Arrays<Ichimoku<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => ichimokuRule(sheet, bars, conversion, base, span))
}

export interface Vortex<T> {
  readonly plus: T
  readonly minus: T
}

export function vortexRule(sheet: Sheet, bars: BarColumns, period: number): Vortex<SheetColumn> {
  const range = smaRule(sheet, trueRangeRule(sheet, bars), period)
  const reach = (to: SheetColumn, from: SheetColumn) => {
    const move = rowRule(sheet, (row) =>
      row === 0 ? Number.NaN : Math.abs((to.values[row] as number) - (from.values[row - 1] as number)),
    )
    return combineRule(sheet, smaRule(sheet, move, period), range, (a, b) => (b === 0 ? Number.NaN : a / b))
  }
  return { plus: reach(bars.high, bars.low), minus: reach(bars.low, bars.high) }
}

/** Vortex indicator (Botes and Siepman). */
export function vortex(series: BarSeries, period = 14): Arrays<Vortex<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => vortexRule(sheet, bars, period))
}

export function choppinessRule(sheet: Sheet, bars: BarColumns, period: number): SheetColumn {
  const range = smaRule(sheet, trueRangeRule(sheet, bars), period)
  return windowRule(sheet, period + 1, (start, end) => {
    let top = Number.NEGATIVE_INFINITY
    let bottom = Number.POSITIVE_INFINITY
    for (let k = start + 1; k <= end; k++) {
      const before = bars.close.values[k - 1] as number
      top = Math.max(top, bars.high.values[k] as number, before)
      bottom = Math.min(bottom, bars.low.values[k] as number, before)
    }
    const sum = (range.values[end] as number) * period
    return top === bottom ? Number.NaN : (100 * Math.log(sum / (top - bottom))) / Math.log(period)
  })
}

/** Choppiness index (Dreiss), 0 (a straight trend) to 100 (none), ranges counted from the close before. */
export function choppiness(series: BarSeries, period = 14): Float64Array {
  return overBars(series, (sheet, bars) => choppinessRule(sheet, bars, period))
}

export interface ElderRay<T> {
  readonly bull: T
  readonly bear: T
}

export function elderRayRule(sheet: Sheet, bars: BarColumns, period: number): ElderRay<SheetColumn> {
  const average = emaRule(sheet, bars.close, period)
  return {
    bull: combineRule(sheet, bars.high, average, (a, b) => a - b),
    bear: combineRule(sheet, bars.low, average, (a, b) => a - b),
  }
}

/** Elder ray: how far highs and lows reach beyond an EMA of the close. */
export function elderRay(series: BarSeries, period = 13): Arrays<ElderRay<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => elderRayRule(sheet, bars, period))
}
