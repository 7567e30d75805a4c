import type { BarSeries } from '#shared/domain/bar.ts'
import { medianPriceRule } from './arithmetic.ts'
import { type Arrays, type BarColumns, overBarsMany, type Sheet, type SheetColumn } from './sheet.ts'

interface Cycle {
  readonly price: SheetColumn
  /** Smoothed price, from row 6 on. */
  readonly smooth: SheetColumn
  /** Dominant cycle in bars, smoothed once; 0 up to row 5. */
  readonly period: SheetColumn
  /** Phase in degrees. */
  readonly phase: SheetColumn
}

/** Adds the homodyne discriminator of the median price (Ehlers 2001). */
function cycleRule(sheet: Sheet, bars: BarColumns): Cycle {
  const price = medianPriceRule(sheet, bars)
  const smooth = sheet.column()
  const detrended = sheet.column()
  const [i1, q1, i2, q2] = [sheet.column(), sheet.column(), sheet.column(), sheet.column()] as const
  const [real, imaginary] = [sheet.column(), sheet.column()] as const
  const period = sheet.column()
  const phase = sheet.column()
  const transform = (x: SheetColumn, row: number, scale: number) => {
    const at = (back: number) => x.values[row - back] as number
    return (0.0962 * at(0) + 0.5769 * at(2) - 0.5769 * at(4) - 0.0962 * at(6)) * scale
  }
  sheet.rule((from, to) => {
    for (let row = Math.max(6, from); row < to; row++) {
      const was = (x: SheetColumn, back = 1) => x.values[row - back] as number
      const before = was(period)
      const scale = 0.075 * before + 0.54
      smooth.values[row] = (4 * was(price, 0) + 3 * was(price) + 2 * was(price, 2) + was(price, 3)) / 10
      detrended.values[row] = transform(smooth, row, scale)
      const quadrature = transform(detrended, row, scale)
      const inPhase = was(detrended, 3)
      q1.values[row] = quadrature
      i1.values[row] = inPhase
      const x = 0.2 * (inPhase - transform(q1, row, scale)) + 0.8 * was(i2)
      const y = 0.2 * (quadrature + transform(i1, row, scale)) + 0.8 * was(q2)
      const re = 0.2 * (x * was(i2) + y * was(q2)) + 0.8 * was(real)
      const im = 0.2 * (x * was(q2) - y * was(i2)) + 0.8 * was(imaginary)
      i2.values[row] = x
      q2.values[row] = y
      real.values[row] = re
      imaginary.values[row] = im
      let cycle = im !== 0 && re !== 0 ? (2 * Math.PI) / Math.atan(im / re) : 0
      cycle = Math.max(0.67 * before, Math.min(1.5 * before, cycle))
      cycle = Math.max(6, Math.min(50, cycle))
      period.values[row] = 0.2 * cycle + 0.8 * before
      phase.values[row] = inPhase === 0 ? 0 : (Math.atan(quadrature / inPhase) * 180) / Math.PI
    }
  })
  return { price, smooth, period, phase }
}

export interface AdaptiveAverages<T> {
  readonly mama: T
  readonly fama: T
}

export function mamaRule(sheet: Sheet, bars: BarColumns, fast: number, slow: number): AdaptiveAverages<SheetColumn> {
  const { price, phase } = cycleRule(sheet, bars)
  const mama = sheet.column()
  const fama = sheet.column()
  sheet.rule((from, to) => {
    for (let row = from; row < to; row++) {
      if (row < 6) {
        let sum = 0
        for (let k = 0; k <= row; k++) sum += price.values[k] as number
        mama.values[row] = row < 5 ? Number.NaN : sum / 6
        fama.values[row] = mama.values[row] as number
        continue
      }
      const turned = (phase.values[row - 1] as number) - (phase.values[row] as number)
      const weight = Math.max(fast / Math.max(turned, 1), slow)
      const average = weight * (price.values[row] as number) + (1 - weight) * (mama.values[row - 1] as number)
      mama.values[row] = average
      fama.values[row] = 0.5 * weight * average + (1 - 0.5 * weight) * (fama.values[row - 1] as number)
    }
  })
  return { mama, fama }
}

/** MESA adaptive averages (Ehlers 2001): weight between `slow` and `fast` by how fast the phase of the cycle turns. */
export function mama(series: BarSeries, fast = 0.5, slow = 0.05): Arrays<AdaptiveAverages<SheetColumn>> {
  return overBarsMany(series, (sheet, bars) => mamaRule(sheet, bars, fast, slow))
}

export interface InstantaneousTrend<T> {
  readonly trendline: T
  /** Price smoothed over four bars; NaN up to row 5. */
  readonly smooth: T
  /** Dominant cycle in whole bars; NaN while it is not known. */
  readonly cycle: T
}

export function trendlineRule(sheet: Sheet, bars: BarColumns): InstantaneousTrend<SheetColumn> {
  const { price, smooth: raw, period } = cycleRule(sheet, bars)
  const [steady, mean, trendline, smooth, cycle] = [
    sheet.column(),
    sheet.column(),
    sheet.column(),
    sheet.column(),
    sheet.column(),
  ] as const
  sheet.rule((from, to) => {
    for (let row = from; row < to; row++) {
      const now = price.values[row] as number
      mean.values[row] = now
      trendline.values[row] = now
      smooth.values[row] = row < 6 ? Number.NaN : (raw.values[row] as number)
      cycle.values[row] = Number.NaN
      if (row < 6) continue
      steady.values[row] = 0.33 * (period.values[row] as number) + 0.67 * (steady.values[row - 1] as number)
      const length = Math.min(row + 1, Math.floor((steady.values[row] as number) + 0.5))
      if (length > 0) {
        let sum = 0
        for (let k = row - length + 1; k <= row; k++) sum += price.values[k] as number
        mean.values[row] = sum / length
        cycle.values[row] = length
      }
      if (row < 11) continue
      const at = (back: number) => mean.values[row - back] as number
      trendline.values[row] = (4 * at(0) + 3 * at(1) + 2 * at(2) + at(3)) / 10
    }
  })
  return { trendline, smooth, cycle }
}

/**
 * Hilbert transform trendline (Ehlers 2001): the mean price over the dominant cycle, smoothed; the price itself up to
 * row 10.
 */
export function hilbertTrendline(series: BarSeries): Arrays<InstantaneousTrend<SheetColumn>> {
  return overBarsMany(series, trendlineRule)
}
