import { type Calibration, fitCalibration, type ScoredForecast } from '#engine/consensus/opinion-pool.ts'
import type { BarSeries } from '#shared/domain/bar.ts'
import type { PastView } from '#shared/domain/insight.ts'

/** How good an agent's views on an instrument have been, and what its stated confidence is therefore taken for. */
export interface ViewRecord {
  /** Views with a direction whose horizon has passed, and how many of them the price went along with. */
  readonly judged: number
  readonly right: number
  /** Their mean stated confidence; null without any. */
  readonly meanStated: number | null
  readonly calibration: Calibration
}

/** Nobody's confidence is worth more than a fifth of its log-odds before it has shown that it is. */
const unproven = { slope: 0.2, intercept: 0, precision: 4 }

/** The median time between the bars. */
function barLength({ time }: BarSeries): number {
  const steps = Array.from(time.slice(1), (each, row) => each - (time[row] as number)).sort((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] ?? 0
}

/** The last close known at a moment; null before the first bar has closed, and after the last by more than a bar. */
export function closeAt(bars: BarSeries, at: number, barMs = barLength(bars)): number | null {
  const { time, close } = bars
  const last = time.length - 1
  if (last < 0 || at >= (time[last] as number) + 2 * barMs) return null
  let row = last
  while (row >= 0 && (time[row] as number) + barMs > at) row--
  return close[row] ?? null
}

/**
 * Judges earlier views by the bars: a view is right where the close at its horizon's end is on its side of the close when it
 * was formed. Views within the horizon of one that was judged before overlap it, and are left out; so are flat ones and
 * those whose horizon has not ended by `now`.
 */
export function judgeViews(past: readonly PastView[], bars: BarSeries, now: number): ScoredForecast[] {
  const barMs = barLength(bars)
  const forecasts: ScoredForecast[] = []
  let free = Number.NEGATIVE_INFINITY
  for (const { at, insight } of [...past].sort((a, b) => a.at - b.at)) {
    const { direction, horizonMs, confidence, stated } = insight
    const end = at + horizonMs
    if (direction === 'flat' || end > now || at < free) continue
    const [before, after] = [closeAt(bars, at, barMs), closeAt(bars, end, barMs)]
    if (before === null || after === null || before === after) continue
    forecasts.push({ confidence: stated ?? confidence, right: after > before === (direction === 'up') })
    free = end
  }
  return forecasts
}

/** The record of earlier views on an instrument, and the calibration that it leads to from a slope of 0.2 on. */
export function readViewRecord(past: readonly PastView[], bars: BarSeries, now: number): ViewRecord {
  const forecasts = judgeViews(past, bars, now)
  const stated = forecasts.reduce((sum, { confidence }) => sum + confidence, 0)
  return {
    judged: forecasts.length,
    right: forecasts.filter(({ right }) => right).length,
    meanStated: forecasts.length === 0 ? null : stated / forecasts.length,
    calibration: fitCalibration(forecasts, unproven),
  }
}
