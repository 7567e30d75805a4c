import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BarSeries } from '#shared/domain/bar.ts'
import { createRandom } from '#shared/lib/random.ts'
import { correlations } from './correlations.ts'
import { historicalPatterns } from './historical-patterns.ts'
import { supportResistance, swings } from './levels.ts'
import { readLiquidity } from './liquidity.ts'
import { filterRegimes, fitRegimeModel, readRegime } from './regimes.ts'
import { readTechnicals } from './technicals.ts'

/** Bars whose log return has the given drift and volatility a bar. */
function walk(
  length: number,
  drift: (bar: number) => number,
  volatility: (bar: number) => number,
  seed = 1,
): BarSeries {
  const random = createRandom(seed)
  let price = 100
  const rows = Array.from({ length }, (_, bar) => {
    const open = price
    price *= Math.exp(drift(bar) + volatility(bar) * random.normal())
    const reach = 1 + volatility(bar) * random.float()
    return { open, close: price, high: Math.max(open, price) * reach, low: Math.min(open, price) / reach }
  })
  const column = (name: 'open' | 'high' | 'low' | 'close') => Float64Array.from(rows, (row) => row[name])
  return {
    time: Float64Array.from(rows, (_, bar) => bar * 60_000),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: new Float64Array(length).fill(1000),
  }
}

function head(series: BarSeries, length: number): BarSeries {
  return Object.fromEntries(
    Object.entries(series).map(([name, values]) => [name, (values as Float64Array).slice(0, length)]),
  ) as unknown as BarSeries
}

describe('the technical read', () => {
  it('says unavailable for what too few bars cannot tell', () => {
    const read = readTechnicals(
      walk(
        30,
        () => 0,
        () => 0.01,
      ),
    )
    expect(read).toMatchObject({ bars: 30, sma50: null, sma200: null, momentum60: null })
    expect(read.sma20).toBeGreaterThan(0)
    expect(
      readTechnicals(
        walk(
          0,
          () => 0,
          () => 0.01,
        ),
      ),
    ).toMatchObject({ bars: 0, close: null, trend: null, rsi: null })
  })

  it('sees a rising market rise and a falling one fall', () => {
    expect(
      readTechnicals(
        walk(
          300,
          () => 0.005,
          () => 0.01,
        ),
      ),
    ).toMatchObject({ trend: 1 })
    expect(
      readTechnicals(
        walk(
          300,
          () => -0.005,
          () => 0.01,
        ),
      ),
    ).toMatchObject({ trend: -1 })
  })
})

describe('support and resistance', () => {
  it('stand where price has turned, support below the close and resistance above', () => {
    const wave = Float64Array.from({ length: 200 }, (_, k) => 100 + 10 * Math.sin(k / 6))
    const series: BarSeries = {
      time: wave.map((_, k) => k),
      open: wave,
      high: wave.map((x) => x + 0.5),
      low: wave.map((x) => x - 0.5),
      close: wave,
      volume: wave,
    }
    const levels = supportResistance(series)
    expect(levels.find((level) => level.kind === 'support')?.price).toBeCloseTo(89.6, 0)
    expect(levels.find((level) => level.kind === 'resistance')?.price).toBeCloseTo(110.4, 0)
    expect(levels.every((level) => level.touches >= 4)).toBe(true)
  })

  it('a swing once seen is seen at every later bar', () => {
    const series = walk(
      120,
      () => 0,
      () => 0.02,
    )
    const later = swings(series, 3)
    expect(swings(head(series, 80), 3)).toEqual(later.filter((swing) => swing.index < 77))
  })
})

describe('historical patterns', () => {
  const saw = Float64Array.from({ length: 400 }, (_, k) => 100 * Math.exp(0.02 * Math.sin((2 * Math.PI * k) / 25)))

  it('find the same phase of a periodic market, and what follows it', () => {
    const found = historicalPatterns(saw, { window: 20, horizon: 5, matches: 8 })
    expect(found.count).toBe(8)
    for (const match of found.matches.slice(0, 8)) expect((399 - match.index) % 25).toBe(0)
    expect(found.mean).toBeCloseTo(Math.log((saw[379] as number) / (saw[374] as number)), 9)
  })

  it('use no window whose outcome is not yet known, and none that overlaps the present', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 3, max: 30 }),
        fc.integer({ min: 1, max: 40 }),
        (seed, window, horizon) => {
          const { close } = walk(
            150,
            () => 0,
            () => 0.02,
            seed,
          )
          for (const match of historicalPatterns(close, { window, horizon }).matches) {
            expect(match.index).toBeLessThanOrEqual(149 - Math.max(window, horizon))
          }
        },
      ),
    )
  })

  it('find nothing in a market without a past', () => {
    expect(historicalPatterns(saw.slice(0, 22))).toEqual({
      matches: [],
      count: 0,
      mean: null,
      hitRate: null,
      interval: null,
      baseline: null,
    })
  })
})

describe('correlations', () => {
  it('are 1 with itself, -1 with its mirror, and unavailable with a constant', () => {
    const returns = Float64Array.of(0.01, -0.02, 0.005, 0.03, -0.01)
    expect(correlations(returns, returns).pearson).toBeCloseTo(1, 12)
    expect(
      correlations(
        returns,
        returns.map((x) => -x),
      ).ewma,
    ).toBeCloseTo(-1, 12)
    expect(correlations(returns, new Float64Array(5)).pearson).toBeNull()
  })

  it("Spearman's depends on order alone, ties sharing their rank", () => {
    const a = Float64Array.of(1, 2, 2, 3, 9)
    expect(correlations(a, a.map(Math.exp)).spearman).toBeCloseTo(1, 12)
    expect(correlations(a, Float64Array.of(5, 6, 7, 8, 7)).spearman).toBeCloseTo(0.763157894736842, 12)
  })
})

const statistics = '../shared/reference/stats/r-stats-expected.json'

it.skipIf(!existsSync(statistics))('correlations are those of R', () => {
  const { cases } = JSON.parse(readFileSync(statistics, 'utf8')) as {
    cases: Record<string, { x: number[]; y: number[]; pearson: { estimate: number }; spearman: { estimate: number } }>
  }
  const found = cases['correlation mtcars mpg,wt']
  expect(found).toBeDefined()
  const { x, y, pearson, spearman } = found as NonNullable<typeof found>
  const actual = correlations(Float64Array.from(x), Float64Array.from(y))
  expect(actual.pearson).toBeCloseTo(pearson.estimate, 12)
  expect(actual.spearman).toBeCloseTo(spearman.estimate, 12)
})

describe('liquidity', () => {
  const book = {
    bids: [
      { price: 99, size: 5 },
      { price: 98, size: 10 },
    ],
    asks: [
      { price: 101, size: 4 },
      { price: 103, size: 6 },
    ],
  }

  it('walks the book for the price of a size', () => {
    const read = readLiquidity(book, 10, 150)
    expect(read).toMatchObject({ mid: 100, spread: 2, spreadBps: 200, bidDepth: 5, askDepth: 4 })
    expect(read.buy).toMatchObject({ filled: 10, averagePrice: 102.2, complete: true })
    expect(read.buy.costBps).toBeCloseTo(220, 9)
    expect(read.sell.averagePrice).toBe(98.5)
  })

  it('says so when the book is too thin or empty', () => {
    expect(readLiquidity(book, 100).buy).toMatchObject({ filled: 10, complete: false })
    expect(readLiquidity({ bids: [], asks: [] }, 1)).toMatchObject({ mid: null, spreadBps: null, imbalance: null })
  })
})

describe('regimes', () => {
  it('a long rise, a long fall and a crash are told apart', () => {
    const drift = (bar: number) => (bar < 300 ? 0.006 : bar < 600 ? -0.006 : 0)
    const volatility = (bar: number) => (bar < 600 ? 0.008 : 0.05)
    const { close } = walk(700, drift, volatility)
    expect(readRegime(close.slice(0, 300)).regime).toBe('trend up')
    expect(readRegime(close.slice(0, 600)).regime).toBe('trend down')
    expect(readRegime(close).regime).toBe('crisis')
  })

  it('the same closes give the same read, with probabilities that add up to 1', () => {
    const { close } = walk(
      250,
      () => 0,
      () => 0.01,
      5,
    )
    const read = readRegime(close)
    expect(readRegime(close)).toEqual(read)
    expect(Object.values(read.probabilities).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9)
  })

  it('the fit recovers the model that made the observations', () => {
    const random = createRandom(2)
    let state = 0
    const truth: number[] = []
    const rows = Array.from({ length: 3000 }, () => {
      if (random.chance(state === 0 ? 0.03 : 0.06)) state = 1 - state
      truth.push(state)
      return Float64Array.of(state === 0 ? 1 + 0.5 * random.normal() : -1 + 1.5 * random.normal())
    })
    const guess = Uint8Array.from(rows, (row) => ((row[0] as number) > 0 ? 0 : 1))
    const model = fitRegimeModel(rows, guess, 2)
    expect(model.means[0]?.[0]).toBeCloseTo(1, 1)
    expect(model.means[1]?.[0]).toBeCloseTo(-1, 0.5)
    expect(model.deviations[0]?.[0]).toBeCloseTo(0.5, 1)
    expect(model.deviations[1]?.[0]).toBeCloseTo(1.5, 0.5)
    expect(model.transition[0]?.[1]).toBeCloseTo(0.03, 1.5)
    const filtered = filterRegimes(rows, model)
    const right = filtered.filter((row, t) => (row[1] as number) > 0.5 === (truth[t] === 1)).length
    expect(right / rows.length).toBeGreaterThan(0.93)
    // Filtered, not smoothed: what comes later changes nothing.
    expect(filterRegimes(rows.slice(0, 100), model)).toEqual(filtered.slice(0, 100))
  })

  it('survives a market that does not move', () => {
    expect(readRegime(new Float64Array(100).fill(5)).regime).toBe('range')
  })
})
