import { describe, expect, it } from 'vitest'
import type { BarSeries } from '#shared/domain/bar.ts'
import { createRandom } from '#shared/lib/random.ts'
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
