import { agentTitle } from '#renderer/ui/agent.tsx'
import { formatDuration, formatNumber, formatUsd, unavailable } from '#renderer/ui/format.ts'
import type { RunMonitoring } from '#shared/domain/monitoring.ts'
import type { Run } from '#shared/domain/run.ts'
import { elapsedMs, type StepView, type Stretch } from './step-view.ts'

/** Seconds from the start of the run: "4 s", "12.5 s". */
export function secondsWords(seconds: number): string {
  const rounded = Math.round(seconds * 10) / 10
  return `${formatNumber(rounded, { places: Number.isInteger(rounded) ? 0 : 1 })} s`
}

/** How long something takes, from seconds: "400 ms", "4.0 s"; nothing is "0 s". */
export function lengthWords(seconds: number): string {
  return seconds === 0 ? '0 s' : formatDuration(seconds * 1_000)
}

/** "1 s to 5 s (4 s)", or a dash. */
export function stretchWords(stretch: Stretch | null): string {
  if (stretch === null) return unavailable
  const { from, to } = stretch
  return `${secondsWords(from)} to ${secondsWords(to)} (${lengthWords(to - from)})`
}

/** How a step that is over compares with its plan: "ended 1.5 s sooner than planned"; null where either is unavailable. */
export function comparisonWords({ planned, actual, endedAt }: StepView): string | null {
  if (planned === null || actual === null || endedAt === null) return null
  const late = Math.round((actual.to - planned.to) * 10) / 10
  if (late === 0) return 'ended on time'
  return `ended ${secondsWords(Math.abs(late))} ${late > 0 ? 'later' : 'earlier'} than planned`
}

/** Everything about a step in one line, for who cannot see the chart. */
export function stepWords(step: StepView): string {
  const elapsed = elapsedMs(step)
  return [
    step.title,
    agentTitle(step.owner),
    step.state,
    elapsed !== null && formatDuration(elapsed),
    step.attempt > 1 && `attempt ${step.attempt}`,
    (step.usd > 0 || step.estimateUsd > 0) && `${formatUsd(step.usd)} of ${formatUsd(step.estimateUsd)}`,
    step.planned !== null && `planned ${stretchWords(step.planned)}`,
    step.actual !== null && `actual ${stretchWords(step.actual)}`,
    step.critical && 'on the critical path',
    step.reason,
  ]
    .filter((part) => part !== false && part !== null)
    .join(', ')
}

/** How a run under way is foreseen to end, `end` in seconds from its start; null when it is over. */
export function endWords(
  { status, plan }: Pick<Run, 'status' | 'plan'>,
  monitoring: Pick<RunMonitoring, 'paused' | 'forecast'> | undefined,
  end: number | null,
): string | null {
  if (status !== 'running' || monitoring === undefined) return null
  if (end === null) return monitoring.paused === null ? 'waits for you' : 'paused'
  const late = Math.round((end - plan.estimate.seconds.parallel) * 10) / 10
  const beside = late === 0 ? 'as planned' : `${secondsWords(Math.abs(late))} ${late > 0 ? 'late' : 'early'}`
  return `expected at ${secondsWords(end)}, ${beside}`
}

/** What an estimate was learned from, and how sure it is: nine times in ten the next attempt lies within the bounds. */
export function basisWords({ attempts, seconds, usd, success }: NonNullable<StepView['basis']>): string {
  const times = attempts === 1 ? '1 attempt' : `${attempts} attempts`
  return (
    `learned from ${times}: ${secondsWords(seconds.low)} to ${secondsWords(seconds.high)}, ` +
    `${formatUsd(usd.low)} to ${formatUsd(usd.high)} nine times in ten; ${Math.round(success * 100)} % succeed`
  )
}
