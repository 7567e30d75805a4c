import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bar, barSeries } from '#shared/domain/bar.ts'
import { createRandom } from '#shared/lib/random.ts'
import { type CandlestickPattern, candlestickPatterns, findCandlesticks } from './candlesticks.ts'

const folder = '../shared/reference/indicators'
const missing = !existsSync(folder)

/** TA-Lib's names where they are not ours written together. */
const irregular: Partial<Record<CandlestickPattern, string>> = {
  'two-crows': '2CROWS',
  'three-black-crows': '3BLACKCROWS',
  'three-inside': '3INSIDE',
  'three-line-strike': '3LINESTRIKE',
  'three-outside': '3OUTSIDE',
  'three-stars-in-the-south': '3STARSINSOUTH',
  'three-white-soldiers': '3WHITESOLDIERS',
  'concealing-baby-swallow': 'CONCEALBABYSWALL',
  'gap-side-by-side-white': 'GAPSIDESIDEWHITE',
  'gap-three-methods': 'XSIDEGAP3METHODS',
  'identical-three-crows': 'IDENTICAL3CROWS',
  'modified-hikkake': 'HIKKAKEMOD',
  'rising-falling-three-methods': 'RISEFALL3METHODS',
  'unique-three-river': 'UNIQUE3RIVER',
  'upside-gap-two-crows': 'UPSIDEGAP2CROWS',
}

function talibName(pattern: CandlestickPattern): string {
  return `CDL${irregular[pattern] ?? pattern.replaceAll('-', '').toUpperCase()}`
}

describe.skipIf(missing)('candlesticks beside TA-Lib (every hit and no other)', () => {
  if (missing) return
  const rows = readFileSync(`${folder}/spy-502-daily.csv`, 'utf8').trim().split('\n').slice(1)
  const series = barSeries(
    rows.map((row): Bar => {
      const [date, open, high, low, close, volume] = row.split(',')
      return {
        time: Date.parse(date as string),
        open: Number(open),
        high: Number(high),
        low: Number(low),
        close: Number(close),
        volume: Number(volume),
      }
    }),
  )
  const file = JSON.parse(readFileSync(`${folder}/talib-expected.json`, 'utf8')) as {
    candles: Record<string, { hits: Record<string, number> }>
  }
  const byName = new Map(candlestickPatterns.map((pattern) => [talibName(pattern), pattern]))

  it.each(Object.entries(file.candles))('%s', (name, { hits }) => {
    const pattern = byName.get(name)
    expect(pattern).toBeDefined()
    const found = findCandlesticks(series, rows.length, [pattern as CandlestickPattern])
    expect(Object.fromEntries(found.map((hit) => [hit.end, hit.signal]))).toEqual(hits)
  })
})

function bars(seed: number, length: number): Bar[] {
  const random = createRandom(seed)
  let price = 100
  return Array.from({ length }, (_, time) => {
    // Whole numbers of ticks, so that prices coincide as they do on a real tape.
    const open = price + random.int(-2, 2)
    price = Math.max(10, open + random.int(-4, 4))
    const [high, low] = [Math.max(open, price) + random.int(0, 3), Math.min(open, price) - random.int(0, 3)]
    return { time, open, high, low, close: price, volume: 1 }
  })
}

it('a pattern is seen at its last bar, whatever comes after', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.integer({ min: 0, max: 150 }), (seed, cut) => {
      const all = bars(seed, 150)
      const later = findCandlesticks(barSeries(all)).filter((hit) => hit.end < cut)
      expect(findCandlesticks(barSeries(all.slice(0, cut)))).toEqual(later)
    }),
    { numRuns: 20 },
  )
})

it('most patterns occur in a long random walk, and mirrored bars turn engulfing and harami around', () => {
  const all = bars(11, 6000)
  const seen = new Set(findCandlesticks(barSeries(all)).map((hit) => hit.pattern))
  expect(seen.size).toBeGreaterThan(45)
  const mirrored = all.map((bar) => ({ ...bar, open: -bar.open, high: -bar.low, low: -bar.high, close: -bar.close }))
  const mirror = findCandlesticks(barSeries(mirrored), 6000, ['three-outside', 'belt-hold'])
  const straight = findCandlesticks(barSeries(all), 6000, ['three-outside', 'belt-hold'])
  // A doji counts as white either way up, so only patterns of coloured bodies mirror exactly.
  const coloured = (hits: typeof mirror) =>
    hits.filter((hit) => all.slice(hit.start, hit.end + 1).every((bar) => bar.open !== bar.close))
  expect(coloured(mirror).map((hit) => ({ ...hit, signal: -hit.signal }))).toEqual(coloured(straight))
})
