import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Broker, BrokerEvent } from '#engine/ports.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import { type Fill, fillSchema, type Order, plainTerms, type Side } from '#shared/domain/order.ts'
import type { Quote } from '#shared/domain/quote.ts'
import { add, compare, type Decimal, decimal, divide, multiply, roundToStep, sum, ZERO } from '#shared/lib/decimal.ts'
import type { VirtualClock } from '#shared/lib/virtual-clock.ts'
import { pass, settle } from './settle.ts'

/** A fresh broker, the time it lives by, and a market deep enough for small orders. */
export interface BrokerUnderTest {
  readonly broker: Broker
  readonly clock: VirtualClock
  readonly instrument: Instrument
  quote(): Quote
}

/** An order with the fields that a broker reads; anything else is as the desk would have it. */
export function orderOf(fields: Pick<Order, 'clientOrderId' | 'instrument' | 'quantity'> & Partial<Order>): Order {
  return {
    ...plainTerms,
    venueOrderId: null,
    side: 'buy',
    type: 'MARKET',
    timeInForce: 'GTC',
    limitPrice: null,
    reduceOnly: false,
    status: 'SUBMITTED',
    filledQuantity: ZERO,
    averagePrice: null,
    by: 'test',
    runId: null,
    proposalId: null,
    decisionId: null,
    createdAt: 0,
    updatedAt: 0,
    reason: null,
    ...fields,
  }
}

/** A quantity worth about so much. */
export function worth(made: BrokerUnderTest, notional: string): Decimal {
  const { last } = made.quote()
  return roundToStep(divide(decimal(notional), last), made.instrument.quantityStep, 'up')
}

/** The last price times a share, on the tick. */
export function priceAt(made: BrokerUnderTest, share: string): Decimal {
  return roundToStep(multiply(made.quote().last, decimal(share)), made.instrument.priceStep, 'nearest')
}

async function connected(make: () => BrokerUnderTest) {
  const made = make()
  const events: BrokerEvent[] = []
  const stop = await settle(
    made.clock,
    made.broker.connect((event) => events.push(event)),
  )
  const order = (clientOrderId: string, fields: Partial<Order> = {}) =>
    orderOf({ clientOrderId, instrument: made.instrument.id, quantity: worth(made, '1000'), ...fields })
  const resting = (clientOrderId: string, fields: Partial<Order> = {}) =>
    order(clientOrderId, { type: 'LIMIT', limitPrice: priceAt(made, '0.5'), quantity: worth(made, '4000'), ...fields })
  const kinds = (clientOrderId: string) =>
    events.flatMap((event) => {
      if (event.kind === 'link') return []
      return (event.kind === 'filled' ? event.fill.clientOrderId : event.clientOrderId) === clientOrderId
        ? event.kind
        : []
    })
  return { ...made, events, stop, order, resting, kinds, run: <T>(promise: Promise<T>) => settle(made.clock, promise) }
}

const filled = (fills: readonly Fill[], id: string) =>
  sum(fills.filter(({ clientOrderId }) => clientOrderId === id).map(({ quantity }) => quantity))

/** What every broker must do over a link without faults. `make` gives a fresh, unconnected broker. */
export function brokerConformance(name: string, make: () => BrokerUnderTest): void {
  const secondMs = 1_000

  describe(`${name} is a broker`, () => {
    it('says when it is connected, and sends nothing before', async () => {
      const made = make()
      await expect(
        made.broker.submit(orderOf({ clientOrderId: 'a', instrument: made.instrument.id, quantity: decimal('1') })),
      ).rejects.toMatchObject({
        code: 'BROKER_DISCONNECTED',
        retry: 'retryable',
      })
      const { events } = await connected(make)
      expect(events[0]).toMatchObject({ kind: 'link', connected: true, latencyMs: expect.any(Number) })
    })

    it('fills a market order whole where the market is deep enough, and remembers each fill', async () => {
      const t = await connected(make)
      const order = t.order('a')
      await t.run(t.broker.submit(order))
      await pass(t.clock, secondMs)
      expect([...new Set(t.kinds('a'))]).toEqual(['accepted', 'filled'])
      const fills = await t.run(t.broker.fills(0))
      expect(filled(fills, 'a')).toBe(order.quantity)
      expect(fills).toEqual(t.events.flatMap((event) => (event.kind === 'filled' ? [event.fill] : [])))
      for (const fill of fills) {
        fillSchema.parse(fill)
        expect(fill).toMatchObject({ clientOrderId: 'a', instrument: t.instrument.id, side: 'buy' })
        expect(compare(fill.fee, ZERO)).toBeGreaterThanOrEqual(0)
      }
      expect(await t.run(t.broker.query('a'))).toMatchObject({ status: 'FILLED', filledQuantity: order.quantity })
      expect(await t.run(t.broker.openOrders())).toEqual([])
    })

    it('lets a limit order rest, lists it, and cancels it', async () => {
      const t = await connected(make)
      await t.run(t.broker.submit(t.resting('a')))
      expect(await t.run(t.broker.openOrders())).toMatchObject([
        { clientOrderId: 'a', status: 'ACCEPTED', filledQuantity: '0' },
      ])
      await t.run(t.broker.cancel('a'))
      await pass(t.clock, secondMs)
      expect(t.kinds('a')).toEqual(['accepted', 'canceled'])
      expect(await t.run(t.broker.query('a'))).toMatchObject({ status: 'CANCELED', venueOrderId: expect.any(String) })
      expect(await t.run(t.broker.openOrders())).toEqual([])
    })

    it('does not let an immediate-or-cancel order rest', async () => {
      const t = await connected(make)
      await t.run(t.broker.submit(t.resting('a', { timeInForce: 'IOC' })))
      await pass(t.clock, secondMs)
      expect(t.kinds('a')).toEqual(['accepted', expect.stringMatching(/expired|canceled/)])
      expect((await t.run(t.broker.query('a')))?.status).toMatch(/EXPIRED|CANCELED/)
    })

    it('OL-1 takes the same id twice as one order, and never for another order', async () => {
      const t = await connected(make)
      const order = t.order('a')
      await t.run(t.broker.submit(order))
      await t.run(t.broker.submit(order))
      const both = Promise.all([t.broker.submit(t.resting('b')), t.broker.submit(t.resting('b'))])
      await t.run(both)
      await pass(t.clock, secondMs)
      expect(filled(await t.run(t.broker.fills(0)), 'a')).toBe(order.quantity)
      expect(await t.run(t.broker.openOrders())).toHaveLength(1)
      await expect(t.run(t.broker.submit(t.resting('b', { side: 'sell' })))).rejects.toMatchObject({
        retry: 'definitive',
      })
    })

    it('OL-3 refuses what it cannot take, for good and with a reason', async () => {
      const t = await connected(make)
      const half = decimal('0.5')
      const bad: Record<string, Partial<Order>> = {
        'unknown instrument': { instrument: 'XXX/YYY' },
        'quantity off the step': { quantity: add(worth(t, '1000'), multiply(t.instrument.quantityStep, half)) },
        'no quantity': { quantity: ZERO },
        'price off the tick': { type: 'LIMIT', limitPrice: multiply(t.instrument.priceStep, decimal('100.5')) },
        'limit without a price': { type: 'LIMIT' },
        'too small': { quantity: t.instrument.quantityStep, type: 'LIMIT', limitPrice: t.instrument.priceStep },
        'nothing to reduce': { reduceOnly: true },
      }
      for (const [id, fields] of Object.entries(bad)) {
        await expect(t.run(t.broker.submit(t.order(id, fields)))).rejects.toMatchObject({ retry: 'definitive' })
        await pass(t.clock, secondMs)
        expect(t.events.filter((event) => event.kind === 'rejected')).toContainEqual(
          expect.objectContaining({ clientOrderId: id, reason: expect.stringMatching(/./) }),
        )
      }
      expect(await t.run(t.broker.fills(0))).toEqual([])
    })

    it('OL-8 refuses to cancel what is done or unknown', async () => {
      const t = await connected(make)
      await t.run(t.broker.submit(t.order('a')))
      for (const id of ['a', 'never seen']) {
        await expect(t.run(t.broker.cancel(id))).rejects.toMatchObject({ retry: 'definitive' })
        await pass(t.clock, secondMs)
        expect(t.kinds(id)).toContain('cancelRejected')
      }
      expect(await t.run(t.broker.query('a'))).toMatchObject({ status: 'FILLED' })
      expect(await t.run(t.broker.query('never seen'))).toBeUndefined()
    })

    it('reduces a position no further than to nothing', async () => {
      const t = await connected(make)
      const order = t.order('a')
      await t.run(t.broker.submit(order))
      const more = { side: 'sell', reduceOnly: true, quantity: multiply(order.quantity, decimal('2')) } as const
      await expect(t.run(t.broker.submit(t.order('b', more)))).rejects.toMatchObject({ retry: 'definitive' })
      await t.run(t.broker.submit(t.order('c', { ...more, quantity: order.quantity })))
      await expect(t.run(t.broker.submit(t.order('d', { ...more, quantity: order.quantity })))).rejects.toMatchObject({
        retry: 'definitive',
      })
      expect(filled(await t.run(t.broker.fills(0)), 'c')).toBe(order.quantity)
    })

    it('gives the fills since a moment, oldest first', async () => {
      const t = await connected(make)
      for (const id of ['a', 'b', 'c']) {
        await t.run(t.broker.submit(t.order(id)))
        await pass(t.clock, secondMs)
      }
      const all = await t.run(t.broker.fills(0))
      const since = all.find(({ clientOrderId }) => clientOrderId === 'b')?.at ?? 0
      expect(await t.run(t.broker.fills(since))).toEqual(all.filter(({ clientOrderId }) => clientOrderId !== 'a'))
      expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).sort((a, b) => a - b))
    })

    it('tells nothing after its stop, and can be connected again', async () => {
      const t = await connected(make)
      await t.run(t.broker.submit(t.resting('a')))
      await pass(t.clock, secondMs)
      const count = t.events.length
      t.stop()
      t.stop()
      await pass(t.clock, 5 * secondMs)
      expect(t.events).toHaveLength(count)
      await t.run(t.broker.connect(() => undefined))
      expect(await t.run(t.broker.openOrders())).toHaveLength(1)
    })

    it('OL-17 keeps its books: unique fills that add up, within the quantity and the limit', async () => {
      const act = fc.record({
        side: fc.constantFrom<Side>('buy', 'sell'),
        type: fc.constantFrom<Order['type']>('MARKET', 'LIMIT'),
        timeInForce: fc.constantFrom<Order['timeInForce']>('GTC', 'IOC'),
        share: fc.constantFrom('0.97', '0.999', '0.9999', '1', '1.0001', '1.001', '1.03'),
        notional: fc.constantFrom('100', '1000', '200000', '3000000'),
        waitMs: fc.nat(4_000),
        cancel: fc.boolean(),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 8 }), async (acts) => {
          const t = await connected(make)
          const orders: Order[] = []
          for (const [index, { side, type, timeInForce, share, notional, waitMs, cancel }] of acts.entries()) {
            const limitPrice = type === 'LIMIT' ? priceAt(t, share) : null
            const order = t.order(`o${index}`, { side, type, timeInForce, limitPrice, quantity: worth(t, notional) })
            orders.push(order)
            await t.run(t.broker.submit(order))
            await pass(t.clock, waitMs)
            if (cancel) await t.run(t.broker.cancel(order.clientOrderId).catch(() => undefined))
          }
          for (const { clientOrderId } of await t.run(t.broker.openOrders())) {
            await t.run(t.broker.cancel(clientOrderId).catch(() => undefined))
          }
          expect(await t.run(t.broker.openOrders())).toEqual([])
          const fills = await t.run(t.broker.fills(0))
          expect(new Set(fills.map(({ tradeId }) => tradeId)).size).toBe(fills.length)
          for (const order of orders) {
            const report = await t.run(t.broker.query(order.clientOrderId))
            expect(report?.filledQuantity).toBe(filled(fills, order.clientOrderId))
            expect(report?.status === 'FILLED').toBe(report?.filledQuantity === order.quantity)
            expect(report?.status).toMatch(/^(FILLED|CANCELED|EXPIRED)$/)
            for (const fill of fills.filter(({ clientOrderId }) => clientOrderId === order.clientOrderId)) {
              expect(compare(fill.quantity, ZERO)).toBeGreaterThan(0)
              const worse = compare(fill.price, order.limitPrice ?? fill.price) * (order.side === 'buy' ? 1 : -1)
              expect(worse).toBeLessThanOrEqual(0)
            }
          }
        }),
        { numRuns: 25 },
      )
    })
  })
}
