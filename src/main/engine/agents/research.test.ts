import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseBars } from '#adapters/csv/parse-bars.ts'
import { instrumentOf } from '#adapters/replay/series.ts'
import { createStillFeed } from '#adapters/replay/still-feed.ts'
import { createFileSources } from '#adapters/research/file-sources.ts'
import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import { readTechnicals } from '#engine/market/technicals.ts'
import type { ResearchSources, SourceAnswer, SourceData, SourceName } from '#engine/ports/research-sources.ts'
import { type Bar, barSeries } from '#shared/domain/bar.ts'
import { type Evidence, evidenceSchema } from '#shared/domain/evidence.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { compute, gather, idsFrom, researchTask, taskSources } from '#test/builders/briefing.ts'
import { signalOfPersistence, signalOfPull } from './research/correlation.ts'
import { signalOfTurn } from './research/keywords.ts'
import { signalOfBook } from './research/liquidity.ts'
import { signalOfShifts } from './research/macro.ts'
import { signalOfConfirmation, signalOfMomentum } from './research/momentum.ts'
import { signalOfOutcomes } from './research/patterns.ts'
import { signalOfMood } from './research/sentiment.ts'
import { signalOfFlow, signalOfTechnicals } from './research/technical.ts'
import { performResearch } from './research.ts'

const now = Date.UTC(2025, 2, 3, 4, 5, 6)
const dayMs = 86_400_000
const never = new AbortController().signal

type Answers = { readonly [Name in SourceName]?: SourceData[Name] | 'empty' | ParleyError }

function sourcesOf(answers: Answers): ResearchSources {
  return {
    async fetch<Name extends SourceName>(source: Name) {
      const answer = answers[source]
      if (answer instanceof ParleyError) throw answer
      if (answer === undefined) throw unavailable('definitive')
      if (answer === 'empty') return { status: 'empty', asOf: now }
      return { status: 'value', asOf: now, data: answer } as SourceAnswer<Name>
    },
  }
}

function unavailable(retry: 'definitive' | 'retryable'): ParleyError {
  return new ParleyError('SOURCE_UNAVAILABLE', 'It does not answer.', { retry })
}

function research(task: string, sources: string[], answers: Answers, attemptsLeft = 0, signal = never) {
  return performResearch(task, researchTask(sources), {
    runId: 'run_1',
    instrument: 'BTC/USDT',
    sources: sourcesOf(answers),
    ids: idsFrom(1, now),
    now: () => now,
    signal,
    attemptsLeft,
    runBegan: 0,
    compute,
  })
}

async function read(task: string, source: string, answers: Answers) {
  const { evidence } = await research(task, [source], answers)
  const found = evidence.find((piece) => piece.source === source)
  if (found?.status !== 'value') throw new Error(`${source} is ${found?.status}: ${JSON.stringify(found)}`)
  const { signal = Number.NaN, strength = Number.NaN } = found.figures
  return { ...found, signal, strength }
}

/** Days (or hours) of a random walk with a drift. */
function walk(count: number, drift: number, seed: number, volume: (step: number) => number = () => 100): Bar[] {
  const random = createRandom(seed)
  let close = 100
  return Array.from({ length: count }, (_, k) => {
    const open = close
    close = open * Math.exp(drift + 0.01 * random.normal())
    const [low, high] = [Math.min(open, close) * 0.998, Math.max(open, close) * 1.002]
    return { time: now - (count - k) * dayMs, open, high, low, close, volume: volume(close - open) }
  })
}

const headline = (text: string, at = now - 3_600_000) => ({
  at,
  text,
  publisher: `Paper ${at % 7}${text.length}`,
  reach: 1,
})

describe('a research task', () => {
  const texts = [headline('Bitcoin rallies on strong demand'), headline('Analysts optimistic as bitcoin gains')]

  it('keeps a value, known emptiness and unavailability apart', async () => {
    const { evidence, usd, failed } = await research('market_sentiment', ['news', 'social', 'fear_greed'], {
      news: texts,
      social: 'empty',
    })
    expect(evidence.map(({ source, status }) => [source, status])).toEqual([
      ['news', 'value'],
      ['social', 'empty'],
      ['fear_greed', 'unavailable'],
    ])
    expect(evidence[2]).toMatchObject({ code: 'SOURCE_UNAVAILABLE', reason: 'It does not answer.' })
    expect(usd).toBeCloseTo(0.04)
    expect(failed).toBeUndefined()
  })

  it('has failed when none of its sources could be asked, and still says why in evidence', async () => {
    const { evidence, usd, failed } = await research('market_sentiment', ['news', 'social'], {})
    expect(evidence.map(({ status }) => status)).toEqual(['unavailable', 'unavailable'])
    expect(usd).toBe(0)
    expect(failed).toEqual({
      code: 'SOURCE_UNAVAILABLE',
      message: 'news: It does not answer. social: It does not answer.',
    })
  })

  it('is tried again while it may be, and makes do once it may not', async () => {
    const answers: Answers = { news: texts, social: unavailable('retryable') }
    await expect(research('market_sentiment', ['news', 'social'], answers, 1)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      retry: 'retryable',
      // The other source has answered, and is to be paid.
      details: { usd: 0.03 },
    })
    expect((await research('market_sentiment', ['news', 'social'], answers, 0)).evidence[1]?.status).toBe('unavailable')
    const definitive: Answers = { news: texts, social: unavailable('definitive') }
    expect((await research('market_sentiment', ['news', 'social'], definitive, 3)).evidence[1]?.status).toBe(
      'unavailable',
    )
  })

  it('ends with the reason that it was cancelled for', async () => {
    const controller = new AbortController()
    controller.abort(new Error('the run was stopped'))
    await expect(research('market_sentiment', ['news'], { news: texts }, 0, controller.signal)).rejects.toThrow(
      'stopped',
    )
  })

  it('that people added reads its sources as the desk does; a source that nobody reads is unavailable', async () => {
    const { evidence } = await research('my_news', ['news'], { news: texts })
    expect(evidence[0]).toMatchObject({ status: 'value', task: 'my_news' })
    const strange = await performResearch('my_stars', researchTask(['horoscope']), {
      runId: 'run_1',
      instrument: 'BTC/USDT',
      sources: { fetch: async () => ({ status: 'value', asOf: now, data: [] as never }) },
      ids: idsFrom(1),
      now: () => now,
      signal: never,
      attemptsLeft: 0,
      runBegan: 0,
      compute,
    })
    expect(strange.failed?.code).toBe('SOURCE_NOT_READ')
  })

  it('compares with peers where there are some, and misses none where there are not', async () => {
    const history = barSeries(walk(120, 0, 1))
    const alone = await research('correlation_analysis', ['price_data'], { price_data: history })
    expect(alone.evidence.map(({ source }) => source)).toEqual(['price_data'])
    const beside = await research('correlation_analysis', ['price_data'], {
      price_data: history,
      historical_data: history,
      peer_data: { 'ETH/USDT': history },
    })
    expect(beside.evidence.map(({ source }) => source)).toEqual(['price_data', 'peer_data'])
    expect(beside.evidence[1]).toMatchObject({ figures: { meanCorrelation: 1 } })
  })
})

describe('what the desk finds on the simulated exchange', () => {
  let evidence: Evidence[]
  beforeAll(async () => {
    evidence = await gather(createSimulatedExchange({ clock: createVirtualClock(now), seed: 5 }), 'ETH/USDT', now)
  })

  it('is a value for every source of every task, well formed, with a signal and a strength', () => {
    for (const [task, sources] of Object.entries(taskSources)) {
      const found = evidence.filter((piece) => piece.task === task)
      expect(found.map(({ source }) => source)).toEqual(expect.arrayContaining(sources))
      for (const piece of found) {
        expect(evidenceSchema.parse(piece)).toEqual(piece)
        if (piece.status !== 'value') throw new Error(`${task} of ${piece.source} is ${piece.status}.`)
        const { signal, strength } = piece.figures
        expect(Math.abs(signal ?? 2)).toBeLessThanOrEqual(1)
        expect(strength).toBeGreaterThanOrEqual(0)
        expect(strength).toBeLessThanOrEqual(1)
        expect(piece.summary).toMatch(/\d.*\.$/)
        expect(piece.summary).not.toMatch(/NaN|undefined|Infinity/)
      }
    }
  })

  it('has an id of its own each', () => expect(new Set(evidence.map(({ id }) => id)).size).toBe(evidence.length))
})

describe('the readers', () => {
  it('hear good and bad news, and nothing in texts that say nothing', async () => {
    const good = [headline('Bitcoin rallies, strong gains'), headline('Bullish breakout as demand surges')]
    const bad = [headline('Bitcoin slides, heavy losses'), headline('Bearish breakdown as fear grows')]
    expect((await read('market_sentiment', 'news', { news: good })).signal).toBeGreaterThan(0.2)
    expect((await read('market_sentiment', 'news', { news: bad })).signal).toBeLessThan(-0.2)
    const { evidence } = await research('market_sentiment', ['news'], { news: [headline('Conference on Tuesday')] })
    expect(evidence[0]?.status).toBe('empty')
  })

  it('leave out texts from the future', async () => {
    const good = [headline('Bitcoin rallies, strong gains'), headline('Bullish breakout as demand surges')]
    const future = [headline('Bitcoin crashes, terrible losses', now + 1)]
    const known = await read('market_sentiment', 'news', { news: good })
    expect(await read('market_sentiment', 'news', { news: [...good, ...future] })).toMatchObject({
      figures: known.figures,
    })
  })

  it('follow momentum up and down, whatever the scale of prices', async () => {
    const up = await read('momentum', 'price_data', { price_data: barSeries(walk(150, 0.006, 2)) })
    expect(up.signal).toBeGreaterThan(0.5)
    const down = await read('momentum', 'price_data', { price_data: barSeries(walk(150, -0.006, 2)) })
    expect(down.signal).toBeLessThan(-0.5)
  })

  it('follow indicators in a trend and fade them without one', async () => {
    const found = await read('technical_analysis', 'price_data', { price_data: barSeries(walk(250, 0.01, 3)) })
    expect(found.signal).toBeGreaterThan(0)
    const risen = { ...readTechnicals(barSeries(walk(250, 0.01, 3))), rsi: 85, stochasticK: 95, bollingerPosition: 1 }
    const at = (adx: number) => signalOfTechnicals({ ...risen, adx }).signal
    expect(at(50)).toBeGreaterThan(0.5)
    expect(at(5)).toBeLessThan(-0.5)
    expect(at(25)).toBeGreaterThan(at(15))
  })

  it('weigh the volume of rising bars against that of falling ones', async () => {
    const bars = walk(60, 0, 5, (step) => (step > 0 ? 300 : 100))
    expect((await read('technical_analysis', 'volume_data', { volume_data: barSeries(bars) })).signal).toBeGreaterThan(
      0.2,
    )
    const other = walk(60, 0, 5, (step) => (step > 0 ? 100 : 300))
    expect((await read('technical_analysis', 'volume_data', { volume_data: barSeries(other) })).signal).toBeLessThan(
      -0.2,
    )
  })

  it('take coins that leave exchanges for bullish', async () => {
    const days = (last: number) =>
      Array.from({ length: 60 }, (_, k) => ({
        at: now - (60 - k) * dayMs,
        activeAddresses: 1_000 + (k % 5),
        transactions: 2_000,
        exchangeNetflow: k < 53 ? (k % 7) - 3 : last,
      }))
    expect((await read('onchain_metrics', 'onchain', { onchain: days(-5) })).signal).toBeGreaterThan(0.3)
    expect((await read('onchain_metrics', 'onchain', { onchain: days(5) })).signal).toBeLessThan(-0.3)
  })

  it('go by the addresses alone where the flows to exchanges are unavailable', async () => {
    const days = Array.from({ length: 60 }, (_, k) => ({
      at: now - (60 - k) * dayMs,
      activeAddresses: (k < 53 ? 1_000 : 1_200) + (k % 5),
      transactions: 2_000,
      exchangeNetflow: null,
    }))
    const found = await read('onchain_metrics', 'onchain', { onchain: days })
    expect(found.signal).toBeGreaterThan(0.3)
    expect(found.summary).toContain('exchange flows are unavailable')
    expect(found.figures).not.toHaveProperty('weekNetflow')
  })

  it('take a rising dollar for a headwind, and an unknown series for no wind', async () => {
    const rows = (series: string) =>
      Array.from({ length: 30 }, (_, k) => {
        const value = 100 + Math.sin(k) * 0.1 + (k > 24 ? (k - 24) * 0.3 : 0)
        return { series, at: now - (30 - k) * dayMs, value, previous: value }
      })
    const dollar = await read('macro_factors', 'macro_data', { macro_data: rows('DXY') })
    expect(dollar.signal).toBeLessThan(-0.3)
    expect(dollar.summary).toContain('headwind')
    const unknown = await read('macro_factors', 'macro_data', { macro_data: rows('TEA') })
    expect(unknown).toMatchObject({ signal: 0, strength: 0, quality: 0 })
  })

  it('see which side of the book is heavier, and what an order would cost', async () => {
    const level = (price: number, quantity: number) => ({ price: decimal(price), quantity: decimal(quantity) })
    const book = { instrument: 'BTC/USDT', at: now, bids: [level(99.9, 30)], asks: [level(100.1, 10)] }
    const found = await read('liquidity_analysis', 'orderbook', { orderbook: book })
    expect(found.signal).toBeCloseTo(0.5)
    expect(found.figures['spreadBps']).toBeCloseTo(20)
    expect(found.figures['buyCostBps']).toBeCloseTo(10)
    const { evidence } = await research('liquidity_analysis', ['orderbook'], { orderbook: { ...book, bids: [] } })
    expect(evidence[0]?.status).toBe('empty')
  })

  it('say so where a series is too short', async () => {
    const short = barSeries(walk(5, 0, 1))
    for (const [task, source] of [
      ['technical_analysis', 'price_data'],
      ['technical_analysis', 'volume_data'],
      ['momentum', 'price_data'],
      ['momentum', 'volume_data'],
      ['liquidity_analysis', 'volume_data'],
      ['correlation_analysis', 'price_data'],
      ['historical_patterns', 'historical_data'],
    ] as const) {
      const { evidence } = await research(task, [source], { [source]: short })
      expect([task, evidence[0]?.status]).toEqual([task, 'empty'])
    }
  })

  it('never give a figure that is not a number, whatever the prices', async () => {
    const price = fc.double({ min: 1e-6, max: 1e6, noNaN: true })
    const bars = fc.array(fc.tuple(price, fc.double({ min: 0, max: 1e9, noNaN: true })), {
      minLength: 1,
      maxLength: 130,
    })
    await fc.assert(
      fc.asyncProperty(bars, async (rows) => {
        const series = barSeries(
          rows.map(([close, volume], k) => ({
            time: now + k * dayMs,
            open: close,
            high: close,
            low: close,
            close,
            volume,
          })),
        )
        const answers: Answers = {
          price_data: series,
          volume_data: series,
          historical_data: series,
          peer_data: { X: series },
        }
        for (const task of [
          'technical_analysis',
          'momentum',
          'liquidity_analysis',
          'correlation_analysis',
          'historical_patterns',
        ]) {
          const { evidence } = await research(task, ['price_data', 'volume_data', 'historical_data'], answers)
          for (const piece of evidence) expect(evidenceSchema.safeParse(piece).error).toBeUndefined()
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('the signals', () => {
  const z = fc.double({ min: -6, max: 6, noNaN: true })
  const mirrors: readonly [string, (x: number) => { signal: number; strength: number }][] = [
    ['mood', (x) => signalOfMood(50 + 8 * x)],
    ['flow', (x) => signalOfFlow(x / 6, x)],
    ['book', (x) => signalOfBook(x / 6)],
    ['outcomes', signalOfOutcomes],
    ['persistence', (x) => signalOfPersistence(0.3, x, 100)],
    ['pull', (x) => signalOfPull(x, 0.6)],
    [
      'macro',
      (x) =>
        signalOfShifts([
          { series: 'SPX', deviations: x },
          { series: 'DXY', deviations: -x },
        ]),
    ],
    ['momentum', (x) => signalOfMomentum([x, x / 2])],
    ['confirmation', (x) => signalOfConfirmation(x, 1)],
    ['turn', (x) => signalOfTurn([x, x + 0.1], [0, 0.1])],
  ]

  it.each(mirrors)('of %s turn round with the reading, and stay within their ranges', (_name, signalOf) => {
    fc.assert(
      fc.property(z, (x) => {
        const [here, there] = [signalOf(x), signalOf(-x)]
        expect(there.signal).toBeCloseTo(-here.signal, 10)
        expect(there.strength).toBeCloseTo(here.strength, 6)
        expect(Math.abs(here.signal)).toBeLessThanOrEqual(1)
        expect(here.strength).toBeGreaterThanOrEqual(0)
        expect(here.strength).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('of the crowd count only near the ends of the scale, and against it', () => {
    expect(signalOfMood(50)).toEqual({ signal: 0, strength: 0 })
    expect(signalOfMood(5).signal).toBeGreaterThan(0.8)
    expect(signalOfMood(95).signal).toBeLessThan(-0.8)
    expect(signalOfMood(40).strength).toBeLessThan(0.05)
  })

  it('of a move on falling volume point the other way', () => {
    expect(signalOfConfirmation(2, 2).signal).toBeGreaterThan(0)
    expect(signalOfConfirmation(2, -2).signal).toBeLessThan(0)
  })
})

const file = '../shared/reference/prices/coinbase_btcusd_1d.csv'

// The reference data is not part of the repository: without it this one is left out.
describe.skipIf(!existsSync(file))('on a real price file', () => {
  it('prices are read, and whatever a price file cannot hold is unavailable', async () => {
    const { bars } = parseBars(readFileSync(file, 'utf8'), { file })
    const feed = createStillFeed(bars, instrumentOf('BTC/USD', bars), '1d')
    const sources = createFileSources(feed, { now: () => feed.at })
    const status = new Map<string, string>()
    for (const [task, wanted] of Object.entries(taskSources)) {
      const { evidence } = await performResearch(task, researchTask(wanted), {
        runId: 'run_1',
        instrument: 'BTC/USD',
        sources,
        ids: idsFrom(1),
        now: () => feed.at,
        signal: never,
        attemptsLeft: 2,
        runBegan: 0,
        compute,
      })
      for (const piece of evidence) {
        expect(piece.status === 'value' ? piece.asOf : 0).toBeLessThanOrEqual(feed.at)
        status.set(`${task} ${piece.source}`, piece.status)
      }
    }
    const values = [...status].filter(([, word]) => word === 'value').map(([name]) => name)
    expect(values).toEqual([
      'technical_analysis price_data',
      'technical_analysis volume_data',
      'technical_analysis chart_data',
      'liquidity_analysis volume_data',
      'correlation_analysis price_data',
      'historical_patterns historical_data',
      'momentum price_data',
      'momentum volume_data',
    ])
    expect(status.get('market_sentiment news')).toBe('unavailable')
  })
})
