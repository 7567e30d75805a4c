import { afterEach, beforeEach, expect } from 'vitest'
import { systemClock } from '#main/compose/system.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { eventually } from '#test/builders/eventually.ts'
import { brokerConformance, brokerFaultConformance, type FaultyBroker } from '#test/conformance/broker.ts'
import { type ExchangeServer, startExchangeServer } from '#test/exchange-server/server.ts'
import { createExchangeBroker } from './broker.ts'

let server: ExchangeServer
const stops: (() => void)[] = []

beforeEach(async () => {
  server = await startExchangeServer()
})
afterEach(async () => {
  for (const stop of stops.splice(0)) stop()
  await server.close()
})

const instrument = {
  id: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  priceStep: decimal('0.01'),
  quantityStep: decimal('0.00001'),
  minimumNotional: decimal('5'),
}

/** A fresh account at the local exchange, and a broker for it. */
function made(): FaultyBroker {
  const { key, secret } = server.open({ USDT: '100000000', BTC: '1000', BNB: '10000' })
  const link = { isUp: false }
  let aheadMs = 0
  const clock = {
    ...systemClock,
    monotonic: () => systemClock.monotonic() + aheadMs,
    async arrived() {
      await eventually(() => expect(link.isUp).toBe(true))
      await server.drained()
    },
  }
  const broker = createExchangeBroker({
    mode: 'paper',
    exchange: 'binance',
    endpoint: { kind: 'sandbox', gateway: server.address },
    credentials: { key, secret },
    instruments: ['BTC/USDT', 'ETH/USDT'],
    clock,
    timeoutMs: 5_000,
    retryMs: 20,
    requestGapMs: 0.01,
  })
  return {
    clock,
    instrument,
    base: decimal('1000'),
    broker: {
      ...broker,
      async connect(listener) {
        const stop = await broker.connect((event) => {
          if (event.kind === 'link') link.isUp = event.connected
          listener(event)
        })
        stops.push(stop)
        return stop
      },
    },
    quote() {
      const { bid, ask, last } = server.quote('BTCUSDT')
      return { instrument: instrument.id, bid: decimal(bid), ask: decimal(ask), last: decimal(last), at: clock.now() }
    },
    moveTo: (price) => server.moveTo('BTCUSDT', price),
    fault(fault, on) {
      if (fault === 'duplicateFill') server.ways.tellFillsTwice = on
      else {
        const ways = { lostRequest: 'cutBefore', lostAnswer: 'cutAfter', rateLimit: 'tooManyOrders' } as const
        server.ways.fault = on ? ways[fault] : undefined
        // What was lost is not on its way any more.
        aheadMs += 10_000
      }
    },
    disconnect() {
      link.isUp = false
      server.cutSockets()
      server.spoil('POST /api/v3/order', 'cutAfter')
    },
    skew(ms) {
      server.ways.clockOffsetMs = ms
    },
  }
}

brokerConformance('the broker at an exchange', made)
brokerFaultConformance('the broker at an exchange', made)
