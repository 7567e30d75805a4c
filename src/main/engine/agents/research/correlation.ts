import { count, listWords } from '#engine/agents/wording.ts'
import { correlations, pearson } from '#engine/market/correlations.ts'
import { logReturns, sampleDeviation } from '#engine/market/statistics.ts'
import type { SourceData } from '#engine/ports/research-sources.ts'
import type { BarSeries } from '#shared/domain/bar.ts'
import {
  clamp,
  coverage,
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

const leastReturns = 30

/** Where returns tend to repeat, the last one points on; where they tend to reverse, it points back. */
export function signalOfPersistence(correlation: number, lastDeviations: number, returns: number) {
  return {
    signal: signalOf(correlation * lastDeviations),
    strength: significance(correlation * Math.sqrt(returns)),
  }
}

function readOwn({ close }: BarSeries, { instrument }: ReadContext): Finding | Nothing {
  const returns = logReturns(close)
  const correlation = pearson(returns.slice(0, -1), returns.slice(1))
  if (returns.length < leastReturns || correlation === null) {
    return {
      nothing: `${count(returns.length, 'return')} of ${instrument} are too few; a correlation needs ${leastReturns} that move.`,
    }
  }
  const last = inDeviations(returns[returns.length - 1] as number, sampleDeviation(returns))
  const habit = correlation > 0 ? 'repeat' : 'reverse'
  return {
    summary: `Returns of ${instrument} tend to ${habit}: correlation with the bar before ${correlation.toFixed(2)} over ${count(returns.length, 'bar')}, the last move ${last.toFixed(1)} deviations.`,
    figures: {
      ...knownFigures({ autocorrelation: correlation, lastDeviations: last, returns: returns.length }),
      ...signalOfPersistence(correlation, last, returns.length),
    },
    quality: coverage(returns.length, leastReturns),
  }
}

const pullDays = 5

interface Peer {
  readonly name: string
  readonly correlation: number
  readonly ewma: number
  readonly moved: number
}

/** A series' returns on the days of another one, with holes where it has none. */
function returnsOn(days: Float64Array, series: BarSeries): Float64Array {
  const closes = new Map(Array.from(series.time, (time, row) => [time, series.close[row] as number]))
  return logReturns(Float64Array.from(days, (day) => closes.get(day) ?? Number.NaN))
}

/** The move of the last days, in deviations of what such a span usually brings. */
function recentMove(returns: Float64Array): number {
  const known = returns.filter((value) => !Number.isNaN(value))
  const sum = known.slice(-pullDays).reduce((total, value) => total + value, 0)
  return inDeviations(sum, sampleDeviation(known) * Math.sqrt(pullDays))
}

/**
 * What moves together and has drifted apart tends to come together again: peers that rose more than their correlation
 * explains pull up. The gap counts by how unusual it is and by how much of the moves is shared (the squared correlation).
 */
export function signalOfPull(gap: number, correlation: number): { readonly signal: number; readonly strength: number } {
  const own = Math.sqrt(Math.max(0.01, 1 - correlation * correlation))
  return { signal: signalOf(gap / own), strength: significance(gap / own) * correlation * correlation }
}

function readPeers(data: SourceData['peer_data'], { instrument, answers }: ReadContext): Finding | Nothing {
  const own = answers.historical_data
  if (own === undefined)
    return { nothing: `Peers cannot be compared: the daily history of ${instrument} is unavailable.` }
  const returns = logReturns(own.close)
  const peers: Peer[] = []
  for (const [name, series] of Object.entries(data)) {
    const theirs = returnsOn(own.time, series)
    const { pearson: correlation, ewma, count: pairs } = correlations(returns, theirs)
    if (correlation === null || pairs < leastReturns) continue
    peers.push({ name, correlation, ewma: ewma ?? correlation, moved: recentMove(theirs) })
  }
  if (peers.length === 0) return { nothing: `No peer of ${instrument} shares ${leastReturns} days with it.` }
  const correlation = meanOf(peers.map((peer) => peer.correlation))
  const moved = recentMove(returns)
  const pull = meanOf(peers.map((peer) => peer.correlation * peer.moved))
  const closest = [...peers].sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation)).slice(0, 3)
  const words = closest.map((peer) => `${peer.name} ${peer.correlation.toFixed(2)} (lately ${peer.ewma.toFixed(2)})`)
  return {
    summary: `${instrument} moves with ${listWords(words)}; in ${pullDays} days it moved ${moved.toFixed(1)} deviations, and its peers' moves explain ${pull.toFixed(1)}.`,
    figures: {
      ...knownFigures(Object.fromEntries(peers.map((peer) => [`correlation ${peer.name}`, peer.correlation]))),
      ...knownFigures({ meanCorrelation: correlation, moved, pull, peers: peers.length }),
      ...signalOfPull(pull - moved, clamp(correlation, -1, 1)),
    },
    quality: coverage(peers.length, 2),
  }
}

/** How the instrument's returns follow from its own, and from its peers' where a feed has them. */
export const correlationAnalysis: TaskReaders = {
  readers: { price_data: readOwn, peer_data: readPeers },
  also: ['peer_data', 'historical_data'],
}
