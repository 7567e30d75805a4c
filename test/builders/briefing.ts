import { createSimulatedExchange, type SimulatedExchange } from '#adapters/simulated/exchange.ts'
import { createSimulatedSources } from '#adapters/simulated/sources.ts'
import { performResearch } from '#engine/agents/research.ts'
import type { Briefing, BriefingPortfolio } from '#engine/agents/seat.ts'
import { bookPortfolio } from '#engine/desk/reports/book-portfolio.ts'
import { readRegime } from '#engine/market/regimes.ts'
import { emptyBook } from '#engine/trading/positions/book.ts'
import { heavyTable } from '#main/workers/heavy.ts'
import { createInlineCompute } from '#main/workers/inline-compute.ts'
import { barSeries } from '#shared/domain/bar.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import type { Profile, ResearchTask } from '#shared/domain/profile.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { createIds, type Ids } from '#shared/lib/ids.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'

const hourMs = 3_600_000

/** Computes where it is called, as a one-shot command does. */
export const compute = createInlineCompute(heavyTable)

export const profile: Profile = {
  tasks: ['market_sentiment', 'technical_analysis'],
  parallel: 3,
  minimumSources: 3,
  optionalTasks: true,
  costLimitUsd: 1,
  debateRounds: 2,
  riskPerTrade: 0.01,
  maximumPosition: 0.2,
  riskAversion: 2,
  threshold: 0.6,
}

export const mandate: Mandate = {
  instruments: [],
  maximumOrderNotional: decimal(25_000),
  maximumExposure: decimal(100_000),
  ordersPerMinute: 10,
  maximumDailyLoss: decimal(5_000),
  maximumValueAtRisk: null,
  maximumExpectedShortfall: null,
  maximumLeverage: 3,
  liquidationBuffer: 0.3,
  priceCollar: 0.05,
  maximumQuoteAgeMs: 60_000,
  expiresAt: null,
}

/** The sources of each research task. */
export const taskSources: Readonly<Record<string, string[]>> = {
  market_sentiment: ['news', 'social', 'fear_greed'],
  onchain_metrics: ['onchain', 'coingecko'],
  technical_analysis: ['price_data', 'volume_data'],
  macro_factors: ['macro_data', 'fear_greed'],
  liquidity_analysis: ['orderbook', 'volume_data'],
  correlation_analysis: ['price_data'],
  historical_patterns: ['historical_data'],
  keyword_extraction: ['news'],
  momentum: ['price_data', 'volume_data'],
}

export function researchTask(sources: string[], about: Partial<ResearchTask> = {}): ResearchTask {
  return {
    title: 'A task',
    priority: 'high',
    optional: false,
    sources,
    estimate: { seconds: 1, usd: 0.06 },
    after: [],
    timeoutSeconds: 10,
    retries: 2,
    freshForSeconds: 172_800,
    ...about,
  }
}

export function idsFrom(seed: number, startMs = 0): Ids {
  return createIds(createVirtualClock(startMs), createRandom(seed))
}

/** Everything that the desk's tasks find about an instrument of a simulated exchange, none of it unsteady. */
export async function gather(exchange: SimulatedExchange, instrument: string, now: number): Promise<Evidence[]> {
  const clock = createVirtualClock(now)
  const faults = { failure: 0, rateLimit: 0, timeout: 0 }
  const sources = createSimulatedSources({ exchange, clock, latencyScale: 0, faults })
  const ids = idsFrom(1, now)
  const evidence: Evidence[] = []
  for (const [task, wanted] of Object.entries(taskSources)) {
    const pending = performResearch(task, researchTask(wanted), {
      runId: 'run_1',
      instrument,
      sources,
      ids,
      now: () => now,
      signal: new AbortController().signal,
      attemptsLeft: 0,
      runBegan: 0,
      compute,
    })
    for (let turn = 0; turn < 40; turn++) {
      await Promise.resolve()
      while (clock.step());
    }
    evidence.push(...(await pending).evidence)
  }
  return evidence
}

/** A briefing on the simulated market of a seed, flat and with 100,000 in cash. */
export async function simulatedBriefing(seed: number, instrument = 'BTC/USDT', at?: number): Promise<Briefing> {
  const now = at ?? Date.UTC(2025, 2, 3, 4, 5, 6)
  const exchange = createSimulatedExchange({ clock: createVirtualClock(now), seed })
  const traded = exchange.instruments().find(({ id }) => id === instrument)
  const quote = exchange.quote(instrument)
  if (traded === undefined || quote === undefined) throw new Error(`${instrument} does not trade.`)
  const bars = exchange.bars(instrument, '1h', 501).filter((bar) => bar.time + hourMs <= now)
  const series = barSeries(bars)
  const evidence = await gather(exchange, instrument, now)
  return {
    runId: 'run_1',
    instrument: traded,
    profile,
    dossier: { instrument, asOf: now, price: Number(quote.last), evidence, validation: null },
    quote,
    book: exchange.book(instrument) ?? null,
    bars: series,
    regime: readRegime(series.close),
    barsPerYear: 8_760,
    plan: null,
    account: { cash: decimal(100_000), equity: decimal(100_000), position: null, riskRoom: null, shortRoom: null },
    mandate,
    now,
  }
}

/** The book on the same market and moment, flat: as the optimizer sees it. */
export function simulatedPortfolio(seed: number, instrument = 'BTC/USDT', at?: number): BriefingPortfolio | null {
  const now = at ?? Date.UTC(2025, 2, 3, 4, 5, 6)
  const feed = createSimulatedExchange({ clock: createVirtualClock(now), seed })
  const book = Object.assign(emptyBook(), { account: 'paper', currency: 'USDT', cash: decimal(100_000) })
  return bookPortfolio({ feed, book, history: { listViews: () => [] }, now }, instrument, profile.maximumPosition)
}

type Value = Extract<Evidence, { status: 'value' }>

/** A finding with a signal; what is not said is usual. */
export function finding(signal: number, about: Partial<Omit<Value, 'figures'>> & { strength?: number } = {}): Value {
  const { strength = 1, ...rest } = about
  const task = about.task ?? 'technical_analysis'
  return {
    id: `ev_${task}_${about.source ?? 'price_data'}_${signal}`,
    runId: 'run_1',
    task,
    source: 'price_data',
    at: 1_000_000_000_000,
    status: 'value',
    asOf: 1_000_000_000_000,
    summary: `The signal is ${signal}.`,
    quality: 1,
    ...rest,
    figures: { signal, strength },
  }
}
