import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BrokerEvent } from '#engine/ports/broker.ts'
import { systemClock } from '#main/compose/system.ts'
import type { Order } from '#shared/domain/order.ts'
import { decimal } from '#shared/lib/decimal.ts'
import type { ParleyError } from '#shared/lib/error.ts'
import { eventually } from '#test/builders/eventually.ts'
import { orderOf } from '#test/conformance/broker.ts'
import { type ExchangeServer, startExchangeServer } from '#test/exchange-server/server.ts'
import { createExchangeBroker, type ExchangeBrokerOptions } from './broker.ts'

let server: ExchangeServer
const stops: (() => void)[] = []

beforeEach(async () => {
  server = await startExchangeServer()
})
afterEach(async () => {
  for (const stop of stops.splice(0)) stop()
  await server.close()
})

const funds = { USDT: '100000000', BTC: '1000', BNB: '10000' }

function optionsFor({ key, secret }: { readonly key: string; readonly secret: string }): ExchangeBrokerOptions {
  return {
    mode: 'paper',
    exchange: 'binance',
    endpoint: { kind: 'sandbox', gateway: server?.address ?? 'http://127.0.0.1:9' },
    credentials: { key, secret },
    instruments: ['BTC/USDT', 'ETH/USDT'],
    clock: systemClock,
    timeoutMs: 5_000,
    retryMs: 20,
    requestGapMs: 0.01,
  }
}

/** A connected broker, what it has told, and the orders that tests send. */
async function linked(options: Partial<ExchangeBrokerOptions> = {}, balances: Record<string, string> = funds) {
  const account = server.open(balances)
  const { key, secret } = account
  const broker = createExchangeBroker({ ...optionsFor({ key, secret }), ...options })
  const events: BrokerEvent[] = []
  const connect = async () => {
    const stop = await broker.connect((event) => events.push(event))
    stops.push(stop)
    return stop
  }
  const stop = await connect()
  const isExpected = options.credentials === undefined && server.ways.fault === undefined
  const isUp = () => events.some((event) => event.kind === 'link' && event.connected)
  if (isExpected) await eventually(() => expect(isUp()).toBe(true))
  const order = (clientOrderId: string, fields: Partial<Order> = {}) =>
    orderOf({
      clientOrderId,
      instrument: 'BTC/USDT',
      quantity: decimal('0.1'),
      createdAt: Date.now() + 1_000,
      ...fields,
    })
  const resting = (clientOrderId: string, fields: Partial<Order> = {}) =>
    order(clientOrderId, { type: 'LIMIT', limitPrice: decimal('40000'), ...fields })
  const told = (kind: BrokerEvent['kind']) => events.filter((event) => event.kind === kind)
  const atExchange = (clientOrderId: string) =>
    account.account.orders.filter(({ clientId }) => clientId === clientOrderId).map(({ status }) => status)
  return { ...account, broker, events, told, stop, connect, order, resting, atExchange }
}

const failure = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error as ParleyError,
  )

describe('I11 practice money only', () => {
  const credentials = { key: 'k', secret: 's' }
  it('refuses a live desk, and any endpoint but a sandbox', () => {
    expect(() => createExchangeBroker({ ...optionsFor(credentials), mode: 'live' })).toThrow(
      expect.objectContaining({ code: 'PAPER_ONLY' }),
    )
    expect(() => createExchangeBroker({ ...optionsFor(credentials), endpoint: { kind: 'public' } })).toThrow(
      expect.objectContaining({ code: 'PAPER_ONLY' }),
    )
  })

  it('refuses an exchange whose rules are not known', () => {
    expect(() => createExchangeBroker({ ...optionsFor(credentials), exchange: 'coinbase' })).toThrow(
      expect.objectContaining({ code: 'BROKER_NOT_SUPPORTED' }),
    )
  })
})

describe('what the exchange has nothing of', () => {
  it.each<[string, Partial<Order>]>([
    ['a trailing stop', { type: 'TRAILING_STOP_MARKET', trailing: { kind: 'basisPoints', offset: decimal('100') } }],
    ['a day order', { type: 'LIMIT', limitPrice: decimal('40000'), timeInForce: 'DAY' }],
    ['a good-till-date order', { type: 'LIMIT', limitPrice: decimal('40000'), timeInForce: 'GTD', expireAt: 9e12 }],
    [
      'a post-only stop-limit',
      { type: 'STOP_LIMIT', stopPrice: decimal('70000'), limitPrice: decimal('71000'), postOnly: true },
    ],
  ])('is refused before anything is sent: %s', async (_, fields) => {
    const t = await linked()
    const before = server.asked.length
    expect(await failure(t.broker.submit(t.order('a', fields)))).toMatchObject({
      code: 'ORDER_NOT_SUPPORTED',
      retry: 'definitive',
    })
    expect(t.told('rejected')).toHaveLength(1)
    expect(server.asked).toHaveLength(before)
  })

  it('is refused before anything is sent: a change of a working order', async () => {
    const t = await linked()
    await t.broker.submit(t.resting('a'))
    const before = server.asked.length
    expect(await failure(t.broker.replace('a', { quantity: decimal('0.2') }))).toMatchObject({
      code: 'ORDER_NOT_SUPPORTED',
      retry: 'definitive',
    })
    expect(server.asked).toHaveLength(before)
  })
})

describe('OL-3 an answer that is no answer', () => {
  it.each([
    ['silentAfter', 'ambiguous', 1],
    ['silentBefore', 'ambiguous', 0],
    ['cutAfter', 'ambiguous', 1],
    ['cutBefore', 'ambiguous', 0],
    ['errorAfter', 'ambiguous', 1],
    ['errorBefore', 'ambiguous', 0],
    ['garbage', 'ambiguous', 1],
    ['tooMany', 'retryable', 0],
    ['tooManyOrders', 'retryable', 0],
  ] as const)('to a submit (%s) is %s, and asking tells what was done', async (fault, retry, done) => {
    let aheadMs = 0
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + aheadMs }
    const t = await linked({ clock, timeoutMs: fault.startsWith('silent') ? 1_500 : 5_000 })
    server.spoil('POST /api/v3/order', fault)
    const error = await failure(t.broker.submit(t.resting('a')))
    expect(error).toMatchObject({ retry })
    expect(t.told('rejected')).toEqual([])
    expect(t.atExchange('a')).toHaveLength(done)
    aheadMs = 10_000
    expect(await t.broker.query('a')).toEqual(
      done === 1 ? expect.objectContaining({ status: 'ACCEPTED', limitPrice: '40000' }) : undefined,
    )
    // OL-1: sending it again makes one of none, and never two of one.
    await failure(t.broker.submit(t.resting('a')))
    expect(t.atExchange('a')).toEqual(['NEW'])
  })

  it.each([
    ['cutAfter', 'CANCELED'],
    ['cutBefore', 'ACCEPTED'],
    ['errorAfter', 'CANCELED'],
  ] as const)('to a cancel (%s) is ambiguous, and asking tells what was done', async (fault, status) => {
    const t = await linked()
    await t.broker.submit(t.resting('a'))
    server.spoil('DELETE /api/v3/order', fault)
    expect(await failure(t.broker.cancel('a'))).toMatchObject({ retry: 'ambiguous' })
    expect(t.told('cancelRejected')).toEqual([])
    expect(await t.broker.query('a')).toMatchObject({ status })
  })

  it('is never followed by the order: a request that is on its way for too long is not taken up', async () => {
    const t = await linked({ timeoutMs: 1_000 })
    server.spoil('POST /api/v3/order', 'late')
    expect(await failure(t.broker.submit(t.order('a')))).toMatchObject({ retry: 'ambiguous' })
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(t.atExchange('a')).toEqual([])
    await t.broker.submit(t.order('a'))
    expect(t.atExchange('a')).toEqual(['FILLED'])
  })

  it('OL-8 to a cancel that came too late is a refusal, and the fill is told', async () => {
    const t = await linked()
    await t.broker.submit(t.resting('a'))
    server.spoil('DELETE /api/v3/order', 'fillFirst')
    expect(await failure(t.broker.cancel('a'))).toMatchObject({ code: 'CANCEL_REJECTED', retry: 'definitive' })
    await server.drained()
    expect(t.told('filled')).toMatchObject([{ fill: { clientOrderId: 'a', quantity: '0.1', price: '40000' } }])
    expect(t.told('canceled')).toEqual([])
  })
})

describe('OL-1 one order', () => {
  it('comes of a market order that is sent twice at once, and again when it is filled', async () => {
    const t = await linked()
    const twice = await Promise.allSettled([t.broker.submit(t.order('a')), t.broker.submit(t.order('a'))])
    expect(twice).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'ORDER_ID_TAKEN', retry: 'ambiguous' } }])
    expect(await failure(t.broker.submit(t.order('a')))).toMatchObject({ code: 'ORDER_ID_TAKEN' })
    expect(t.atExchange('a')).toEqual(['FILLED'])
  })

  it('comes of one that an earlier life of the desk had sent and not recorded as answered', async () => {
    const t = await linked()
    await t.broker.submit(t.order('a'))
    t.stop()
    const again = createExchangeBroker(optionsFor(t))
    stops.push(await again.connect(() => undefined))
    expect(await failure(again.submit(t.order('a', { createdAt: 0 })))).toMatchObject({ code: 'ORDER_ID_TAKEN' })
    expect(t.atExchange('a')).toEqual(['FILLED'])
  })
})

describe('the exchange asks to be left alone', () => {
  it('nothing is sent until the time that it named is over', async () => {
    let aheadMs = 0
    const t = await linked({ clock: { ...systemClock, monotonic: () => systemClock.monotonic() + aheadMs } })
    await t.broker.submit(t.resting('a'))
    server.spoil('GET /api/v3/openOrders', 'tooMany')
    expect(await failure(t.broker.openOrders())).toMatchObject({
      code: 'BROKER_RATE_LIMITED',
      details: { rateLimited: true, retryAfterMs: 7_000 },
    })
    const before = server.asked.length
    for (const call of [t.broker.submit(t.resting('b')), t.broker.cancel('a'), t.broker.balances()]) {
      expect(await failure(call)).toMatchObject({ code: 'BROKER_RATE_LIMITED', retry: 'retryable' })
    }
    expect(server.asked).toHaveLength(before)
    aheadMs = 7_001
    await t.broker.cancel('a')
    await t.broker.submit(t.resting('b'))
    expect([...t.atExchange('a'), ...t.atExchange('b')]).toEqual(['CANCELED', 'NEW'])
  })
})

describe('the link', () => {
  it('OL-13 is told as lost in an outage and as back after it, and what was done in between is found by asking', async () => {
    const t = await linked()
    await t.broker.submit(t.resting('a'))
    await t.broker.submit(t.resting('b', { limitPrice: decimal('41000') }))
    server.ways.fault = 'errorBefore'
    server.ways.refuseSockets = true
    server.cutSockets()
    await eventually(() => expect(t.events.at(-1)).toMatchObject({ kind: 'link', connected: false }))
    expect(await failure(t.broker.submit(t.resting('c')))).toMatchObject({
      code: 'BROKER_DISCONNECTED',
      retry: 'retryable',
    })
    server.moveTo('BTCUSDT', '40500')
    server.ways.fault = undefined
    server.ways.refuseSockets = false
    await eventually(() => expect(t.events.at(-1)).toMatchObject({ kind: 'link', connected: true }))
    expect(await t.broker.openOrders()).toMatchObject([{ clientOrderId: 'a' }])
    expect(await t.broker.fills(0)).toMatchObject([{ clientOrderId: 'b', price: '41000' }])
    expect(await t.broker.query('b')).toMatchObject({ status: 'FILLED' })
    expect(await t.broker.query('c')).toBeUndefined()
  })

  it('EL-16 is not needed to start: it comes when the exchange is there', async () => {
    server.ways.fault = 'cutBefore'
    const t = await linked()
    expect(t.events).toEqual([{ kind: 'link', connected: false, latencyMs: null }])
    server.ways.fault = undefined
    await eventually(() => expect(t.events.at(-1)).toMatchObject({ kind: 'link', connected: true }))
    await t.broker.submit(t.order('a'))
    expect(t.atExchange('a')).toEqual(['FILLED'])
  })

  it('EL-16 does not count while the exchange does not say what is traded there: its orders could not be asked after', async () => {
    server.spoil('GET /api/v3/exchangeInfo', 'garbage', 'garbage')
    const t = await linked()
    expect(t.events.map((event) => event.kind === 'link' && event.connected)).toEqual([false, true])
    await t.broker.submit(t.resting('a'))
    expect(await t.broker.query('a')).toMatchObject({ status: 'ACCEPTED' })
  })

  it('is refused for wrong keys, in words, and nothing is known then', async () => {
    const t = await linked({ credentials: { key: 'nobody', secret: 'nothing' } })
    for (const ask of [t.broker.positions(), t.broker.openOrders(), t.broker.fills(0)]) {
      expect(await failure(ask)).toMatchObject({
        code: 'BROKER_DISCONNECTED',
        message: expect.stringMatching(/Invalid API-key/),
      })
    }
  })

  it('AU-15 works with clocks that are far apart, from the start and when they part later', async () => {
    server.ways.clockOffsetMs = -45_000
    const t = await linked()
    await t.broker.submit(t.resting('a'))
    server.ways.clockOffsetMs = 90_000
    await t.broker.submit(t.resting('b'))
    await t.broker.cancel('a')
    expect([...t.atExchange('a'), ...t.atExchange('b')]).toEqual(['CANCELED', 'NEW'])
  })
})

describe('the stream of the account', () => {
  it('where it is mute, fills and the end are asked for, the fills first', async () => {
    const t = await linked({ clock: { ...systemClock, after: (ms, back) => systemClock.after(ms / 20, back) } })
    server.ways.muteUsers = true
    await t.broker.submit(
      t.order('a', { type: 'LIMIT', limitPrice: decimal('60060'), timeInForce: 'IOC', quantity: decimal('5') }),
    )
    await eventually(() => expect(t.events.at(-1)).toMatchObject({ kind: 'expired', clientOrderId: 'a' }))
    const told = t.events.flatMap((event) => (event.kind === 'filled' ? event.fill : []))
    expect(told).toEqual(await t.broker.fills(0))
    expect(told.length).toBeGreaterThan(0)
  })

  it('OL-19 tells of what was traded at the exchange’s own site', async () => {
    const t = await linked()
    server.placeAt(t.key, 'BTCUSDT', 'BUY', '0.2', 'web_1')
    await server.drained()
    expect(t.told('filled')).toMatchObject([{ fill: { clientOrderId: 'web_1', quantity: '0.2', side: 'buy' } }])
    expect(await t.broker.positions()).toEqual([{ instrument: 'BTC/USDT', quantity: '0.2' }])
  })

  it('OL-14 a fill goes by the id of its order also where the list of orders comes back as no list', async () => {
    const t = await linked()
    server.ways.muteUsers = true
    server.ways.fault = (request) => (request.includes('allOrders') ? 'garbage' : undefined)
    server.placeAt(t.key, 'BTCUSDT', 'BUY', '0.2', 'web_1')
    await t.broker.fills(0).catch(() => {})
    server.ways.fault = undefined
    await eventually(async () => expect(await t.broker.fills(0)).toMatchObject([{ clientOrderId: 'web_1' }]))
  })

  it('OL-14 an account with a past is known whole once it is linked', async () => {
    const t = await linked()
    t.stop()
    for (let index = 0; index < 1_100; index++)
      server.placeAt(t.key, 'BTCUSDT', index % 2 === 0 ? 'BUY' : 'SELL', '0.001', `web_${index}`)
    server.placeAt(t.key, 'ETHUSDT', 'BUY', '2', 'web_last')
    await t.connect()
    const fills = await t.broker.fills(0)
    expect(fills).toHaveLength(1_101)
    expect(new Set(fills.map(({ clientOrderId }) => clientOrderId)).size).toBe(1_101)
    expect(await t.broker.positions()).toEqual([{ instrument: 'ETH/USDT', quantity: '2' }])
  })
})

describe('fees', () => {
  it('in a third currency count at its price, in the bought one at the price of the trade', async () => {
    const other = await linked()
    await other.broker.submit(other.order('a'))
    await server.drained()
    const own = await linked({}, { USDT: '100000' })
    await own.broker.submit(own.order('b'))
    await server.drained()
    for (const { broker } of [other, own]) {
      const [fill] = await broker.fills(0)
      if (fill === undefined) throw new Error('There is no fill.')
      const share = Number(fill.fee) / (Number(fill.price) * Number(fill.quantity))
      expect(share).toBeCloseTo(0.001, 6)
    }
    // What a fee takes of the bought currency is in the balance alone.
    expect(await own.broker.positions()).toEqual([{ instrument: 'BTC/USDT', quantity: '0.1' }])
    expect(await own.broker.balances()).toContainEqual({ currency: 'BTC', total: '0.0999', free: '0.0999' })
  })
})

describe('EL-8 keys', () => {
  it('are in nothing that is said, whatever goes wrong', async () => {
    const t = await linked({ timeoutMs: 1_500 })
    const said: unknown[] = []
    const faults = ['silentAfter', 'cutAfter', 'errorAfter', 'errorBefore', 'garbage', 'tooManyOrders'] as const
    for (const fault of faults) {
      server.ways.fault = fault
      const calls = [t.broker.submit(t.resting(fault)), t.broker.cancel('x'), t.broker.query('x'), t.broker.balances()]
      said.push(...(await Promise.all(calls.map(failure))))
    }
    server.ways.fault = undefined
    const wrong = await linked({ credentials: { key: t.key, secret: 'another-secret' } })
    said.push(await failure(wrong.broker.balances()), ...t.events, ...wrong.events)
    const text = said.map((one) => inspect(one, { depth: 9, showHidden: true })).join('\n')
    expect(text).toContain('ambiguous')
    for (const secret of [t.key, t.secret, 'another-secret', 'signature=']) expect(text).not.toContain(secret)
  })
})
