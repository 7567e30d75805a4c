import { type RunState, standsStill } from '#engine/desk/run/run-state.ts'
import { forecastOf } from '#engine/planning/monitor/forecast.ts'
import type { RunForecast } from '#shared/domain/monitoring.ts'

/**
 * What a run is going to come to, by the steps that are left and what they are estimated to take. `now` is the run's own
 * time, `at` the clock's, both in epoch milliseconds.
 */
export function forecastRun(memory: RunState, now: number, at: number): RunForecast {
  const { finishAt, usd, rest } = forecastOf(memory.plan, memory.trace, now)
  const takesTime = new Set(memory.plan.steps.flatMap(({ id, estimate }) => (estimate.seconds > 0 ? [id] : [])))
  return {
    at,
    endsAt: memory.paused !== null || standsStill(memory) ? null : at + Math.max(0, Math.round(finishAt - now)),
    usd: Math.round(usd * 10_000) / 10_000,
    hangsOn: rest.criticalSteps.filter((id) => takesTime.has(id)),
  }
}
