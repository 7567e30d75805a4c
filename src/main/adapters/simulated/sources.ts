import { isPriceSource, type PriceSource, readPrices } from '#adapters/research/prices.ts'
import { sourceUnavailable } from '#adapters/research/source-unavailable.ts'
import { makeUnsteady, type SourceFaults } from '#adapters/research/unsteady-sources.ts'
import type { ResearchSources, SourceAnswer, SourceData, SourceName } from '#engine/ports/research-sources.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { createRandom } from '#shared/lib/random.ts'
import type { Coin } from './coins.ts'
import { fearAndGreed, onChainCounts } from './counts.ts'
import type { SimulatedExchange } from './exchange.ts'
import { macroSeries } from './macro.ts'
import { writeNews } from './news.ts'
import { writePosts } from './social.ts'

/** The exchange that the sources speak of, and how slow and fallible they are. */
export interface SimulatedSourcesOptions {
  readonly exchange: SimulatedExchange
  readonly clock: Clock
  /** Multiplies the sources' typical latencies; 1 unless given, 0 for none. */
  readonly latencyScale?: number
  /** Shares of calls that go wrong; none unless given. */
  readonly faults?: Partial<SourceFaults>
}

/**
 * Creates the research sources beside the simulated exchange: all of them speak of the same world as its prices, know
 * nothing after the clock's time (but for the hunches in news and posts), and name themselves simulated.
 */
export function createSimulatedSources({ exchange, clock, ...rest }: SimulatedSourcesOptions): ResearchSources {
  const steady: ResearchSources = {
    async fetch<Name extends SourceName>(source: Name, instrument: string, signal: AbortSignal) {
      signal.throwIfAborted()
      const now = clock.now()
      const answer = isPriceSource(source)
        ? readPrices(exchange, source, instrument, now)
        : answerOther(exchange, source, instrument, now)
      return answer as SourceAnswer<Name>
    },
  }
  return makeUnsteady(steady, { clock, random: createRandom(exchange.world.seed).fork('sources'), ...rest })
}

function answerOther(
  exchange: SimulatedExchange,
  source: Exclude<SourceName, PriceSource>,
  instrument: string,
  nowMs: number,
): SourceAnswer {
  const { world } = exchange
  const about = exchange.coinOf(instrument)
  const coin = about === undefined ? -1 : world.coins.indexOf(about)
  if (coin < 0) throw sourceUnavailable(source, `${exchange.name} does not know ${instrument}.`)
  switch (source) {
    case 'news':
      return ofList(writeNews(world, coin, nowMs), nowMs, 0)
    case 'social':
      return ofList(writePosts(world, coin, nowMs), nowMs, 0)
    case 'fear_greed':
      return ofList(fearAndGreed(world, nowMs), nowMs, 0)
    case 'onchain':
      return ofList(onChainCounts(world, coin, nowMs), nowMs, timeframeMs['1d'])
    case 'macro_data':
      return ofList(macroSeries(world, nowMs), nowMs, 0)
    case 'coingecko':
      return { status: 'value', asOf: nowMs, data: fundamentals(exchange, coin) }
  }
}

/** A list is known emptiness when nothing is in it; else it speaks of its newest entry's time, plus that entry's span. */
function ofList<T extends readonly { readonly at: number }[]>(data: T, nowMs: number, spanMs: number) {
  if (data.length === 0) return { status: 'empty', asOf: nowMs } as const
  return { status: 'value', asOf: Math.max(...data.map(({ at }) => at)) + spanMs, data } as const
}

function fundamentals(exchange: SimulatedExchange, coin: number): SourceData['coingecko'] {
  const { coins } = exchange.world
  const capOf = ({ instrument, circulating }: Coin) => Number(exchange.quote(instrument.id)?.last ?? 0) * circulating
  const about = coins[coin] as Coin
  const marketCapUsd = capOf(about)
  const volume24hUsd = exchange
    .bars(about.instrument.id, '1h', 25)
    .slice(0, -1)
    .reduce((sum, bar) => sum + bar.volume * bar.close, 0)
  const rank = 1 + coins.filter((other) => capOf(other) > marketCapUsd).length
  return { marketCapUsd, volume24hUsd, circulating: about.circulating, rank }
}
