import type { BarSeries } from '#shared/domain/bar.ts'
import { combineRule, windowSum } from './arithmetic.ts'
import { type BarColumns, checkPeriod, overBars, overValues, type Sheet, type SheetColumn, slot } from './sheet.ts'

/** A running sum is taken anew from its window at every row that is a multiple of this, so that no error outlives it. */
const refreshRows = 1_024

/**
 * Adds a simple moving average; a hole (NaN) in the input empties every row whose window holds it. The running sum is kept
 * as a base and what the group of four rows adds to it: only one addition in four waits for the one before it.
 */
export function smaRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  checkPeriod(period)
  const out = sheet.column()
  // The sum before the group of four rows, what the group has added, and how many values without a hole there were.
  const states = new Float64Array(6)
  const share = 1 / period
  sheet.rule((from, to) => {
    const values = x.values
    const result = out.values
    const at = 3 * slot(from - 1)
    let base = states[at] as number
    let part = states[at + 1] as number
    let run = states[at + 2] as number
    let row = from
    while (row < to) {
      if (run >= period && row % 4 === 0) {
        const end = Math.min(to, row + refreshRows - (row % refreshRows))
        for (let next = row + 4; row % refreshRows !== 0 && next <= end; next += 4) {
          const old = row - period
          const p1 = (values[row] as number) - (values[old] as number)
          const p2 = p1 + ((values[row + 1] as number) - (values[old + 1] as number))
          const p3 = p2 + ((values[row + 2] as number) - (values[old + 2] as number))
          const p4 = p3 + ((values[row + 3] as number) - (values[old + 3] as number))
          const sum = base + p4
          if (Number.isNaN(sum)) break
          result[row] = (base + p1) * share
          result[row + 1] = (base + p2) * share
          result[row + 2] = (base + p3) * share
          result[row + 3] = sum * share
          base = sum
          part = p4
          row = next
        }
        if (row === to) break
      }
      const value = values[row] as number
      run = Number.isNaN(value) ? 0 : run + 1
      if (run > period && row % refreshRows !== 0) {
        const change = value - (values[row - period] as number)
        part = row % 4 === 0 ? change : part + change
      }
      const sum = run > period && row % refreshRows !== 0 ? base + part : Number.NaN
      if (run >= period && Number.isNaN(sum)) {
        base = windowSum(values, row - period + 1, row + 1)
        part = 0
      }
      result[row] = run >= period ? (base + part) * share : Number.NaN
      if (row % 4 === 3) {
        base += part
        part = 0
      }
      row++
    }
    const next = 3 * slot(to - 1)
    states[next] = base
    states[next + 1] = part
    states[next + 2] = run
  })
  return out
}

/** Simple moving average: the mean of the last `period` values. */
export function sma(values: Float64Array, period: number): Float64Array {
  return overValues(values, (sheet, x) => smaRule(sheet, x, period))
}

/**
 * Adds an exponential average with the given weight of the newest value, started from the mean of the first `period`
 * values. Values are taken in blocks of four: within a block each average is the one before the block, faded, and a part
 * of its own. Only one multiplication and addition in four then wait for each other, which is what an average costs.
 */
export function smoothRule(sheet: Sheet, x: SheetColumn, period: number, weight: number): SheetColumn {
  checkPeriod(period)
  const out = sheet.column()
  // The average before the block, what the block adds to it, and how many values have been taken and are in the block.
  const states = new Float64Array(8)
  const keep = 1 - weight
  const keep2 = keep * keep
  const keep3 = keep2 * keep
  const keep4 = keep3 * keep
  const fades = Float64Array.of(1, keep, keep2, keep3, keep4)
  sheet.rule((from, to) => {
    const values = x.values
    const result = out.values
    const at = 4 * slot(from - 1)
    let base = states[at] as number
    let part = states[at + 1] as number
    let count = states[at + 2] as number
    let inBlock = states[at + 3] as number
    let row = from
    for (; row < to && count < period; row++) {
      const value = values[row] as number
      result[row] = Number.NaN
      if (Number.isNaN(value)) continue
      base += value
      count++
      if (count === period) {
        base /= period
        result[row] = base
      }
    }
    while (row < to) {
      if (inBlock === 0) {
        for (; row + 4 <= to; row += 4) {
          const v1 = weight * (values[row] as number)
          const v2 = weight * (values[row + 1] as number)
          const v3 = weight * (values[row + 2] as number)
          const v4 = weight * (values[row + 3] as number)
          const p2 = v1 * keep + v2
          const p3 = p2 * keep + v3
          const p4 = p3 * keep + v4
          if (Number.isNaN(p4)) break
          result[row] = base * keep + v1
          result[row + 1] = base * keep2 + p2
          result[row + 2] = base * keep3 + p3
          base = base * keep4 + p4
          result[row + 3] = base
        }
        if (row === to) break
      }
      const value = values[row] as number
      if (!Number.isNaN(value)) {
        part = inBlock === 0 ? weight * value : part * keep + weight * value
        inBlock++
      }
      const average = inBlock === 0 ? base : base * (fades[inBlock] as number) + part
      result[row] = average
      if (inBlock === 4) {
        base = average
        inBlock = 0
      }
      row++
    }
    const next = 4 * slot(to - 1)
    states[next] = base
    states[next + 1] = part
    states[next + 2] = count
    states[next + 3] = inBlock
  })
  return out
}

export function emaRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  return smoothRule(sheet, x, period, 2 / (period + 1))
}

/**
 * Exponential moving average: weight 2 / (period + 1), started from the mean of the first `period` values.
 * A hole after the start keeps the last average.
 */
export function ema(values: Float64Array, period: number): Float64Array {
  return overValues(values, (sheet, x) => emaRule(sheet, x, period))
}

/** Wilder's smoothing (also SMMA, RMA): weight 1 / period, started from the mean of the first `period` values. */
export function wilder(values: Float64Array, period: number): Float64Array {
  return overValues(values, (sheet, x) => wilderRule(sheet, x, period))
}

export function wilderRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  return smoothRule(sheet, x, period, 1 / period)
}

/** Adds a weighted sum over the last weights.length values; the last weight is the newest value's. */
function weightedRule(sheet: Sheet, x: SheetColumn, weights: Float64Array): SheetColumn {
  const out = sheet.column()
  const period = weights.length
  sheet.rule((from, to) => {
    const values = x.values
    for (let row = from; row < to; row++) {
      let sum = Number.NaN
      if (row >= period - 1) {
        sum = 0
        const start = row - period + 1
        for (let k = 0; k < period; k++) sum += (weights[k] as number) * (values[start + k] as number)
      }
      out.values[row] = sum
    }
  })
  return out
}

export function wmaRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  checkPeriod(period)
  const out = sheet.column()
  // Plain sum, weighted sum and how many values they hold.
  const states = new Float64Array(6)
  sheet.rule((from, to) => {
    const values = x.values
    const result = out.values
    const at = 3 * slot(from - 1)
    let sum = states[at] as number
    let weighted = states[at + 1] as number
    let run = states[at + 2] as number
    const total = (period * (period + 1)) / 2
    for (let row = from; row < to; row++) {
      const value = values[row] as number
      if (run < period) {
        run++
        weighted += run * value
        sum += value
      } else {
        weighted += period * value - sum
        sum += value - (values[row - period] as number)
      }
      if (Number.isNaN(sum)) {
        sum = 0
        weighted = 0
        run = 0
      }
      result[row] = run < period ? Number.NaN : weighted / total
    }
    const next = 3 * slot(to - 1)
    states[next] = sum
    states[next + 1] = weighted
    states[next + 2] = run
  })
  return out
}

/** Linearly weighted moving average: weights 1 (oldest) to `period` (newest). */
export function wma(values: Float64Array, period: number): Float64Array {
  return overValues(values, (sheet, x) => wmaRule(sheet, x, period))
}

export function demaRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  const first = emaRule(sheet, x, period)
  const second = emaRule(sheet, first, period)
  return combineRule(sheet, first, second, (a, b) => 2 * a - b)
}

/** Double exponential moving average (Mulloy 1994): 2 EMA - EMA(EMA). */
export function dema(values: Float64Array, period: number): Float64Array {
  return overValues(values, (sheet, x) => demaRule(sheet, x, period))
}

export function temaRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  const first = emaRule(sheet, x, period)
  const second = emaRule(sheet, first, period)
  const third = emaRule(sheet, second, period)
  const difference = combineRule(sheet, first, second, (a, b) => 3 * a - 3 * b)
  return combineRule(sheet, difference, third, (a, b) => a + b)
}

/** Triple exponential moving average (Mulloy 1994): 3 EMA - 3 EMA(EMA) + EMA(EMA(EMA)). */
export function tema(values: Float64Array, period: number): Float64Array {
  return overValues(values, (sheet, x) => temaRule(sheet, x, period))
}

export function t3Rule(sheet: Sheet, x: SheetColumn, period: number, volumeFactor: number): SheetColumn {
  const chain: SheetColumn[] = []
  let last = x
  for (let k = 0; k < 6; k++) {
    last = emaRule(sheet, last, period)
    chain.push(last)
  }
  const [, , e3, e4, e5, e6] = chain as [SheetColumn, SheetColumn, SheetColumn, SheetColumn, SheetColumn, SheetColumn]
  const a = volumeFactor
  const c1 = -a * a * a
  const c2 = 3 * a * a + 3 * a * a * a
  const c3 = -6 * a * a - 3 * a - 3 * a * a * a
  const c4 = 1 + 3 * a + a * a * a + 3 * a * a
  const upper = combineRule(sheet, e6, e5, (six, five) => c1 * six + c2 * five)
  const lower = combineRule(sheet, e4, e3, (four, three) => c3 * four + c4 * three)
  return combineRule(sheet, upper, lower, (p, q) => p + q)
}

/** Tillson's T3: six chained EMAs blended by the volume factor (usually 0.7). */
export function t3(values: Float64Array, period: number, volumeFactor = 0.7): Float64Array {
  return overValues(values, (sheet, x) => t3Rule(sheet, x, period, volumeFactor))
}

export function trimaRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  checkPeriod(period)
  const half = (period + 1) / 2
  const weights = Float64Array.from({ length: period }, (_, k) => Math.min(k + 1, period - k))
  const total = period % 2 === 1 ? half * half : (period / 2) * (period / 2 + 1)
  return weightedRule(
    sheet,
    x,
    weights.map((weight) => weight / total),
  )
}

/** Triangular moving average: weights rise to the middle of the window and fall again. */
export function trima(values: Float64Array, period: number): Float64Array {
  return overValues(values, (sheet, x) => trimaRule(sheet, x, period))
}

export function hmaRule(sheet: Sheet, x: SheetColumn, period: number): SheetColumn {
  checkPeriod(period, 2)
  const half = wmaRule(sheet, x, Math.max(1, Math.floor(period / 2)))
  const full = wmaRule(sheet, x, period)
  const raw = combineRule(sheet, half, full, (a, b) => 2 * a - b)
  return wmaRule(sheet, raw, Math.max(1, Math.floor(Math.sqrt(period))))
}

/** Hull moving average: WMA of sqrt(period) over 2 WMA(period / 2) - WMA(period), both rounded down. */
export function hma(values: Float64Array, period: number): Float64Array {
  return overValues(values, (sheet, x) => hmaRule(sheet, x, period))
}

export function almaRule(sheet: Sheet, x: SheetColumn, period: number, offset: number, sigma: number): SheetColumn {
  checkPeriod(period)
  const centre = offset * (period - 1)
  const width = period / sigma
  const weights = Float64Array.from({ length: period }, (_, k) => Math.exp(-((k - centre) ** 2) / (2 * width * width)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weightedRule(
    sheet,
    x,
    weights.map((weight) => weight / total),
  )
}

/**
 * Arnaud Legoux moving average: Gaussian weights centred at `offset` (0 to 1) of the window, of width period / sigma.
 */
export function alma(values: Float64Array, period: number, offset = 0.85, sigma = 6): Float64Array {
  return overValues(values, (sheet, x) => almaRule(sheet, x, period, offset, sigma))
}

export function kamaRule(sheet: Sheet, x: SheetColumn, period: number, fast: number, slow: number): SheetColumn {
  checkPeriod(period)
  const out = sheet.column()
  const fastest = 2 / (fast + 1)
  const slowest = 2 / (slow + 1)
  sheet.rule((from, to) => {
    const values = x.values
    const result = out.values
    for (let row = from; row < to; row++) {
      const start = row < period ? Number.NaN : (values[row - period] as number)
      if (Number.isNaN(start)) {
        result[row] = Number.NaN
        continue
      }
      let path = 0
      for (let k = row - period + 1; k <= row; k++) path += Math.abs((values[k] as number) - (values[k - 1] as number))
      const efficiency = path === 0 ? 0 : Math.abs((values[row] as number) - start) / path
      const weight = (efficiency * (fastest - slowest) + slowest) ** 2
      const last = result[row - 1] as number
      const before = Number.isNaN(last) ? (values[row - 1] as number) : last
      result[row] = before + weight * ((values[row] as number) - before)
    }
  })
  return out
}

/**
 * Kaufman's adaptive moving average: the more efficient the last `period` moves, the faster (EMA `fast` to EMA
 * `slow`).
 */
export function kama(values: Float64Array, period = 10, fast = 2, slow = 30): Float64Array {
  return overValues(values, (sheet, x) => kamaRule(sheet, x, period, fast, slow))
}

export function vwmaRule(sheet: Sheet, bars: BarColumns, period: number): SheetColumn {
  const traded = combineRule(sheet, bars.close, bars.volume, (price, volume) => price * volume)
  const value = smaRule(sheet, traded, period)
  const volume = smaRule(sheet, bars.volume, period)
  return combineRule(sheet, value, volume, (a, b) => (b === 0 ? Number.NaN : a / b))
}

/** Volume-weighted moving average of the close; NaN where nothing was traded in the window. */
export function vwma(series: BarSeries, period: number): Float64Array {
  return overBars(series, (sheet, bars) => vwmaRule(sheet, bars, period))
}

export function dynamicRule(sheet: Sheet, x: SheetColumn, period: number, factor: number): SheetColumn {
  checkPeriod(period)
  const out = sheet.column()
  sheet.rule((from, to) => {
    const values = x.values
    for (let row = from; row < to; row++) {
      const value = values[row] as number
      const last = row === 0 ? Number.NaN : (out.values[row - 1] as number)
      const before = Number.isNaN(last) && row > 0 ? (values[row - 1] as number) : last
      out.values[row] = row === 0 ? Number.NaN : before + (value - before) / (factor * period * (value / before) ** 4)
    }
  })
  return out
}

/** McGinley's dynamic: an average that speeds up as price runs away from it; `factor` is usually 0.6. */
export function dynamic(values: Float64Array, period: number, factor = 0.6): Float64Array {
  return overValues(values, (sheet, x) => dynamicRule(sheet, x, period, factor))
}
