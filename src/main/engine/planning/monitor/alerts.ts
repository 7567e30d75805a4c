import { isFinalStep } from '#shared/domain/plan.ts'
import { type ExecutionTrace, isTimeout } from './trace.ts'
import { percentText, secondsText, usdText } from './words.ts'

/** From where on a run is called out. */
export interface AlertThresholds {
  /** Share of the steps tried to their end that failed. */
  readonly failedShare: number
  /** Since the run began. */
  readonly seconds: number
  readonly usd: number
  /** Share of the ended attempts that timed out. */
  readonly timeoutShare: number
}

/** Shares of fewer steps or attempts than so many say nothing yet while the run goes on. */
export const fewestTried = 3

export interface Alert {
  readonly kind: 'failures' | 'time' | 'cost' | 'timeouts'
  readonly value: number
  readonly threshold: number
  readonly sentence: string
}

/** What is wrong with a run, by its trace alone: each value that lies over its threshold. Time is the last event's. */
export function alertsOf(trace: ExecutionTrace, thresholds: AlertThresholds): readonly Alert[] {
  const tried = trace.steps.filter(({ state, attempts }) => isFinalStep(state) && attempts.length > 0)
  const failed = tried.filter(({ state }) => state === 'failed').length
  const attempts = trace.steps.flatMap((step) => step.attempts.filter(({ endedAt }) => endedAt !== null))
  const timeouts = attempts.filter(isTimeout).length
  const isOver = trace.steps.every(({ state }) => isFinalStep(state))
  const shareOf = (part: number, whole: number) => (whole === 0 || (!isOver && whole < fewestTried) ? 0 : part / whole)
  const seconds = (trace.lastAt - trace.startedAt) / 1_000
  // Prices that add up to the threshold on paper must not pass it by rounding.
  const usd = Math.round(trace.steps.reduce((sum, step) => sum + step.usd, 0) * 1e9) / 1e9
  const alerts: Alert[] = []
  const check = (kind: Alert['kind'], value: number, threshold: number, sentence: string) => {
    if (value > threshold) alerts.push({ kind, value, threshold, sentence })
  }
  check(
    'failures',
    shareOf(failed, tried.length),
    thresholds.failedShare,
    `${failed} of ${tried.length} steps failed, more than ${percentText(thresholds.failedShare)}.`,
  )
  check(
    'time',
    seconds,
    thresholds.seconds,
    `The run has taken ${secondsText(seconds)}, more than ${secondsText(thresholds.seconds)}.`,
  )
  check('cost', usd, thresholds.usd, `The run has cost ${usdText(usd)}, more than ${usdText(thresholds.usd)}.`)
  check(
    'timeouts',
    shareOf(timeouts, attempts.length),
    thresholds.timeoutShare,
    `${timeouts} of ${attempts.length} attempts timed out, more than ${percentText(thresholds.timeoutShare)}.`,
  )
  return alerts
}
