import { count, listWords, percent, signedPercent } from '#engine/agents/wording.ts'
import { logReturns, sampleDeviation } from '#engine/market/statistics.ts'
import type { BarSeries } from '#shared/domain/bar.ts'
import {
  clamp,
  deviationOf,
  type Finding,
  inDeviations,
  knownFigures,
  meanOf,
  type Nothing,
  type ReadContext,
  signalOf,
  significance,
  type TaskReaders,
} from './reading.ts'

const lookbacks = [10, 30, 60, 120]
const leastBars = 31

/**
 * Time series momentum (Moskowitz, Ooi and Pedersen 2012): what rose for its volatility goes on. The strength is how far
 * the lookbacks agree.
 */
export function signalOfMomentum(deviations: readonly number[]): {
  readonly signal: number
  readonly strength: number
} {
  const size = meanOf(deviations.map(Math.abs))
  const centre = meanOf(deviations)
  return { signal: signalOf(centre), strength: size > 0 ? clamp(Math.abs(centre) / size, 0, 1) : 0 }
}

function readMomentum({ close }: BarSeries, { instrument }: ReadContext): Finding | Nothing {
  const last = close.length - 1
  const spread = sampleDeviation(logReturns(close).slice(-120))
  if (close.length < leastBars || !(spread > 0)) {
    return { nothing: `${count(close.length, 'closed bar')} of ${instrument}; momentum needs ${leastBars} that move.` }
  }
  const reads = lookbacks
    .filter((lookback) => lookback <= last)
    .map((lookback) => {
      const move = Math.log((close[last] as number) / (close[last - lookback] as number))
      return { lookback, move, deviations: inDeviations(move, spread * Math.sqrt(lookback)) }
    })
  const words = reads.map(({ lookback, move }) => `${signedPercent(Math.expm1(move))} in ${lookback}`)
  const direction = signalOfMomentum(reads.map(({ deviations }) => deviations))
  return {
    summary: `${instrument} moved ${listWords(words)} bars, ${meanOf(reads.map(({ deviations }) => deviations)).toFixed(1)} deviations on average; agreement of the lookbacks ${percent(direction.strength, 0)}.`,
    figures: {
      ...knownFigures(Object.fromEntries(reads.map(({ lookback, move }) => [`move ${lookback}`, Math.expm1(move)]))),
      bars: close.length,
      ...direction,
    },
    quality: reads.length / lookbacks.length,
  }
}

const recentBars = 10
const earlierBars = 40

/** A move on rising volume goes on, one on falling volume fades; it counts by how unusual both are. */
export function signalOfConfirmation(moveDeviations: number, volumeDeviations: number) {
  return {
    signal: signalOf(moveDeviations * signalOf(volumeDeviations)),
    strength: significance(volumeDeviations) * significance(moveDeviations),
  }
}

function readConfirmation({ close, volume }: BarSeries, { instrument }: ReadContext): Finding | Nothing {
  const last = close.length - 1
  const sizes = Array.from(volume.slice(-(recentBars + earlierBars)), (size) => Math.log(size)).filter(Number.isFinite)
  if (last < recentBars + earlierBars || sizes.length < recentBars + earlierBars) {
    return { nothing: `Too little volume data on ${instrument} to confirm a move.` }
  }
  const recent = sizes.slice(-recentBars)
  const earlier = sizes.slice(0, -recentBars)
  const difference = meanOf(recent) - meanOf(earlier)
  const error = deviationOf(sizes) * Math.sqrt(1 / recent.length + 1 / earlier.length)
  const volumeDeviations = inDeviations(difference, error)
  const move = Math.log((close[last] as number) / (close[last - recentBars] as number))
  const spread = sampleDeviation(logReturns(close).slice(-120))
  const moveDeviations = inDeviations(move, spread * Math.sqrt(recentBars))
  return {
    summary: `${instrument}'s ${signedPercent(Math.expm1(move))} in ${recentBars} bars came on volume ${signedPercent(Math.expm1(difference), 0)} on the ${earlierBars} before: the move is ${difference > 0 ? 'confirmed' : 'fading'}.`,
    figures: {
      ...knownFigures({
        move: Math.expm1(move),
        moveDeviations,
        volumeChange: Math.expm1(difference),
        volumeDeviations,
      }),
      ...signalOfConfirmation(moveDeviations, volumeDeviations),
    },
    quality: 1,
  }
}

/** Whether the move goes on, and whether volume goes with it. */
export const momentumAnalysis: TaskReaders = { readers: { price_data: readMomentum, volume_data: readConfirmation } }
