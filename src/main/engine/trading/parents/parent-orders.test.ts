import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPaperBroker, type PaperBrokerOptions } from '#adapters/paper/broker.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { isClosed } from '#shared/domain/order.ts'
import type { ExecutionSchedule } from '#shared/domain/parent-order.ts'
import { add, compare, decimal, sum } from '#shared/lib/decimal.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { intentOf, orderDesk, quietFeed, startMs, trader } from '#test/builders/order-desk.ts'
import { scheduleOf } from '#test/builders/parent-orders.ts'
import { pass, settle } from '#test/builders/virtual-time.ts'
import { createScriptedBroker } from '#test/fakes/scripted-broker.ts'

const minutes = (count: number) => count * 60_000
const never = new AbortController().signal
const four = intentOf({ quantity: decimal(4) })

interface Given {
  readonly seed?: number
  readonly faults?: PaperBrokerOptions['faults']
  readonly feed?: (feed: Feed) => Feed
}

/** A desk with a paper account in a market that stands at 100, linked; `restart` kills it and starts another one on its journal. */
async function paper({ seed = 1, faults, feed: wrap = (feed) => feed }: Given = {}) {
  const clock = createVirtualClock(startMs)
  const feed = wrap(quietFeed(clock))
  const random = createRandom(seed)
  const limits = { ordersPerMinute: 60 }
  const broker = createPaperBroker({
    mode: 'paper',
    feed,
    clock,
    random,
    cash: decimal(100_000),
    ...(faults && { faults }),
  })
  let desk = orderDesk(broker, { clock, feed, limits })
  let stop = () => {}
  const begin = async () => {
    await settle(clock, desk.orders.connect())
    await settle(
      clock,
      desk.orders.reconcile().catch(() => {}),
    )
    stop = desk.parents.start()
  }
  await begin()
  return {
    clock,
    broker,
    desk: () => desk,
    children: () => desk.queries.listOrders(undefined, 100).filter(({ sliceOf }) => sliceOf !== null),
    run: async (given: Partial<ExecutionSchedule> = {}, intent = four) =>
      settle(clock, desk.parents.begin(intent, scheduleOf(given))),
    restart: async () => {
      stop()
      desk.orders.stop()
      await settle(clock, desk.journal.settled())
      desk = orderDesk(broker, { clock, feed, limits, journal: desk.journal })
      await begin()
    },
  }
}

const noneWrong = {
  lostRequest: 0,
  lostAcknowledgement: 0,
  duplicateFill: 0,
  delayedEvent: 0,
  refusal: 0,
  rateLimit: 0,
}

/** A market that holds less than a part: what is there is filled, and the rest expires. */
const thin = (feed: Feed): Feed => ({
  ...feed,
  book: (instrument) => {
    const at = feed.quote(instrument)?.at ?? 0
    const level = (price: number) => [{ price: decimal(price), quantity: decimal('0.6') }]
    return { instrument, bids: level(99), asks: level(101), at }
  },
})

describe('an order in parts', () => {
  it('is carried out at its looks, each part recorded under an id of its own, and ends filled', async () => {
    const { clock, desk, run, children } = await paper()
    const parent = await run()
    expect(parent).toMatchObject({ status: 'working', endsAt: parent.startedAt + minutes(4) })
    await pass(clock, minutes(1.5))
    expect(children()).toHaveLength(2)
    const ended = await settle(clock, desk().parents.ended(parent.id, never))
    expect(ended).toMatchObject({ status: 'filled', reason: 'All of it is filled.' })
    expect(children().map(({ quantity, status }) => `${quantity} ${status}`)).toEqual(Array(4).fill('1 FILLED'))
    expect(children().map(({ sliceOf }) => sliceOf?.index)).toEqual([3, 2, 1, 0])
    expect(new Set(children().map(({ clientOrderId }) => clientOrderId)).size).toBe(4)
    expect(desk().queries.getParentOrder(parent.id)).toMatchObject({ status: 'filled', marketAtEnd: { bid: '99' } })
  })

  it('OL-1 the same intent is carried out once, while it works and after it ended', async () => {
    const { clock, desk, run, children } = await paper()
    const { id } = await run()
    expect((await run()).id).toBe(id)
    await settle(clock, desk().parents.ended(id, never))
    expect(await run()).toMatchObject({ id, status: 'filled' })
    await pass(clock, minutes(5))
    expect(children()).toHaveLength(4)
  })

  it('OL-1 an intent that is carried out in parts is not sent as a whole too, nor the other way round', async () => {
    const { clock, desk, run } = await paper()
    const { id } = await run()
    const whole = () => settle(clock, desk().orders.submit(four))
    expect(await whole()).toMatchObject({ clientOrderId: id, status: 'DENIED' })
    await settle(clock, desk().parents.ended(id, never))
    expect((await whole()).reason).toMatch(/^DUPLICATE_INTENT/)
    const sent = await settle(clock, desk().orders.submit(intentOf({ decisionId: 'decision-2' })))
    expect(sent.status).not.toBe('DENIED')
    const parts = await run({}, intentOf({ decisionId: 'decision-2' }))
    expect(parts).toMatchObject({ status: 'denied', reason: expect.stringMatching(/^DUPLICATE_INTENT/) })
  })

  it('the whole passes the gate before any part of it', async () => {
    const { run, children, clock, desk } = await paper()
    const parent = await run({}, intentOf({ quantity: decimal(400) }))
    expect(parent).toMatchObject({ status: 'denied', reason: expect.stringMatching(/^NOTIONAL_EXCEEDS_MAX_PER_ORDER/) })
    await pass(clock, minutes(5))
    expect(children()).toEqual([])
    expect(desk().book.parents.size).toBe(0)
  })

  it('KS-2 a stop ends it at once: no part leaves after it, not after a re-arm either', async () => {
    const { run, children, clock, desk } = await paper()
    const { id } = await run()
    await pass(clock, minutes(1.5))
    desk().stop(1)
    expect(desk().book.parents.size).toBe(0)
    desk().latch.change({ state: 'ACTIVE', by: trader, reason: 'go on' })
    await pass(clock, minutes(5))
    expect(children()).toHaveLength(2)
    expect(await desk().parents.ended(id, never)).toMatchObject({ status: 'stopped', reason: 'drill' })
  })

  it('the trader cancels the whole: what works of it is cancelled, nothing follows', async () => {
    const { run, children, clock, desk } = await paper()
    const { id } = await run({ algorithm: 'iceberg', displayed: decimal(1) })
    await pass(clock, 5_000)
    expect(children()[0]).toMatchObject({ status: 'ACCEPTED', limitPrice: '99', timeInForce: 'GTC' })
    expect(await settle(clock, desk().parents.cancel(id, trader, 'enough'))).toMatchObject({ status: 'cancelled' })
    await pass(clock, minutes(5))
    expect(children().map(({ status }) => status)).toEqual(['CANCELED'])
  })

  it('the trader ends all that is carried out in an instrument, and nothing in another', async () => {
    const { run, clock, desk } = await paper()
    const { id } = await run()
    await settle(clock, desk().parents.cancelIn('ETH/USDT', trader, 'not this one'))
    expect(desk().parents.get(id).status).toBe('working')
    await settle(clock, desk().parents.cancelIn('BTC/USDT', trader, 'closing by hand'))
    expect(desk().parents.get(id)).toMatchObject({ status: 'cancelled', reason: 'closing by hand' })
    expect(() => desk().parents.get('nobody')).toThrow(expect.objectContaining({ code: 'PARENT_ORDER_NOT_FOUND' }))
  })

  it('ends at its deadline with what is unfilled said, and takes back what rests', async () => {
    const { run, children, clock, desk } = await paper()
    const { id } = await run({ algorithm: 'iceberg', displayed: decimal(1) })
    const ended = await settle(clock, desk().parents.ended(id, never))
    expect(ended).toMatchObject({ status: 'expired', reason: 'Its time is over: 0 of 4 is filled, 4 is not.' })
    expect(children().every(({ status }) => isClosed(status))).toBe(true)
  })

  it('pauses while the price is too old, says so, and goes on', async () => {
    let isStale = false
    const feed = (fresh: Feed): Feed => ({
      ...fresh,
      quote: (id) => {
        const quote = fresh.quote(id)
        return quote === undefined || !isStale ? quote : { ...quote, at: quote.at - 120_000 }
      },
    })
    const { run, children, clock, desk } = await paper({ feed })
    const { id } = await run()
    await pass(clock, 5_000)
    isStale = true
    await pass(clock, minutes(2))
    expect(children()).toHaveLength(1)
    expect(desk().parents.get(id)).toMatchObject({ status: 'paused', reason: expect.stringMatching(/too old/) })
    isStale = false
    await pass(clock, 2_000)
    expect(desk().parents.get(id)).toMatchObject({ status: 'working', reason: null })
    expect(children()[0]?.quantity).toBe('2')
    expect(await settle(clock, desk().parents.ended(id, never))).toMatchObject({ status: 'filled' })
    expect(desk().kinds().length).toBeGreaterThan(0)
  })

  it('goes on at the next part after a crash', async () => {
    const { run, children, clock, desk, restart } = await paper()
    const { id } = await run()
    await pass(clock, minutes(1.5))
    await restart()
    expect(desk().book.parents.get(id)?.children).toHaveLength(2)
    expect(await settle(clock, desk().parents.ended(id, never))).toMatchObject({ status: 'filled' })
    expect(children().map(({ quantity }) => quantity)).toEqual(['1', '1', '1', '1'])
  })

  it('one stop protects all that is filled of it, and one that reduces has protection step aside for it', async () => {
    const { run, clock, desk } = await paper()
    const stopProtecting = desk().protection.start()
    const exits = { stopPrice: decimal(90), targetPrice: decimal(110) }
    const bought = await run({}, { ...four, exits })
    await settle(clock, desk().parents.ended(bought.id, never))
    await pass(clock, 3_000)
    const stops = [...desk().book.orders.values()].filter(({ type }) => type === 'STOP_MARKET')
    expect(stops.map(({ quantity, contingency }) => [quantity, contingency?.parentId])).toEqual([['4', bought.id]])
    const sold = await run({}, { ...four, decisionId: 'decision-2', side: 'sell', reduceOnly: true })
    await pass(clock, minutes(1.5))
    const left = [...desk().book.orders.values()].filter(({ type }) => type === 'STOP_MARKET')
    expect(sum(left.map(({ quantity }) => quantity))).toBe('2')
    expect(await settle(clock, desk().parents.ended(sold.id, never))).toMatchObject({ status: 'filled' })
    await pass(clock, 5_000)
    expect(desk().book.orders.size).toBe(0)
    expect(desk().book.positions.get('BTC/USDT')?.quantity).toBe('0')
    stopProtecting()
  })

  it('asks the venue what is filled before the next part: a fill that is told late is not bought again', async () => {
    const clock = createVirtualClock(startMs)
    const broker = createScriptedBroker()
    const desk = orderDesk(broker, { clock })
    await settle(clock, desk.orders.connect())
    await settle(clock, desk.orders.reconcile())
    desk.parents.start()
    await settle(clock, desk.parents.begin(four, scheduleOf({ intervalMs: 2_000 })))
    await pass(clock, 1_000)
    const [child] = desk.book.parents.values().next().value?.children ?? []
    const clientOrderId = child?.clientOrderId ?? ''
    // It is filled and ended at the venue; of the fill nobody tells.
    const fill = { tradeId: 't', clientOrderId, instrument: 'BTC/USDT', side: 'buy', quantity: decimal(1) } as const
    broker.executions.push({ ...fill, price: decimal(101), fee: decimal(0), at: clock.now() })
    const report = { venueOrderId: 'v', type: 'MARKET', limitPrice: null, stopPrice: null, reduceOnly: false } as const
    const end = { ...fill, ...report, status: 'EXPIRED', filledQuantity: decimal(1), at: clock.now() } as const
    broker.reports.set(clientOrderId, end)
    broker.tell({ kind: 'expired', clientOrderId })
    await pass(clock, 2_000)
    const quantities = broker.calls.filter((call) => call.startsWith('submit'))
    expect(quantities).toHaveLength(2)
    expect(desk.book.parents.values().next().value?.children[1]?.quantity).toBe('1')
  })

  it('OL-17 is never more than the whole, whatever the venue does, and never a part after a stop', async () => {
    const share = fc.float({ min: 0, max: Math.fround(0.5), noNaN: true })
    const faults = fc.record({
      lostRequest: share,
      lostAcknowledgement: share,
      duplicateFill: share,
      delayedEvent: share,
      refusal: share,
      rateLimit: share,
    })
    const crashes = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 3 })
    const stopAt = fc.option(fc.integer({ min: 1, max: 240 }), { freq: 1 })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000 }), faults, crashes, stopAt, async (seed, given, gaps, stop) => {
        const { clock, desk, run, restart, broker } = await paper({ seed, faults: given, feed: thin })
        // Faster than messages: what is told late is told after the next look.
        const due = Array.from({ length: 20 }, (_, look) => Math.min(1, (look + 1) / 4))
        await run({ intervalMs: 1_000, due })
        for (const gap of gaps) {
          await pass(clock, gap * 100)
          await restart()
        }
        let leftAtStop: number | undefined
        if (stop !== null) {
          await pass(clock, stop * 100)
          desk().stop(3)
          leftAtStop = desk().records.filter(({ kind }) => kind === 'orderSubmitted').length
        }
        await pass(clock, minutes(1))
        const bought = (
          await settle(
            clock,
            askUntilTold(() => broker.fills(0), clock),
          )
        ).map(({ quantity }) => quantity)
        expect(compare(sum(bought), add(decimal(4), decimal(0)))).toBeLessThanOrEqual(0)
        const submitted = desk().records.filter(({ kind }) => kind === 'orderSubmitted').length
        if (leftAtStop !== undefined) expect(submitted).toBe(leftAtStop)
      }),
      {
        numRuns: 50,
        examples: [
          // Killed with two parts behind it of which late fills were never told.
          [279, { ...noneWrong, delayedEvent: 0.11767636984586716 }, [58], null],
        ],
      },
    )
  }, 30_000)
})

async function askUntilTold<T>(ask: () => Promise<T>, clock: { after(ms: number, callback: () => void): unknown }) {
  for (;;) {
    try {
      return await ask()
    } catch {
      await new Promise<void>((resolve) => void clock.after(500, resolve))
    }
  }
}
