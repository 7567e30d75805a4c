import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeHome } from '#test/builders/home.ts'
import { endHosts, isBuilt, startHost, until } from '#test/e2e/host.ts'
import { type ExchangeServer, startExchangeServer } from '#test/exchange-server/server.ts'

describe.skipIf(!isBuilt)('a desk at the sandbox of an exchange (skipped without out/)', { tags: ['day'] }, () => {
  let exchange: ExchangeServer
  let account: ReturnType<ExchangeServer['open']>
  let home: string

  beforeAll(async () => {
    exchange = await startExchangeServer()
    account = exchange.open({ USDT: '50000', BNB: '10' })
    vi.stubEnv('BINANCE_SANDBOX_KEY', account.key)
    vi.stubEnv('BINANCE_SANDBOX_SECRET', account.secret)
    home = makeHome()
    writeFileSync(join(home, 'broker.yaml'), `orders: sandbox\nsandbox: { address: '${exchange.address}' }\n`)
  })
  afterAll(async () => {
    await endHosts()
    await exchange.close()
    vi.unstubAllEnvs()
    rmSync(home, { recursive: true, force: true })
  })

  it('OL-1, OL-13 killed with an order of which no answer came, it starts halted, finds the order and sends no second', async () => {
    exchange.placeAt(account.key, 'BTCUSDT', 'BUY', '0.2', 'web_1')
    const first = await startHost(home)
    expect(await first.client.trading.positions()).toMatchObject([{ instrument: 'BTC/USDT', quantity: '0.2' }])
    await until(async () => (await first.client.market.quotes()).length === 2, 'there are quotes')
    exchange.ways.muteUsers = true
    exchange.spoil('POST /api/v3/order', 'silentAfter')
    const wish = { key: 'a-wish-of-mine', instrument: 'BTC/USDT', reason: 'enough of it' }
    void first.client.trading.close(wish).catch(() => {})
    await until(async () => account.account.orders.some(({ side }) => side === 'SELL'), 'the order is there')
    await first.end('SIGKILL')

    exchange.ways.muteUsers = false
    const second = await startHost(home)
    const { client } = second
    expect((await client.system.status()).latch.state).toBe('HALTED')
    await until(async () => (await client.trading.positions()).length === 0, 'the fill is booked')
    const [order] = (await client.trading.orders({ limit: 10 })).filter(({ side }) => side === 'sell')
    await until(
      async () => (await client.trading.orders({ limit: 10 })).every(({ status }) => status === 'FILLED'),
      'the order is known to be filled',
    )
    const sold = account.account.orders.filter(({ side }) => side === 'SELL')
    expect(sold).toMatchObject([{ clientId: order?.clientOrderId, status: 'FILLED' }])
    const kinds = (await second.journal())
      .filter(({ data }) => JSON.stringify(data).includes(order?.clientOrderId ?? '?'))
      .map(({ kind }) => kind)
    expect(kinds.slice(0, 2)).toEqual(['orderInitialized', 'orderSubmitted'])
    expect(await second.end('SIGTERM')).toBe(0)
  })

  it('without its keys it does not start, and says what to set', async () => {
    vi.stubEnv('BINANCE_SANDBOX_KEY', '')
    await expect(startHost(home)).rejects.toThrow(/KEY_MISSING[\s\S]*BINANCE_SANDBOX_KEY/)
  })
})
