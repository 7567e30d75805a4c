import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bar, barSeries } from '#shared/domain/bar.ts'
import { createRandom } from '#shared/lib/random.ts'
import { type ChartPatternKind, findChartPatterns } from './chart-patterns.ts'

/**
 * Bars along straight lines between the given prices, `step` bars a line, after a stretch that gives the ATR
 * something to read.
 */
function drawn(prices: readonly number[], step = 12): Bar[] {
  const path = [prices[0] as number, (prices[0] as number) + 1]
  const all = [...path, ...path, ...path, ...path, ...path, ...path, ...path, ...path]
  for (let k = 1; k < prices.length; k++) {
    const [from, to] = [prices[k - 1] as number, prices[k] as number]
    for (let bar = 1; bar <= step; bar++) all.push(from + ((to - from) * bar) / step)
  }
  return all.map((close, time) => {
    const open = all[Math.max(0, time - 1)] as number
    return { time, open, close, high: Math.max(open, close) + 0.25, low: Math.min(open, close) - 0.25, volume: 1 }
  })
}

function kinds(bars: readonly Bar[]): ChartPatternKind[] {
  return findChartPatterns(barSeries(bars)).map((pattern) => pattern.kind)
}

const shapes: Record<ChartPatternKind, number[]> = {
  'double top': [100, 120, 110, 120, 100],
  'double bottom': [120, 100, 110, 100, 120],
  'head and shoulders': [100, 115, 105, 125, 105, 115, 95],
  'inverse head and shoulders': [125, 110, 120, 100, 120, 110, 130],
  'ascending triangle': [100, 120, 105, 120, 113, 125],
  'descending triangle': [120, 100, 115, 100, 107, 95],
  'symmetrical triangle': [100, 120, 104, 115, 108.5, 113],
  'bull flag': [100, 99, 130, 124, 128, 122, 140],
  'bear flag': [130, 131, 100, 106, 102, 108, 90],
}

describe('chart patterns', () => {
  it.each(Object.entries(shapes))('a drawn %s is found', (kind, prices) => {
    expect(kinds(drawn(prices))).toContain(kind)
  })

  it('stand on the turning points they name, and are completed by a close beyond their trigger', () => {
    const bars = drawn(shapes['double top'])
    const found = findChartPatterns(barSeries(bars)).find((pattern) => pattern.kind === 'double top')
    expect(found?.points).toEqual([27, 39, 51])
    expect(found).toMatchObject({ direction: 'down', start: 27, end: 51, knownAt: 56 })
    expect(found?.confidence).toBeGreaterThan(0.7)
    const row = found?.completedAt as number
    expect(bars[row]?.close).toBeLessThan(found?.trigger as number)
    expect(bars[row - 1]?.close).toBeGreaterThanOrEqual(found?.trigger as number)
  })

  it('a straight rise has none', () => {
    expect(kinds(drawn([100, 200], 80))).toEqual([])
  })

  it('a pattern is known from bars up to knownAt alone', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 20, max: 400 }), (seed, cut) => {
        const random = createRandom(seed)
        let price = 100
        const bars = Array.from({ length: 400 }, (_, time): Bar => {
          const open = price
          price *= Math.exp(0.02 * random.normal())
          return {
            time,
            open,
            close: price,
            high: Math.max(open, price) * 1.005,
            low: Math.min(open, price) / 1.005,
            volume: 1,
          }
        })
        const facts = (length: number) =>
          findChartPatterns(barSeries(bars.slice(0, length)))
            .filter((pattern) => pattern.knownAt < cut)
            .map(({ completedAt, ...rest }) => ({
              ...rest,
              completedAt: completedAt !== null && completedAt < cut ? completedAt : null,
            }))
        expect(facts(cut)).toEqual(facts(400))
        for (const { confidence } of findChartPatterns(barSeries(bars))) {
          expect(confidence).toBeGreaterThanOrEqual(0)
          expect(confidence).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 30 },
    )
  })
})
