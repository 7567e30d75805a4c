import { describe, expect, it } from 'vitest'
import { createPaperBroker } from '#adapters/paper/broker.ts'
import type { DeskRecord } from '#engine/journal/journal.ts'
import { deadManWords } from '#shared/domain/dead-man-switch.ts'
import type { Order } from '#shared/domain/order.ts'
import type { TradingState } from '#shared/domain/trading-state.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { quietFeed, startMs } from '#test/builders/order-desk.ts'
import { btc, deskOrder } from '#test/builders/orders.ts'
import { pass, settle } from '#test/builders/virtual-time.ts'
import { createScriptedBroker, scriptedCapabilities } from '#test/fakes/scripted-broker.ts'
import { createDeadManSwitch } from './dead-man-switch.ts'

const seconds = (count: number) => count * 1_000
const contingency = { kind: 'OCO', parentId: 'entry', leg: 'stop', number: 0, linkedIds: [] } as const
const exit = deskOrder({ clientOrderId: 'stop', reduceOnly: true, contingency })
const entry = deskOrder({ clientOrderId: 'entry' })

/** A switch at a venue that does what the test says, with a trading state that the test turns. */
function switched(on = true, working: readonly Order[] = [], state: TradingState = 'ACTIVE') {
  const clock = createVirtualClock(startMs)
  const calls: number[] = []
  const venue = { fails: false }
  const latch = { state, epoch: 1, level: null as 1 | 2 | 3 | null, by: 'trader', reason: 'test', at: 0 }
  const link = { connected: true, compared: true, latencyMs: 1 }
  const observers: ((record: DeskRecord) => void)[] = []
  const book = { orders: new Map(working.map((order) => [order.clientOrderId, order])) }
  const made = createDeadManSwitch({
    broker: {
      capabilities: { ...scriptedCapabilities, deadManSwitch: true },
      deadManSwitch: async (afterMs) => {
        calls.push(afterMs)
        if (venue.fails) throw new Error('no answer')
      },
    },
    journal: {
      observe: (observer) => {
        observers.push(observer)
        return () => {}
      },
    },
    book,
    latch: { current: () => latch },
    orders: { link: () => link },
    clock,
    on,
  })
  const turn = (next: TradingState, level: 1 | 2 | 3 | null = null) => {
    Object.assign(latch, { state: next, level })
    for (const observer of observers) observer({ kind: 'tradingStateChanged' } as DeskRecord)
  }
  return { clock, calls, venue, link, book, made, turn }
}

describe('KS-19 the venue’s own timer', () => {
  it('is off unless the trader wants it, and is then never touched', async () => {
    const { clock, calls, made } = switched(false)
    made.start()
    await pass(clock, seconds(120))
    expect(calls).toEqual([])
    expect(deadManWords(made.state(), clock.now())).toBe('off')
  })

  it('is set for 60 s at once, and anew every 20 s', async () => {
    const { clock, calls, made } = switched()
    made.start()
    await pass(clock, seconds(1))
    expect(made.state()).toMatchObject({ on: true, armedUntil: startMs + seconds(60), failure: null })
    await pass(clock, seconds(50))
    expect(calls).toEqual([60_000, 60_000, 60_000])
    expect(deadManWords(made.state(), startMs + seconds(47))).toMatch(/^armed, 5\d s left$/)
  })

  it('what does not come through is said and tried again after 5 s; what was set before still stands', async () => {
    const { clock, calls, venue, made } = switched()
    made.start()
    await pass(clock, seconds(1))
    venue.fails = true
    await pass(clock, seconds(33))
    expect(calls).toHaveLength(4)
    expect(made.state()).toMatchObject({ armedUntil: startMs + seconds(60), failure: 'no answer' })
    expect(deadManWords(made.state(), startMs + seconds(61))).toMatch(/^ran out: .* \(no answer\)$/)
    venue.fails = false
    await pass(clock, seconds(6))
    expect(made.state().failure).toBeNull()
  })

  it('is not spoken of while there is no link, and set at once when it is back', async () => {
    const { clock, calls, link, made } = switched()
    link.connected = false
    made.start()
    await pass(clock, seconds(30))
    expect(calls).toEqual([])
    link.connected = true
    await pass(clock, seconds(1))
    expect(calls).toEqual([60_000])
  })

  it('KS-4 a halt takes it back once protection alone works, and not while something else may still fill', async () => {
    const { clock, calls, book, made, turn } = switched(true, [entry, exit])
    made.start()
    await pass(clock, seconds(1))
    turn('HALTED', 2)
    await pass(clock, seconds(30))
    expect(calls).toEqual([60_000, 60_000])
    book.orders.delete('entry')
    await pass(clock, seconds(1))
    expect(calls.at(-1)).toBe(0)
    expect(made.state()).toMatchObject({ on: true, armedUntil: null })
    await pass(clock, seconds(60))
    expect(calls).toHaveLength(3)
    turn('ACTIVE')
    await pass(clock, 100)
    expect(calls.at(-1)).toBe(60_000)
  })

  it('a stop of level 3 lets it run out after 5 s, once', async () => {
    const { clock, calls, made, turn } = switched(true, [entry, exit])
    made.start()
    await pass(clock, seconds(1))
    turn('HALTED', 3)
    await pass(clock, 100)
    expect(calls).toEqual([60_000, 5_000])
    expect(made.state().armedUntil).not.toBeNull()
    await pass(clock, seconds(60))
    expect(calls).toHaveLength(2)
    expect(made.state().armedUntil).toBeNull()
  })

  it('KS-7 a desk that starts halted with protection takes back what an earlier process left', async () => {
    const { clock, calls, made } = switched(true, [exit], 'HALTED')
    made.start()
    await pass(clock, seconds(30))
    expect(calls).toEqual([0])
  })

  it('switched off it is taken back, tried until it is; switched on it is set at once', async () => {
    const { clock, calls, venue, made } = switched()
    made.start()
    await pass(clock, seconds(1))
    venue.fails = true
    made.choose(false)
    await pass(clock, seconds(1))
    venue.fails = false
    await pass(clock, seconds(6))
    expect(calls).toEqual([60_000, 0, 0])
    made.choose(true)
    await pass(clock, 0)
    expect(calls.at(-1)).toBe(60_000)
  })

  it('an orderly close takes it back, and waits no longer than 3 s for that', async () => {
    const { clock, calls, made } = switched()
    const stop = made.start()
    await pass(clock, seconds(1))
    stop()
    await settle(clock, made.close())
    expect(calls).toEqual([60_000, 0])
    await settle(clock, made.close())
    expect(calls).toHaveLength(2)
  })

  it('a venue that has none is said to have none', () => {
    const { capabilities } = createScriptedBroker()
    const parts = switched()
    const made = createDeadManSwitch({
      broker: { capabilities },
      journal: { observe: () => () => {} },
      book: parts.book,
      latch: { current: () => ({ state: 'ACTIVE', epoch: 1, level: null, by: 'trader', reason: '', at: 0 }) },
      orders: { link: () => parts.link },
      clock: parts.clock,
      on: true,
    })
    made.start()()
    expect(deadManWords(made.state(), 0)).toBe('the venue has none')
  })

  it('on the paper account a desk that is gone has its orders cancelled, and one that is there keeps them', async () => {
    const clock = createVirtualClock(startMs)
    const feed = quietFeed(clock)
    const broker = createPaperBroker({
      mode: 'paper',
      feed,
      clock,
      random: createRandom(1),
      cash: decimal(1_000),
    })
    await settle(
      clock,
      broker.connect(() => {}),
    )
    const limit = { type: 'LIMIT', limitPrice: decimal(50), instrument: btc.id, status: 'SUBMITTED' } as const
    await settle(clock, broker.submit(deskOrder(limit)))
    const { made } = switched()
    const real = createDeadManSwitch({
      broker,
      journal: { observe: () => () => {} },
      book: { orders: new Map() },
      latch: { current: () => ({ state: 'ACTIVE', epoch: 1, level: null, by: 'trader', reason: '', at: 0 }) },
      orders: { link: () => ({ connected: true, compared: true, latencyMs: 1 }) },
      clock,
      on: made.state().on,
    })
    const die = real.start()
    await pass(clock, seconds(200))
    expect(await settle(clock, broker.openOrders())).toHaveLength(1)
    die()
    await pass(clock, seconds(61))
    expect(await settle(clock, broker.openOrders())).toEqual([])
  })
})
