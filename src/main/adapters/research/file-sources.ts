import type { Feed } from '#engine/ports/feed.ts'
import type { ResearchSources, SourceAnswer, SourceName } from '#engine/ports/research-sources.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { isPriceSource, type PriceSource, readPrices } from './prices.ts'
import { sourceUnavailable } from './source-unavailable.ts'

const missing: Readonly<Record<Exclude<SourceName, PriceSource>, string>> = {
  news: 'A price file holds no news.',
  social: 'A price file holds no posts.',
  fear_greed: 'A price file holds no fear and greed index.',
  onchain: 'A price file holds no on-chain counts.',
  coingecko: 'A price file holds no coin fundamentals.',
  macro_data: 'A price file holds no macroeconomic series.',
}

/**
 * Creates the research sources of imported bars, replayed or still: what prices say, and SOURCE_UNAVAILABLE for anything
 * else. Nothing is made up.
 */
export function createFileSources(feed: Feed, clock: Pick<Clock, 'now'>): ResearchSources {
  return {
    async fetch<Name extends SourceName>(source: Name, instrument: string, signal: AbortSignal) {
      signal.throwIfAborted()
      const asked: SourceName = source
      if (!isPriceSource(asked)) throw sourceUnavailable(asked, missing[asked])
      return readPrices(feed, asked, instrument, clock.now()) as SourceAnswer<Name>
    },
  }
}
