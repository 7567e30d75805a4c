import type { BarSeries } from '#shared/domain/bar.ts'
import { atr } from './indicators/volatility.ts'
import { type Swing, swings } from './levels.ts'

export type ChartPatternKind =
  | 'double top'
  | 'double bottom'
  | 'head and shoulders'
  | 'inverse head and shoulders'
  | 'ascending triangle'
  | 'descending triangle'
  | 'symmetrical triangle'
  | 'bull flag'
  | 'bear flag'

/** A chart pattern and the bars it stands on. */
export interface ChartPattern {
  readonly kind: ChartPatternKind
  /** Where price is expected to go: up, down, or whichever way it breaks out. */
  readonly direction: 'up' | 'down' | 'either'
  /** Rows of the turning points it stands on, oldest first. */
  readonly points: readonly number[]
  /** First and last row of its shape. */
  readonly start: number
  readonly end: number
  /** Row at which it could first be told: its last turning point must have been confirmed. */
  readonly knownAt: number
  /** The price whose crossing completes it: neckline or boundary, as of `knownAt`. */
  readonly trigger: number
  /** By how much the trigger rises from one row to the next: the slope of its line. */
  readonly slope: number
  /** First row after `knownAt` that closed beyond the trigger; null while none has. */
  readonly completedAt: number | null
  /** 0 to 1: how well the shape fits, 1 for a textbook one. */
  readonly confidence: number
}

/** Turning points without two of a kind in a row: of neighbours of one kind the more extreme stays. */
function alternate(points: readonly Swing[]): Swing[] {
  const result: Swing[] = []
  for (const point of points) {
    const last = result[result.length - 1]
    if (last?.kind !== point.kind) result.push(point)
    else if (point.kind === 'high' ? point.price > last.price : point.price < last.price) {
      result[result.length - 1] = point
    }
  }
  return result
}

/** 1 where a value is 0, falling to 0 at the limit. */
function fit(value: number, limit: number): number {
  return Math.max(0, 1 - Math.abs(value) / limit)
}

/** The height at a row of the line through two points. */
function line(a: Swing, b: Swing, row: number): number {
  return a.price + ((b.price - a.price) * (row - a.index)) / (b.index - a.index)
}

type Draft = Pick<ChartPattern, 'kind' | 'direction' | 'confidence'> & {
  readonly points: readonly Swing[]
  readonly trigger: (row: number) => number
}

/** Two tops at one height with a valley between; mirrored for sign -1. */
function doubleTop([a, b, c]: readonly Swing[], width: number, sign: 1 | -1): Draft | undefined {
  if (!a || !b || !c || a.kind !== (sign > 0 ? 'high' : 'low')) return undefined
  const depth = sign * ((a.price + c.price) / 2 - b.price)
  if (depth < 2 * width || Math.abs(a.price - c.price) > width) return undefined
  return {
    kind: sign > 0 ? 'double top' : 'double bottom',
    direction: sign > 0 ? 'down' : 'up',
    points: [a, b, c],
    trigger: () => b.price,
    confidence: 0.5 * fit(a.price - c.price, width) + 0.5 * Math.min(1, depth / (6 * width)),
  }
}

/** A middle top above two shoulders of about one height, over a neckline; mirrored for sign -1. */
function headAndShoulders([a, b, c, d, e]: readonly Swing[], width: number, sign: 1 | -1): Draft | undefined {
  if (!a || !b || !c || !d || !e || a.kind !== (sign > 0 ? 'high' : 'low')) return undefined
  const shoulders = (a.price + e.price) / 2
  const head = sign * (c.price - Math.max(sign * a.price, sign * e.price) * sign)
  const base = sign * (shoulders - (b.price + d.price) / 2)
  if (head < width || base < width) return undefined
  if (Math.abs(a.price - e.price) > 1.5 * width || Math.abs(b.price - d.price) > 1.5 * width) return undefined
  const [left, right] = [c.index - a.index, e.index - c.index]
  const balance = Math.min(left, right) / Math.max(left, right)
  return {
    kind: sign > 0 ? 'head and shoulders' : 'inverse head and shoulders',
    direction: sign > 0 ? 'down' : 'up',
    points: [a, b, c, d, e],
    trigger: (row) => line(b, d, row),
    confidence: (fit(a.price - e.price, 1.5 * width) + fit(b.price - d.price, 1.5 * width) + balance) / 3,
  }
}

/** Two highs and two lows between lines that close in on each other. */
function triangle([a, b, c, d]: readonly Swing[], width: number): Draft | undefined {
  if (!a || !b || !c || !d) return undefined
  const [high1, high2] = a.kind === 'high' ? [a, c] : [b, d]
  const [low1, low2] = a.kind === 'high' ? [b, d] : [a, c]
  const opening = line(high1, high2, a.index) - line(low1, low2, a.index)
  const closing = line(high1, high2, d.index) - line(low1, low2, d.index)
  if (opening < 2 * width || closing <= 0 || closing > 0.7 * opening) return undefined
  const top = high2.price - high1.price
  const bottom = low2.price - low1.price
  const flat = 0.5 * width
  const points = [a, b, c, d]
  const narrowing = fit(closing, opening)
  if (Math.abs(top) <= flat && bottom > flat) {
    const confidence = 0.5 * fit(top, flat) + 0.5 * narrowing
    return {
      kind: 'ascending triangle',
      direction: 'up',
      points,
      trigger: (row) => line(high1, high2, row),
      confidence,
    }
  }
  if (Math.abs(bottom) <= flat && top < -flat) {
    const confidence = 0.5 * fit(bottom, flat) + 0.5 * narrowing
    return {
      kind: 'descending triangle',
      direction: 'down',
      points,
      trigger: (row) => line(low1, low2, row),
      confidence,
    }
  }
  if (top >= -flat || bottom <= flat) return undefined
  const confidence = 0.5 * fit(top + bottom, Math.abs(top) + Math.abs(bottom)) + 0.5 * narrowing
  return {
    kind: 'symmetrical triangle',
    direction: 'either',
    points,
    trigger: (row) => line(high1, high2, row),
    confidence,
  }
}

/** A steep pole followed by a short, shallow channel against it; mirrored for sign -1. */
function flag([a, b, c, d]: readonly Swing[], width: number, sign: 1 | -1): Draft | undefined {
  if (!a || !b || !c || !d || a.kind !== (sign > 0 ? 'low' : 'high')) return undefined
  const pole = sign * (b.price - a.price)
  const poleBars = b.index - a.index
  const flagBars = d.index - b.index
  const retreat = sign * (b.price - c.price)
  const rest = sign * (b.price - d.price)
  // The pole must be worth three ATRs and a quarter of one a bar, the flag no deeper than half of it.
  if (pole < 3 * width || pole / poleBars < 0.25 * width || retreat > 0.5 * pole || retreat <= 0) return undefined
  if (rest < 0 || rest >= retreat || flagBars > 2 * poleBars + 5) return undefined
  return {
    kind: sign > 0 ? 'bull flag' : 'bear flag',
    direction: sign > 0 ? 'up' : 'down',
    points: [a, b, c, d],
    trigger: (row) => line(b, d, row),
    confidence: 0.5 * fit(retreat, 0.6 * pole) + 0.5 * Math.min(1, pole / (8 * width)),
  }
}

/**
 * Finds chart patterns in turning points confirmed by `reach` bars on both sides, oldest first. Tolerances are in
 * ATRs at the pattern's last turning point. No look-ahead: a pattern is told at `knownAt` from bars up to there, and
 * later bars only fill in `completedAt`.
 */
export function findChartPatterns(series: BarSeries, reach = 5): ChartPattern[] {
  const width = atr(series, 14)
  const confirmed = swings(series, reach)
  const found: ChartPattern[] = []
  const { close } = series
  for (let last = 2; last < confirmed.length; last++) {
    // What had been confirmed when this turning point was.
    const points = alternate(confirmed.slice(Math.max(0, last - 11), last + 1))
    const newest = confirmed[last] as Swing
    if (points[points.length - 1] !== newest) continue
    const range = width[newest.index] as number
    if (!(range > 0)) continue
    const drafts = [
      doubleTop(points.slice(-3), range, 1),
      doubleTop(points.slice(-3), range, -1),
      headAndShoulders(points.slice(-5), range, 1),
      headAndShoulders(points.slice(-5), range, -1),
      triangle(points.slice(-4), range),
      flag(points.slice(-4), range, 1),
      flag(points.slice(-4), range, -1),
    ]
    const knownAt = newest.index + reach
    for (const draft of drafts) {
      if (!draft) continue
      const { kind, direction, confidence, trigger } = draft
      const up = direction !== 'down'
      let completedAt: number | null = null
      for (let row = knownAt + 1; row < close.length && completedAt === null; row++) {
        const price = close[row] as number
        if (up ? price > trigger(row) : price < trigger(row)) completedAt = row
      }
      found.push({
        kind,
        direction,
        points: draft.points.map((point) => point.index),
        start: (draft.points[0] as Swing).index,
        end: newest.index,
        knownAt,
        trigger: trigger(knownAt),
        slope: trigger(knownAt + 1) - trigger(knownAt),
        completedAt,
        confidence,
      })
    }
  }
  return found
}
