import { describe, expect, it } from 'vitest'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { ChartRead, OpenPattern } from '#shared/domain/pattern.ts'
import { allPatterns, namedPatterns, patternMarks, patternShapes } from './pattern-view.ts'

const dayMs = 86_400_000
const day = (number: number) => number * dayMs
const bars = Array.from({ length: 40 }, (_, k) => ({ time: day(k), open: 1, high: 1, low: 1, close: 1, volume: 1 }))
const record = { seen: 0, counted: 0, mean: null, hitRate: null, interval: null }

const candle = (name: string, about: Partial<OpenPattern> = {}): OpenPattern => ({
  name,
  family: 'candlestick',
  direction: 'up',
  confidence: 1,
  stage: 'complete',
  age: 0,
  from: day(38),
  to: day(39),
  points: [],
  trigger: null,
  record,
  signal: 0,
  strength: 0,
  ...about,
})

const top = candle('double top', {
  family: 'chart',
  direction: 'down',
  from: day(10),
  to: day(30),
  points: [10, 20, 30].map((row) => ({ time: day(row), price: row === 20 ? 90 : 100 })),
  trigger: [
    { time: day(10), price: 90 },
    { time: day(39), price: 90 },
  ],
})

const readOf = (...patterns: OpenPattern[]): ChartRead => ({
  barMs: dayMs,
  bars: 40,
  horizon: 24,
  baseline: 0,
  patterns,
})

function evidence(chart: ChartRead): Evidence {
  const about = { id: 'ev_1', runId: 'run_1', task: 'technical_analysis', source: 'chart_data', at: 1, asOf: 1 }
  return { ...about, status: 'value', summary: '', figures: {}, quality: 1, chart }
}

describe('the patterns on the chart', () => {
  it('are those that the evidence of the run names, on the bars that they stand on', () => {
    expect(namedPatterns([evidence(readOf(top))])?.timeframe).toBe('1d')
    expect(namedPatterns([evidence(readOf())])).toBeNull()
    expect(namedPatterns([evidence({ ...readOf(top), barMs: 7 })])).toBeNull()
    expect(namedPatterns([])).toBeNull()
  })

  it('are a line through the turning points and one that completes them, the chosen one on top', () => {
    const bottom = { ...top, name: 'double bottom' }
    const shapes = patternShapes(readOf(top, bottom, candle('harami')), 'double top')
    expect(shapes.map(({ id, kind, isChosen }) => [id, kind, isChosen])).toEqual([
      ['double bottom', 'shape', false],
      ['double bottom trigger', 'trigger', false],
      ['double top', 'shape', true],
      ['double top trigger', 'trigger', true],
    ])
    expect(patternShapes(readOf(top), allPatterns).every(({ isChosen }) => !isChosen)).toBe(true)
  })

  it('are named once where they end, above where they point down, and say all of it in words', () => {
    const marks = patternMarks(
      readOf(top, candle('harami'), candle('doji', { direction: 'either' })),
      allPatterns,
      bars,
    )
    expect(marks.map(({ at, kind, text, words }) => [at / dayMs, kind, text, words])).toEqual([
      [30, 'pattern above', 'double top', 'Pattern: double top (down)'],
      [38, 'pattern below', '', 'Bar of doji'],
      [39, 'pattern below', 'harami +1', 'Pattern: harami (up), doji (either way)'],
    ])
  })

  it('names the chosen one first and counts those that there is no room for', () => {
    const marks = patternMarks(readOf(candle('harami'), candle('doji'), candle('hammer')), 'hammer', bars)
    expect(marks.at(-1)).toMatchObject({ text: 'hammer +2', isChosen: true })
  })
})
