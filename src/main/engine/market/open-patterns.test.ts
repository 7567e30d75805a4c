import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bar, type BarSeries, barSeries } from '#shared/domain/bar.ts'
import { createRandom } from '#shared/lib/random.ts'
import { readOpenPatterns } from './open-patterns.ts'
import { baselineOf, worthOf } from './pattern-record.ts'

const horizon = 6

/** A random walk in whole ticks, so that prices meet as they do on a tape. */
function walk(seed: number, length: number): Bar[] {
  const random = createRandom(seed)
  let price = 400
  return Array.from({ length }, (_, time) => {
    const open = price + random.int(-2, 2)
    price = Math.max(50, open + random.int(-8, 8))
    const [high, low] = [Math.max(open, price) + random.int(0, 3), Math.min(open, price) - random.int(0, 3)]
    return { time: time * 60_000, open, high, low, close: price, volume: 1 }
  })
}

/** Bars along straight lines between prices, twelve bars a line, the last line cut short. */
function drawn(prices: readonly number[], cut = 0): BarSeries {
  const closes = Array.from({ length: 20 }, (_, k) => (prices[0] as number) + (k % 2) * 0.5)
  for (let k = 1; k < prices.length; k++) {
    const [from, to] = [prices[k - 1] as number, prices[k] as number]
    for (let bar = 1; bar <= 12; bar++) closes.push(from + ((to - from) * bar) / 12)
  }
  const kept = closes.slice(0, closes.length - cut)
  return barSeries(
    kept.map((close, time) => {
      const open = kept[Math.max(0, time - 1)] as number
      const [high, low] = [Math.max(open, close) + 0.25, Math.min(open, close) - 0.25]
      return { time: time * 60_000, open, close, high, low, volume: 1 }
    }),
  )
}

const chartPatterns = (series: BarSeries) =>
  readOpenPatterns({ series, horizon }).patterns.filter(({ family }) => family === 'chart')

describe('the patterns that are open at the last bar', () => {
  it('name the bars they stand on, their turning points and their trigger', () => {
    const series = drawn([100, 120, 110, 120, 100], 6)
    const top = chartPatterns(series).find(({ name }) => name === 'double top')
    expect(top).toMatchObject({ direction: 'down', stage: 'forming', age: 1, from: 31 * 60_000, to: 55 * 60_000 })
    expect(top?.points.map(({ time, price }) => [time / 60_000, Math.round(price)])).toEqual([
      [31, 120],
      [43, 110],
      [55, 120],
    ])
    expect(top?.trigger?.map(({ price }) => Math.round(price))).toEqual([110, 110])
    expect(top?.trigger?.[1].time).toBe(series.time.at(-1))
  })

  it('form until a close beyond the trigger, are complete for five bars, and then are news no more', () => {
    const stages = Array.from({ length: 9 }, (_, more) => {
      const found = chartPatterns(drawn([100, 120, 110, 120, 84], 8 - more)).find(({ name }) => name === 'double top')
      return found === undefined ? null : `${found.stage} ${found.age}`
    })
    const complete = [0, 1, 2, 3, 4, 5].map((age) => `complete ${age}`)
    expect(stages).toEqual([null, 'forming 0', ...complete, null])
  })

  it('have failed once price closes beyond the far side of their shape', () => {
    const rising = [100, 120, 110, 120, 113, 135]
    expect(chartPatterns(drawn(rising, 12)).map(({ name }) => name)).toContain('double top')
    expect(chartPatterns(drawn(rising, 2)).map(({ name }) => name)).not.toContain('double top')
  })

  it('have a record of every earlier bar at which one would have seen the same, its outcome known', () => {
    fc.assert(
      fc.property(fc.nat(10_000), (seed) => {
        const bars = walk(seed, 160)
        const keys = bars.map((_, row) =>
          readOpenPatterns({ series: barSeries(bars.slice(0, row + 1)), horizon }).patterns.map(
            ({ name, direction, stage, age }) => `${name} ${direction} ${stage} ${age}`,
          ),
        )
        for (const pattern of readOpenPatterns({ series: barSeries(bars), horizon }).patterns) {
          const { name, direction, stage, age, record } = pattern
          const key = `${name} ${direction} ${stage} ${age}`
          const before = keys.filter((seen, row) => row + horizon < bars.length && seen.includes(key))
          // A candle without a direction has a record of each colour.
          if (direction === 'either' && pattern.family === 'candlestick') continue
          expect([key, record.seen]).toEqual([key, before.length])
        }
      }),
      { numRuns: 4 },
    )
  })

  it('of nothing are none, and no bar is too few', () => {
    expect(readOpenPatterns({ series: barSeries([]), horizon })).toMatchObject({
      patterns: [],
      baseline: null,
      bars: 0,
    })
    expect(readOpenPatterns({ series: barSeries(walk(1, 1)), horizon }).patterns).toEqual([])
  })
})

describe('what a pattern is worth', () => {
  const closes = Float64Array.from({ length: 4_000 }, (_, k) => 100 * Math.exp(0.01 * Math.sin(k * k)))
  const rises = Array.from({ length: 100 }, (_, k) => 100 + k * 30)

  /** The same closes with a rise of five per cent in the horizon after each of some rows. */
  function risingAfter(rows: readonly number[]): Float64Array {
    const steps = new Float64Array(closes.length)
    for (const row of rows) steps[row + 1] = (steps[row + 1] ?? 0) + 0.05
    let total = 0
    return closes.map((close, k) => {
      total += steps[k] ?? 0
      return close * Math.exp(total)
    })
  }

  it('is nothing without a case, and next to nothing with one', () => {
    const baseline = baselineOf(risingAfter(rises), horizon)
    expect(worthOf([], baseline)).toMatchObject({ record: { seen: 0, mean: null }, signal: 0, strength: 0 })
    expect(worthOf([closes.length - 2], baseline)).toMatchObject({ record: { seen: 0 }, signal: 0, strength: 0 })
    const one = worthOf([100], baseline)
    expect(Math.abs(one.signal * one.strength)).toBeLessThan(0.02)
  })

  it('grows with the cases that agree, and turns with them', () => {
    const baseline = baselineOf(risingAfter(rises), horizon)
    const forces = [1, 3, 10, 30, 100].map((count) => {
      const { signal, strength } = worthOf(rises.slice(0, count), baseline)
      return signal * strength
    })
    expect(forces).toEqual([...forces].sort((a, b) => a - b))
    expect(forces.at(-1)).toBeGreaterThan(0.5)
    const falls = baselineOf(
      risingAfter(rises).map((close) => 1 / close),
      horizon,
    )
    const { signal } = worthOf(rises, falls)
    expect(signal).toBeCloseTo(-worthOf(rises, baseline).signal, 12)
  })

  it('is the excess over any stretch: where all rises, rising is worth nothing', () => {
    const drift = Float64Array.from(closes, (close, k) => close * Math.exp(0.01 * k))
    const { record, signal, strength } = worthOf(rises, baselineOf(drift, horizon))
    expect(record.hitRate).toBe(1)
    expect(Math.abs(signal * strength)).toBeLessThan(0.1)
  })

  it('counts no move twice: cases that overlap are one', () => {
    const { record } = worthOf([500, 501, 502, 503, 509], baselineOf(closes, horizon))
    expect(record).toMatchObject({ seen: 5, counted: 2 })
  })

  it('of chance is small: patterns on random walks hardly pull', () => {
    const forces: number[] = []
    for (let seed = 0; seed < 60; seed++) {
      const { patterns } = readOpenPatterns({ series: barSeries(walk(seed, 600)), horizon: 24 })
      for (const { signal, strength, confidence } of patterns) forces.push(Math.abs(signal * strength * confidence))
    }
    expect(forces.length).toBeGreaterThan(60)
    expect(forces.reduce((sum, force) => sum + force, 0) / forces.length).toBeLessThan(0.03)
  })
})
