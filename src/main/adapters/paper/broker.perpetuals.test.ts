import { describe, expect, it } from 'vitest'
import type { BrokerEvent } from '#engine/ports/broker.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { Order } from '#shared/domain/order.ts'
import type { Quote } from '#shared/domain/quote.ts'
import { decimal, toNumber } from '#shared/lib/decimal.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { btc, deskOrder } from '#test/builders/orders.ts'
import { btcPerpetual } from '#test/builders/perpetuals.ts'
import { pass, settle } from '#test/builders/virtual-time.ts'
import { createPaperBroker } from './broker.ts'

const hourMs = 3_600_000
const intervalMs = 8 * hourMs

/** A market whose price the test sets, with funding at one basis point a time. */
function market(startMs = hourMs) {
  const clock = createVirtualClock(startMs)
  let price = '1000'
  const listeners = new Set<Parameters<Feed['start']>[0]>()
  const quoteOf = (instrument: string): Quote => ({
    instrument,
    bid: decimal(price),
    ask: decimal(price),
    last: decimal(price),
    at: clock.now(),
    ...(instrument === btcPerpetual.id && {
      perpetual: {
        mark: decimal(price),
        index: decimal(price),
        fundingRate: decimal('0.0001'),
        fundingAt: (Math.floor(clock.now() / intervalMs) + 1) * intervalMs,
      },
    }),
  })
  const feed: Feed = {
    name: 'Scripted',
    instruments: () => [btc, btcPerpetual],
    quote: (id) => (id === btc.id || id === btcPerpetual.id ? quoteOf(id) : undefined),
    book: () => undefined,
    bars: () => [],
    start(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    funding(id, afterMs) {
      if (id !== btcPerpetual.id) return []
      const first = (Math.floor(afterMs / intervalMs) + 1) * intervalMs
      const count = Math.max(0, Math.floor((clock.now() - first) / intervalMs) + 1)
      const time = (k: number) => ({ at: first + k * intervalMs, rate: decimal('0.0001'), mark: decimal(price) })
      return Array.from({ length: count }, (_, k) => time(k))
    },
  }
  return {
    clock,
    feed,
    move(next: string) {
      price = next
      for (const listener of listeners) listener({ kind: 'quote', quote: quoteOf(btcPerpetual.id) })
    },
  }
}

async function account(cash: string, leverage: number, made = market()) {
  const { clock, feed } = made
  const broker = createPaperBroker({
    mode: 'paper',
    feed,
    clock,
    random: createRandom(1),
    cash: decimal(cash),
    leverage,
    takerFee: decimal(0),
    latencyMs: 0,
  })
  const events: BrokerEvent[] = []
  const wait = <T>(answer: Promise<T>) => settle(clock, answer)
  let number = 0
  const order = (given: Partial<Order>) =>
    deskOrder({ clientOrderId: `order-${++number}`, instrument: btcPerpetual.id, timeInForce: 'IOC', ...given })
  return {
    ...made,
    broker,
    events,
    wait,
    connect: () => wait(broker.connect((event) => events.push(event))),
    submit: (given: Partial<Order>) => wait(broker.submit(order(given))),
    buy: (quantity: string) => wait(broker.submit(order({ quantity: decimal(quantity) }))),
    sell: (quantity: string) => wait(broker.submit(order({ quantity: decimal(quantity), side: 'sell' }))),
    money: async () => (await wait(broker.balances())).find(({ currency }) => currency === 'USDT'),
    held: async () => (await wait(broker.positions())).map(({ quantity }) => quantity),
    told: (kind: BrokerEvent['kind']) => events.filter((event) => event.kind === kind),
  }
}

describe('perpetuals at the paper venue', () => {
  it('cost nothing but margin to open: long and short', async () => {
    const a = await account('1000', 2)
    await a.connect()
    await a.buy('1')
    expect(await a.money()).toMatchObject({ total: '1000', free: '500' })
    await a.sell('2')
    expect(await a.held()).toEqual(['-1'])
    expect(await a.money()).toMatchObject({ total: '1000', free: '500' })
  })

  it('are opened up to the initial margin of all that is held and works, and not a lot more', async () => {
    const a = await account('1000', 2)
    await a.connect()
    await expect(a.buy('2.001')).rejects.toThrow('it needs 1000.5 of margin, and there are 1000')
    await a.buy('2')
    await expect(a.buy('0.1')).rejects.toMatchObject({ code: 'ORDER_REJECTED' })
    await a.sell('4')
    expect(await a.held()).toEqual(['-2'])
  })

  it('may always be reduced, however little is left', async () => {
    const a = await account('1000', 2)
    await a.connect()
    await a.buy('2')
    a.move('900')
    await a.sell('0.5')
    await a.submit({ side: 'sell', quantity: decimal('0.5'), reduceOnly: true })
    expect(await a.held()).toEqual(['1'])
  })

  it('pay funding at its times, told once: longs to shorts while the rate is positive', async () => {
    const a = await account('1000', 2)
    await a.connect()
    await a.buy('1')
    await pass(a.clock, intervalMs)
    await pass(a.clock, 10)
    expect(a.told('funding')).toMatchObject([
      { payment: { id: 'BTC/USDT:USDT@28800000', quantity: '1', rate: '0.0001', amount: '-0.1' } },
    ])
    expect(await a.money()).toMatchObject({ total: '999.9' })
    await a.sell('2')
    await pass(a.clock, intervalMs)
    expect(await a.money()).toMatchObject({ total: '1000' })
    expect((await a.wait(a.broker.funding?.(0) ?? Promise.resolve([]))).map(({ amount }) => amount)).toEqual([
      '-0.1',
      '0.1',
    ])
  })

  it('are closed by the venue, for a fee, once the money is down to the maintenance margin', async () => {
    const a = await account('1000', 2)
    await a.connect()
    await a.buy('2')
    const target = { side: 'sell', type: 'LIMIT', limitPrice: decimal(5_000), timeInForce: 'GTC' } as const
    await a.submit({ ...target, quantity: decimal(2), reduceOnly: true })
    // 1,000 + 2 (P - 1,000) = 0.004 x 2 P at P = 502.008...
    a.move('502.01')
    await pass(a.clock, 10)
    expect(a.told('filled')).toHaveLength(1)
    a.move('502')
    await pass(a.clock, 10)
    expect(a.told('filled').at(-1)).toMatchObject({
      fill: { side: 'sell', quantity: '2', price: '502', fee: '4', liquidation: true },
    })
    expect(await a.held()).toEqual([])
    expect(await a.money()).toMatchObject({ total: '0' })
    expect(a.told('canceled')).toHaveLength(1)
  })

  it('leave nothing owed where the price jumps past what is there', async () => {
    const a = await account('1000', 2)
    await a.connect()
    await a.sell('2')
    a.move('1700')
    await pass(a.clock, 10)
    expect(toNumber((await a.money())?.total ?? decimal(-1))).toBeCloseTo(0, 6)
    expect(a.told('filled').at(-1)).toMatchObject({ fill: { side: 'buy', price: '1500', fee: '0' } })
  })

  it('come back after a restart with the funding of the time between', async () => {
    const a = await account('1000', 2)
    await a.connect()
    await a.buy('1')
    await pass(a.clock, intervalMs)
    const [fills, funding] = [
      await a.wait(a.broker.fills(0)),
      await a.wait(a.broker.funding?.(0) ?? Promise.resolve([])),
    ]
    await pass(a.clock, 2 * intervalMs)
    const b = await account('1000', 2, a)
    b.broker.restore([], fills, funding)
    await b.connect()
    expect(await b.held()).toEqual(['1'])
    expect(await b.money()).toMatchObject({ total: '999.7', free: '499.7' })
    expect(await b.wait(b.broker.funding?.(0) ?? Promise.resolve([]))).toHaveLength(3)
  })

  it('are closed at their mark when the venue asks for more than there is', async () => {
    const a = await account('1000', 2)
    await a.connect()
    await a.buy('1')
    const squeezed = createPaperBroker({
      mode: 'paper',
      feed: a.feed,
      clock: a.clock,
      random: createRandom(2),
      cash: decimal(1_000),
      latencyMs: 0,
      faults: { liquidationsPerHour: 3_600 },
    })
    squeezed.restore([], await a.wait(a.broker.fills(0)))
    const told: BrokerEvent[] = []
    await a.wait(squeezed.connect((event) => told.push(event)))
    await pass(a.clock, 60_000)
    expect(told.filter(({ kind }) => kind === 'filled')).toMatchObject([{ fill: { liquidation: true, fee: '12.5' } }])
  })
})
