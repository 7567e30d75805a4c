import type { BarSeries } from '#shared/domain/bar.ts'
import type { ChartRead, OpenPattern } from '#shared/domain/pattern.ts'
import { type CandlestickHit, type CandlestickPattern, findCandlesticks } from './candlesticks.ts'
import { type ChartPattern, findChartPatterns } from './chart-patterns.ts'
import { type Baseline, baselineOf, worthOf } from './pattern-record.ts'
import { median } from './statistics.ts'

/** A breakout is news for so many bars. */
const freshBars = 5
const never = Number.POSITIVE_INFINITY

/** Those that TA-Lib colours or counts as bullish, and no textbook gives a direction. */
const undirected: ReadonlySet<CandlestickPattern> = new Set([
  'doji',
  'dragonfly-doji',
  'gravestone-doji',
  'high-wave',
  'long-legged-doji',
  'rickshaw-man',
  'short-line',
  'spinning-top',
])

/** What a chart pattern is at a row, and since when; null before it is known, and once it has failed or lapsed. */
interface Stage {
  readonly stage: OpenPattern['stage']
  readonly age: number
}

/** The life of a chart pattern: the rows at which it is known, completes and ends. */
interface Life {
  readonly pattern: ChartPattern
  /** Infinite where it does not complete while it lives. */
  readonly completesAt: number
  /** The first row at which it is no longer open. */
  readonly endsAt: number
}

/**
 * A pattern that is not complete within its own length has lapsed, one that closed beyond the far side of its shape has
 * failed, and a complete one is news for five bars.
 */
function lifeOf(pattern: ChartPattern, { high, low, close }: BarSeries): Life {
  const { start, end, knownAt, direction, completedAt, points } = pattern
  const lapse = knownAt + (end - start)
  const up = direction !== 'down'
  const side = points.map((row) => (up ? (low[row] as number) : (high[row] as number)))
  const far = up ? Math.min(...side) : Math.max(...side)
  let failsAt = never
  for (let row = end + 1; row < close.length && row <= lapse + freshBars && failsAt === never; row++) {
    if (up ? (close[row] as number) < far : (close[row] as number) > far) failsAt = row
  }
  const completes = completedAt !== null && completedAt <= lapse && completedAt < failsAt
  return {
    pattern,
    completesAt: completes ? completedAt : never,
    endsAt: Math.min(failsAt, completes ? completedAt + freshBars + 1 : lapse + 1),
  }
}

function stageAt({ pattern, completesAt, endsAt }: Life, row: number): Stage | null {
  if (row < pattern.knownAt || row >= endsAt) return null
  return row >= completesAt
    ? { stage: 'complete', age: row - completesAt }
    : { stage: 'forming', age: row - pattern.knownAt }
}

/** The row at which a pattern was at a stage and age; undefined where it never was. */
function rowOf(life: Life, { stage, age }: Stage): number | undefined {
  const row = (stage === 'complete' ? life.completesAt : life.pattern.knownAt) + age
  return stageAt(life, row)?.stage === stage ? row : undefined
}

function readChartPatterns(series: BarSeries, baseline: Baseline): OpenPattern[] {
  const last = series.close.length - 1
  const lives = findChartPatterns(series).map((pattern) => lifeOf(pattern, series))
  const at = (row: number) => series.time[row] as number
  return lives.flatMap((life): OpenPattern[] => {
    const now = stageAt(life, last)
    if (now === null) return []
    const { kind, direction, confidence, start, end, knownAt, points, trigger, slope } = life.pattern
    const alike = lives.filter(({ pattern }) => pattern.kind === kind).map((other) => rowOf(other, now))
    const priceAt = (row: number) => trigger + slope * (row - knownAt)
    return [
      {
        name: kind,
        family: 'chart',
        direction,
        confidence,
        ...now,
        from: at(start),
        to: at(end),
        points: points.map((row) => ({ time: at(row), price: turnAt(series, row, life.pattern) })),
        trigger: [
          { time: at(start), price: priceAt(start) },
          { time: at(last), price: priceAt(last) },
        ],
        ...worthOf(
          alike.filter((row) => row !== undefined),
          baseline,
        ),
      },
    ]
  })
}

/** The price of a turning point: tops and bottoms take turns, so its neighbour among the points tells which it is. */
function turnAt({ high, low }: BarSeries, row: number, { points }: ChartPattern): number {
  const place = points.indexOf(row)
  const neighbour = points[place === 0 ? 1 : place - 1] as number
  const isTop = (high[row] as number) + (low[row] as number) > (high[neighbour] as number) + (low[neighbour] as number)
  return (isTop ? high[row] : low[row]) as number
}

function readCandlesticks(series: BarSeries, baseline: Baseline): OpenPattern[] {
  const now = findCandlesticks(series, 1)
  const before = findCandlesticks(series, series.close.length, [...new Set(now.map(({ pattern }) => pattern))])
  return now.map((hit): OpenPattern => {
    const alike = before.filter((other) => other.pattern === hit.pattern && other.signal > 0 === hit.signal > 0)
    return {
      name: hit.pattern.replaceAll('-', ' '),
      family: 'candlestick',
      direction: directionOf(hit),
      confidence: Math.min(1, Math.abs(hit.signal) / 100),
      stage: 'complete',
      age: 0,
      from: series.time[hit.start] as number,
      to: series.time[hit.end] as number,
      points: [],
      trigger: null,
      ...worthOf(
        alike.map(({ end }) => end),
        baseline,
      ),
    }
  })
}

function directionOf({ pattern, signal }: CandlestickHit): OpenPattern['direction'] {
  if (undirected.has(pattern)) return 'either'
  return signal > 0 ? 'up' : 'down'
}

/**
 * Reads which patterns are open at the last bar, the strongest first, and what each was worth before on the same chart:
 * candlesticks that end at the bar, and chart patterns that are known and have neither failed nor lapsed. The record of a
 * chart pattern is of those of its kind that were at the same stage for as long. Uses nothing but these bars.
 */
export function readOpenPatterns({
  series,
  horizon,
}: {
  readonly series: BarSeries
  readonly horizon: number
}): ChartRead {
  const baseline = baselineOf(series.close, horizon)
  const steps = series.time.slice(1).map((time, row) => time - (series.time[row] as number))
  const patterns = [...readChartPatterns(series, baseline), ...readCandlesticks(series, baseline)]
  const force = ({ signal, strength, confidence }: OpenPattern) => Math.abs(signal) * strength * confidence
  return {
    barMs: steps.length === 0 ? 0 : median(steps),
    bars: series.close.length,
    horizon,
    baseline: Number.isNaN(baseline.mean) ? null : baseline.mean,
    patterns: patterns.sort((a, b) => force(b) - force(a) || b.confidence - a.confidence),
  }
}
