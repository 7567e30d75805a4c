import jstat from 'jstat'
import { ParleyError } from '#shared/lib/error.ts'
import { mean } from '#shared/lib/statistics.ts'
import { intervalQuantile, logReturns, sampleDeviation } from './statistics.ts'

export interface HistoricalPatternOptions {
  /** Bars of the shape that is looked for (default 20). */
  readonly window?: number
  /** Bars ahead over which the outcome is measured (default 5). */
  readonly horizon?: number
  /** At most so many matches (default 20). */
  readonly matches?: number
}

interface PatternMatch {
  /** Row of the last bar of the matching window. */
  readonly index: number
  /** Root mean square gap between the two shapes, in standard deviations of a return; 0 is the same shape. */
  readonly distance: number
  /** Log return over the `horizon` bars that followed. */
  readonly outcome: number
}

/** What followed when the market looked as it does now. */
export interface HistoricalPatterns {
  readonly matches: readonly PatternMatch[]
  readonly count: number
  /** Mean log return of the outcomes; null without matches. */
  readonly mean: number | null
  /** Share of outcomes above zero; null without matches. */
  readonly hitRate: number | null
  /** 95 % interval of the mean (Student's t); null for fewer than three matches. */
  readonly interval: readonly [number, number] | null
  /**
   * Mean log return over every `horizon` bars of the past searched: what to compare the mean with; null without a
   * past.
   */
  readonly baseline: number | null
}

function shape(returns: Float64Array, end: number, window: number): Float64Array | undefined {
  const part = returns.slice(end - window + 1, end + 1)
  const centre = mean(part)
  const spread = sampleDeviation(part)
  return spread > 0 ? part.map((value) => (value - centre) / spread) : undefined
}

function distance(a: Float64Array, b: Float64Array): number {
  let squares = 0
  for (let k = 0; k < a.length; k++) squares += ((a[k] as number) - (b[k] as number)) ** 2
  return Math.sqrt(squares / a.length)
}

/**
 * Finds the past windows whose normalised log returns are nearest to those of the last `window` bars, and what
 * followed each. No look-ahead: a window counts only if it ends before the present one begins and its outcome is
 * known. Matches are at least `horizon` bars apart, so that no outcome is counted twice. Throws
 * PATTERN_OPTIONS_INVALID.
 */
export function historicalPatterns(closes: Float64Array, options: HistoricalPatternOptions = {}): HistoricalPatterns {
  const { window = 20, horizon = 5, matches: limit = 20 } = options
  if (![window, horizon, limit].every(Number.isInteger) || window < 3 || horizon < 1 || limit < 1) {
    throw new ParleyError(
      'PATTERN_OPTIONS_INVALID',
      'A pattern needs a window of 3 bars or more, a horizon and a number of matches.',
      {
        details: { window, horizon, limit },
      },
    )
  }
  const returns = logReturns(closes)
  const now = returns.length - 1
  const present = now + 1 >= window ? shape(returns, now, window) : undefined
  const lastEnd = present ? now - Math.max(window, horizon) : -1
  const candidates: PatternMatch[] = []
  let total = 0
  let searched = 0
  for (let end = window - 1; end <= lastEnd; end++) {
    const outcome = Math.log((closes[end + 1 + horizon] as number) / (closes[end + 1] as number))
    total += outcome
    searched++
    const past = shape(returns, end, window)
    // Return k leads to close k + 1.
    if (past && present) candidates.push({ index: end + 1, distance: distance(present, past), outcome })
  }
  candidates.sort((a, b) => a.distance - b.distance || b.index - a.index)
  const chosen: PatternMatch[] = []
  for (const candidate of candidates) {
    if (chosen.length === limit) break
    if (chosen.every((other) => Math.abs(other.index - candidate.index) >= horizon)) chosen.push(candidate)
  }
  const outcomes = Float64Array.from(chosen, (match) => match.outcome)
  const count = chosen.length
  const centre = count > 0 ? mean(outcomes) : null
  const reach =
    count < 3 ? 0 : (jstat.studentt.inv(intervalQuantile, count - 1) * sampleDeviation(outcomes)) / Math.sqrt(count)
  return {
    matches: chosen,
    count,
    mean: centre,
    hitRate: count > 0 ? outcomes.filter((outcome) => outcome > 0).length / count : null,
    interval: centre === null || count < 3 ? null : [centre - reach, centre + reach],
    baseline: searched > 0 ? total / searched : null,
  }
}
