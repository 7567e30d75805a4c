import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createReplayFeed } from '#adapters/replay/replay-feed.ts'
import { instrumentOf } from '#adapters/replay/series.ts'
import { createStillFeed } from '#adapters/replay/still-feed.ts'
import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import type { BrokerEvent } from '#engine/ports/broker.ts'
import type { Feed, MarketUpdate } from '#engine/ports/feed.ts'
import type { Order } from '#shared/domain/order.ts'
import type { Book, Quote } from '#shared/domain/quote.ts'
import { add, type Decimal, decimal, multiply, sum } from '#shared/lib/decimal.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { deskFill, deskOrder } from '#test/builders/orders.ts'
import {
  type BrokerUnderTest,
  brokerConformance,
  brokerFaultConformance,
  type FaultyBroker,
  orderOf,
  priceAt,
  worth,
} from '#test/conformance/broker.ts'
import { pass, settle } from '#test/conformance/settle.ts'
import { createPaperBroker, type PaperBroker, type PaperBrokerOptions } from './broker.ts'

const now = Date.UTC(2026, 5, 1, 9)

function onExchange(
  options: Partial<PaperBrokerOptions> = {},
  rate = 2,
): BrokerUnderTest & { broker: ReturnType<typeof createPaperBroker> } {
  const clock = createVirtualClock(now)
  const feed = createSimulatedExchange({ clock, seed: 5, rate })
  return underTest(feed, clock, options)
}

function underTest(
  feed: Feed,
  clock: ReturnType<typeof createVirtualClock>,
  options: Partial<PaperBrokerOptions> = {},
) {
  const [instrument] = feed.instruments()
  if (instrument === undefined) throw new Error('The feed has no instrument.')
  const broker = createPaperBroker({ mode: 'paper', feed, clock, random: createRandom(9), ...options })
  const quote = () => {
    const found = feed.quote(instrument.id)
    if (found === undefined) throw new Error('There is no quote.')
    return found
  }
  return { broker, clock, instrument, quote }
}

brokerConformance('the paper broker on the simulated exchange', () => onExchange())

const days = createSimulatedExchange({ clock: createVirtualClock(now), seed: 2 }).bars('BTC/USDT', '1m', 3_000)

brokerConformance('the paper broker on a replay', () => {
  const clock = createVirtualClock(days[1_000]?.time ?? 0)
  const instrument = instrumentOf('BTC/USD', days)
  const series = [{ instrument, timeframe: '1m' as const, bars: days }]
  return underTest(createReplayFeed({ clock, seed: 1, series }), clock)
})

brokerConformance('the paper broker on a still feed', () => {
  const feed = createStillFeed(days, instrumentOf('BTC/USD', days), '1m')
  return underTest(feed, createVirtualClock(feed.at))
})

/** A market that stands where it is put, with a link that does what it is told to. */
function movable(): FaultyBroker & { readonly broker: PaperBroker; moveTo(price: Decimal): void } {
  const market = scriptedFeed(20)
  const faults = { lostRequest: 0, lostAcknowledgement: 0, duplicateFill: 0, rateLimit: 0, skewMs: 0 }
  const broker = createPaperBroker({
    mode: 'paper',
    feed: market.feed,
    clock: market.clock,
    random: createRandom(9),
    faults,
  })
  const move = (price: Decimal) => {
    market.quotes(price, add(price, market.instrument.priceStep))
    market.trade(Number(price), 1)
  }
  move(decimal('100'))
  return {
    ...market,
    broker,
    moveTo: move,
    bust: (tradeId) => void broker.bust(tradeId),
    fault: (fault, on) => {
      faults[fault === 'lostAnswer' ? 'lostAcknowledgement' : fault] = on ? 1 : 0
    },
    disconnect: () => broker.disconnect(3_000),
    skew: (ms) => {
      faults.skewMs = ms
    },
  }
}

brokerConformance('the paper broker on a market that is moved', movable)
brokerFaultConformance('the paper broker', movable)

/** A market that does what the test says. */
function scriptedFeed(latencyMs = 0) {
  const clock = createVirtualClock(1_000)
  const [instrument] = createSimulatedExchange({ clock, seed: 1 }).instruments()
  if (instrument === undefined) throw new Error('The exchange has no instrument.')
  const id = instrument.id
  let quote: Quote = { instrument: id, bid: decimal('99'), ask: decimal('101'), last: decimal('100'), at: 1_000 }
  let book: Book | undefined
  const listeners = new Set<(update: MarketUpdate) => void>()
  const feed: Feed = {
    name: 'Script',
    instruments: () => [instrument],
    quote: () => quote,
    book: () => book,
    bars: () => [],
    start(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const tell = (update: MarketUpdate) => {
    for (const listener of listeners) listener(update)
  }
  return {
    feed,
    ...underTest(feed, clock, { latencyMs, makerFee: decimal('0.001'), takerFee: decimal('0.002') }),
    listeners,
    trade: (price: number, quantity: number) =>
      tell({ kind: 'trade', trade: { instrument: id, at: clock.now(), price, quantity } }),
    quotes(bid: string, ask: string) {
      quote = { instrument: id, bid: decimal(bid), ask: decimal(ask), last: decimal(bid), at: clock.now() }
      tell({ kind: 'quote', quote })
    },
    books(bids: readonly (readonly [string, string])[], asks: readonly (readonly [string, string])[]) {
      const levels = (side: readonly (readonly [string, string])[]) =>
        side.map(([price, quantity]) => ({ price: decimal(price), quantity: decimal(quantity) }))
      book = { instrument: id, bids: levels(bids), asks: levels(asks), at: (book?.at ?? 0) + 1 }
      tell({
        kind: 'quote',
        quote: { ...quote, bid: book.bids[0]?.price ?? quote.bid, ask: book.asks[0]?.price ?? quote.ask },
      })
    },
  }
}

async function scripted(latencyMs = 0) {
  const market = scriptedFeed(latencyMs)
  const events: BrokerEvent[] = []
  await settle(
    market.clock,
    market.broker.connect((event) => events.push(event)),
  )
  const submit = (clientOrderId: string, fields: Partial<Order>) =>
    settle(
      market.clock,
      market.broker.submit(
        orderOf({ clientOrderId, instrument: market.instrument.id, quantity: decimal('10'), ...fields }),
      ),
    )
  const fills = async () => {
    const all = await settle(market.clock, market.broker.fills(0))
    return all.map(({ price, quantity, fee }) => [price, quantity, fee])
  }
  return { ...market, events, submit, fills }
}

describe('filling', () => {
  it('walks the book level by level, and lets the rest of a market order expire', async () => {
    const t = await scripted()
    t.books(
      [['99', '1']],
      [
        ['101', '2'],
        ['102', '3'],
      ],
    )
    await t.submit('a', { quantity: decimal('10') })
    expect(await t.fills()).toEqual([
      ['101', '2', '0.404'],
      ['102', '3', '0.612'],
    ])
    expect(await settle(t.clock, t.broker.query('a'))).toMatchObject({ status: 'EXPIRED', filledQuantity: '5' })
  })

  it('does not give the same depth twice, until the book is a new one', async () => {
    const t = await scripted()
    t.books([['99', '1']], [['101', '2']])
    await t.submit('a', { quantity: decimal('2') })
    await t.submit('b', { quantity: decimal('2') })
    expect(await t.fills()).toHaveLength(1)
    t.books([['99', '1']], [['101', '2']])
    await t.submit('c', { quantity: decimal('2') })
    expect(await t.fills()).toHaveLength(2)
  })

  it('takes what a limit order can get at once, and lets the rest wait at its own price', async () => {
    const t = await scripted()
    t.books(
      [['99', '1']],
      [
        ['101', '2'],
        ['103', '9'],
      ],
    )
    await t.submit('a', { type: 'LIMIT', limitPrice: decimal('102') })
    expect(await settle(t.clock, t.broker.query('a'))).toMatchObject({
      status: 'PARTIALLY_FILLED',
      filledQuantity: '2',
    })
    t.books([['99', '1']], [['101.5', '3']])
    expect(await t.fills()).toEqual([
      ['101', '2', '0.404'],
      ['102', '3', '0.306'],
    ])
  })

  it('fills a resting order when the market trades through it, by no more than traded, and not when it only touches', async () => {
    const t = await scripted()
    await t.submit('a', { type: 'LIMIT', limitPrice: decimal('95') })
    t.trade(95, 100)
    expect(await t.fills()).toEqual([])
    t.trade(94.99, 4)
    expect(await t.fills()).toEqual([['95', '4', '0.38']])
    t.trade(94, 100)
    expect(await settle(t.clock, t.broker.query('a'))).toMatchObject({ status: 'FILLED' })
    expect(t.listeners.size).toBe(0)
  })

  it('serves the better price first, and sells as it buys', async () => {
    const t = await scripted()
    await t.submit('low', { type: 'LIMIT', limitPrice: decimal('94') })
    await t.submit('high', { type: 'LIMIT', limitPrice: decimal('95') })
    t.trade(93, 12)
    expect(await t.fills()).toEqual([
      ['95', '10', '0.95'],
      ['94', '2', '0.188'],
    ])
    await t.submit('sell', { side: 'sell', type: 'LIMIT', limitPrice: decimal('110') })
    t.quotes('111', '112')
    expect((await t.fills()).at(-1)).toEqual(['110', '10', '1.1'])
  })

  it('serves who stood at a price before, and an order that is made smaller keeps its place', async () => {
    const t = await scripted()
    t.books([['99', '5']], [['101', '5']])
    await t.submit('a', { type: 'LIMIT', limitPrice: decimal('99'), quantity: decimal('4') })
    t.trade(99, 3)
    expect(await t.fills()).toEqual([])
    t.trade(99, 3)
    expect((await t.fills()).map(([, quantity]) => quantity)).toEqual(['1'])
    await settle(t.clock, t.broker.replace('a', { quantity: decimal('3') }))
    t.trade(99, 1)
    expect((await t.fills()).map(([, quantity]) => quantity)).toEqual(['1', '1'])
    await settle(t.clock, t.broker.replace('a', { quantity: decimal('6') }))
    t.trade(99, 5)
    expect((await t.fills()).map(([, quantity]) => quantity)).toEqual(['1', '1'])
    t.trade(99, 2)
    expect((await t.fills()).map(([, quantity]) => quantity)).toEqual(['1', '1', '2'])
  })

  it('fills a stop at the far side of a gap, not at its price', async () => {
    const t = await scripted()
    await t.submit('entry', {})
    await t.submit('stop', { type: 'STOP_MARKET', side: 'sell', stopPrice: decimal('95'), reduceOnly: true })
    t.quotes('90', '91')
    expect((await t.fills()).at(-1)?.slice(0, 2)).toEqual(['90', '10'])
  })

  it('gives a fill-or-kill order nothing when the book cannot fill it whole', async () => {
    const t = await scripted()
    t.books(
      [['99', '5']],
      [
        ['101', '4'],
        ['102', '5'],
      ],
    )
    await t.submit('a', { type: 'LIMIT', limitPrice: decimal('102'), timeInForce: 'FOK' })
    expect(await t.fills()).toEqual([])
    await t.submit('b', { type: 'LIMIT', limitPrice: decimal('102'), timeInForce: 'FOK', quantity: decimal('9') })
    expect(await t.fills()).toHaveLength(2)
  })

  it('ends a reduce-only order when nothing is left to reduce', async () => {
    const t = await scripted()
    await t.submit('a', { quantity: decimal('10') })
    await t.submit('exit', { side: 'sell', type: 'LIMIT', limitPrice: decimal('120'), reduceOnly: true })
    await t.submit('b', { side: 'sell', quantity: decimal('10') })
    t.quotes('121', '122')
    await pass(t.clock, 100)
    expect(await settle(t.clock, t.broker.query('exit'))).toMatchObject({ status: 'EXPIRED', filledQuantity: '0' })
  })

  it('OL-8 lets whichever comes first win, a fill or a cancel on its way', async () => {
    for (const [tradeAfterMs, status, outcome] of [
      [100, 'FILLED', 'CANCEL_REJECTED'],
      [5_000, 'CANCELED', 'done'],
    ] as const) {
      const t = await scripted(400)
      await t.submit('a', { type: 'LIMIT', limitPrice: decimal('95') })
      const cancelled = t.broker.cancel('a').then(
        () => 'done',
        (error: { code: string }) => error.code,
      )
      await pass(t.clock, tradeAfterMs)
      t.trade(90, 100)
      expect(await settle(t.clock, cancelled)).toBe(outcome)
      expect(await settle(t.clock, t.broker.query('a'))).toMatchObject({ status })
      await pass(t.clock, 2_000)
      expect(t.events.at(-1)?.kind).toBe(status === 'FILLED' ? 'cancelRejected' : 'canceled')
    }
  })
})

describe('faults', () => {
  const run = async (options: Partial<PaperBrokerOptions>, gapMs = 0) => {
    const t = onExchange({ ...options, random: createRandom(3) })
    const events: BrokerEvent[] = []
    const stop = await settle(
      t.clock,
      t.broker.connect((event) => events.push(event)),
    )
    const outcomes: (string | undefined)[] = []
    for (let index = 0; index < 40; index++) {
      const order = orderOf({ clientOrderId: `o${index}`, instrument: t.instrument.id, quantity: worth(t, '100') })
      const outcome = t.broker.submit(order).then(
        () => undefined,
        (error: { code: string; retry: string }) => `${error.code} ${error.retry}`,
      )
      outcomes.push(await settle(t.clock, outcome))
      await pass(t.clock, gapMs)
    }
    await pass(t.clock, 20_000)
    return { ...t, events, outcomes, stop }
  }

  it('OL-3 a lost answer is ambiguous, and the order was taken', async () => {
    const t = await run({ faults: { lostAcknowledgement: 0.5 } })
    const lost = t.outcomes.flatMap((outcome, index) => (outcome === undefined ? [] : [`o${index}`]))
    expect(lost.length).toBeGreaterThan(5)
    expect(new Set(t.outcomes)).toEqual(new Set([undefined, 'BROKER_NO_ANSWER ambiguous']))
    const accepted = t.events.flatMap((event) => (event.kind === 'accepted' ? [event.clientOrderId] : []))
    const filled = new Set(t.events.flatMap((event) => (event.kind === 'filled' ? [event.fill.clientOrderId] : [])))
    for (const id of lost) {
      expect(accepted).not.toContain(id)
      expect(filled.has(id)).toBe(true)
    }
    expect(filled.size).toBe(40)
  })

  it('a lost request is ambiguous too, and the venue has never heard of it', async () => {
    const t = await run({ faults: { lostRequest: 0.5 } })
    expect(new Set(t.outcomes)).toEqual(new Set([undefined, 'BROKER_NO_ANSWER ambiguous']))
    for (const [index, outcome] of t.outcomes.entries()) {
      const filled = t.events.some((event) => event.kind === 'filled' && event.fill.clientOrderId === `o${index}`)
      expect(filled).toBe(outcome === undefined)
    }
  })

  it('OL-9 fills told twice carry the same trade id', async () => {
    const t = await run({ faults: { duplicateFill: 0.5 } })
    const ids = t.events.flatMap((event) => (event.kind === 'filled' ? [event.fill.tradeId] : []))
    const unique = new Set(ids)
    expect(ids.length).toBeGreaterThan(unique.size + 5)
    expect(unique.size).toBe((await settle(t.clock, t.broker.fills(0))).length)
  })

  it('OL-12 late events overtake each other, and none is lost', async () => {
    const t = await run({ faults: { delayedEvent: 0.4 } })
    const position = (id: string, kind: string) =>
      t.events.findIndex(
        (event) =>
          event.kind === kind &&
          (event.kind === 'filled'
            ? event.fill.clientOrderId
            : event.kind === 'accepted'
              ? event.clientOrderId
              : '') === id,
      )
    const ids = t.outcomes.map((_, index) => `o${index}`)
    expect(ids.some((id) => position(id, 'filled') < position(id, 'accepted'))).toBe(true)
    expect(ids.every((id) => position(id, 'filled') >= 0 && position(id, 'accepted') >= 0)).toBe(true)
  })

  it('OL-13 a disconnect loses events, and asking afterwards finds what happened', async () => {
    const t = await run({ faults: { disconnectsPerHour: 900 }, latencyMs: 400 }, 300)
    const links = t.events.flatMap((event) => (event.kind === 'link' ? [event.connected] : []))
    expect(links.filter((connected) => !connected).length).toBeGreaterThan(2)
    expect(links.every((connected, index) => index === 0 || connected !== links[index - 1])).toBe(true)
    expect(new Set(t.outcomes)).toEqual(
      new Set([undefined, 'BROKER_NO_ANSWER ambiguous', 'BROKER_DISCONNECTED retryable']),
    )
    const told = new Set(t.events.flatMap((event) => (event.kind === 'filled' ? [event.fill.clientOrderId] : [])))
    const ask = async (): Promise<readonly string[]> => {
      for (;;) {
        const fills = await settle(
          t.clock,
          t.broker.fills(0).catch(() => undefined),
        )
        if (fills) return fills.map(({ clientOrderId }) => clientOrderId)
        await pass(t.clock, 500)
      }
    }
    const known = new Set(await ask())
    expect(known.size).toBeGreaterThan(told.size)
    for (const [index, outcome] of t.outcomes.entries()) {
      if (outcome === undefined) expect(known.has(`o${index}`)).toBe(true)
      if (outcome?.startsWith('BROKER_DISCONNECTED')) expect(known.has(`o${index}`)).toBe(false)
    }
  })

  it('happens alike for the same seed', async () => {
    const faults = {
      lostRequest: 0.1,
      lostAcknowledgement: 0.1,
      duplicateFill: 0.2,
      delayedEvent: 0.2,
      disconnectsPerHour: 100,
    }
    const [one, two] = [await run({ faults }), await run({ faults })]
    expect(one.events).toEqual(two.events)
    expect(one.outcomes).toEqual(two.outcomes)
  })
})

describe('a restart', () => {
  it('carries a paper account on: resting orders, positions, fills and ids', async () => {
    const before = onExchange()
    await settle(
      before.clock,
      before.broker.connect(() => undefined),
    )
    const bought = orderOf({
      clientOrderId: 'bought',
      instrument: before.instrument.id,
      quantity: worth(before, '1000'),
    })
    const waiting = orderOf({
      clientOrderId: 'waiting',
      instrument: before.instrument.id,
      type: 'LIMIT',
      limitPrice: priceAt(before, '0.5'),
      quantity: worth(before, '1000'),
    })
    await settle(before.clock, before.broker.submit(bought))
    await settle(before.clock, before.broker.submit(waiting))
    const fills = await settle(before.clock, before.broker.fills(0))
    const open = await settle(before.clock, before.broker.openOrders())

    const after = onExchange()
    const unsent = orderOf({
      clientOrderId: 'unsent',
      instrument: after.instrument.id,
      quantity: decimal('1'),
      status: 'UNKNOWN',
    })
    after.broker.restore(
      [
        { ...bought, status: 'FILLED', venueOrderId: 'paper-bought' },
        { ...waiting, status: 'ACCEPTED', venueOrderId: 'paper-waiting', updatedAt: open[0]?.at ?? 0 },
        unsent,
      ],
      [...fills, ...fills],
    )
    await settle(
      after.clock,
      after.broker.connect(() => undefined),
    )
    expect(await settle(after.clock, after.broker.fills(0))).toEqual(fills)
    expect(await settle(after.clock, after.broker.openOrders())).toEqual(open)
    expect(await settle(after.clock, after.broker.query('unsent'))).toBeUndefined()
    await settle(after.clock, after.broker.submit(bought))
    const exit = { side: 'sell', reduceOnly: true, quantity: sum(fills.map(({ quantity }) => quantity)) } as const
    await settle(
      after.clock,
      after.broker.submit(orderOf({ clientOrderId: 'exit', instrument: after.instrument.id, ...exit })),
    )
    expect(await settle(after.clock, after.broker.query('exit'))).toMatchObject({ status: 'FILLED' })
    expect((await settle(after.clock, after.broker.fills(0))).filter(({ side }) => side === 'buy')).toEqual(fills)
    expect(() => after.broker.restore([], [])).toThrowError(expect.objectContaining({ code: 'RESTORE_TOO_LATE' }))
  })

  it('lets stops wait again, at the price that they had come to', async () => {
    const trailing = { kind: 'absolute', offset: decimal('3') } as const
    const stop = { type: 'TRAILING_STOP_MARKET', trailing, side: 'sell', reduceOnly: true } as const
    const after = movable()
    const entry = deskOrder({ clientOrderId: 'entry', instrument: after.instrument.id, quantity: decimal('10') })
    const fill = deskFill({ clientOrderId: 'entry', instrument: after.instrument.id, quantity: decimal('10') })
    const waiting = deskOrder({
      ...stop,
      clientOrderId: 'stop',
      instrument: after.instrument.id,
      quantity: decimal('10'),
      stopPrice: decimal('97'),
      status: 'ACCEPTED',
      venueOrderId: 'paper-stop',
    })
    after.broker.restore([{ ...entry, status: 'FILLED', standing: 'FILLED', venueOrderId: 'v' }, waiting], [fill])
    await settle(
      after.clock,
      after.broker.connect(() => undefined),
    )
    after.moveTo(decimal('98'))
    expect(await settle(after.clock, after.broker.query('stop'))).toMatchObject({ stopPrice: '97', status: 'ACCEPTED' })
    after.moveTo(decimal('97'))
    expect(await settle(after.clock, after.broker.query('stop'))).toMatchObject({ status: 'FILLED' })
  })

  it('goes on with what was left of an order, under new trade ids', async () => {
    const t = scriptedFeed()
    const order = orderOf({
      clientOrderId: 'a',
      instrument: t.instrument.id,
      type: 'LIMIT',
      limitPrice: decimal('95'),
      quantity: decimal('10'),
      status: 'PARTIALLY_FILLED',
      venueOrderId: 'paper-a',
    })
    const half = {
      tradeId: 'paper-a-1',
      clientOrderId: 'a',
      instrument: t.instrument.id,
      side: 'buy' as const,
      quantity: decimal('4'),
      price: decimal('95'),
      fee: decimal('0'),
      at: 500,
    }
    t.broker.restore(
      [
        order,
        {
          ...order,
          clientOrderId: 'gone',
          type: 'MARKET',
          limitPrice: null,
          venueOrderId: 'paper-gone',
          status: 'ACCEPTED',
        },
      ],
      [half],
    )
    await settle(
      t.clock,
      t.broker.connect(() => undefined),
    )
    t.trade(90, 100)
    const fills = await settle(t.clock, t.broker.fills(0))
    expect(fills.map(({ tradeId, quantity }) => [tradeId, quantity])).toEqual([
      ['paper-a-1', '4'],
      ['paper-a-2', '6'],
    ])
    expect(await settle(t.clock, t.broker.query('gone'))).toMatchObject({ status: 'EXPIRED' })
  })
})

describe('I11 paper never reaches a live endpoint', () => {
  it('refuses any mode but paper', () => {
    for (const mode of ['live', 'LIVE', '', undefined]) {
      expect(() => onExchange({ mode: mode as 'paper' })).toThrowError(expect.objectContaining({ code: 'PAPER_ONLY' }))
    }
    expect(onExchange().broker.mode).toBe('paper')
  })

  it('imports nothing that could reach a network', () => {
    const folder = new URL('.', import.meta.url)
    const files = readdirSync(folder, { recursive: true }).map((file) => String(file).replaceAll('\\', '/'))
    const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    expect(sources.length).toBeGreaterThan(2)
    for (const file of sources) {
      const text = readFileSync(new URL(file, folder), 'utf8')
      const imports = [...text.matchAll(/from '([^']+)'/g)].map(([, from]) => from)
      expect(
        imports.every((from) => /^(\.\/|#shared\/|#adapters\/paper\/|#engine\/(ports|trading\/))/.test(from ?? '')),
      ).toBe(true)
      expect(text).not.toMatch(/fetch\(|WebSocket|process\./)
    }
  })
})

it('fees are the notional times the rate of who waited or came', async () => {
  const t = await scripted()
  await t.submit('a', { quantity: decimal('2') })
  expect(await t.fills()).toEqual([['101', '2', multiply(decimal('202'), decimal('0.002'))]])
})
