import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BarSeries } from '#shared/domain/bar.ts'
import { createRandom } from '#shared/lib/random.ts'
import { historicalPatterns } from './historical-patterns.ts'

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
