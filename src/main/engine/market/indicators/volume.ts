import type { BarSeries } from '#shared/domain/bar.ts'
import { combineRule, rowRule, totalRule, typicalPriceRule } from './arithmetic.ts'
import { emaRule, smaRule } from './moving-averages.ts'
import type { Oscillator } from './oscillators.ts'
import { type Arrays, type BarColumns, overBars, overBarsMany, type Sheet, type SheetColumn, slot } from './sheet.ts'

export function obvRule(sheet: Sheet, bars: BarColumns): SheetColumn {
  const out = sheet.column()
  sheet.rule((from, to) => {
    const close = bars.close.values
    const volume = bars.volume.values
    const result = out.values
    let total = from === 0 ? 0 : (result[from - 1] as number)
    for (let row = from; row < to; row++) {
      const change = row === 0 ? 0 : (close[row] as number) - (close[row - 1] as number)
      // Its sign without a branch, which nobody could foresee.
      if (change !== 0) total += (change / Math.abs(change)) * (volume[row] as number)
      result[row] = total
    }
  })
  return out
}

/**
 * On-balance volume: volume added on a higher close and subtracted on a lower one; starts at 0 (TA-Lib: at the first
 * volume).
 */
export function obv(series: BarSeries): Float64Array {
  return overBars(series, obvRule)
}

/** Adds volume x where the close stands in the bar's range, -1 to 1. */
function moneyFlowVolumeRule(sheet: Sheet, bars: BarColumns): SheetColumn {
  return rowRule(sheet, (row) => {
    const [high, low, close] = [bars.high.values[row], bars.low.values[row], bars.close.values[row]] as [
      number,
      number,
      number,
    ]
    return high === low ? 0 : ((close - low - (high - close)) / (high - low)) * (bars.volume.values[row] as number)
  })
}

export function accumulationRule(sheet: Sheet, bars: BarColumns): SheetColumn {
  return totalRule(sheet, moneyFlowVolumeRule(sheet, bars))
}

/** Accumulation/distribution line (Chaikin): the running total of money flow volume. */
export function accumulation(series: BarSeries): Float64Array {
  return overBars(series, accumulationRule)
}

export function chaikinOscillatorRule(sheet: Sheet, bars: BarColumns, fast: number, slow: number): SheetColumn {
  const line = accumulationRule(sheet, bars)
  return combineRule(sheet, emaRule(sheet, line, fast), emaRule(sheet, line, slow), (a, b) => a - b)
}

/** Chaikin oscillator: EMA(fast) - EMA(slow) of accumulation/distribution (TA-Lib starts both from the first value). */
export function chaikinOscillator(series: BarSeries, fast = 3, slow = 10): Float64Array {
  return overBars(series, (sheet, bars) => chaikinOscillatorRule(sheet, bars, fast, slow))
}

export function cmfRule(sheet: Sheet, bars: BarColumns, period: number): SheetColumn {
  const flow = smaRule(sheet, moneyFlowVolumeRule(sheet, bars), period)
  return combineRule(sheet, flow, smaRule(sheet, bars.volume, period), (a, b) => (b === 0 ? Number.NaN : a / b))
}

/** Chaikin money flow, -1 to 1: money flow volume over volume; NaN where nothing was traded. */
export function cmf(series: BarSeries, period = 20): Float64Array {
  return overBars(series, (sheet, bars) => cmfRule(sheet, bars, period))
}

export function mfiRule(sheet: Sheet, bars: BarColumns, period: number): SheetColumn {
  const price = typicalPriceRule(sheet, bars)
  const up = sheet.column()
  const down = sheet.column()
  const out = sheet.column()
  sheet.rule((from, to) => {
    const [prices, volumes, ups, downs, result] = [
      price.values,
      bars.volume.values,
      up.values,
      down.values,
      out.values,
    ] as const
    for (let row = from; row < to; row++) {
      const now = prices[row] as number
      const before = row === 0 ? now : (prices[row - 1] as number)
      const flow = now * (volumes[row] as number)
      ups[row] = now > before ? flow : 0
      downs[row] = now < before ? flow : 0
      // Summed anew at each bar, so that what has left the window leaves nothing behind.
      let bought = 0
      let sold = 0
      for (let k = Math.max(1, row - period + 1); k <= row; k++) {
        bought += ups[k] as number
        sold += downs[k] as number
      }
      const total = bought + sold
      if (row < period) result[row] = Number.NaN
      else result[row] = total === 0 ? 50 : (100 * bought) / total
    }
  })
  return out
}

/** Money flow index, 0 to 100: the RSI of typical price x volume; 50 where nothing moved. */
export function mfi(series: BarSeries, period = 14): Float64Array {
  return overBars(series, (sheet, bars) => mfiRule(sheet, bars, period))
}

export function vwapRule(sheet: Sheet, bars: BarColumns, sessionMs?: number): SheetColumn {
  const price = typicalPriceRule(sheet, bars)
  const out = sheet.column()
  // Traded value and volume of the session so far, and which session it is.
  const sums = new Float64Array(6).fill(Number.NaN)
  sheet.rule((from, to) => {
    const at = 3 * slot(from - 1)
    let value = sums[at] as number
    let volume = sums[at + 1] as number
    let session = sums[at + 2] as number
    for (let row = from; row < to; row++) {
      const now = sessionMs === undefined ? 0 : Math.floor((bars.time.values[row] as number) / sessionMs)
      if (now !== session) {
        value = 0
        volume = 0
        session = now
      }
      const traded = bars.volume.values[row] as number
      value += traded * (price.values[row] as number)
      volume += traded
      out.values[row] = volume === 0 ? Number.NaN : value / volume
    }
    sums.set([value, volume, session], 3 * slot(to - 1))
  })
  return out
}

/**
 * Volume-weighted average of the typical price since the first bar, or since the start of each session where a
 * session's length in milliseconds is given (86,400,000 for days from midnight UTC). NaN until something is traded.
 */
export function vwap(series: BarSeries, sessionMs?: number): Float64Array {
  return overBars(series, (sheet, bars) => vwapRule(sheet, bars, sessionMs))
}

export function kvoRule(
  sheet: Sheet,
  bars: BarColumns,
  fast: number,
  slow: number,
  signal: number,
): Oscillator<SheetColumn> {
  const force = sheet.column()
  // Trend and cumulative measurement of the last row.
  const states = new Float64Array(4)
  sheet.rule((from, to) => {
    let trend = states[2 * slot(from - 1)] as number
    let total = states[2 * slot(from - 1) + 1] as number
    const sum = (row: number) =>
      (bars.high.values[row] as number) + (bars.low.values[row] as number) + (bars.close.values[row] as number)
    const range = (row: number) => (bars.high.values[row] as number) - (bars.low.values[row] as number)
    for (let row = from; row < to; row++) {
      force.values[row] = Number.NaN
      if (row === 0) continue
      const direction = sum(row) > sum(row - 1) ? 1 : -1
      if (row > 1) {
        const width = range(row)
        const volume = bars.volume.values[row] as number
        total = direction === trend ? total + width : range(row - 1) + width
        const share = total === 0 ? 1 : width / total
        force.values[row] = width === total || volume === 0 ? 0 : volume * Math.abs(2 * (share - 1)) * direction * 100
      }
      trend = direction
    }
    states.set([trend, total], 2 * slot(to - 1))
  })
  const line = combineRule(sheet, emaRule(sheet, force, fast), emaRule(sheet, force, slow), (a, b) => a - b)
  return { line, signal: emaRule(sheet, line, signal) }
}

/** Klinger volume oscillator: EMA(fast) - EMA(slow) of volume force, and its EMA. */
export function kvo(series: BarSeries, fast = 34, slow = 55, signal = 13): Arrays<Oscillator<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => kvoRule(sheet, bars, fast, slow, signal))
}

export function forceIndexRule(sheet: Sheet, bars: BarColumns, period: number): SheetColumn {
  const force = rowRule(sheet, (row) =>
    row === 0
      ? Number.NaN
      : (bars.volume.values[row] as number) *
        ((bars.close.values[row] as number) - (bars.close.values[row - 1] as number)),
  )
  return emaRule(sheet, force, period)
}

/** Force index (Elder): EMA of volume x change of the close. */
export function forceIndex(series: BarSeries, period = 13): Float64Array {
  return overBars(series, (sheet, bars) => forceIndexRule(sheet, bars, period))
}
