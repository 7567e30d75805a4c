import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createExchangeBroker } from '#adapters/ccxt/broker.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { systemClock } from '#main/compose/system.ts'
import { isInFlight } from '#shared/domain/order.ts'
import { decimal, multiply, roundToStep } from '#shared/lib/decimal.ts'
import { createRandom, type Random } from '#shared/lib/random.ts'
import { eventually } from '#test/builders/eventually.ts'
import { intentOf, orderDesk, trader } from '#test/builders/order-desk.ts'
import { type ExchangeServer, type Fault, startExchangeServer } from '#test/exchange-server/server.ts'
import { expectNoneLostNoneTwice, type VenueAccount } from './order-outcomes.ts'

/** As many as are asked for: EXCHANGE_SEEDS=300 npx vitest run --project simulation test/simulation/exchange-orders.test.ts */
const seeds = Number(process.env['EXCHANGE_SEEDS'] ?? 10)
const speed = 50
/** The desk waits a fiftieth of what it would; the exchange lives in real time. */
const fastClock = {
  ...systemClock,
  after: (ms: number, back: () => void) => systemClock.after(ms / speed, back),
  nextAt: () => undefined,
  step: () => false,
  jump: () => {},
}

const instrument = {
  id: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  priceStep: decimal('0.01'),
  quantityStep: decimal('0.00001'),
  minimumNotional: decimal('5'),
}

let server: ExchangeServer
beforeAll(async () => {
  server = await startExchangeServer()
})
afterAll(() => server.close())

/** The market as it is at the exchange. */
const feed: Feed = {
  name: 'Exchange',
  instruments: () => [instrument],
  quote(id) {
    if (id !== instrument.id) return undefined
    const { bid, ask, last } = server.quote('BTCUSDT')
    return { instrument: id, bid: decimal(bid), ask: decimal(ask), last: decimal(last), at: Date.now() }
  },
  book: () => undefined,
  bars: () => [],
  start: () => () => {},
}

const faults = ['cutAfter', 'cutBefore', 'errorAfter', 'errorBefore', 'garbage', 'tooManyOrders'] as const

/** How the exchange behaves in one run: most requests are answered, some are not; links break; fills are told twice or not at all. */
function misbehave(random: Random): () => void {
  const share = random.pick([0, 0.15, 0.4])
  server.ways.tellFillsTwice = random.chance(0.5)
  server.ways.muteUsers = random.chance(0.2)
  server.ways.fault = (): Fault | undefined => (random.chance(share) ? random.pick(faults) : undefined)
  const breaks = setInterval(() => {
    if (random.chance(0.2)) server.cutSockets()
  }, 60)
  return () => {
    clearInterval(breaks)
    Object.assign(server.ways, { tellFillsTwice: false, muteUsers: false, fault: undefined })
  }
}

function intent(random: Random, index: number) {
  const { last = decimal(1) } = feed.quote(instrument.id) ?? {}
  const isMarket = random.chance(0.3)
  const share = decimal(random.pick(['0.97', '0.99', '1', '1.01', '1.03']))
  return intentOf({
    decisionId: `decision-${index}`,
    side: random.pick(['buy', 'sell'] as const),
    quantity: decimal(random.pick(['0.01', '0.1', '0.3'])),
    limitPrice: isMarket ? null : roundToStep(multiply(last, share), instrument.priceStep, 'nearest'),
    timeInForce: random.pick(['GTC', 'GTC', 'IOC'] as const),
  })
}

/** One life of a desk at the exchange: orders and cancels while things go wrong, then a time in which nothing does. */
async function live(seed: number) {
  const random = createRandom(seed)
  const { key, secret, account } = server.open({ USDT: '10000000', BTC: '1000', BNB: '1000' })
  const broker = createExchangeBroker({
    mode: 'paper',
    exchange: 'binance',
    endpoint: { kind: 'sandbox', gateway: server.address },
    credentials: { key, secret },
    instruments: [instrument.id],
    clock: fastClock,
    timeoutMs: 5_000,
    retryMs: 500,
    requestGapMs: 0.01,
  })
  const most = decimal(1_000_000_000)
  const limits = {
    maximumOrderNotional: most,
    maximumExposure: most,
    maximumDailyLoss: most,
    ordersPerMinute: 1_000,
    priceCollar: 1,
  }
  const desk = orderDesk(broker, { clock: fastClock, feed, limits, schedule: setImmediate })
  await desk.orders.connect()
  await eventually(() => desk.orders.reconcile())
  const behave = misbehave(random)
  const ids: string[] = []
  const acts: Promise<unknown>[] = []
  for (let index = 0; index < 15; index++) {
    acts.push(desk.orders.submit(intent(random, index)).then(({ clientOrderId }) => ids.push(clientOrderId)))
    if (random.chance(0.3)) server.trade('BTCUSDT', random.pick(['BUY', 'SELL'] as const), '5')
    await new Promise((resolve) => setTimeout(resolve, random.int(0, 25)))
    const id = random.chance(0.4) ? ids[random.int(0, ids.length)] : undefined
    if (id !== undefined) acts.push(desk.orders.cancel(id, trader))
  }
  const isStopped = random.chance(0.4)
  if (isStopped) desk.stop(3)
  await Promise.all(acts)
  behave()
  const isSure = () => [...desk.book.orders.values()].every(({ status }) => !isInFlight(status))
  const isCompared = () => desk.orders.link().compared && desk.orders.link().connected
  await eventually(() => expect(isSure() && isCompared()).toBe(true))
  await eventually(() => desk.orders.reconcile())
  for (const { kind } of desk.records) seen.set(kind, (seen.get(kind) ?? 0) + 1)
  return { ...desk, account, isStopped }
}

/** How many records of each kind there were in all runs. */
const seen = new Map<string, number>()

/** What the exchange has of the account. */
function atExchange({ account }: Awaited<ReturnType<typeof live>>): VenueAccount {
  const bought = account.trades.reduce(
    (sum, { order, quantity }) => sum + (order.side === 'BUY' ? quantity : -quantity),
    0n,
  )
  return {
    orders: account.orders.map(({ clientId, filled, status }) => ({
      id: clientId,
      filled: Number(filled) / 1e8,
      isWorking: /^(NEW|PARTIALLY_FILLED)$/.test(status),
    })),
    bought: Number(bought) / 1e8,
  }
}

describe('OL-1, OL-3, OL-17 orders at an exchange that misbehaves', () => {
  it.each(Array.from({ length: seeds }, (_, index) => index + 1))(
    'none is lost and none is sent twice, and both sides have the same in the end (seed %i)',
    async (seed) => {
      const run = await live(seed)
      const desk = { ...run, instrument: instrument.id }
      await eventually(() => expectNoneLostNoneTwice(desk, atExchange(run)))
      run.orders.stop()
    },
    90_000,
  )

  it('things did go wrong', () => {
    for (const kind of ['orderUnknown', 'orderRejected', 'orderFilled', 'orderCanceled', 'orderCancelRejected'])
      expect(seen.get(kind), kind).toBeGreaterThan(0)
  })
})
