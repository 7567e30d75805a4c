import { describe, expect, it } from 'vitest'
import { createPaperBroker, type PaperBrokerOptions } from '#adapters/paper/broker.ts'
import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import type { BrokerEvent } from '#engine/ports/broker.ts'
import { isClosed } from '#shared/domain/order.ts'
import { absolute, decimal, sum } from '#shared/lib/decimal.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import type { StoreJournal } from '#store/journal.ts'
import { intentOf, orderDesk, quietFeed, reportOf, startMs, trader } from '#test/builders/order-desk.ts'
import { btc, deskFill } from '#test/builders/orders.ts'
import { pass, settle } from '#test/builders/virtual-time.ts'
import { createScriptedBroker, hangs, noAnswer, noLink, refused } from '#test/fakes/scripted-broker.ts'
import { clientOrderIdOf } from './new-orders.ts'

const sha = (text: string) => text.replaceAll('|', '').padEnd(64, '0')
const never = new AbortController().signal

/** From now on the disk is full. */
function breakJournal({ database }: StoreJournal): void {
  database.exec("CREATE TEMP TRIGGER broken BEFORE INSERT ON journal BEGIN SELECT raise(ABORT, 'full'); END")
}

/** A desk on a scripted broker, connected and reconciled, and one order that works at the venue unless told otherwise. */
async function scripted(given: Parameters<typeof orderDesk>[1] = {}) {
  const broker = createScriptedBroker()
  const desk = orderDesk(broker, given)
  await settle(desk.clock, desk.orders.connect())
  await settle(desk.clock, desk.orders.reconcile())
  broker.calls.length = 0
  const submit = (intent = intentOf()) => settle(desk.clock, desk.orders.submit(intent))
  /** A limit order that rests. */
  const rest = async (decisionId: string, more: Parameters<typeof intentOf>[0] = {}) => {
    const { clientOrderId } = await submit(intentOf({ decisionId, limitPrice: decimal(98), ...more }))
    broker.reports.set(clientOrderId, reportOf(clientOrderId))
    broker.tell({ kind: 'accepted', clientOrderId, venueOrderId: `venue-${clientOrderId}` })
    return clientOrderId
  }
  const fill = (clientOrderId: string, quantity = '1', tradeId = 'trade-1') => {
    const one = deskFill({ clientOrderId, quantity: decimal(quantity), tradeId, at: desk.clock.now() })
    broker.executions.push(one)
    return one
  }
  const told = (clientOrderId: string, quantity?: string) =>
    broker.tell({ kind: 'filled', fill: fill(clientOrderId, quantity) })
  const order = (clientOrderId: string) => desk.book.orders.get(clientOrderId) ?? desk.book.closed.get(clientOrderId)
  return { ...desk, broker, submit, rest, fill, told, order, flush: () => pass(desk.clock, 1) }
}

describe('the client order id', () => {
  it('OL-1 is the same for the same intent, another for another, and short enough for every venue', () => {
    const id = clientOrderIdOf(intentOf(), sha)
    expect(clientOrderIdOf(intentOf({ epoch: 9, runId: 'other' }), sha)).toBe(id)
    expect(id).toMatch(/^p.{19}$/)
    const hash = (text: string) => String(text.length * 31 + text.charCodeAt(text.length - 1)).padEnd(64, text)
    const ids = [
      {},
      { side: 'sell' as const },
      { decisionId: 'decision-22' },
      { proposalId: 'proposal-22' },
      { instrument: 'ETH' },
    ].map((given) => clientOrderIdOf(intentOf(given), hash))
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('sending an order', () => {
  it('records it before it leaves, with what it came from (KS-6, I7)', async () => {
    const { broker, journal, submit, order, clock } = await scripted()
    let durable: readonly string[] = []
    broker.script.submit.push(() => {
      durable = journal.read(0, 100).map(({ kind }) => kind)
    })
    const { clientOrderId } = await submit()
    expect(durable.slice(-2)).toEqual(['orderInitialized', 'orderSubmitted'])
    expect(order(clientOrderId)).toMatchObject({
      status: 'SUBMITTED',
      by: 'executor',
      runId: 'run-1',
      proposalId: 'proposal-1',
      decisionId: 'decision-1',
      createdAt: clock.now(),
    })
    expect(journal.read(0, 100).find(({ kind }) => kind === 'orderInitialized')).toMatchObject({
      actor: { kind: 'agent', id: 'executor' },
      correlationId: 'run-1',
    })
  })

  it('records the market that it was decided on, came to and ended in, for its report', async () => {
    const { submit, rest, order, broker, clock } = await scripted()
    const touch = { bid: '99', ask: '101', at: startMs }
    const decided = { bid: decimal(95), ask: decimal(96), at: startMs - 5 }
    const { clientOrderId } = await submit(intentOf({ decided }))
    expect(order(clientOrderId)?.benchmark).toMatchObject({ decided, arrival: { bid: '99' }, expectedPrice: '101' })

    const resting = await rest('decision-2')
    await pass(clock, 1_000)
    expect(order(resting)).toMatchObject({ benchmark: { decided: { bid: touch.bid } }, marketAtEnd: null })
    broker.tell({ kind: 'canceled', clientOrderId: resting })
    expect(order(resting)?.marketAtEnd).toMatchObject({ bid: touch.bid, at: clock.now() })

    const stop = await rest('decision-3', { limitPrice: null, stopPrice: decimal(104) })
    expect(order(stop)?.benchmark).toMatchObject({ arrival: null, expectedPrice: '104' })
    await pass(clock, 1_000)
    broker.tell({ kind: 'triggered', clientOrderId: stop })
    expect(order(stop)?.benchmark?.arrival).toMatchObject({ ask: touch.ask, at: clock.now() })
  })

  it('OL-1 the same intent is sent once, while it works, after it ended, and after a restart', async () => {
    const { broker, submit, told, journal, orders } = await scripted()
    const [first, again] = await Promise.all([submit(), submit()])
    expect(again.clientOrderId).toBe(first.clientOrderId)
    told(first.clientOrderId)
    expect((await submit()).status).toBe('FILLED')
    orders.stop()

    const after = orderDesk(broker, { journal })
    await settle(after.clock, after.orders.connect())
    expect((await settle(after.clock, after.orders.submit(intentOf()))).status).toBe('FILLED')
    // Even when the book does not have it at hand any more.
    after.book.closed.clear()
    expect((await settle(after.clock, after.orders.submit(intentOf()))).status).toBe('FILLED')
    expect(broker.calls.filter((call) => call.startsWith('submit'))).toHaveLength(1)
  })

  it('a denial by the gate is recorded and nothing is sent', async () => {
    const { broker, submit, kinds } = await scripted({ limits: { maximumOrderNotional: decimal(1) } })
    expect(await submit()).toMatchObject({
      status: 'DENIED',
      reason: 'NOTIONAL_EXCEEDS_MAX_PER_ORDER maximum=1 notional=101',
    })
    expect(kinds().slice(-2)).toEqual(['orderInitialized', 'orderDenied'])
    expect(broker.calls).toEqual([])
  })

  it('KS-20 what cannot be checked does not leave', async () => {
    const clock = createVirtualClock(startMs)
    const feed = quietFeed(clock)
    let isBroken = false
    const { broker, submit } = await scripted({
      clock,
      feed: {
        ...feed,
        quote(id) {
          if (isBroken) throw new Error('no such series')
          return feed.quote(id)
        },
      },
    })
    isBroken = true
    expect(await submit()).toMatchObject({ status: 'DENIED', reason: 'CHECK_FAILED error=no such series' })
    expect(broker.calls).toEqual([])
  })

  it('what is no order is refused and not even recorded', async () => {
    const { orders, kinds } = await scripted()
    const before = kinds().length
    const nonsense = intentOf({ quantity: 'a lot' as never })
    await expect(orders.submit(nonsense)).rejects.toMatchObject({ code: 'INTENT_INVALID' })
    expect(kinds()).toHaveLength(before)
  })

  /** Commits wait until they are let go. */
  async function holdingCommits() {
    let isHeld = false
    let commit = () => {}
    const schedule = (next: () => void) => {
      commit = next
      if (!isHeld) queueMicrotask(next)
    }
    const desk = await scripted({ schedule })
    isHeld = true
    const letGo = () => {
      isHeld = false
      commit()
    }
    return { ...desk, letGo }
  }

  it('KS-2 a stop between the record and the sending denies it, and no cancel is sent for what never left', async () => {
    const { broker, orders, stop, clock, book, letGo } = await holdingCommits()
    const sending = orders.submit(intentOf())
    expect([...book.orders.values()].map(({ status }) => status)).toEqual(['SUBMITTED'])
    stop(3)
    expect(orders.stopProgress()).toMatchObject({ cancelsRequested: 0, stillLive: [] })
    letGo()
    expect(await settle(clock, sending)).toMatchObject({ status: 'DENIED', reason: 'TRADING_HALTED reason=drill' })
    await pass(clock, 50_000)
    expect(broker.calls).toEqual([])
  })

  it('KS-17 a stop from outside that nobody has looked at yet wins over an order under way', async () => {
    const { broker, orders, latchStore, clock, letGo } = await holdingCommits()
    const sending = orders.submit(intentOf())
    latchStore.requestStop('parley stop')
    letGo()
    expect((await settle(clock, sending)).status).toBe('DENIED')
    expect(broker.calls).toEqual([])
  })

  it('KS-12 a stop and a re-arm while the record is written deny it too', async () => {
    const { broker, orders, latch, stop, clock, letGo } = await holdingCommits()
    const sending = orders.submit(intentOf())
    stop(1)
    latch.change({ state: 'ACTIVE', by: trader, reason: 'all is well again' })
    letGo()
    expect((await settle(clock, sending)).reason).toBe('STOPPED_SINCE_DECISION decided=1 now=3')
    expect(broker.calls).toEqual([])
  })

  it('a journal that cannot be written lets nothing out', async () => {
    const { broker, orders, journal, clock } = await scripted()
    breakJournal(journal)
    await expect(settle(clock, orders.submit(intentOf()))).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' })
    expect(broker.calls).toEqual([])
  })
})

describe('OL-3 when a submission fails', () => {
  it('a definitive refusal rejects it in the words of the venue', async () => {
    const { broker, submit } = await scripted()
    broker.script.submit.push(refused('insufficient margin'))
    expect(await submit()).toMatchObject({ status: 'REJECTED', reason: 'insufficient margin' })
  })

  it.each([
    ['an answer that never came', noAnswer],
    ['a link that was down', noLink],
    [
      'an answer that nobody understands',
      () => {
        throw new TypeError('cannot parse')
      },
    ],
  ])('%s leaves it UNKNOWN, and the venue is asked until it tells', async (_what, failure) => {
    const { broker, submit, clock, order } = await scripted()
    broker.script.submit.push(failure)
    const { clientOrderId, status } = await submit()
    expect(status).toBe('UNKNOWN')
    broker.script.query.push(noAnswer, noLink)
    broker.reports.set(clientOrderId, reportOf(clientOrderId))
    await pass(clock, 5_000)
    expect(order(clientOrderId)).toMatchObject({ status: 'ACCEPTED', venueOrderId: `venue-${clientOrderId}` })
    expect(broker.calls.filter((call) => call.startsWith('query'))).toHaveLength(3)
    await pass(clock, 60_000)
    expect(broker.calls.filter((call) => call.startsWith('query'))).toHaveLength(3)
  })

  it('OL-16 only after the venue has not heard of it four times it counts as never received', async () => {
    const { broker, submit, clock, order } = await scripted()
    broker.script.submit.push(noAnswer)
    const { clientOrderId } = await submit()
    await pass(clock, 4_000)
    expect(order(clientOrderId)?.status).toBe('UNKNOWN')
    await pass(clock, 4_000)
    expect(order(clientOrderId)).toMatchObject({ status: 'REJECTED', reason: 'The venue never received it.' })
  })

  it('it filled meanwhile: the fills are fetched and booked, once', async () => {
    const { broker, submit, clock, order, fill, book, told } = await scripted()
    broker.script.submit.push(noAnswer)
    const { clientOrderId } = await submit()
    fill(clientOrderId, '1')
    broker.reports.set(clientOrderId, reportOf(clientOrderId, { status: 'FILLED', filledQuantity: decimal('1') }))
    await pass(clock, 1_000)
    expect(order(clientOrderId)?.status).toBe('FILLED')
    told(clientOrderId)
    expect(book.positions.get('BTC/USDT')?.quantity).toBe('1')
  })

  it('I3 a fill that seems older than its order, because the clock was set back, is found all the same', async () => {
    const { broker, submit, clock, order } = await scripted()
    broker.script.submit.push(noAnswer)
    const { clientOrderId } = await submit()
    broker.executions.push(deskFill({ clientOrderId, at: startMs - 3_600_000 }))
    broker.reports.set(clientOrderId, reportOf(clientOrderId, { status: 'FILLED', filledQuantity: decimal('1') }))
    await pass(clock, 1_000)
    expect(order(clientOrderId)?.status).toBe('FILLED')
  })

  it('an end is not believed before the fills that it speaks of are there', async () => {
    const { broker, submit, clock, order, fill } = await scripted()
    broker.script.submit.push(noAnswer)
    const { clientOrderId } = await submit()
    broker.reports.set(clientOrderId, reportOf(clientOrderId, { status: 'CANCELED', filledQuantity: decimal('0.4') }))
    await pass(clock, 1_000)
    expect(order(clientOrderId)?.status).toBe('UNKNOWN')
    fill(clientOrderId, '0.4')
    await pass(clock, 2_000)
    expect(order(clientOrderId)).toMatchObject({ status: 'CANCELED', filledQuantity: decimal('0.4') })
  })

  it('an acknowledgement that came although the call failed is believed', async () => {
    const { broker, orders, clock, order } = await scripted()
    broker.script.submit.push(async () => {
      const clientOrderId = broker.calls.at(-1)?.slice('submit '.length) ?? ''
      broker.tell({ kind: 'accepted', clientOrderId, venueOrderId: 'v' })
      broker.reports.set(clientOrderId, reportOf(clientOrderId))
      noAnswer()
    })
    const { clientOrderId } = await settle(clock, orders.submit(intentOf()))
    expect(order(clientOrderId)?.status).toBe('ACCEPTED')
  })
})

describe('what the venue tells', () => {
  it('OL-9 a fill that is told twice counts once, also when the second one comes from asking or after a restart', async () => {
    const { broker, submit, told, book, orders, journal, clock } = await scripted()
    const { clientOrderId } = await submit()
    told(clientOrderId, '0.4')
    const [execution] = broker.executions
    if (execution !== undefined) broker.tell({ kind: 'filled', fill: execution })
    broker.reports.set(
      clientOrderId,
      reportOf(clientOrderId, { status: 'PARTIALLY_FILLED', filledQuantity: decimal('0.4') }),
    )
    await settle(clock, orders.reconcile())
    expect(book.positions.get('BTC/USDT')?.quantity).toBe('0.4')
    orders.stop()
    const after = orderDesk(broker, { journal, clock })
    await settle(clock, after.orders.connect())
    await settle(clock, after.orders.reconcile())
    expect(after.book.positions.get('BTC/USDT')?.quantity).toBe('0.4')
    expect(after.records.at(-1)).toMatchObject({ kind: 'ordersReconciled', data: { matched: 1, adjusted: [] } })
  })

  it('OL-11 a fill of an order that nobody here sent is booked as EXTERNAL', async () => {
    const { broker, book } = await scripted()
    broker.tell({ kind: 'filled', fill: deskFill({ clientOrderId: 'by-hand', quantity: decimal(2) }) })
    expect(book.positions.get('BTC/USDT')?.quantity).toBe('2')
    expect(book.closed.get('by-hand')).toMatchObject({ by: 'external', status: 'FILLED', runId: null })
  })

  it('tells of an order that it has never heard of, or that has ended, change nothing', async () => {
    const { broker, submit, told, kinds, order } = await scripted()
    const { clientOrderId } = await submit()
    told(clientOrderId)
    const before = kinds().length
    for (const id of [clientOrderId, 'nobody']) {
      broker.tell({ kind: 'accepted', clientOrderId: id, venueOrderId: 'v' })
      broker.tell({ kind: 'canceled', clientOrderId: id })
      broker.tell({ kind: 'expired', clientOrderId: id })
      broker.tell({ kind: 'rejected', clientOrderId: id, reason: 'no' })
      broker.tell({ kind: 'cancelRejected', clientOrderId: id, reason: 'no' })
    }
    expect(kinds()).toHaveLength(before)
    expect(order(clientOrderId)?.status).toBe('FILLED')
  })

  it('a waiter for the end is told, one that gives up is not, and one that comes late is told at once', async () => {
    const { submit, orders, told, clock } = await scripted()
    const { clientOrderId } = await submit()
    const ended = orders.closed(clientOrderId, never)
    const impatient = new AbortController()
    const given = orders.closed(clientOrderId, impatient.signal)
    impatient.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    await expect(orders.closed(clientOrderId, impatient.signal)).rejects.toThrow('enough')
    told(clientOrderId)
    expect((await settle(clock, ended)).status).toBe('FILLED')
    expect((await orders.closed(clientOrderId, never)).status).toBe('FILLED')
    await expect(orders.closed('nobody', never)).rejects.toMatchObject({ code: 'ORDER_NOT_FOUND' })
  })
})

describe('cancelling', () => {
  it('is recorded as asked for by whoever asked, and confirmed only by the venue', async () => {
    const { broker, rest, orders, clock, order, records } = await scripted()
    const id = await rest('a')
    expect((await settle(clock, orders.cancel(id, trader))).status).toBe('PENDING_CANCEL')
    expect(records.findLast(({ kind }) => kind === 'orderPendingCancel')?.actor).toEqual(trader)
    broker.tell({ kind: 'canceled', clientOrderId: id })
    expect(order(id)?.status).toBe('CANCELED')
    expect((await settle(clock, orders.cancel(id, trader))).status).toBe('CANCELED')
    expect(broker.calls.filter((call) => call === `cancel ${id}`)).toHaveLength(1)
    await expect(orders.cancel('nobody', trader)).rejects.toMatchObject({ code: 'ORDER_NOT_FOUND' })
  })

  it('OL-8 one that comes too late awaits the fill', async () => {
    const { broker, rest, orders, clock, order, fill } = await scripted()
    const id = await rest('a')
    broker.script.cancel.push(refused('too late'))
    fill(id)
    broker.reports.set(id, reportOf(id, { status: 'FILLED', filledQuantity: decimal('1') }))
    expect((await settle(clock, orders.cancel(id, trader))).status).toBe('ACCEPTED')
    await pass(clock, 1_000)
    expect(order(id)?.status).toBe('FILLED')
  })

  it('one that could not be sent is sent again once the venue answers', async () => {
    const { broker, rest, orders, clock, order } = await scripted()
    const id = await rest('a')
    broker.script.cancel.push(noLink)
    broker.script.query.push(noLink, noLink)
    await settle(clock, orders.cancel(id, trader))
    expect(order(id)?.status).toBe('PENDING_CANCEL')
    broker.script.cancel.push(() => {
      broker.reports.set(id, reportOf(id, { status: 'CANCELED' }))
    })
    await pass(clock, 20_000)
    expect(order(id)?.status).toBe('CANCELED')
    expect(broker.calls.filter((call) => call === `cancel ${id}`)).toHaveLength(2)
  })

  it('whose confirmation is lost is found by asking', async () => {
    const { broker, rest, orders, clock, order } = await scripted()
    const id = await rest('a')
    await settle(clock, orders.cancel(id, trader))
    broker.reports.set(id, reportOf(id, { status: 'CANCELED' }))
    await pass(clock, 1_000)
    expect(order(id)?.status).toBe('CANCELED')
  })

  it('is not withheld because it cannot be recorded (AU-1)', async () => {
    const { broker, rest, orders, journal, clock } = await scripted()
    const id = await rest('a')
    await journal.settled()
    breakJournal(journal)
    await settle(clock, orders.cancel(id, trader))
    expect(broker.calls).toContain(`cancel ${id}`)
    orders.stop()
  })
})

describe('OL-6 a change whose answer was lost, when the order ended without all of it', () => {
  /** All that was ordered at first is filled; the venue then ends the order, with these terms in force. */
  async function endedWith(quantity: string) {
    const t = await scripted()
    const id = await t.rest('decision-1')
    t.broker.script.replace.push(noAnswer)
    await settle(t.clock, t.orders.replace(id, { quantity: decimal(3) }, trader, 1))
    t.told(id, '1')
    expect(t.order(id)).toMatchObject({ status: 'PENDING_UPDATE', standing: 'FILLED' })
    const report = { quantity: decimal(quantity), limitPrice: decimal(98), filledQuantity: decimal(1) } as const
    t.broker.reports.set(id, reportOf(id, { ...report, status: 'EXPIRED' }))
    await pass(t.clock, 20_000)
    return { order: t.order(id), told: t.kinds().filter((kind) => kind === 'orderExpired').length }
  }

  it('taken, it expired with what was not filled of the larger quantity', async () => {
    expect(await endedWith('3')).toMatchObject({
      order: { status: 'EXPIRED', quantity: '3', pendingUpdates: [] },
      told: 1,
    })
  })

  it('not taken, it is filled', async () => {
    const { order, told } = await endedWith('1')
    expect(order).toMatchObject({ status: 'FILLED', quantity: '1', pendingUpdates: [] })
    expect(told).toBeLessThanOrEqual(1)
  })
})

describe('a stop', () => {
  async function desk() {
    const made = await scripted()
    made.broker.tell({ kind: 'filled', fill: deskFill({ clientOrderId: 'by-hand', quantity: decimal(5) }) })
    const entry = await made.rest('entry')
    const protection = await made.rest('stop-loss', {
      side: 'sell',
      quantity: decimal(5),
      limitPrice: null,
      stopPrice: decimal(97),
      reduceOnly: true,
    })
    made.broker.calls.length = 0
    return { ...made, entry, protection }
  }

  it('KS-4 level 1 cancels nothing', async () => {
    const { stop, broker, clock, orders } = await desk()
    stop(1)
    await pass(clock, 10_000)
    expect(broker.calls).toEqual([])
    expect(orders.stopProgress()).toMatchObject({ cancelsRequested: 0, stillLive: [], unprotected: [] })
  })

  it('KS-4 level 2 cancels what adds risk and keeps reduce-only protection', async () => {
    const { stop, broker, entry, flush } = await desk()
    stop(2)
    await flush()
    expect(broker.calls).toEqual([`cancel ${entry}`])
  })

  it('KS-4 level 3 cancels everything and names the positions that become unprotected', async () => {
    const { stop, broker, entry, protection, flush, orders } = await desk()
    stop(3)
    await flush()
    expect(broker.calls).toEqual([`cancel ${entry}`, `cancel ${protection}`])
    broker.tell({ kind: 'canceled', clientOrderId: protection })
    expect(orders.stopProgress()).toMatchObject({ unprotected: ['BTC/USDT'], stillLive: [entry] })
  })

  it('KS-15 counts cancels requested, confirmed, failed and unknown, and is all clear only on the word of the venue', async () => {
    const { stop, broker, entry, protection, flush, orders, clock } = await desk()
    broker.script.cancel.push(noAnswer)
    stop(3)
    await flush()
    expect(orders.stopProgress()).toMatchObject({
      cancelsRequested: 2,
      cancelsConfirmed: 0,
      cancelsFailed: 1,
      unknown: 0,
      stillLive: [entry, protection],
    })
    broker.tell({ kind: 'canceled', clientOrderId: protection })
    expect(orders.stopProgress()).toMatchObject({ cancelsRequested: 2, cancelsConfirmed: 1, stillLive: [entry] })
    broker.reports.set(entry, reportOf(entry, { status: 'CANCELED' }))
    await pass(clock, 1_000)
    expect(orders.stopProgress()).toMatchObject({ cancelsConfirmed: 2, cancelsFailed: 0, stillLive: [] })
  })

  it('KS-16 a cancel that is refused is listed as still live and asked for again until it takes', async () => {
    const { stop, broker, entry, clock, orders, order } = await desk()
    broker.script.cancel.push(refused('the market is closed'), refused('the market is closed'))
    stop(2)
    await pass(clock, 700)
    expect(orders.stopProgress()).toMatchObject({ cancelsFailed: 1, stillLive: [entry] })
    broker.script.cancel.push(() => void broker.reports.set(entry, reportOf(entry, { status: 'CANCELED' })))
    await pass(clock, 20_000)
    expect(order(entry)?.status).toBe('CANCELED')
  })

  it('KS-14 an order without an answer becomes UNKNOWN, is cancelled by its id and asked after until it has ended; a late fill is booked', async () => {
    const { broker, orders, stop, clock, order, kinds, fill, book } = await scripted()
    broker.script.submit.push(hangs)
    void orders.submit(intentOf())
    await pass(clock, 1)
    const [id = ''] = book.orders.keys()
    stop(2)
    await pass(clock, 1)
    expect(kinds().slice(-2)).toEqual(['orderUnknown', 'orderPendingCancel'])
    expect(broker.calls).toEqual([`submit ${id}`, `cancel ${id}`])
    expect(orders.stopProgress()).toMatchObject({ unknown: 1, stillLive: [id] })
    // It arrives at last, after its cancel, and is filled in part before the second one.
    fill(id, '0.3')
    broker.reports.set(id, reportOf(id, { status: 'PARTIALLY_FILLED', filledQuantity: decimal('0.3') }))
    broker.script.cancel.push(
      () => void broker.reports.set(id, reportOf(id, { status: 'CANCELED', filledQuantity: decimal('0.3') })),
    )
    await pass(clock, 5_000)
    expect(order(id)).toMatchObject({ status: 'CANCELED', filledQuantity: decimal('0.3') })
    expect(orders.stopProgress()).toMatchObject({ unknown: 0, cancelsConfirmed: 1, stillLive: [] })
    expect(book.positions.get('BTC/USDT')?.quantity).toBe('0.3')
  })

  it('KS-3 asks for the cancels of 200 orders in one turn', async () => {
    const { stop, broker, flush, submit } = await scripted({ limits: { ordersPerMinute: 1_000 } })
    for (let number = 0; number < 200; number++)
      await submit(intentOf({ decisionId: `d${number}`, quantity: decimal('0.2'), limitPrice: decimal(98) }))
    broker.calls.length = 0
    stop(2)
    await flush()
    expect(broker.calls).toHaveLength(200)
  })
})

describe('OL-13 comparing with the venue', () => {
  it('because a person asks, books what was missed and sets the positions beside the venue’s; OL-15 unknown is not flat', async () => {
    const t = await scripted()
    const { clientOrderId } = await t.submit()
    t.broker.script.positions.push(noAnswer)
    expect(await settle(t.clock, t.orders.compare())).toMatchObject({ positions: null, inDoubt: [clientOrderId] })
    t.fill(clientOrderId, '1')
    t.broker.held.push({ instrument: btc.id, quantity: decimal(1) })
    expect(await settle(t.clock, t.orders.compare())).toMatchObject({
      adjusted: [`fill trade-1 of ${clientOrderId}`],
      positions: [{ instrument: btc.id, desk: '1', venue: '1', agrees: true }],
    })
    t.broker.held.pop()
    const { positions } = await settle(t.clock, t.orders.compare())
    expect(positions).toEqual([{ instrument: btc.id, desk: '1', venue: '0', agrees: false }])
  })

  /** A desk that was killed while it had one order in each of these states, and comes back. */
  async function restarted(prepare: (desk: Awaited<ReturnType<typeof scripted>>) => Promise<void>) {
    const before = await scripted()
    await prepare(before)
    before.orders.stop()
    before.broker.calls.length = 0
    const after = orderDesk(before.broker, { journal: before.journal, clock: before.clock })
    await settle(after.clock, after.orders.connect())
    const order = (id: string) => after.book.orders.get(id) ?? after.book.closed.get(id)
    return { ...after, broker: before.broker, order }
  }

  it('books what was filled meanwhile, takes over what was acknowledged, and says what it adjusted', async () => {
    let id = ''
    const { orders, order, clock, records, broker } = await restarted(async ({ broker: venue, submit, fill }) => {
      venue.script.submit.push(noAnswer)
      id = (await submit()).clientOrderId
      fill(id, '0.4')
      venue.reports.set(id, reportOf(id, { status: 'PARTIALLY_FILLED', filledQuantity: decimal('0.4') }))
    })
    await settle(clock, orders.reconcile())
    expect(order(id)).toMatchObject({ status: 'PARTIALLY_FILLED', filledQuantity: decimal('0.4') })
    expect(records.at(-1)).toMatchObject({
      kind: 'ordersReconciled',
      data: { matched: 1, adjusted: [`fill trade-1 of ${id}`] },
    })
    expect(orders.link()).toMatchObject({ connected: true, compared: true })
    await pass(clock, 60_000)
    expect(broker.calls.filter((call) => call.startsWith('query'))).toEqual([])
  })

  it('an order that the venue does not list as open is asked after by its id, and ended as the venue says', async () => {
    let id = ''
    const { orders, order, clock } = await restarted(async ({ broker, rest }) => {
      id = await rest('a')
      broker.reports.set(id, reportOf(id, { status: 'EXPIRED' }))
    })
    await settle(clock, orders.reconcile())
    expect(order(id)?.status).toBe('ACCEPTED')
    await pass(clock, 1_000)
    expect(order(id)?.status).toBe('EXPIRED')
  })

  it('an acknowledged order that the venue does not know any more ends as cancelled, not as never received', async () => {
    let id = ''
    const { orders, order, clock, records } = await restarted(async ({ broker, rest }) => {
      id = await rest('a')
      broker.reports.clear()
    })
    await settle(clock, orders.reconcile())
    await pass(clock, 10_000)
    expect(order(id)?.status).toBe('CANCELED')
    expect(records.at(-1)?.reason).toBe('The venue does not know it any more.')
  })

  it('a cancel that was under way when the desk ended is asked for again', async () => {
    let id = ''
    const { orders, order, clock, broker } = await restarted(async ({ rest, orders: earlier, clock: time }) => {
      id = await rest('a')
      await settle(time, earlier.cancel(id, trader))
    })
    await settle(clock, orders.reconcile())
    broker.script.cancel.push(() => void broker.reports.set(id, reportOf(id, { status: 'CANCELED' })))
    await pass(clock, 5_000)
    expect(order(id)?.status).toBe('CANCELED')
  })

  it('names working orders at the venue that are not ours', async () => {
    const { broker, orders, clock, records } = await scripted()
    broker.reports.set('by-hand', reportOf('by-hand'))
    await settle(clock, orders.reconcile())
    expect(records.at(-1)?.data).toEqual({ matched: 0, adjusted: ['working order by-hand, which is not ours'] })
  })

  it('a failure at the start is told, and tried again until it succeeds', async () => {
    const broker = createScriptedBroker()
    const { orders, clock } = orderDesk(broker)
    broker.script.fills.push(noAnswer, noAnswer)
    await settle(clock, orders.connect())
    await expect(settle(clock, orders.reconcile())).rejects.toMatchObject({ code: 'BROKER_NO_ANSWER' })
    expect(orders.link().compared).toBe(false)
    await pass(clock, 10_000)
    expect(orders.link().compared).toBe(true)
  })

  it('OL-18 finds by itself what the venue never told, every minute, and records only what is news', async () => {
    const { broker, clock, rest, fill, order, journal } = await scripted()
    const id = await rest('decision-1')
    broker.calls.length = 0
    const comparisons = () => journal.read(0, 1_000).filter(({ kind }) => kind === 'ordersReconciled').length
    const before = comparisons()
    await pass(clock, 60_000)
    expect(broker.calls).toEqual(['openOrders', `fills ${clock.now() - 60_000 - 60_000}`])
    expect(comparisons()).toBe(before)
    fill(id)
    broker.reports.set(id, reportOf(id, { status: 'FILLED', filledQuantity: decimal('1') }))
    await pass(clock, 61_000)
    expect(order(id)).toMatchObject({ status: 'FILLED' })
    expect(comparisons()).toBe(before + 1)
  })

  it('what could not be compared for want of a link is compared as soon as there is one', async () => {
    const broker = createScriptedBroker()
    let tell: (event: BrokerEvent) => void = () => {}
    const connect = (listener: (event: BrokerEvent) => void) => {
      tell = listener
      listener({ kind: 'link', connected: false, latencyMs: null })
      return Promise.resolve(() => {})
    }
    const { orders, clock } = orderDesk({ ...broker, connect })
    broker.script.openOrders.push(noLink, noLink)
    await settle(clock, orders.connect())
    await expect(settle(clock, orders.reconcile())).rejects.toMatchObject({ code: 'BROKER_DISCONNECTED' })
    await pass(clock, 60_000)
    expect(orders.link()).toMatchObject({ connected: false, compared: false })
    tell({ kind: 'link', connected: true, latencyMs: 5 })
    await pass(clock, 1_000)
    expect(orders.link()).toMatchObject({ connected: true, compared: true })
  })

  it('after every loss of the link all that happened meanwhile is fetched', async () => {
    const { broker, clock, submit, fill, book, orders } = await scripted()
    const { clientOrderId } = await submit()
    broker.reports.set(clientOrderId, reportOf(clientOrderId, { status: 'FILLED', filledQuantity: decimal('1') }))
    broker.tell({ kind: 'link', connected: false, latencyMs: null })
    expect(orders.link()).toEqual({ connected: false, compared: false, latencyMs: null })
    fill(clientOrderId)
    broker.tell({ kind: 'link', connected: true, latencyMs: 40 })
    await pass(clock, 1)
    expect(orders.link()).toEqual({ connected: true, compared: true, latencyMs: 40 })
    expect(book.closed.get(clientOrderId)?.status).toBe('FILLED')
    expect(broker.calls).toContain(`fills ${startMs - 60_000}`)
  })
})

describe('stopping', () => {
  it('ends all asking', async () => {
    const { broker, submit, orders, clock } = await scripted()
    broker.script.submit.push(noAnswer)
    await submit()
    broker.script.query.push(noAnswer, noAnswer, noAnswer)
    await pass(clock, 2_000)
    orders.stop()
    const asked = broker.calls.length
    await pass(clock, 600_000)
    expect(broker.calls).toHaveLength(asked)
    expect(clock.nextAt()).toBeUndefined()
    expect(orders.link().connected).toBe(false)
  })

  it('leaves no rejection unhandled when the journal fails under it', async () => {
    const unhandled: unknown[] = []
    const listener = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', listener)
    try {
      const { broker, rest, submit, stop, journal, clock, orders } = await scripted()
      await rest('a')
      broker.script.submit.push(noAnswer)
      await submit()
      await journal.settled()
      breakJournal(journal)
      stop(3)
      broker.tell({ kind: 'link', connected: false, latencyMs: null })
      broker.tell({ kind: 'link', connected: true, latencyMs: 1 })
      await pass(clock, 20_000)
      orders.stop()
      await new Promise((resolve) => setImmediate(resolve))
      expect(unhandled.map(String)).toEqual([])
    } finally {
      process.off('unhandledRejection', listener)
    }
  })
})

describe('on the paper broker with everything going wrong', () => {
  const faults: PaperBrokerOptions['faults'] = {
    lostRequest: 0.15,
    lostAcknowledgement: 0.15,
    duplicateFill: 0.4,
    delayedEvent: 0.3,
    disconnectsPerHour: 120,
  }

  it.each([1, 2, 3, 4])('I2, I3, I4: seed %i ends with the orders and positions of the venue', async (seed) => {
    const clock = createVirtualClock(Date.UTC(2026, 5, 1, 9))
    const feed = createSimulatedExchange({ clock, seed })
    const random = createRandom(seed)
    const broker = createPaperBroker({ mode: 'paper', feed, clock, random: random.fork('broker'), faults })
    const desk = orderDesk(broker, { clock, feed, limits: { ordersPerMinute: 1_000 } })
    await settle(clock, desk.orders.connect())
    await settle(clock, desk.orders.reconcile()).catch(() => {})
    for (let number = 0; number < 20; number++) {
      const { last } = feed.quote('BTC/USDT') ?? { last: decimal(1) }
      const intent = intentOf({
        decisionId: `d${number}`,
        quantity: decimal(`${random.int(1, 9)}e-3`),
        timeInForce: random.chance(0.5) ? 'IOC' : 'GTC',
        limitPrice: random.chance(0.3) ? decimal(Math.round(Number(last) * 0.999)) : null,
      })
      void desk.orders.submit(intent)
      await pass(clock, random.int(10, 4_000))
      const [open] = desk.book.orders.keys()
      if (open !== undefined && random.chance(0.2)) void desk.orders.cancel(open, trader)
    }
    desk.stop(3)
    for (let turns = 0; turns < 60 && desk.book.orders.size > 0; turns++) await pass(clock, 10_000)
    await pass(clock, 60_000)
    const venue = await askUntilAnswered(clock, () => broker.fills(0))
    expect([...desk.book.orders.values()].filter(({ status }) => !isClosed(status))).toEqual([])
    expect(absolute(desk.book.positions.get('BTC/USDT')?.quantity ?? decimal(0))).toBe(
      sum(venue.map(({ quantity }) => quantity)),
    )
    expect(desk.records.filter(({ kind }) => kind === 'orderFilled')).toHaveLength(venue.length)
    desk.orders.stop()
  })

  async function askUntilAnswered<T>(clock: ReturnType<typeof createVirtualClock>, ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await settle(clock, ask())
      } catch {
        await pass(clock, 1_000)
      }
    }
  }
})
