import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Broker, BrokerEvent } from '#engine/ports/broker.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import { type Fill, fillSchema, type Order, plainTerms, type Side } from '#shared/domain/order.ts'
import type { Quote } from '#shared/domain/quote.ts'
import { add, compare, type Decimal, decimal, divide, multiply, roundToStep, sum, ZERO } from '#shared/lib/decimal.ts'
import { pass, settle, type TestClock } from './settle.ts'

/** A fresh broker, the time it lives by, and a market deep enough for small orders. */
export interface BrokerUnderTest {
  readonly broker: Broker
  readonly clock: TestClock
  readonly instrument: Instrument
  /** What the account holds of the base currency before anything was traded; nothing unless given. */
  readonly base?: Decimal
  quote(): Quote
  /** Moves the market to a price, with a spread of one tick around it and depth on both sides; where the test can. */
  moveTo?(price: Decimal): void
  /** Takes a trade back at the venue; where the test can. */
  bust?(tradeId: string): void
}

/** What can be made to go wrong on the way to a broker, and to go right again. */
export type LinkFault = 'lostRequest' | 'lostAnswer' | 'duplicateFill' | 'rateLimit'

/** A broker whose link does what the test says. */
export interface FaultyBroker extends BrokerUnderTest {
  fault(fault: LinkFault, on: boolean): void
  /** Loses the link, for less than five seconds. */
  disconnect(): void
  /** Sets the venue's clock ahead of ours. */
  skew(ms: number): void
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
  const at = () => ({ createdAt: Math.floor(made.clock.now()) })
  const order = (clientOrderId: string, fields: Partial<Order> = {}) =>
    orderOf({ ...at(), clientOrderId, instrument: made.instrument.id, quantity: worth(made, '1000'), ...fields })
  const resting = (clientOrderId: string, fields: Partial<Order> = {}) =>
    order(clientOrderId, { type: 'LIMIT', limitPrice: priceAt(made, '0.5'), quantity: worth(made, '4000'), ...fields })
  const kinds = (clientOrderId: string) =>
    events.flatMap((event) => {
      if (event.kind === 'link' || event.kind === 'funding') return []
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
      const again = (one: Order) =>
        t.broker.submit(one).catch((error: unknown) => expect(error).toMatchObject({ code: 'ORDER_ID_TAKEN' }))
      await t.run(t.broker.submit(order))
      await t.run(again(order))
      const both = Promise.all([t.broker.submit(t.resting('b')), again(t.resting('b'))])
      await t.run(both)
      await pass(t.clock, secondMs)
      expect(filled(await t.run(t.broker.fills(0)), 'a')).toBe(order.quantity)
      expect(await t.run(t.broker.openOrders())).toHaveLength(1)
      // OL-2: that the id is taken says nothing of the order that has it; only asking does.
      await expect(t.run(t.broker.submit(t.resting('b', { side: 'sell' })))).rejects.toMatchObject({
        retry: expect.stringMatching(/ambiguous|definitive/),
      })
    })

    it('OL-2 says which ids it takes, and takes those', async () => {
      const t = await connected(make)
      const { maximumLength, pattern } = t.broker.capabilities.clientOrderId
      const longest = 'p0123456789abcdef'.repeat(20).slice(0, maximumLength)
      expect(longest).toMatch(pattern)
      await t.run(t.broker.submit(t.resting(longest)))
      expect(await t.run(t.broker.query(longest))).toMatchObject({ clientOrderId: longest, status: 'ACCEPTED' })
    })

    it('OL-15 tells what it holds: nothing at first, then what was traded', async () => {
      const t = await connected(make)
      expect(await t.run(t.broker.positions())).toEqual([])
      const order = t.order('a')
      await t.run(t.broker.submit(order))
      expect(await t.run(t.broker.positions())).toEqual([{ instrument: t.instrument.id, quantity: order.quantity }])
      const balances = await t.run(t.broker.balances())
      const total = add(t.base ?? ZERO, order.quantity)
      expect(balances).toContainEqual(expect.objectContaining({ currency: t.instrument.base, total }))
    })

    it('fills all of a fill-or-kill order, or none', async () => {
      const t = await connected(make)
      if (!t.broker.capabilities.timesInForce.includes('FOK')) return
      const whole = t.order('a', { type: 'LIMIT', limitPrice: priceAt(t, '1.01'), timeInForce: 'FOK' })
      await t.run(t.broker.submit(whole))
      await t.run(t.broker.submit(t.resting('b', { timeInForce: 'FOK' })))
      await pass(t.clock, secondMs)
      expect(await t.run(t.broker.query('a'))).toMatchObject({ status: 'FILLED' })
      expect(await t.run(t.broker.query('b'))).toMatchObject({ filledQuantity: '0' })
      expect((await t.run(t.broker.query('b')))?.status).toMatch(/EXPIRED|CANCELED|REJECTED/)
    })

    it('lets an order work until its time, and not beyond it', async () => {
      const t = await connected(make)
      if (!t.broker.capabilities.timesInForce.includes('GTD')) return
      const expireAt = t.clock.now() + 60_000
      await t.run(t.broker.submit(t.resting('a', { timeInForce: 'GTD', expireAt })))
      await pass(t.clock, 50_000)
      expect(await t.run(t.broker.query('a'))).toMatchObject({ status: 'ACCEPTED' })
      await pass(t.clock, 15_000)
      expect(await t.run(t.broker.query('a'))).toMatchObject({ status: 'EXPIRED' })
      expect(t.kinds('a').at(-1)).toBe('expired')
    })

    it('ends a day order with the day', async () => {
      const t = await connected(make)
      // Where the market never rests, a day takes too long.
      if (!t.broker.capabilities.timesInForce.includes('DAY') || t.moveTo === undefined) return
      await t.run(t.broker.submit(t.resting('a', { timeInForce: 'DAY' })))
      await pass(t.clock, 86_400_000)
      expect(await t.run(t.broker.query('a'))).toMatchObject({ status: 'EXPIRED' })
    })

    it('refuses a post-only order that would trade at once, and lets any other rest', async () => {
      const t = await connected(make)
      if (!t.broker.capabilities.postOnly) return
      const crossing = t.order('a', { type: 'LIMIT', limitPrice: priceAt(t, '1.01'), postOnly: true })
      await expect(t.run(t.broker.submit(crossing))).rejects.toMatchObject({ retry: 'definitive' })
      await t.run(t.broker.submit(t.resting('b', { postOnly: true })))
      expect(await t.run(t.broker.fills(0))).toEqual([])
      expect(await t.run(t.broker.openOrders())).toMatchObject([{ clientOrderId: 'b' }])
    })

    it('OL-6 changes a working order, and tells all of its terms', async () => {
      const t = await connected(make)
      if (!t.broker.capabilities.replace) return
      const order = t.resting('a')
      await t.run(t.broker.submit(order))
      const quantity = worth(t, '6000')
      await t.run(t.broker.replace('a', { quantity }))
      await pass(t.clock, secondMs)
      const updated = t.events.find((event) => event.kind === 'updated')
      expect(updated).toMatchObject({ clientOrderId: 'a', quantity, limitPrice: order.limitPrice, stopPrice: null })
      const limitPrice = priceAt(t, '0.6')
      await t.run(t.broker.replace('a', { limitPrice }))
      expect(await t.run(t.broker.query('a'))).toMatchObject({ status: 'ACCEPTED', quantity, limitPrice })
      expect(await t.run(t.broker.openOrders())).toHaveLength(1)
    })

    it('fills what a change lets the market reach', async () => {
      const t = await connected(make)
      if (!t.broker.capabilities.replace) return
      const order = t.resting('a', { quantity: worth(t, '1000') })
      await t.run(t.broker.submit({ ...order, limitPrice: priceAt(t, '0.97') }))
      await t.run(t.broker.replace('a', { limitPrice: priceAt(t, '1.01') }))
      await pass(t.clock, secondMs)
      expect(await t.run(t.broker.query('a'))).toMatchObject({ status: 'FILLED', filledQuantity: order.quantity })
    })

    it('refuses to change what is done, unknown, or makes no sense', async () => {
      const t = await connected(make)
      if (!t.broker.capabilities.replace) return
      await t.run(t.broker.submit(t.order('a')))
      await t.run(t.broker.submit(t.resting('b')))
      const bad = [
        ['a', { quantity: worth(t, '2000') }],
        ['never seen', { quantity: worth(t, '2000') }],
        ['b', { quantity: ZERO }],
      ] as const
      for (const [id, change] of bad) {
        await expect(t.run(t.broker.replace(id, change))).rejects.toMatchObject({ retry: 'definitive' })
        await pass(t.clock, secondMs)
        expect(t.kinds(id)).toContain('updateRejected')
      }
    })

    it('lets a stop wait for its price, and cancels it', async () => {
      const t = await connected(make)
      if (!t.broker.capabilities.orderTypes.includes('STOP_MARKET')) return
      const stopPrice = priceAt(t, '1.5')
      await t.run(t.broker.submit(t.order('a', { type: 'STOP_MARKET', stopPrice })))
      await pass(t.clock, 5 * secondMs)
      expect(await t.run(t.broker.openOrders())).toMatchObject([
        { clientOrderId: 'a', status: 'ACCEPTED', type: 'STOP_MARKET', stopPrice, limitPrice: null },
      ])
      await t.run(t.broker.cancel('a'))
      expect(await t.run(t.broker.query('a'))).toMatchObject({ status: 'CANCELED', filledQuantity: '0' })
    })

    it('triggers a stop when the market reaches its price, and not before', async () => {
      const t = await connected(make)
      if (!t.broker.capabilities.orderTypes.includes('STOP_MARKET') || t.moveTo === undefined) return
      const quantity = worth(t, '1000')
      await t.run(t.broker.submit(t.order('entry', { quantity })))
      const stopPrice = priceAt(t, '0.98')
      const stop = { side: 'sell', type: 'STOP_MARKET', stopPrice, quantity, reduceOnly: true } as const
      await t.run(t.broker.submit(t.order('stop', stop)))
      t.moveTo(priceAt(t, '0.99'))
      await pass(t.clock, secondMs)
      expect(await t.run(t.broker.query('stop'))).toMatchObject({ status: 'ACCEPTED' })
      t.moveTo(stopPrice)
      await pass(t.clock, secondMs)
      expect(await t.run(t.broker.query('stop'))).toMatchObject({ status: 'FILLED', filledQuantity: quantity })
      expect(t.kinds('stop').slice(0, 2)).toEqual(['accepted', 'triggered'])
      const [fill] = (await t.run(t.broker.fills(0))).filter(({ clientOrderId }) => clientOrderId === 'stop')
      expect(compare(fill?.price ?? ZERO, stopPrice)).toBeLessThanOrEqual(0)
      expect(await t.run(t.broker.positions())).toEqual([])
    })

    it('lets a stop and a target for all that was bought rest together, or says that it holds what is for sale', async () => {
      const t = await connected(make)
      const { orderTypes, holdsForSale, reduceOnly } = t.broker.capabilities
      if (!orderTypes.includes('STOP_MARKET') || !reduceOnly) return
      const entry = t.order('entry')
      await t.run(t.broker.submit(entry))
      // All that the account has, so that there is nothing else to hold.
      const quantity = add(entry.quantity, t.base ?? ZERO)
      const all = { side: 'sell', quantity, reduceOnly: t.base === undefined } as const
      await t.run(t.broker.submit(t.order('stop', { ...all, type: 'STOP_MARKET', stopPrice: priceAt(t, '0.9') })))
      const target = t.order('target', { ...all, type: 'LIMIT', limitPrice: priceAt(t, '1.1') })
      const isTaken = await t.run(
        t.broker.submit(target).then(
          () => true,
          () => false,
        ),
      )
      expect(isTaken).toBe(!holdsForSale)
      expect(await t.run(t.broker.openOrders())).toHaveLength(holdsForSale ? 1 : 2)
    })

    it('KS-19 cancels every order once it hears no more, unless it is told again or the timer is taken back', async () => {
      const t = await connected(make)
      const { deadManSwitch } = t.broker
      expect(deadManSwitch !== undefined).toBe(t.broker.capabilities.deadManSwitch)
      if (deadManSwitch === undefined) return
      const open = async () => (await t.run(t.broker.openOrders())).length
      await t.run(t.broker.submit(t.resting('a')))
      await t.run(t.broker.submit(t.resting('b')))
      await t.run(deadManSwitch(10 * secondMs))
      await pass(t.clock, 8 * secondMs)
      await t.run(deadManSwitch(10 * secondMs))
      await pass(t.clock, 8 * secondMs)
      expect(await open()).toBe(2)
      await t.run(deadManSwitch(0))
      await pass(t.clock, 20 * secondMs)
      expect(await open()).toBe(2)
      await t.run(deadManSwitch(10 * secondMs))
      await pass(t.clock, 12 * secondMs)
      expect(await open()).toBe(0)
      expect(t.kinds('a')).toContain('canceled')
      // Once it has run out it is over.
      await t.run(t.broker.submit(t.resting('c')))
      await pass(t.clock, 20 * secondMs)
      expect(await open()).toBe(1)
    })

    it('turns a triggered stop-limit into a limit order', async () => {
      const t = await connected(make)
      if (!t.broker.capabilities.orderTypes.includes('STOP_LIMIT') || t.moveTo === undefined) return
      const terms = { type: 'STOP_LIMIT', stopPrice: priceAt(t, '1.02'), limitPrice: priceAt(t, '1.03') } as const
      await t.run(t.broker.submit(t.order('a', terms)))
      t.moveTo(priceAt(t, '1.05'))
      await pass(t.clock, secondMs)
      expect(await t.run(t.broker.query('a'))).toMatchObject({ status: 'TRIGGERED', filledQuantity: '0' })
      t.moveTo(multiply(terms.limitPrice, decimal('0.99')))
      await pass(t.clock, secondMs)
      expect(await t.run(t.broker.query('a'))).toMatchObject({ status: 'FILLED' })
    })

    it('lets a trailing stop follow the best price, and never back', async () => {
      const t = await connected(make)
      if (!t.broker.capabilities.orderTypes.includes('TRAILING_STOP_MARKET') || t.moveTo === undefined) return
      const quantity = worth(t, '1000')
      await t.run(t.broker.submit(t.order('entry', { quantity })))
      const trailing = { kind: 'basisPoints', offset: decimal('200') } as const
      const fields = { side: 'sell', type: 'TRAILING_STOP_MARKET', trailing, quantity, reduceOnly: true } as const
      await t.run(t.broker.submit(t.order('stop', fields)))
      const high = priceAt(t, '1.1')
      t.moveTo(high)
      await pass(t.clock, secondMs)
      const at = (await t.run(t.broker.query('stop')))?.stopPrice ?? ZERO
      expect(compare(at, multiply(high, decimal('0.98')))).toBeLessThanOrEqual(0)
      expect(compare(at, multiply(high, decimal('0.979')))).toBeGreaterThan(0)
      t.moveTo(priceAt(t, '0.99'))
      await pass(t.clock, secondMs)
      expect(await t.run(t.broker.query('stop'))).toMatchObject({ status: 'ACCEPTED', stopPrice: at })
      t.moveTo(at)
      await pass(t.clock, secondMs)
      expect(await t.run(t.broker.query('stop'))).toMatchObject({ status: 'FILLED' })
    })

    it('OL-5 tells of a trade that is undone, and lists it no more', async () => {
      const t = await connected(make)
      if (t.bust === undefined) return
      await t.run(t.broker.submit(t.order('a')))
      const [fill] = await t.run(t.broker.fills(0))
      t.bust(fill?.tradeId ?? '')
      await pass(t.clock, secondMs)
      expect(t.events).toContainEqual({
        kind: 'busted',
        clientOrderId: 'a',
        tradeId: fill?.tradeId,
        corrected: null,
      })
      const left = await t.run(t.broker.fills(0))
      expect(left.map(({ tradeId }) => tradeId)).not.toContain(fill?.tradeId)
      expect((await t.run(t.broker.query('a')))?.filledQuantity).toBe(filled(left, 'a'))
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

/** What every broker must do over a link on which things go wrong. `make` gives a fresh, unconnected broker without faults. */
export function brokerFaultConformance(name: string, make: () => FaultyBroker): void {
  /** Longer than any call waits for its answer, or a link stays away. */
  const longMs = 60_000

  async function faulty() {
    const made = make()
    const t = await connected(() => made)
    const under = made
    const failure = async (call: Promise<unknown>) => {
      const failed = call.then(
        () => undefined,
        (error: unknown) => error,
      )
      await pass(t.clock, longMs)
      return t.run(failed)
    }
    return {
      ...t,
      failure,
      fault: (fault: LinkFault, on: boolean) => under.fault(fault, on),
      disconnect: () => under.disconnect(),
      skew: (ms: number) => under.skew(ms),
    }
  }

  describe(`${name} is a broker over a bad link`, () => {
    it('OL-3 no answer after the order was taken is ambiguous; asking finds the one order, sending it again makes no second', async () => {
      const t = await faulty()
      t.fault('lostAnswer', true)
      expect(await t.failure(t.broker.submit(t.resting('a')))).toMatchObject({ retry: 'ambiguous' })
      t.fault('lostAnswer', false)
      expect(await t.run(t.broker.query('a'))).toMatchObject({ status: 'ACCEPTED' })
      await t.run(t.broker.submit(t.resting('a')).catch(() => undefined))
      expect(await t.run(t.broker.openOrders())).toHaveLength(1)
    })

    it('OL-3 no answer because nothing arrived is ambiguous too; asking finds nothing, and sending it again makes one', async () => {
      const t = await faulty()
      t.fault('lostRequest', true)
      expect(await t.failure(t.broker.submit(t.resting('a')))).toMatchObject({ retry: 'ambiguous' })
      t.fault('lostRequest', false)
      expect(await t.run(t.broker.query('a'))).toBeUndefined()
      await t.run(t.broker.submit(t.resting('a')))
      expect(await t.run(t.broker.openOrders())).toHaveLength(1)
    })

    it('OL-9 a fill that is told twice has one trade id, and is listed once', async () => {
      const t = await faulty()
      t.fault('duplicateFill', true)
      const order = t.order('a')
      await t.run(t.broker.submit(order))
      await pass(t.clock, longMs)
      const told = t.events.flatMap((event) => (event.kind === 'filled' ? [event.fill.tradeId] : []))
      const listed = await t.run(t.broker.fills(0))
      expect(new Set(told)).toEqual(new Set(listed.map(({ tradeId }) => tradeId)))
      expect(filled(listed, 'a')).toBe(order.quantity)
    })

    it('OL-8 of a cancel and a fill one wins, and both sides say which', async () => {
      const t = await faulty()
      const order = t.order('a', { type: 'LIMIT', limitPrice: priceAt(t, '1.01') })
      const sent = t.broker.submit(order)
      const cancelled = t.broker.cancel('a').then(
        () => true,
        () => false,
      )
      await t.run(sent)
      const won = await t.run(cancelled)
      await pass(t.clock, longMs)
      const report = await t.run(t.broker.query('a'))
      expect(report?.status).toBe(won ? 'CANCELED' : 'FILLED')
      expect(report?.filledQuantity).toBe(filled(await t.run(t.broker.fills(0)), 'a'))
    })

    it('OL-13 a link that is lost during a submit leaves a doubt that asking ends', async () => {
      const t = await faulty()
      const sent = t.broker.submit(t.resting('a'))
      t.disconnect()
      expect(await t.failure(sent)).toMatchObject({ retry: expect.stringMatching(/ambiguous|retryable/) })
      expect(t.events).toContainEqual(expect.objectContaining({ kind: 'link', connected: false }))
      expect(t.events.at(-1)).toMatchObject({ kind: 'link', connected: true })
      const found = await t.run(t.broker.query('a'))
      expect(await t.run(t.broker.openOrders())).toHaveLength(found === undefined ? 0 : 1)
    })

    it('being asked too often is retryable, and nothing was done', async () => {
      const t = await faulty()
      t.fault('rateLimit', true)
      expect(await t.failure(t.broker.submit(t.resting('a')))).toMatchObject({ retry: 'retryable' })
      t.fault('rateLimit', false)
      expect(await t.run(t.broker.query('a'))).toBeUndefined()
    })

    it('a venue whose clock is ahead loses no fill', async () => {
      const t = await faulty()
      t.skew(30_000)
      const since = t.clock.now()
      await t.run(t.broker.submit(t.order('a')))
      expect(filled(await t.run(t.broker.fills(since - 60_000)), 'a')).not.toBe('0')
    })

    it('OL-15 what cannot be told is an error, and never nothing', async () => {
      const t = await faulty()
      t.fault('lostAnswer', true)
      for (const ask of [() => t.broker.positions(), () => t.broker.balances(), () => t.broker.openOrders()]) {
        expect(await t.failure(ask())).toMatchObject({ retry: 'retryable' })
      }
    })
  })
}
