import { roundTo } from '#adapters/bars/unfold-bar.ts'
import type { SourceData } from '#engine/ports/research-sources.ts'
import { barOpenTime, timeframeMs } from '#shared/domain/bar.ts'
import { worldRandom } from './intraday.ts'
import type { SimulatedDays } from './world.ts'

const dayMs = timeframeMs['1d']
const shownDays = 30
const shownMonths = 12
const memory = 60

type Macro = SourceData['macro_data'][number]

/** Series that are published daily: level, size of its swings, and how it leans on the market's moves. */
const daily = [
  { series: 'DXY', level: 103, swing: 0.35, lean: -0.25, places: 2 },
  { series: 'US10Y', level: 4.2, swing: 0.03, lean: -0.012, places: 3 },
  { series: 'SPX', level: 5_600, swing: 22, lean: 14, places: 1 },
] as const

/** Series that are published on the twelfth of each month, at half past twelve UTC. */
const monthly = [
  { series: 'CPI_YOY', level: 2.9, swing: 0.15, step: 0.1 },
  { series: 'FED_FUNDS', level: 4.25, swing: 0.2, step: 0.25 },
] as const

/**
 * The macroeconomic series published by a moment, each oldest first: a dollar that weakens and shares that rise when the
 * market does, yields, a volatility index, and monthly inflation and policy rates.
 */
export function macroSeries(world: SimulatedDays, nowMs: number): SourceData['macro_data'] {
  const today = barOpenTime(nowMs, '1d')
  const days = Array.from({ length: shownDays }, (_, index) => today - (shownDays - 1 - index) * dayMs)
  const known = days.filter((at) => at - dayMs >= world.start)
  const values: Macro[] = []
  for (const { series, level, swing, lean, places } of daily) {
    const value = (at: number) => roundTo(level + fading(world, series, at, swing, lean), places)
    values.push(...known.map((at) => ({ series, at, value: value(at), previous: value(at - dayMs) })))
  }
  const vix = (at: number) => roundTo(9 + 7 * world.day(at - dayMs).volatility, 2)
  values.push(...known.map((at) => ({ series: 'VIX', at, value: vix(at), previous: vix(at - dayMs) })))
  for (const { series, level, swing, step } of monthly) {
    const value = (month: number) =>
      roundTo(Math.round((level + wandering(world, series, month, swing)) / step) * step, 2)
    for (const { month, at } of releases(nowMs)) {
      values.push({ series, at, value: value(month), previous: value(month - 1) })
    }
  }
  return values
}

/** A sum of daily shocks that fade by a twentieth a day: the same for the same day, whoever asks and when. */
function fading(world: SimulatedDays, series: string, midnight: number, swing: number, lean: number): number {
  let sum = 0
  for (let day = 1; day <= memory; day++) {
    const time = midnight - day * dayMs
    if (time < world.start) break
    const shock = swing * worldRandom(world, `${series}/${time}`).normal() + lean * world.day(time).move
    sum += shock * 0.95 ** (day - 1)
  }
  return sum
}

function wandering(world: SimulatedDays, series: string, month: number, swing: number): number {
  let sum = 0
  for (let back = 0; back < 24; back++) sum += worldRandom(world, `${series}/${month - back}`).normal() * 0.92 ** back
  return swing * sum
}

/** Months counted from year 0, with the moment of their release, oldest first. */
function releases(nowMs: number): readonly { readonly month: number; readonly at: number }[] {
  const now = new Date(nowMs)
  const current = now.getUTCFullYear() * 12 + now.getUTCMonth()
  return Array.from({ length: shownMonths + 1 }, (_, index) => current - shownMonths + index)
    .map((month) => ({ month, at: Date.UTC(Math.floor(month / 12), month % 12, 12, 12, 30) }))
    .filter(({ at }) => at <= nowMs)
    .slice(-shownMonths)
}
