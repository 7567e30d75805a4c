import { horizonBars } from '#engine/agents/market-read.ts'
import { count, figure, listWords, percent, signedPercent } from '#engine/agents/wording.ts'
import { readOpenPatterns } from '#engine/market/open-patterns.ts'
import type { BarSeries } from '#shared/domain/bar.ts'
import type { ChartRead, OpenPattern } from '#shared/domain/pattern.ts'
import { type Finding, knownFigures, type Nothing, type ReadContext } from './reading.ts'

const leastBars = 30
/** Ten times of the rarer shapes are in so many bars. */
const wantedBars = 1_000
/** More than these are the same candle under other names. */
const shownPatterns = 6
const dayMs = 86_400_000

/**
 * The patterns' signals together. They stand on the same bars, so they count as one: the mean signal, each by its weight
 * (strength x confidence), and what they weigh on average, each by its own weight. A pattern without a record has no
 * weight, and takes none from the others.
 */
export function signalOfPatterns(patterns: readonly Pick<OpenPattern, 'signal' | 'strength' | 'confidence'>[]): {
  readonly signal: number
  readonly strength: number
} {
  const pulls = patterns.map(({ signal, strength, confidence }) => ({ signal, weight: strength * confidence }))
  const sum = pulls.reduce((total, { weight }) => total + weight, 0)
  if (sum === 0) return { signal: 0, strength: 0 }
  return {
    signal: pulls.reduce((total, { signal, weight }) => total + signal * weight, 0) / sum,
    strength: pulls.reduce((total, { weight }) => total + weight * weight, 0) / sum,
  }
}

function dateOf(time: number, barMs: number): string {
  const text = new Date(time).toISOString()
  return barMs < dayMs ? text.slice(0, 16).replace('T', ' ') : text.slice(0, 10)
}

function placeOf({ from, to, age, stage, trigger, family }: OpenPattern, barMs: number): string {
  const place = from === to ? `on ${dateOf(to, barMs)}` : `from ${dateOf(from, barMs)} to ${dateOf(to, barMs)}`
  const line = trigger?.[1].price
  if (family === 'candlestick' || line === undefined) return place
  if (stage === 'forming') return `${place}, trigger at ${figure(line, 6)} not yet broken`
  return `${place}, complete ${age === 0 ? 'with the last bar' : `for ${count(age, 'bar')}`}`
}

function recordOf({ record, signal, strength, confidence }: OpenPattern, { horizon, baseline }: ChartRead): string {
  const { seen, counted, mean, interval } = record
  if (mean === null || baseline === null) return 'never seen on this chart with an outcome, so it counts for nothing'
  const [low, high] = interval ?? [null, null]
  const range = low === null || high === null ? '' : ` (95 %: ${signedPercent(low)} to ${signedPercent(high)})`
  const apart = counted === seen ? '' : `, ${counted} without overlap`
  const pull = signal * strength * confidence
  const worth = Math.abs(pull) < 0.005 ? 'signal near zero' : `signal ${pull > 0 ? '+' : ''}${pull.toFixed(2)}`
  return `seen ${seen === 1 ? 'once' : `${seen} times`} before on this chart${apart}, then ${signedPercent(mean)} in ${horizon} bars${range} against ${signedPercent(baseline)} after any bar: ${worth}`
}

const directions = { up: 'up', down: 'down', either: 'either way' } as const

function describe(pattern: OpenPattern, read: ChartRead): string {
  const { name, direction, confidence } = pattern
  return `${name} (${directions[direction]}, fit ${percent(confidence, 0)}) ${placeOf(pattern, read.barMs)}; ${recordOf(pattern, read)}`
}

/** The newest of those that have one name: the older ones are what it grew out of. */
function newestOfEach(patterns: readonly OpenPattern[]): readonly OpenPattern[] {
  return patterns.filter((pattern) => !patterns.some((other) => other.name === pattern.name && other.to > pattern.to))
}

/** Which patterns are open at the last closed bar, and what each was worth before on the same chart. */
export async function readChart(series: BarSeries, { instrument, compute }: ReadContext): Promise<Finding | Nothing> {
  const bars = series.close.length
  if (bars < leastBars) return { nothing: `${count(bars, 'closed bar')} of ${instrument}; patterns need ${leastBars}.` }
  const all = await compute.run(readOpenPatterns, { series, horizon: horizonBars })
  const read: ChartRead = { ...all, patterns: newestOfEach(all.patterns).slice(0, shownPatterns) }
  const [first, ...rest] = read.patterns
  if (first === undefined) return { nothing: `No open pattern on ${instrument} at its last closed bar.` }
  const also = rest.length === 0 ? '' : ` Also open: ${listWords(rest.map(({ name }) => name))}.`
  const { record } = first
  return {
    summary: `On the chart of ${instrument}: ${describe(first, read)}.${also}`,
    figures: {
      ...knownFigures({
        patterns: read.patterns.length,
        bars,
        matches: record.counted,
        mean: record.mean,
        baseline: read.baseline,
        hitRate: record.hitRate,
        intervalLow: record.interval?.[0] ?? null,
        intervalHigh: record.interval?.[1] ?? null,
      }),
      ...signalOfPatterns(read.patterns),
    },
    quality: Math.min(1, bars / wantedBars),
    chart: read,
  }
}
