import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { makeHome } from '#test/builders/home.ts'
import { endHosts, type Host, isBuilt, startHost, until } from '#test/e2e/host.ts'
import { type ExchangeServer, startExchangeServer } from '#test/exchange-server/server.ts'
import { body, startWebServer, status, type WebServer } from '#test/fakes/web-server.ts'

const shipped = readFileSync(join(import.meta.dirname, '../../resources/config/sources.yaml'), 'utf8')

/** A home that looks at the local exchange and asks the local web server, and nobody else. */
function homeOf(exchange: string, web: string): string {
  const home = makeHome()
  writeFileSync(join(home, 'settings.json'), JSON.stringify({ feed: { kind: 'exchange', exchange: 'binance' } }))
  const config = parseDocument(shipped)
  config.setIn(['exchanges', 'binance'], { instruments: ['BTC/USDT', 'ETH/USDT'], address: exchange })
  config.setIn(['news', 'feeds'], [{ publisher: 'Example', address: `${web}/news` }])
  config.setIn(['social', 'on'], false)
  config.setIn(['fear_greed', 'address'], `${web}/fng`)
  config.setIn(['coingecko', 'address'], `${web}/coins`)
  config.setIn(['onchain', 'address'], `${web}/charts`)
  config.setIn(['macro_data', 'address'], `${web}/fred`)
  writeFileSync(join(home, 'sources.yaml'), config.toString())
  return home
}

describe.skipIf(!isBuilt)('a desk on an exchange (skipped without out/)', () => {
  let exchange: ExchangeServer
  let web: WebServer
  let host: Host
  const homes: string[] = []

  beforeAll(async () => {
    exchange = await startExchangeServer()
    web = await startWebServer()
    const today = new Date().toUTCString()
    const item = (title: string) => `<item><title>${title}</title><pubDate>${today}</pubDate></item>`
    const items = ['Bitcoin rallies on strong inflows', 'Bitcoin gains again'].map(item).join('')
    web.answer('/news', body(`<rss version="2.0"><channel><title>News</title>${items}</channel></rss>`))
    web.answer('/fng', status(500))
    web.answer('/coins', body('<html>Just a moment...</html>'))
  })
  afterEach(() => {
    exchange.ways.refuseSockets = false
  })
  afterAll(async () => {
    await endHosts()
    await Promise.all([exchange.close(), web.close()])
    for (const home of homes) rmSync(home, { recursive: true, force: true })
  })

  it('trades on paper at its prices, researches over the network, and says what is unavailable', async () => {
    const home = homeOf(exchange.address, web.address)
    homes.push(home)
    host = await startHost(home)
    const { client } = host
    await until(async () => (await client.market.quotes()).length === 2, 'there are quotes')
    const now = await client.system.status()
    expect(now).toMatchObject({ mode: 'paper', feed: { connected: true, name: 'Binance market data' } })
    expect(now.broker.name).toBe('Paper account on Binance market data')
    expect(await client.market.bars({ instrument: 'BTC/USDT', timeframe: '1d', limit: 100 })).toHaveLength(100)

    const { id: runId } = await client.runs.start({ instrument: 'BTC/USDT', profile: 'conservative' })
    const isDecided = async () =>
      (await client.runs.get({ runId })).status !== 'running' || (await client.reviews.list({})).length > 0
    await until(isDecided, 'the run has ended or waits for the trader')
    expect((await client.runs.get({ runId })).status).toMatch(/completed|running/)
    const evidence = (await client.runs.evidence({ runId })).map((piece) => [piece.source, piece.status])
    expect(evidence).toContainEqual(['price_data', 'value'])
    expect(evidence).toContainEqual(['orderbook', 'value'])
    expect(evidence).toContainEqual(['news', 'value'])
    for (const source of ['social', 'fear_greed', 'coingecko', 'onchain']) {
      expect(evidence).toContainEqual([source, 'unavailable'])
      expect(evidence).not.toContainEqual([source, 'value'])
    }
    expect(exchange.asked.filter((what) => /order|account|Trades/.test(what))).toEqual([])
  })

  it('shows a lost link as lost, lets the quotes age, and takes it up again', async () => {
    const connected = async () => (await host.client.system.status()).feed.connected
    exchange.ways.refuseSockets = true
    exchange.cutSockets()
    await until(async () => !(await connected()), 'the link is shown as lost')
    const [quote] = await host.client.market.quotes()
    exchange.quoteAround('BTCUSDT', '61000')
    expect((await host.client.market.quotes())[0]).toEqual(quote)
    exchange.ways.refuseSockets = false
    await until(connected, 'the link is back')
    await until(async () => (await host.client.market.quotes())[0]?.bid === '60969.5', 'the quote is new')
    expect(await host.end('SIGTERM')).toBe(0)
  })

  it('starts without the exchange, says so, and makes nothing up', async () => {
    exchange.spoil('GET /api/v3/exchangeInfo', ...Array.from({ length: 50 }, () => 'cutBefore' as const))
    const home = homeOf(exchange.address, web.address)
    homes.push(home)
    host = await startHost(home)
    expect((await host.client.system.status()).feed).toMatchObject({ connected: false, lastTickAt: null })
    expect(await host.client.market.quotes()).toEqual([])
    await expect(host.client.runs.start({ instrument: 'BTC/USDT' })).rejects.toMatchObject({
      code: 'INSTRUMENT_NOT_FOUND',
    })
    expect(await host.end('SIGTERM')).toBe(0)
  })

  it('a sources.yaml that cannot be used is refused with file, line and reason', async () => {
    const home = homeOf(exchange.address, web.address)
    homes.push(home)
    writeFileSync(
      join(home, 'sources.yaml'),
      shipped.replace('keyEnvironment: FRED_API_KEY', 'keyEnvironment: abc-123'),
    )
    await expect(startHost(home)).rejects.toThrow(
      /sources\.yaml, line \d+: macro_data\.keyEnvironment: must be the name/,
    )
  })
})
