import { type Bar, timeframeMs } from '#shared/domain/bar.ts'
import { regimeModels } from './regimes.ts'
import type { SimulatedDays } from './world.ts'

const dayMs = timeframeMs['1d']

/** The coin's bars of the days before a midnight, oldest first, as many as the world has up to `count`. */
export function daysBefore(world: SimulatedDays, coin: number, midnight: number, count: number): readonly Bar[] {
  const bars: Bar[] = []
  for (let time = midnight - count * dayMs; time < midnight; time += dayMs) {
    const bar = time < world.start ? undefined : world.day(time).bars[coin]
    if (bar !== undefined) bars.push(bar)
  }
  return bars
}

/** A coin's log return over the days before a midnight, in its own ordinary deviations; 0 without days. */
export function coinMomentum(world: SimulatedDays, coin: number, midnight: number, days: number): number {
  const bars = daysBefore(world, coin, midnight, days)
  const [first] = bars
  const last = bars.at(-1)
  const about = world.coins[coin]
  if (first === undefined || last === undefined || about === undefined) return 0
  return Math.log(last.close / first.open) / (about.volatility * Math.sqrt(bars.length))
}

/**
 * The mean tone of what is written about a coin on a day: mostly how its last three days went, and a little of what the
 * next day's regime will bring, as people on the spot sometimes know. Around 0, seldom beyond 2.
 */
export function moodOf(world: SimulatedDays, coin: number, midnight: number): number {
  const ahead = regimeModels[world.day(midnight + dayMs).regime].drift
  return 0.6 * coinMomentum(world, coin, midnight, 3) + 1.5 * ahead
}
