import jstat from 'jstat'
import type { PatternRecord } from '#shared/domain/pattern.ts'
import { mean } from '#shared/lib/statistics.ts'
import { intervalQuantile, sampleDeviation } from './statistics.ts'

/** What any stretch of a chart came to: what the cases of a pattern are measured against. */
export interface Baseline {
  readonly closes: Float64Array
  /** Bars over which an outcome is measured. */
  readonly horizon: number
  /** Of the log returns of all stretches of that length; NaN where there are none, or but one. */
  readonly mean: number
  readonly deviation: number
}

/** What a pattern's record says of the price. */
export interface PatternWorth {
  readonly record: PatternRecord
  readonly signal: number
  readonly strength: number
}

/** Before anything is counted a pattern is taken to move the price by a quarter of a deviation, up or down: 1 / 0.25^2 cases. */
const priorCases = 16

/** Measures all stretches of a length on a chart. */
export function baselineOf(closes: Float64Array, horizon: number): Baseline {
  const outcomes = Float64Array.from({ length: Math.max(0, closes.length - horizon) }, (_, row) =>
    outcomeAt(closes, row, horizon),
  )
  return { closes, horizon, mean: mean(outcomes), deviation: sampleDeviation(outcomes) }
}

function outcomeAt(closes: Float64Array, row: number, horizon: number): number {
  return Math.log((closes[row + horizon] as number) / (closes[row] as number))
}

/**
 * What a pattern is worth by what followed its earlier cases, at the given rows. Cases whose outcome lies ahead are left
 * out, and of those that overlap the newest counts, so that no move is counted twice. The signal is the probability of
 * a rise beyond the baseline's less that of a fall, for a normal effect with a prior of mean 0 and a quarter of a
 * deviation; the strength is how improbable the excess is by chance, shrunk alike. So both are 0 without cases, and
 * nearly 0 with few.
 */
export function worthOf(rows: Iterable<number>, baseline: Baseline): PatternWorth {
  const { closes, horizon } = baseline
  const known = [...new Set(rows)].filter((row) => row + horizon < closes.length).sort((a, b) => b - a)
  const apart: number[] = []
  for (const row of known) {
    const [next] = apart.slice(-1)
    if (next === undefined || next - row >= horizon) apart.push(row)
  }
  const outcomes = Float64Array.from(apart, (row) => outcomeAt(closes, row, horizon))
  const count = outcomes.length
  const centre = count === 0 ? null : mean(outcomes)
  const reach =
    count < 3 ? null : jstat.studentt.inv(intervalQuantile, count - 1) * (sampleDeviation(outcomes) / Math.sqrt(count))
  const record: PatternRecord = {
    seen: known.length,
    counted: count,
    mean: centre,
    hitRate: count === 0 ? null : outcomes.filter((outcome) => outcome > 0).length / count,
    interval: centre === null || reach === null ? null : [centre - reach, centre + reach],
  }
  if (centre === null || !(baseline.deviation > 0)) return { record, signal: 0, strength: 0 }
  const effect = (centre - baseline.mean) / baseline.deviation
  const coverage = count / (count + priorCases)
  return {
    record,
    signal: chanceOf(coverage * effect),
    strength: coverage * Math.abs(chanceOf(effect * Math.sqrt(count))),
  }
}

/** The probability of a normal value above minus so many deviations, less that of one below. */
function chanceOf(deviations: number): number {
  return 2 * jstat.normal.cdf(deviations, 0, 1) - 1
}
