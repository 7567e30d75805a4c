import { describe, expect, it } from 'vitest'
import type { BarSeries } from '#shared/domain/bar.ts'
import { createRandom } from '#shared/lib/random.ts'
import { supportResistance, swings } from './levels.ts'

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
