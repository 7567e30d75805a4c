import { type Bar, type Timeframe, timeframeMs, timeframes } from '#shared/domain/bar.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { ChartRead, OpenPattern } from '#shared/domain/pattern.ts'
import type { ChartMark } from './chart-view.ts'

/** The patterns that a run's evidence names, and the bars that they stand on. */
export interface NamedPatterns {
  readonly read: ChartRead
  readonly timeframe: Timeframe
}

/** What of them is looked at: all alike, or one by its name before the others. */
export const allPatterns = 'all'

/** The patterns that the evidence of a run names; null where there are none, or none on bars that a chart shows. */
export function namedPatterns(evidence: readonly Evidence[]): NamedPatterns | null {
  for (const piece of evidence) {
    const read = piece.status === 'value' ? piece.chart : undefined
    const timeframe = timeframes.find((each) => timeframeMs[each] === read?.barMs)
    if (read !== undefined && timeframe !== undefined && read.patterns.length > 0) return { read, timeframe }
  }
  return null
}

/** A line through points of a chart: the turning points of a pattern, or what completes it. */
export interface ChartShape {
  readonly id: string
  readonly kind: 'shape' | 'trigger'
  readonly points: readonly { readonly time: number; readonly price: number }[]
  /** It is the one that is looked at. */
  readonly isChosen: boolean
}

/** The lines of the chart patterns; those that are looked at last, on top of the others. */
export function patternShapes({ patterns }: ChartRead, chosen: string): ChartShape[] {
  const shapes = patterns.flatMap((pattern): ChartShape[] => {
    const { name, points, trigger } = pattern
    const isChosen = name === chosen
    return [
      ...(points.length < 2 ? [] : [{ id: name, kind: 'shape' as const, points, isChosen }]),
      ...(trigger === null ? [] : [{ id: `${name} trigger`, kind: 'trigger' as const, points: trigger, isChosen }]),
    ]
  })
  return shapes.sort((a, b) => Number(a.isChosen) - Number(b.isChosen))
}

/** The names of the patterns where they end, and a mark at each other bar that a candlestick stands on. */
export function patternMarks({ patterns }: ChartRead, chosen: string, bars: readonly Bar[]): ChartMark[] {
  const ends = Map.groupBy(patterns, ({ to, direction }) => `${to} ${direction === 'down'}`)
  const names = [...ends.values()].flatMap((there): ChartMark[] => {
    const [first] = there.toSorted((a, b) => Number(b.name === chosen) - Number(a.name === chosen))
    if (first === undefined) return []
    const more = there.length > 1 ? ` +${there.length - 1}` : ''
    return [{ ...markAt(first, first.to, chosen), text: `${first.name}${more}`, words: `Pattern: ${listOf(there)}` }]
  })
  const steps = patterns
    .filter(({ family }) => family === 'candlestick')
    .flatMap((pattern) =>
      bars
        .filter(({ time }) => time >= pattern.from && time < pattern.to)
        .map(({ time }) => markAt(pattern, time, chosen)),
    )
  const marked = new Map([...steps, ...names].map((mark) => [`${mark.at} ${mark.kind} ${mark.text === ''}`, mark]))
  return [...marked.values()].sort((a, b) => a.at - b.at)
}

function markAt({ name, direction }: OpenPattern, at: number, chosen: string): ChartMark {
  const isChosen = name === chosen
  const kind = direction === 'down' ? 'pattern above' : 'pattern below'
  return { id: `pattern ${name}`, at, kind, text: '', words: `Bar of ${name}`, isChosen }
}

function listOf(patterns: readonly OpenPattern[]): string {
  return patterns
    .map(({ name, direction }) => `${name} (${direction === 'either' ? 'either way' : direction})`)
    .join(', ')
}
