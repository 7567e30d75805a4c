import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bar } from '#shared/domain/bar.ts'
import { barSeries } from '#shared/domain/bar.ts'
import { createRandom } from '#shared/lib/random.ts'
import { computeIndicator, indicators } from './catalogue.ts'
import { ema, sma } from './moving-averages.ts'
import { streamBars } from './sheet.ts'

function bars(seed: number, length: number): Bar[] {
  const random = createRandom(seed)
  let price = 100
  return Array.from({ length }, (_, k) => {
    const open = price
    // Some bars stand still and some trade nothing: divisors become zero.
    if (random.chance(0.9)) price *= Math.exp(0.02 * random.normal())
    const [top, bottom] = [Math.max(open, price), Math.min(open, price)]
    const reach = random.chance(0.2) ? 0 : random.float()
    return {
      time: k * 3_600_000,
      open,
      high: top + reach,
      low: bottom - reach,
      close: price,
      volume: random.chance(0.1) ? 0 : random.int(1, 1000),
    }
  })
}

const wild = { time: 0, open: 1, high: 900, low: 0.1, close: 500, volume: 1e9 }

describe.each(Object.keys(indicators))('%s', (name) => {
  const entry = indicators[name] as (typeof indicators)[string]

  it('gives at every bar, streamed, what it gives in a batch, whatever the bar looked like while forming', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 0, max: 280 }), (seed, length) => {
        const all = bars(seed, length)
        const batch = computeIndicator(name, barSeries(all))
        const stream = streamBars((sheet, columns) => entry.build(sheet, columns, entry.defaults))
        for (const [k, bar] of all.entries()) {
          if (k % 3 === 0) {
            stream.push({ ...wild, time: bar.time })
            stream.amend(bar)
          } else stream.push(bar)
        }
        for (const [column, values] of Object.entries(batch)) {
          const streamed = stream.columns[column]?.values.slice(0, length)
          expect(streamed, column).toEqual(values)
        }
      }),
      { numRuns: 4 },
    )
  })

  it('streams what a batch gives over thousands of bars, an absurd price among them', () => {
    const all = bars(5, 2_500).map((bar, k) => (k === 1_300 ? { ...bar, ...wild, close: 1e12, time: bar.time } : bar))
    const batch = computeIndicator(name, barSeries(all))
    const stream = streamBars((sheet, columns) => entry.build(sheet, columns, entry.defaults))
    for (const bar of all) stream.push(bar)
    for (const [column, values] of Object.entries(batch))
      expect(stream.columns[column]?.values.slice(0, all.length), column).toEqual(values)
  })

  it('depends at bar k on bars up to k alone', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 199 }), (seed, cut) => {
        const all = bars(seed, 200)
        const whole = computeIndicator(name, barSeries(all))
        const part = computeIndicator(name, barSeries(all.slice(0, cut)))
        const other = computeIndicator(
          name,
          barSeries([...all.slice(0, cut), ...Array.from({ length: 200 - cut }, () => wild)]),
        )
        for (const [column, values] of Object.entries(part)) {
          expect(whole[column]?.slice(0, cut), column).toEqual(values)
          expect(other[column]?.slice(0, cut), column).toEqual(values)
        }
      }),
      { numRuns: 4 },
    )
  })

  it('has a value once it is warm', () => {
    const values = Object.values(computeIndicator(name, barSeries(bars(3, 300).map((bar) => ({ ...bar, volume: 5 })))))
    for (const column of values) expect(column.slice(200).some(Number.isFinite)).toBe(true)
  })
})

describe('moving averages', () => {
  it('start anew after a hole, or wait through it', () => {
    const values = Float64Array.of(1, 2, Number.NaN, 4, 5, 6)
    expect([...sma(values, 2)]).toEqual([Number.NaN, 1.5, Number.NaN, Number.NaN, 4.5, 5.5])
    expect([...ema(values, 2)].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([
      Number.NaN,
      1.5,
      1.5,
      3.166667,
      4.388889,
      5.462963,
    ])
  })

  it('refuse a period that is no number of bars', () => {
    for (const period of [0, -1, 2.5, Number.NaN]) {
      expect(() => sma(new Float64Array(5), period)).toThrowError(
        expect.objectContaining({ code: 'INDICATOR_PERIOD_INVALID' }),
      )
    }
  })
})

describe('the catalogue', () => {
  it('names what it does not have', () => {
    expect(() => computeIndicator('toString', barSeries([]))).toThrowError(
      expect.objectContaining({ code: 'INDICATOR_UNKNOWN' }),
    )
    expect(() => computeIndicator('sma', barSeries([]), [3, 4])).toThrowError(
      expect.objectContaining({ code: 'INDICATOR_PERIOD_INVALID' }),
    )
  })
})
