import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import type { SourceName } from '#engine/ports/research-sources.ts'
import { readConfig } from '#main/config/config.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { type Answer, body, startWebServer, status, type WebServer } from '#test/fakes/web-server.ts'
import { type SourcesConfig, sourcesConfigSchema } from './config.ts'
import { createHttpClient } from './http-client.ts'
import { createLiveSources } from './live-sources.ts'
import { isAbout } from './texts.ts'

const now = Date.UTC(2026, 4, 20, 9)
const never = new AbortController().signal
const recorded = (name: string) => readFileSync(join(import.meta.dirname, '../../../../test/recordings', name), 'utf8')
const shipped = readConfig('sources.yaml', sourcesConfigSchema, undefined).value

let server: WebServer
beforeAll(async () => {
  server = await startWebServer()
})
afterAll(() => server.close())

beforeEach(() => {
  server.asked.splice(0)
  server.answer('/news', body(recorded('news.rss'), 'application/rss+xml'))
  server.answer('/posts', body(recorded('posts.atom'), 'application/atom+xml'))
  server.answer('/fng', body(recorded('fear-greed.json')))
  server.answer('/coins', body(recorded('coingecko-markets.json')))
  server.answer('/charts/n-unique-addresses', body(recorded('blockchain-n-unique-addresses.json')))
  server.answer('/charts/n-transactions', body(recorded('blockchain-n-transactions.json')))
  server.answer('/fred', (response, request) =>
    body(recorded(`fred-${request.query.get('series_id')}.json`))(response, request),
  )
})

/** The shipped file, with the local server in every address. */
function local(): SourcesConfig {
  const at = (path: string) => `${server.address}${path}`
  return {
    ...shipped,
    news: { ...shipped.news, feeds: [{ publisher: 'Example', address: at('/news') }] },
    social: { ...shipped.social, feeds: [{ publisher: 'r/Example', address: at('/posts') }] },
    fear_greed: { ...shipped.fear_greed, address: at('/fng?limit=60&format=json') },
    coingecko: { ...shipped.coingecko, address: at('/coins') },
    onchain: { ...shipped.onchain, address: at('/charts') },
    macro_data: {
      ...shipped.macro_data,
      address: at('/fred'),
      series: { US10Y: { id: 'DGS10' }, CPI_YOY: { id: 'CPIAUCSL', units: 'pc1' } },
    },
  }
}

const keys: Record<string, string> = { FRED_API_KEY: 'fred-hush', COINGECKO_API_KEY: 'gecko-hush' }

function live(config = local(), secrets = keys) {
  const clock = createVirtualClock(now)
  const http = createHttpClient({ clock, timeoutMs: 10_000, maximumBytes: 1_000_000 })
  const feed = createSimulatedExchange({ clock, seed: 1 })
  const sources = createLiveSources({ config, feed, http, clock, secret: (name) => secrets[name] })
  const ask = (source: SourceName, instrument = 'BTC/USDT', signal = never) => sources.fetch(source, instrument, signal)
  return { ask, clock, feed }
}

describe('live research sources', () => {
  it('read prices and the book from the feed, and ask nobody else for them', async () => {
    const { ask, feed } = live()
    expect(await ask('orderbook')).toMatchObject({ status: 'value', data: feed.book('BTC/USDT') })
    expect(await ask('historical_data')).toMatchObject({ status: 'value' })
    expect(server.asked).toEqual([])
  })

  it('read headlines of the coin alone, dated, within days and not of the future, as plain lines', async () => {
    expect(await live().ask('news')).toEqual({
      status: 'value',
      asOf: Date.UTC(2026, 4, 20, 8, 31, 10),
      data: [
        {
          at: Date.UTC(2026, 4, 19, 20, 10),
          text: 'What BTC miners did last quarter',
          publisher: 'Example',
          reach: 1,
        },
        {
          at: Date.UTC(2026, 4, 20, 8, 31, 10),
          text: 'Bitcoin slides below $104,000 as ETF outflows & yields weigh',
          publisher: 'Example',
          reach: 1,
        },
      ],
    })
    expect(await live().ask('social')).toMatchObject({
      data: [{ text: expect.stringMatching(/^BTC looks tired/), publisher: 'r/Example' }],
    })
    expect(await live().ask('news', 'LTC/USDT')).toEqual({ status: 'empty', asOf: now })
  })

  it('read fear and greed, oldest first', async () => {
    const answer = await live().ask('fear_greed')
    expect(answer).toMatchObject({ status: 'value', asOf: Date.UTC(2026, 4, 20) })
    expect(answer).toMatchObject({ data: [77, 63, 52, 41, 34].map((value) => ({ value })) })
  })

  it('read fundamentals, with the key in a header', async () => {
    expect(await live().ask('coingecko')).toEqual({
      status: 'value',
      asOf: Date.parse('2026-05-20T08:58:11.203Z'),
      data: { marketCapUsd: 2_071_234_567_890, volume24hUsd: 31_234_567_890, circulating: 19_871_234, rank: 1 },
    })
    const [asked] = server.asked
    expect(asked?.headers['x-cg-demo-api-key']).toBe('gecko-hush')
    expect(Object.fromEntries(asked?.query ?? [])).toEqual({ vs_currency: 'usd', ids: 'bitcoin' })
    await live(local(), {}).ask('coingecko')
    expect(server.asked.at(-1)?.headers['x-cg-demo-api-key']).toBeUndefined()
    server.answer('/coins', body('[]'))
    expect(await live().ask('coingecko')).toEqual({ status: 'empty', asOf: now })
  })

  it('read on-chain counts of the days that are over, and make up no flows', async () => {
    const answer = await live().ask('onchain')
    if (answer.status !== 'value') throw new Error('There are no counts.')
    expect(answer.asOf).toBe(Date.UTC(2026, 4, 20))
    expect(answer.data).toHaveLength(30)
    expect(answer.data).toContainEqual({
      at: Date.UTC(2026, 3, 20),
      activeAddresses: 520_000,
      transactions: 390_000,
      exchangeNetflow: null,
    })
    await expect(live().ask('onchain', 'ETH/USDT')).rejects.toMatchObject({
      retry: 'definitive',
      message: expect.stringContaining('no on-chain charts for ETH'),
    })
  })

  it('read macroeconomic series with the key of the environment, and none without', async () => {
    const answer = await live().ask('macro_data')
    expect(answer).toMatchObject({ status: 'value', asOf: Date.UTC(2026, 4, 18) })
    expect(answer).toMatchObject({
      data: [
        { series: 'US10Y', at: Date.UTC(2026, 4, 13), value: 4.35, previous: 4.4 },
        { series: 'US10Y', at: Date.UTC(2026, 4, 15), value: 4.28, previous: 4.35 },
        { series: 'US10Y', at: Date.UTC(2026, 4, 18), value: 4.31, previous: 4.28 },
        { series: 'CPI_YOY', value: 2.81234, previous: 2.91001 },
        { series: 'CPI_YOY', value: 2.71234, previous: 2.81234 },
      ],
    })
    expect(server.asked.map(({ query }) => [query.get('series_id'), query.get('units'), query.get('api_key')])).toEqual(
      [
        ['DGS10', null, 'fred-hush'],
        ['CPIAUCSL', 'pc1', 'fred-hush'],
      ],
    )
    await expect(live(local(), {}).ask('macro_data')).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      retry: 'definitive',
      message: 'There is no key: the environment variable FRED_API_KEY is not set.',
    })
  })

  it('are not asked when they are switched off', async () => {
    const config = local()
    for (const source of ['news', 'social', 'fear_greed', 'coingecko', 'onchain', 'macro_data'] as const) {
      const off = { ...config, [source]: { ...config[source], on: false } }
      await expect(live(off).ask(source)).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        message: `${source} is switched off in sources.yaml.`,
      })
    }
    expect(server.asked).toEqual([])
  })

  const wrong: readonly (readonly [string, Answer])[] = [
    ['no JSON', body('<html>Just a moment...</html>', 'text/html')],
    ['JSON of another form', body('{"data":"none","observations":[{"date":"yesterday"}],"status":"not found"}')],
    ['nothing', body('')],
    ['binary', body(Uint8Array.from([0, 255, 254, 1, 2, 3]))],
  ]
  it.each(wrong)('say "unavailable" to %s, and make up no value', async (_, answer) => {
    server.answer('*', answer)
    const paths = ['/news', '/posts', '/fng', '/coins', '/charts/n-unique-addresses', '/charts/n-transactions', '/fred']
    for (const path of paths) server.answer(path, answer)
    for (const source of ['news', 'social', 'fear_greed', 'coingecko', 'onchain', 'macro_data'] as const) {
      await expect(live().ask(source)).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        retry: 'definitive',
        message: expect.stringMatching(/^127\.0\.0\.1:\d+ sent .*\.$/),
      })
    }
  })

  it('keep an answer while it is fresh, share one under way, and keep no failure', async () => {
    const { ask, clock } = live()
    await Promise.all([ask('fear_greed'), ask('fear_greed', 'ETH/USDT'), ask('fear_greed')])
    expect(server.asked).toHaveLength(1)
    clock.after(3_599_000, () => undefined)
    clock.step()
    await ask('fear_greed')
    expect(server.asked).toHaveLength(1)
    clock.after(2_000, () => undefined)
    clock.step()
    server.answer('/fng', status(500), body(recorded('fear-greed.json')))
    await expect(ask('fear_greed')).rejects.toMatchObject({ retry: 'retryable' })
    await ask('fear_greed')
    expect(server.asked).toHaveLength(3)
  })

  it('let one who withdraws go, and answer the other', async () => {
    const { ask } = live()
    const withdrawn = new AbortController()
    const one = ask('fear_greed', 'BTC/USDT', withdrawn.signal)
    const other = ask('fear_greed')
    withdrawn.abort(new Error('too late'))
    await expect(one).rejects.toThrow('too late')
    expect(await other).toMatchObject({ status: 'value' })
  })

  it('go on with the feeds that answer when one does not', async () => {
    const config = local()
    server.answer('/other', status(500))
    const feeds = [{ publisher: 'Other', address: `${server.address}/other` }, ...config.news.feeds]
    expect(await live({ ...config, news: { ...config.news, feeds } }).ask('news')).toMatchObject({ status: 'value' })
    server.answer('/news', status(500))
    await expect(live({ ...config, news: { ...config.news, feeds } }).ask('news')).rejects.toMatchObject({
      retry: 'retryable',
    })
  })
})

describe('the shipped sources.yaml', () => {
  it('holds no key, and names a variable for each that is needed', () => {
    expect(shipped.macro_data.keyEnvironment).toBe('FRED_API_KEY')
    expect(
      sourcesConfigSchema.safeParse({ ...shipped, macro_data: { ...shipped.macro_data, keyEnvironment: 'abc123' } })
        .success,
    ).toBe(false)
  })
})

describe('a headline is about a coin', () => {
  it.each([
    ['SOL jumps', ['SOL'], true],
    ['Solution found', ['SOL'], false],
    ['bitcoin’s week', ['Bitcoin'], true],
    ['$BTC!', ['BTC'], true],
    ['BTCUSD', ['BTC'], false],
    ['A+ rating', ['A+'], true],
  ])('%s, %s: %s', (text, names, expected) => {
    expect(isAbout(text, names)).toBe(expected)
  })
})
