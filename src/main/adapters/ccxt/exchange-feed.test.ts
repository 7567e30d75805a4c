import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MarketUpdate } from '#engine/ports/feed.ts'
import { systemClock } from '#main/compose/system.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import { bookSchema, quoteSchema } from '#shared/domain/quote.ts'
import { eventually } from '#test/builders/eventually.ts'
import { type ExchangeServer, startExchangeServer } from '#test/exchange-server/server.ts'
import { createExchangeFeed, type ExchangeFeed, type ExchangeFeedOptions } from './exchange-feed.ts'

let server: ExchangeServer
let feed: ExchangeFeed
let updates: MarketUpdate[]

beforeEach(async () => {
  server = await startExchangeServer()
})
afterEach(async () => {
  feed.close()
  await server.close()
})

async function open(options: Partial<ExchangeFeedOptions> = {}): Promise<void> {
  feed = createExchangeFeed({
    exchange: 'binance',
    endpoint: { kind: 'public', gateway: server.address },
    instruments: ['BTC/USDT', 'ETH/USDT', 'NONE/USDT'],
    clock: systemClock,
    requestGapMs: 1,
    retryMs: 20,
    ...options,
  })
  updates = []
  feed.start((update) => updates.push(update))
  await feed.ready
}

const linked = () =>
  eventually(() => expect(feed.quote('BTC/USDT') && feed.quote('ETH/USDT') && feed.problem()).toBeNull())
const links = () => updates.flatMap((update) => (update.kind === 'link' ? update.connected : []))
const trades = () => updates.flatMap((update) => (update.kind === 'trade' ? update.trade : []))

describe('the market data of an exchange', () => {
  it('knows what the exchange lists, with its tick and lot, and leaves out what it does not', async () => {
    await open()
    expect(feed.instruments()).toEqual([
      { id: 'BTC/USDT', base: 'BTC', quote: 'USDT', priceStep: '0.01', quantityStep: '0.00001', minimumNotional: '5' },
      { id: 'ETH/USDT', base: 'ETH', quote: 'USDT', priceStep: '0.01', quantityStep: '0.0001', minimumNotional: '5' },
    ])
    expect(feed.name).toBe('Binance market data')
    expect([feed.quote('NONE/USDT'), feed.book('NONE/USDT'), feed.bars('NONE/USDT', '1d', 5)]).toEqual([
      undefined,
      undefined,
      [],
    ])
  })

  it('has bars of every length as soon as it is ready or soon after, oldest first and whole', async () => {
    await open()
    expect(feed.bars('BTC/USDT', '1d', 400).length).toBeGreaterThan(350)
    expect(feed.bars('BTC/USDT', '1h', 20).length).toBeGreaterThan(2)
    await eventually(() => expect(feed.bars('ETH/USDT', '15m', 3)).not.toEqual([]))
    for (const timeframe of ['1m', '5m', '15m', '30m', '1h', '4h', '1d'] as const) {
      const bars = feed.bars('BTC/USDT', timeframe, 10)
      expect(bars.length).toBeGreaterThan(0)
      for (const [index, bar] of bars.entries()) {
        expect(bar.time % timeframeMs[timeframe]).toBe(0)
        expect(bar.time).toBeGreaterThan(bars[index - 1]?.time ?? 0)
      }
      const older = feed.bars('BTC/USDT', timeframe, 5, bars.at(-1)?.time)
      expect([...older, ...bars.slice(-1)]).toEqual(bars.slice(-older.length - 1))
    }
  })

  it('says when it is linked, quotes the top of the book, and prints trades into quote and bars', async () => {
    await open()
    await linked()
    expect(links()).toEqual([false, true])
    const quote = quoteSchema.parse(feed.quote('BTC/USDT'))
    expect(quote).toMatchObject({ bid: '59970', ask: '60030' })
    expect(systemClock.now() - quote.at).toBeLessThan(60_000)
    const book = bookSchema.parse(feed.book('BTC/USDT'))
    expect(book.bids).toHaveLength(20)
    expect(book.bids[1]).toEqual({ price: '59940', quantity: '2' })
    const [before] = feed.bars('BTC/USDT', '1m', 1)
    server.trade('BTCUSDT', 'BUY', '0.125')
    await eventually(() => expect(trades()).toHaveLength(1))
    expect(trades()[0]).toMatchObject({ instrument: 'BTC/USDT', price: 60_030, quantity: 0.125 })
    expect(feed.quote('BTC/USDT')?.last).toBe('60030')
    await eventually(() => expect(feed.bars('BTC/USDT', '1m', 1)[0]?.close).toBe(60_030))
    expect(feed.bars('BTC/USDT', '1m', 1)[0]?.volume).not.toBe(before?.volume)
  })

  it('follows the book as it moves', async () => {
    await open()
    await linked()
    server.quoteAround('ETHUSDT', '3100')
    await eventually(() => expect(feed.quote('ETH/USDT')).toMatchObject({ bid: '3098.45', ask: '3101.55' }))
  })

  it('says that the link is lost, lets its quotes age, links again and fills the gap', async () => {
    await open()
    await linked()
    await eventually(() => expect(feed.bars('ETH/USDT', '15m', 3)).not.toEqual([]))
    server.ways.refuseSockets = true
    server.cutSockets()
    // It links again and again; how often by the time of a look depends on the machine.
    await eventually(() => expect(links().slice(0, 3)).toEqual([false, true, false]))
    const aged = feed.quote('BTC/USDT')
    server.trade('BTCUSDT', 'SELL', '0.5')
    const tries = server.asked.length
    await eventually(() => expect(server.asked.length).toBeGreaterThan(tries + 2))
    expect(feed.quote('BTC/USDT')).toMatchObject({ at: aged?.at, bid: aged?.bid })
    expect(feed.problem()).toEqual(expect.any(String))
    server.quoteAround('BTCUSDT', '61000')
    server.ways.refuseSockets = false
    await eventually(() => expect(links()).toEqual([false, true, false, true]))
    await eventually(() => expect(feed.bars('BTC/USDT', '1h', 1)[0]?.close).toBe(59_970))
    expect(trades()).toEqual([])
    await eventually(() => expect(feed.quote('BTC/USDT')).toMatchObject({ bid: '60969.5', ask: '61030.5' }))
    expect(feed.problem()).toBeNull()
  })

  it('takes a link on which nothing comes for a dead one', async () => {
    await open({ silenceMs: 150 })
    // It links again and again; how often by the time of a look depends on the machine.
    await eventually(() => expect(links().slice(0, 3)).toEqual([false, true, false]))
    // Between two links there is a moment without a problem.
    await eventually(() => expect(feed.problem()).toMatch(/silent/))
  })

  it('starts without the exchange, with nothing made up, and links when it is there', async () => {
    server.spoil('GET /api/v3/exchangeInfo', 'errorBefore')
    await open()
    expect(feed.instruments()).toEqual([])
    expect(feed.quote('BTC/USDT')).toBeUndefined()
    expect(links()).toEqual([false])
    await linked()
    expect(links()).toEqual([false, true])
  })

  it('is quiet after its close', async () => {
    await open()
    await linked()
    feed.close()
    await eventually(() => expect(server.sockets()).toBe(0))
    const told = updates.length
    server.trade('BTCUSDT', 'BUY', '0.1')
    await server.drained()
    expect(updates).toHaveLength(told)
  })
})
