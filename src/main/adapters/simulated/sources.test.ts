import { describe, expect, it } from 'vitest'
import type { SourceAnswer, SourceData, SourceName } from '#engine/ports/research-sources.ts'
import { barOpenTime, timeframeMs } from '#shared/domain/bar.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { researchSourcesConformance, sourceNames } from '#test/conformance/research-sources.ts'
import { settle } from '#test/conformance/settle.ts'
import { fearAndGreed, onChainCounts } from './counts.ts'
import { createSimulatedExchange } from './exchange.ts'
import { coinMomentum } from './mood.ts'
import { writeNews } from './news.ts'
import { writePosts } from './social.ts'
import { createSimulatedSources } from './sources.ts'

const now = Date.UTC(2026, 1, 20, 15, 30)
const dayMs = timeframeMs['1d']
const steady = { latencyScale: 0, faults: { failure: 0, rateLimit: 0, timeout: 0 } }

function sourcesAt(at: number, seed = 6) {
  const clock = createVirtualClock(at)
  const exchange = createSimulatedExchange({ clock, seed })
  return { exchange, clock, sources: createSimulatedSources({ exchange, clock, ...steady }), instrument: 'ETH/USDT' }
}

async function ask<Name extends SourceName>(
  source: Name,
  at: number,
  seed = 6,
  instrument = 'ETH/USDT',
): Promise<SourceData[Name]> {
  const { clock, sources } = sourcesAt(at, seed)
  const answer: SourceAnswer<Name> = await settle(
    clock,
    sources.fetch(source, instrument, new AbortController().signal),
  )
  if (answer.status !== 'value') throw new Error(`${source} is empty.`)
  return answer.data
}

researchSourcesConformance('those of the simulated exchange', () => sourcesAt(now), sourceNames)
researchSourcesConformance('those of the simulated exchange in its first days', () => sourcesAt(0, 1), sourceNames)

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
function correlation(pairs: readonly (readonly [number, number])[]): number {
  const [meanX, meanY] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))]
  const products = (f: (x: number, y: number) => number) => mean(pairs.map(([x, y]) => f(x - meanX, y - meanY)))
  return products((x, y) => x * y) / Math.sqrt(products((x) => x * x) * products((_, y) => y * y))
}

describe('simulated research', () => {
  const { world } = sourcesAt(now).exchange

  it('says in every publisher that it is simulated', async () => {
    for (const { publisher } of await ask('news', now)) expect(publisher).toMatch(/^Simulated /)
    for (const { publisher } of await ask('social', now)) expect(publisher).toMatch(/^@sim_/)
  })

  it('does not change its past as time goes on', async () => {
    for (const source of ['news', 'social', 'fear_greed', 'onchain', 'macro_data'] as const) {
      const [early, late] = await Promise.all([ask(source, now), ask(source, now + dayMs / 4)])
      const lateLines = new Set(late.map((entry) => JSON.stringify(entry)))
      const oldest = Math.min(...late.map(({ at }) => at))
      const shared = early.filter(({ at }) => at >= oldest)
      expect(shared.length).toBeGreaterThan(0)
      expect(shared.every((entry) => lateLines.has(JSON.stringify(entry)))).toBe(true)
    }
  })

  it('has posts that repeat others and posts that are spam, beside the rest', () => {
    const all = [0, 1, 2, 3].flatMap((day) => writePosts(world, 1, now - day * dayMs))
    const spam = all.filter(({ text }) => /AIRDROP|VIP|bot, DM|GIVEAWAY/.test(text))
    expect(spam.length / all.length).toBeGreaterThan(0.02)
    expect(spam.length / all.length).toBeLessThan(0.3)
    expect(new Set(all.map(({ text }) => text)).size).toBeLessThan(all.length)
  })

  it('writes in the tone of the days before', () => {
    const tone = (text: string) =>
      Number(/rall|inflow|adoption|gains|celebrate|increase|beats|Bullish/.test(text)) -
      Number(/slides|Outflow|Regulator|drops|Security|cut |misses|Bearish/.test(text))
    const pairs: [number, number][] = []
    for (let week = 0; week < 60; week++) {
      const at = barOpenTime(now, '1d') - week * 7 * dayMs - 1
      const midnight = barOpenTime(at, '1d')
      const trend = coinMomentum(world, 1, midnight, 3)
      const news = writeNews(world, 1, at).filter(({ at: written }) => written >= midnight)
      for (const { text } of news) pairs.push([trend, tone(text)])
    }
    expect(correlation(pairs)).toBeGreaterThan(0.25)
  })

  it('names a rise or a fall only where there was one', () => {
    for (let day = 0; day < 60; day++) {
      const midnight = barOpenTime(now, '1d') - day * dayMs
      const move = coinMomentum(world, 1, midnight, 3)
      const texts = [...writeNews(world, 1, midnight + dayMs - 1), ...writePosts(world, 1, midnight + dayMs - 1)]
      for (const { at, text } of texts) {
        if (at < midnight) continue
        if (/up \d|% up/.test(text)) expect(move).toBeGreaterThan(0)
        if (/down \d|% down/.test(text)) expect(move).toBeLessThan(0)
      }
    }
  })

  it('is greedy after a rise and fearful after a fall', () => {
    const pairs: [number, number][] = []
    for (let block = 0; block < 12; block++) {
      const at = now - block * 60 * dayMs
      for (const entry of fearAndGreed(world, at)) {
        expect(entry.value).toBeGreaterThanOrEqual(0)
        expect(entry.value).toBeLessThanOrEqual(100)
        pairs.push([coinMomentum(world, 0, entry.at, 14), entry.value])
      }
    }
    expect(pairs.length).toBe(720)
    expect(correlation(pairs)).toBeGreaterThan(0.6)
    const values = pairs.map(([, value]) => value)
    expect(Math.min(...values)).toBeLessThan(25)
    expect(Math.max(...values)).toBeGreaterThan(75)
  })

  it('counts coins leaving exchanges when prices rise, and only whole days', () => {
    const pairs: [number, number][] = []
    for (let block = 0; block < 6; block++) {
      const at = now - block * 60 * dayMs
      for (const entry of onChainCounts(world, 1, at)) {
        expect(entry.at + dayMs).toBeLessThanOrEqual(at)
        const bar = world.day(entry.at).bars[1]
        pairs.push([Math.log((bar?.close ?? 1) / (bar?.open ?? 1)), entry.exchangeNetflow ?? Number.NaN])
      }
    }
    expect(correlation(pairs)).toBeLessThan(-0.4)
  })

  it('gives coins the capitalisation of their price, and ranks them by it', async () => {
    const { exchange } = sourcesAt(now)
    const spot = exchange.instruments().filter(({ perpetual }) => perpetual === undefined)
    const all = await Promise.all(spot.map(({ id }) => ask('coingecko', now, 6, id)))
    for (const [index, { id }] of spot.entries()) {
      const { marketCapUsd, circulating } = all[index] ?? { marketCapUsd: 0, circulating: 0 }
      expect(marketCapUsd).toBeCloseTo(Number(exchange.quote(id)?.last) * circulating, 0)
    }
    const byCap = [...all].sort((a, b) => b.marketCapUsd - a.marketCapUsd)
    expect(byCap.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('publishes each macro value beside the one before it', async () => {
    const values = await ask('macro_data', now)
    const names = [...new Set(values.map(({ series }) => series))]
    expect(names).toEqual(['DXY', 'US10Y', 'SPX', 'VIX', 'CPI_YOY', 'FED_FUNDS'])
    for (const name of names) {
      const series = values.filter(({ series }) => series === name)
      expect(series.length).toBeGreaterThanOrEqual(12)
      for (const [index, entry] of series.entries()) {
        if (index > 0) expect(entry.previous).toBe(series[index - 1]?.value)
      }
    }
  })
})
