import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Desk } from '#api/desk.ts'
import { eventually } from '#test/builders/eventually.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { testTime } from '#test/builders/test-time.ts'
import { type ExchangeServer, startExchangeServer } from '#test/exchange-server/server.ts'
import { createDesk } from './desk.ts'

let server: ExchangeServer
let account: ReturnType<ExchangeServer['open']>
let desks: Desk[]

beforeEach(async () => {
  desks = []
  server = await startExchangeServer()
  account = server.open({ USDT: '50000', BNB: '10' })
  vi.stubEnv('BINANCE_SANDBOX_KEY', account.key)
  vi.stubEnv('BINANCE_SANDBOX_SECRET', account.secret)
})
afterEach(async () => {
  for (const desk of desks) await desk.stop('the test is over')
  await server.close()
  vi.unstubAllEnvs()
})

function homeFor(orders: 'paper' | 'sandbox', home = temporaryHome()): string {
  writeFileSync(join(home, 'broker.yaml'), `orders: ${orders}\nsandbox: { address: '${server.address}' }\n`)
  return home
}

async function open(home: string): Promise<Desk> {
  const desk = await createDesk({ home, coolDownMs: 0, ...testTime() })
  desks.push(desk)
  await desk.start()
  return desk
}

async function stop(desk: Desk): Promise<void> {
  desks.splice(desks.indexOf(desk), 1)
  await desk.stop('restart')
}

const clientOf = (desk: Desk) => createRouterClient(desk.router, { context: { caller: 'window' } })

describe('a desk whose orders go to a sandbox', () => {
  it('has the account that is there: its cash, its past, and what it trades from here on', async () => {
    server.placeAt(account.key, 'BTCUSDT', 'BUY', '0.2', 'web_1')
    const desk = await open(homeFor('sandbox'))
    const client = clientOf(desk)
    const cash = () => Number(desk.status().account.cash)
    const balance = () => Number(account.account.free.get('USDT')) / 1e8
    expect(desk.status()).toMatchObject({
      mode: 'paper',
      account: { id: 'binance-sandbox', currency: 'USDT' },
      broker: { connected: true, name: 'Binance sandbox' },
      feed: { name: 'Binance sandbox' },
    })
    expect(cash()).toBeCloseTo(balance(), 2)
    expect(await client.trading.positions()).toMatchObject([{ instrument: 'BTC/USDT', quantity: '0.2' }])

    await eventually(() => expect(desk.status().feed.connected).toBe(true))
    const order = await client.trading.close({ key: 'a-wish-of-mine', instrument: 'BTC/USDT', reason: 'enough of it' })
    await eventually(async () => expect(await client.trading.positions()).toEqual([]))
    const sent = account.account.orders.filter(({ side }) => side === 'SELL')
    expect(sent).toMatchObject([{ clientId: order.clientOrderId, status: 'FILLED', type: 'MARKET' }])
    // The fee was taken in the exchange's own coin, and counts all the same.
    expect(cash()).toBeLessThan(balance())
    expect(cash()).toBeCloseTo(balance(), -2)
  })

  it('OL-13 starts without the exchange once it knows the account, halted, and compares as soon as there is a link', async () => {
    const home = homeFor('sandbox')
    await stop(await open(home))
    server.ways.fault = 'cutBefore'
    server.ways.refuseSockets = true
    const desk = await open(home)
    expect(desk.status()).toMatchObject({
      broker: { connected: false },
      latch: { state: 'HALTED', reason: expect.stringContaining('could not be compared') },
    })
    server.placeAt(account.key, 'ETHUSDT', 'BUY', '1', 'web_1')
    server.ways.fault = undefined
    server.ways.refuseSockets = false
    await eventually(async () =>
      expect(await clientOf(desk).trading.positions()).toMatchObject([{ instrument: 'ETH/USDT' }]),
    )
    const typed = { reason: 'The exchange is back', account: 'binance-sandbox', mode: 'paper' }
    expect((await clientOf(desk).trading.rearm(typed)).state).toBe('ACTIVE')
  })

  it('does not begin with an account that it knows nothing of', async () => {
    server.ways.fault = 'errorBefore'
    await expect(open(homeFor('sandbox'))).rejects.toMatchObject({ code: 'SANDBOX_UNAVAILABLE' })
    server.ways.fault = undefined
    vi.stubEnv('BINANCE_SANDBOX_SECRET', 'another')
    await expect(open(homeFor('sandbox'))).rejects.toMatchObject({
      code: 'SANDBOX_UNAVAILABLE',
      message: expect.stringContaining('Signature'),
      wayOut: expect.stringContaining('BINANCE_SANDBOX_SECRET'),
    })
    vi.stubEnv('BINANCE_SANDBOX_KEY', '')
    await expect(open(homeFor('sandbox'))).rejects.toMatchObject({ code: 'KEY_MISSING' })
  })

  it('UX-2 keeps its books apart from those of the paper account', async () => {
    const [practice, paper] = [homeFor('sandbox'), homeFor('paper')]
    await stop(await open(practice))
    await stop(await open(paper))
    for (const [home, other] of [
      [practice, 'paper'],
      [paper, 'sandbox'],
    ] as const) {
      await expect(open(homeFor(other, home))).rejects.toMatchObject({ code: 'ACCOUNT_MIXED' })
    }
  })

  it('EL-8 leaves no key in its data folder', async () => {
    const home = homeFor('sandbox')
    const desk = await open(home)
    server.ways.fault = 'errorBefore'
    server.cutSockets()
    await eventually(() => expect(desk.status().broker.connected).toBe(false))
    await stop(desk)
    for (const name of readdirSync(home)) {
      const text = readFileSync(join(home, name), 'latin1')
      expect(text.includes(account.secret) || text.includes(account.key), name).toBe(false)
    }
  })
})

describe('where orders go unless somebody says otherwise', () => {
  it('I11 is the paper account, and no exchange is dialled', async () => {
    const desk = await open(homeFor('paper'))
    expect(desk.status()).toMatchObject({
      account: { id: 'paper' },
      broker: { name: expect.stringMatching(/^Paper account/) },
    })
    expect(server.asked).toEqual([])
  })

  it.each([
    ['orders: live', /orders: /],
    ['sandbox: { exchange: kraken }', /sandbox\.exchange/],
    ["sandbox: { address: 'http://example.com' }", /on this machine/],
    ['sandbox: { instruments: [BTC/USDT, ETH/BTC] }', /same currency/],
    ['sandbox: { keyEnvironment: abc-123 }', /environment variable/],
    ['live: { exchange: binance }', /nobody knows "live"/],
  ])('is refused where it is no place for practice: %s', async (text, why) => {
    const home = temporaryHome()
    writeFileSync(join(home, 'broker.yaml'), text)
    await expect(createDesk({ home, ...testTime() })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(why),
    })
  })
})
