import type { ViewRecord } from '#engine/agents/view-record.ts'
import { count } from '#engine/agents/wording.ts'
import { type Calibration, calibrated } from '#engine/consensus/opinion-pool.ts'
import type { Insight } from '#shared/domain/insight.ts'

/** What a stated confidence counts for: a bad record takes a view's say away, down to a coin's toss, and does not turn it round. */
export function weightOf(stated: number, calibration: Calibration): number {
  return Math.max(0.5, calibrated(stated, calibration))
}

/**
 * Takes the confidence of a view with a direction for what the agent's record has shown such confidence to be worth, and keeps
 * what was stated beside it. A flat view, which takes no side, stays as it is.
 */
export function temper(insight: Insight, { calibration }: ViewRecord): Insight {
  if (insight.direction === 'flat') return insight
  const stated = insight.confidence
  return { ...insight, confidence: weightOf(stated, calibration), stated }
}

/** Why a view's confidence is not what the evidence states; empty where it is. */
export function describeTempering({ stated }: Insight, { judged, right }: ViewRecord): string {
  if (stated === undefined) return ''
  const why =
    judged === 0
      ? 'no earlier view on it can be judged yet'
      : `${right} of ${count(judged, 'earlier view')} on it ${right === 1 ? 'was' : 'were'} right`
  return ` Adjusted from ${stated.toFixed(2)} on the evidence alone: ${why}.`
}
