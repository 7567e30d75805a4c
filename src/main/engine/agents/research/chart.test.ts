import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instrumentOf } from '#adapters/replay/series.ts'
import { createStillFeed } from '#adapters/replay/still-feed.ts'
import { readPrices } from '#adapters/research/prices.ts'
import { type Bar, type BarSeries, barSeries } from '#shared/domain/bar.ts'
import { openPatternSchema } from '#shared/domain/pattern.ts'
import { createRandom } from '#shared/lib/random.ts'
import { compute } from '#test/builders/briefing.ts'
import { readChart, signalOfPatterns } from './chart.ts'

const dayMs = 86_400_000
const start = Date.UTC(2024, 0, 1)

function walk(seed: number, length: number): Bar[] {
  const random = createRandom(seed)
  let price = 100
  return Array.from({ length }, (_, k) => {
    const open = price
    price *= Math.exp(0.02 * random.normal())
    const [high, low] = [Math.max(open, price) * 1.004, Math.min(open, price) / 1.004]
    return { time: start + k * dayMs, open, high, low, close: price, volume: 1 }
  })
}

async function read(series: BarSeries) {
  const context = { instrument: 'BTC/USD', now: 0, answers: {}, compute }
  return readChart(series, context)
}

describe('the patterns on the chart as evidence', () => {
  it('say their names, dates and records, and carry the data', async () => {
    const found = await read(barSeries(walk(5, 700)))
    if ('nothing' in found) throw new Error('There is a pattern.')
    const { chart, summary, figures, quality } = found
    expect(chart).toMatchObject({ barMs: dayMs, bars: 700, horizon: 24 })
    const patterns = chart?.patterns ?? []
    for (const pattern of patterns) {
      openPatternSchema.parse(pattern)
      expect(summary).toContain(pattern.name)
      expect(pattern.from).toBeLessThanOrEqual(pattern.to)
    }
    expect(new Set(patterns.map(({ name }) => name)).size).toBe(patterns.length)
    expect(summary).toMatch(/20(24|25)-\d\d-\d\d/)
    expect(summary).toMatch(/seen \d+ times before on this chart|never seen on this chart/)
    expect(figures).toMatchObject(signalOfPatterns(patterns))
    expect(quality).toBeCloseTo(0.7)
  })

  it('are the same whatever bars come after', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000), fc.integer({ min: 70, max: 250 }), async (seed, cut) => {
        const bars = walk(seed, 260)
        const later = createStillFeed(bars, instrumentOf('BTC/USD', bars), '1d')
        const known = readPrices(later, 'chart_data', 'BTC/USD', start + cut * dayMs)
        if (known.status === 'empty') throw new Error('There are bars.')
        expect(await read(known.data as BarSeries)).toEqual(await read(barSeries(bars.slice(0, cut))))
      }),
      { numRuns: 25 },
    )
  })

  it('are nothing where there are too few bars', async () => {
    expect(await read(barSeries(walk(1, 20)))).toEqual({ nothing: '20 closed bars of BTC/USD; patterns need 30.' })
  })

  it('count as one: a pattern under a second name adds nothing, and one without a record takes nothing away', () => {
    const one = { signal: 0.3, strength: 0.6, confidence: 1 }
    const alone = signalOfPatterns([one])
    const none = { signal: 0, strength: 0, confidence: 1 }
    expect(alone).toEqual({ signal: 0.3, strength: 0.6 })
    expect(signalOfPatterns([one, one, one]).signal).toBeCloseTo(0.3)
    expect(signalOfPatterns([one, one, one]).strength).toBeCloseTo(0.6)
    expect(signalOfPatterns([one, none, none])).toEqual(alone)
    expect(signalOfPatterns([none])).toEqual({ signal: 0, strength: 0 })
    expect(signalOfPatterns([one, { ...one, signal: -0.3 }]).signal).toBeCloseTo(0)
  })
})
