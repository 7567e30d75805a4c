import { count, percent, signedPercent } from '#engine/agents/wording.ts'
import { historicalPatterns } from '#engine/market/historical-patterns.ts'
import { sampleDeviation } from '#engine/market/statistics.ts'
import type { BarSeries } from '#shared/domain/bar.ts'
import {
  type Finding,
  inDeviations,
  knownFigures,
  type Nothing,
  type ReadContext,
  signalOf,
  significance,
  type TaskReaders,
} from './reading.ts'

const horizon = 5
const wantedMatches = 20
const wantedBars = 250

/** What followed likenesses, against what follows any bar, in standard errors of the mean of so many outcomes. */
export function signalOfOutcomes(deviations: number): { readonly signal: number; readonly strength: number } {
  return { signal: signalOf(deviations), strength: significance(deviations) }
}

function readHistory({ close }: BarSeries, { instrument }: ReadContext): Finding | Nothing {
  const read = historicalPatterns(close, { horizon, matches: wantedMatches })
  if (read.mean === null || read.hitRate === null || read.baseline === null || read.count < 3) {
    return {
      nothing: `Too few stretches like the last 20 bars in ${count(close.length, 'bar')} of ${instrument} to learn from.`,
    }
  }
  const outcomes = Float64Array.from(read.matches, (match) => match.outcome)
  const deviations = inDeviations(read.mean - read.baseline, sampleDeviation(outcomes) / Math.sqrt(read.count))
  const [low, high] = read.interval ?? [null, null]
  const range = low === null || high === null ? '' : ` (95 %: ${signedPercent(low)} to ${signedPercent(high)})`
  return {
    summary: `After the ${count(read.count, 'past stretch')} most like the last 20 bars, ${instrument} returned ${signedPercent(read.mean)} in ${horizon} bars${range}, up ${percent(read.hitRate, 0)} of the time; any ${horizon} bars returned ${signedPercent(read.baseline)}.`,
    figures: {
      ...knownFigures({
        matches: read.count,
        mean: read.mean,
        hitRate: read.hitRate,
        baseline: read.baseline,
        intervalLow: low,
        intervalHigh: high,
        deviations,
        bars: close.length,
      }),
      ...signalOfOutcomes(deviations),
    },
    quality: (read.count / wantedMatches) * Math.min(1, close.length / wantedBars),
  }
}

/** What followed when the chart looked as it does now. */
export const historicalPatternAnalysis: TaskReaders = { readers: { historical_data: readHistory } }
