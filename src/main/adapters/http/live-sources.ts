import { isPriceSource, readPrices } from '#adapters/research/prices.ts'
import { sourceUnavailable } from '#adapters/research/source-unavailable.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { ResearchSources, SourceAnswer, SourceName, Text } from '#engine/ports/research-sources.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { readFundamentals } from './coin-fundamentals.ts'
import type { SourcesConfig } from './config.ts'
import { readFearGreed } from './fear-greed.ts'
import { createFreshnessCache } from './freshness-cache.ts'
import type { HttpClient } from './http-client.ts'
import { readObservations } from './macro.ts'
import { joinCharts, readChainChart } from './on-chain.ts'
import { isAbout, readTexts } from './texts.ts'

export interface LiveSourcesOptions {
  readonly config: SourcesConfig
  /** What prices and the book are read from. */
  readonly feed: Feed
  readonly http: HttpClient
  readonly clock: Clock
  /** The key of a name, from the environment or the system's keyring; undefined where there is none. */
  readonly secret: (name: string) => string | undefined
}

type WebSource = 'news' | 'social' | 'fear_greed' | 'coingecko' | 'onchain' | 'macro_data'
type Coin = SourcesConfig['coins'][string]

const dayMs = 86_400_000

/**
 * Creates the research sources of the real world: prices by the feed, everything else by the addresses of sources.yaml. What
 * is switched off, has no key, no name for the coin, or no connection is SOURCE_UNAVAILABLE; nothing is made up.
 */
export function createLiveSources({ config, feed, http, clock, secret }: LiveSourcesOptions): ResearchSources {
  const cache = createFreshnessCache<SourceAnswer>(clock)

  async function askWeb(source: WebSource, base: string): Promise<SourceAnswer> {
    switch (source) {
      case 'news':
      case 'social':
        return askTexts(source, coinOf(source, base))
      case 'fear_greed': {
        const address = new URL(config.fear_greed.address)
        return readFearGreed(await get(source, address), address.host, clock.now())
      }
      case 'coingecko':
        return askFundamentals(base)
      case 'onchain':
        return askCharts(base)
      case 'macro_data':
        return askSeries()
    }
  }

  function get(source: WebSource, address: URL, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    return http.get({ source, address, headers, perMinute: config[source].perMinute })
  }

  function coinOf(source: WebSource, base: string): Coin {
    const coin = config.coins[base]
    if (coin !== undefined) return coin
    throw sourceUnavailable(source, `sources.yaml does not say what ${base} is called elsewhere.`)
  }

  /** All that answer count; only when none does is there no answer. */
  async function askTexts(source: 'news' | 'social', { names }: Coin): Promise<SourceAnswer> {
    const { feeds, withinDays } = config[source]
    if (feeds.length === 0) throw sourceUnavailable(source, `sources.yaml names no feed for ${source}.`)
    const now = clock.now()
    const answers = await Promise.allSettled(
      feeds.map(async ({ publisher, address }) => {
        const where = new URL(address)
        return readTexts(source, await get(source, where), where.host, publisher, now)
      }),
    )
    const came = answers.filter((answer) => answer.status === 'fulfilled')
    if (came.length === 0) throw answers.find((answer) => answer.status === 'rejected')?.reason
    const texts: Text[] = came
      .flatMap(({ value }) => value)
      .filter(({ at, text }) => at > now - withinDays * dayMs && isAbout(text, names))
      .sort((a, b) => a.at - b.at)
    const last = texts.at(-1)
    return last === undefined ? { status: 'empty', asOf: now } : { status: 'value', asOf: last.at, data: texts }
  }

  async function askFundamentals(base: string): Promise<SourceAnswer> {
    const id = coinOf('coingecko', base).coingecko
    if (id === undefined) throw sourceUnavailable('coingecko', `sources.yaml has no CoinGecko id for ${base}.`)
    const address = withQuery(config.coingecko.address, { vs_currency: 'usd', ids: id })
    const { keyEnvironment } = config.coingecko
    const key = keyEnvironment === undefined ? undefined : secret(keyEnvironment)
    const body = await get('coingecko', address, key === undefined ? {} : { 'x-cg-demo-api-key': key })
    return readFundamentals(body, address.host, id, clock.now())
  }

  async function askCharts(base: string): Promise<SourceAnswer> {
    const { charts } = coinOf('onchain', base)
    if (charts === undefined) throw sourceUnavailable('onchain', `sources.yaml has no on-chain charts for ${base}.`)
    const ask = async (name: string) => {
      const address = withQuery(`${config.onchain.address.replace(/\/$/, '')}/${encodeURIComponent(name)}`, {
        timespan: '60days',
        rollingAverage: '24hours',
        sampled: 'false',
        format: 'json',
      })
      return readChainChart(await get('onchain', address), address.host)
    }
    const [addresses, transactions] = await Promise.all([ask(charts.activeAddresses), ask(charts.transactions)])
    return joinCharts(addresses, transactions, clock.now())
  }

  async function askSeries(): Promise<SourceAnswer> {
    const { address, keyEnvironment, series } = config.macro_data
    const key = secret(keyEnvironment)
    if (key === undefined || key === '') {
      throw sourceUnavailable('macro_data', `There is no key: the environment variable ${keyEnvironment} is not set.`)
    }
    const answers = await Promise.all(
      Object.entries(series).map(async ([name, { id, units }]) => {
        const where = withQuery(address, {
          series_id: id,
          ...(units !== undefined && { units }),
          sort_order: 'desc',
          limit: '40',
          file_type: 'json',
          api_key: key,
        })
        return readObservations(await get('macro_data', where), where.host, name, clock.now())
      }),
    )
    const data = answers.flat()
    if (data.length === 0) return { status: 'empty', asOf: clock.now() }
    return { status: 'value', asOf: Math.max(...data.map(({ at }) => at)), data }
  }

  return {
    async fetch<Name extends SourceName>(source: Name, instrument: string, signal: AbortSignal) {
      signal.throwIfAborted()
      const asked: SourceName = source
      if (isPriceSource(asked)) return readPrices(feed, asked, instrument, clock.now()) as SourceAnswer<Name>
      const known = feed.instruments().find(({ id }) => id === instrument)
      if (known === undefined) throw sourceUnavailable(asked, `${feed.name} does not know ${instrument}.`)
      if (!config[asked].on) throw sourceUnavailable(asked, `${asked} is switched off in sources.yaml.`)
      const isOfMarket = asked === 'fear_greed' || asked === 'macro_data'
      const key = isOfMarket ? asked : `${asked} ${known.base}`
      const freshForMs = config[asked].freshForSeconds * 1000
      const answer = await cache.get(key, freshForMs, () => askWeb(asked, known.base), signal)
      return answer as SourceAnswer<Name>
    },
  }
}

function withQuery(address: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(address)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}
