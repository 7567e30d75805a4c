import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BrokerEvent } from '#engine/ports/broker.ts'
import type { Feed, MarketUpdate } from '#engine/ports/feed.ts'
import type { Book, Quote } from '#shared/domain/quote.ts'
import { compare, decimal, fromNumber, ZERO } from '#shared/lib/decimal.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { startMs } from '#test/builders/order-desk.ts'
import { btc, deskOrder } from '#test/builders/orders.ts'
import { createRestingOrders, type RestingOrders } from './resting-orders.ts'
import { createSortedList } from './sorted-list.ts'
import type { Ticket } from './tickets.ts'
import { createPaperVenue } from './venue.ts'

/** The same by looking at every order each time. */
function lookAtEach(): RestingOrders {
  const resting = new Set<Ticket>()
  const of = (instrument: string, side: string) =>
    [...resting].filter(({ order }) => order.instrument === instrument && order.side === side)
  return {
    get size() {
      return resting.size
    },
    has: (ticket) => resting.has(ticket),
    add(ticket) {
      resting.delete(ticket)
      resting.add(ticket)
    },
    delete: (ticket) => void resting.delete(ticket),
    refresh: () => {},
    all: () => [...resting],
    // The venue asks each of them again whether it is reached, so that none is left out here.
    reaching: (instrument, side) =>
      of(instrument, side)
        .filter(({ isAsleep }) => !isAsleep)
        .sort((a, b) => (side === 'buy' ? -1 : 1) * compare(a.limitPrice ?? ZERO, b.limitPrice ?? ZERO)),
    stirredBy: (instrument, side) => of(instrument, side).filter(({ isAsleep }) => isAsleep),
    reducing: (instrument, side) => of(instrument, side).filter(({ order }) => order.reduceOnly),
    due: (now) => [...resting].filter(({ expiresAt }) => expiresAt !== null && expiresAt <= now),
    nextExpiry: () => [...resting].flatMap(({ expiresAt }) => expiresAt ?? []).sort((a, b) => a - b)[0],
  }
}

type Step = Readonly<Record<'what' | 'side' | 'price' | 'size' | 'which', number>>

/** A venue over a market that the steps move, and everything that it tells. */
function venueOver(resting: RestingOrders, hasBook: boolean) {
  const clock = createVirtualClock(startMs)
  let last = 100
  let listener: (update: MarketUpdate) => void = () => {}
  const cents = (value: number) => fromNumber(value, 2)
  const quote = (): Quote => {
    return { instrument: btc.id, bid: cents(last - 1), ask: cents(last + 1), last: cents(last), at: clock.now() }
  }
  const book = (): Book => {
    const level = (price: number, quantity: string) => ({ price: cents(price), quantity: decimal(quantity) })
    const asks = [level(last + 1, '0.7'), level(last + 2, '3')]
    return { instrument: btc.id, bids: [level(last - 1, '0.7'), level(last - 2, '3')], asks, at: clock.now() }
  }
  const feed: Feed = {
    name: 'stepped',
    instruments: () => [btc],
    quote,
    book: () => (hasBook ? book() : undefined),
    bars: () => [],
    start(next) {
      listener = next
      return () => {}
    },
  }
  const told: Exclude<BrokerEvent, { kind: 'link' }>[] = []
  const fees = { maker: ZERO, taker: ZERO }
  const account = { cash: decimal(1_000_000), leverage: 1 }
  const venue = createPaperVenue(feed, clock, fees, account, (event) => told.push(event), resting)
  venue.open()
  let made = 0
  const wait = (ms: number) => {
    const end = clock.now() + ms
    clock.after(ms, () => {})
    while ((clock.nextAt() ?? end + 1) <= end) clock.step()
  }
  const act = ({ what, side, price, size, which }: Step) => {
    const at = cents(90 + price)
    const clientOrderId = `o${which % Math.max(1, made)}`
    const terms = [
      { type: 'LIMIT', limitPrice: at },
      { type: 'LIMIT', limitPrice: at, timeInForce: 'GTD', expireAt: clock.now() + 1 + price * 100 },
      { type: 'STOP_MARKET', stopPrice: at },
      { type: 'STOP_LIMIT', stopPrice: at, limitPrice: cents(89 + price) },
      { type: 'TRAILING_STOP_MARKET', trailing: { kind: 'absolute', offset: cents(1 + price / 4) } },
      { type: 'LIMIT', limitPrice: at, reduceOnly: true },
      { type: 'STOP_MARKET', stopPrice: at, reduceOnly: true },
      { type: 'MARKET', timeInForce: 'IOC' },
    ] as const
    const chosen = terms[what]
    if (chosen !== undefined) {
      const quantity = fromNumber(1 + size, 0)
      venue.submit(deskOrder({ ...chosen, clientOrderId: `o${made++}`, side: side === 0 ? 'buy' : 'sell', quantity }))
    } else if (what === 8) venue.cancel(clientOrderId)
    else if (what === 9) venue.replace(clientOrderId, { quantity: fromNumber(1 + size, 0) })
    else if (what === 10) venue.replace(clientOrderId, { limitPrice: at })
    else if (what === 11) venue.replace(clientOrderId, { stopPrice: at })
    else if (what === 12) wait(price * 50)
    else {
      last = 90 + price
      const trade = { instrument: btc.id, price: last, quantity: size, side: 'buy', at: clock.now() } as const
      listener(what === 13 ? { kind: 'quote', quote: quote() } : { kind: 'trade', trade })
    }
  }
  return { act, told, venue }
}

describe('the orders that wait at the paper venue', () => {
  it('are found as by looking at each of them, whatever comes and goes', () => {
    const step = fc.record({
      what: fc.integer({ min: 0, max: 16 }),
      side: fc.nat(1),
      price: fc.nat(20),
      size: fc.nat(4),
      which: fc.nat(100),
    })
    let filled = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 30, maxLength: 80 }), fc.boolean(), (steps, hasBook) => {
        const [quick, plain] = [venueOver(createRestingOrders(), hasBook), venueOver(lookAtEach(), hasBook)]
        for (const each of steps) {
          quick.act(each)
          plain.act(each)
          expect(quick.told).toEqual(plain.told)
          expect(quick.venue.openOrders()).toEqual(plain.venue.openOrders())
        }
        filled += quick.told.filter(({ kind }) => kind === 'filled' || kind === 'triggered').length
      }),
      { numRuns: 200 },
    )
    expect(filled).toBeGreaterThan(500)
  })

  it('prices that are the same as numbers are told apart by their digits', () => {
    const resting = createRestingOrders()
    const ticketAt = (price: string) =>
      ({ order: deskOrder({ side: 'sell' }), isAsleep: false, limitPrice: decimal(price), expiresAt: null }) as Ticket
    const dearer = ticketAt('100.00000000000000002')
    const cheaper = ticketAt('100.00000000000000001')
    resting.add(dearer)
    resting.add(cheaper)
    expect(resting.reaching(btc.id, 'sell', decimal(101))).toEqual([cheaper, dearer])
    expect(resting.reaching(btc.id, 'sell', decimal('100.00000000000000001'))).toEqual([cheaper])
    resting.delete(cheaper)
    expect(resting.all()).toEqual([dearer])
  })
})

describe('a sorted list', () => {
  it('keeps its order, gives those before the first for which it is not so, and lets go of what is there alone', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer()), fc.integer(), (values, limit) => {
        const list = createSortedList<number>((a, b) => a - b)
        for (const value of values) list.insert(value)
        const sorted = values.toSorted((a, b) => a - b)
        expect(list.while((value) => value <= limit)).toEqual(sorted.filter((value) => value <= limit))
        expect(list.first()).toBe(sorted[0])
        if (!values.includes(limit)) list.remove(limit)
        expect(list.size).toBe(values.length)
        for (const value of values) list.remove(value)
        expect(list.size).toBe(0)
      }),
    )
  })
})
