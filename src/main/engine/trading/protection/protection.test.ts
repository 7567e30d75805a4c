import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BrokerCapabilities } from '#engine/ports/broker.ts'
import { closePosition } from '#engine/trading/orders/close-position.ts'
import { workingQuantity } from '#engine/trading/orders/working.ts'
import { applyToBook, emptyBook } from '#engine/trading/positions/book.ts'
import { sleep } from '#shared/lib/clock.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import { compare, decimal, minimum, subtract, sum, ZERO } from '#shared/lib/decimal.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { intentOf, orderDesk, quietFeed, trader } from '#test/builders/order-desk.ts'
import { btc, deskFill, deskOrder } from '#test/builders/orders.ts'
import { parentOf } from '#test/builders/parent-orders.ts'
import { pass, settle } from '#test/conformance/settle.ts'
import { createScriptedBroker, refused, scriptedCapabilities } from '#test/fakes/scripted-broker.ts'
import { exitsOf } from './brackets.ts'
import { bracketDuties, type ExitRules } from './exit-duties.ts'
import { createProtection } from './protection.ts'

/** Rules of a market where no target is offered, and nothing steps aside. */
const rulesOf = (capabilities: Partial<BrokerCapabilities> = {}): ExitRules => ({
  capabilities: { ...scriptedCapabilities, ...capabilities },
  stepAside: () => false,
  isTargetOffered: () => false,
  isTooSmall: () => false,
})

const exits = { stopPrice: decimal(95), targetPrice: decimal(110) }

/** A desk with an entry of 1 sent, and a broker that acknowledges all that it is sent. */
async function bracketed(capabilities = {}) {
  const broker = createScriptedBroker()
  const able = { ...broker, capabilities: { ...scriptedCapabilities, ...capabilities } }
  const submit = broker.submit.bind(broker)
  const arrived = new Set<string>()
  const acknowledging = {
    ...able,
    submit: async (order: Parameters<typeof submit>[0]) => {
      await submit(order)
      arrived.add(order.clientOrderId)
      broker.tell({ kind: 'accepted', clientOrderId: order.clientOrderId, venueOrderId: `v-${order.clientOrderId}` })
    },
    cancel: async (clientOrderId: string) => {
      await broker.cancel(clientOrderId)
      if (!arrived.has(clientOrderId)) refused('never heard of it')()
      broker.tell({ kind: 'canceled', clientOrderId })
    },
    replace: async (clientOrderId: string, change: { quantity?: Decimal | undefined }) => {
      await broker.replace(clientOrderId, change)
      const order = desk.book.orders.get(clientOrderId)
      if (order === undefined) return
      const { quantity, limitPrice, stopPrice } = { ...order, ...change } as typeof order
      broker.tell({ kind: 'updated', clientOrderId, quantity, limitPrice, stopPrice })
    },
  }
  const clock = createVirtualClock(1_700_000_000_000)
  let last = decimal(100)
  const feed = quietFeed(clock)
  const desk = orderDesk(acknowledging, { clock, feed, limits: { ordersPerMinute: 100 } })
  await desk.orders.connect()
  await desk.orders.reconcile()
  const protect = () =>
    createProtection({
      journal: desk.journal,
      book: desk.book,
      orders: desk.orders,
      latch: desk.latch,
      capabilities: acknowledging.capabilities,
      quote: (id) => ({ instrument: id, bid: last, ask: last, last, at: clock.now() }),
      instrument: () => btc,
      clock,
    })
  const protection = protect()
  protection.start()
  const entry = await desk.orders.submit(intentOf({ exits }))
  let trades = 0
  const fill = async (clientOrderId: string, quantity: string, price = '100') => {
    const side = desk.orders.get(clientOrderId).side
    const given = {
      clientOrderId,
      side,
      quantity: decimal(quantity),
      price: decimal(price),
      tradeId: `t${++trades}`,
    } as const
    broker.tell({ kind: 'filled', fill: deskFill(given) })
    await pass(clock, 100)
  }
  const working = () =>
    [...desk.book.orders.values()]
      .filter(({ contingency }) => contingency?.kind === 'OCO')
      .map(({ type, quantity, stopPrice, limitPrice }) => `${type} ${quantity} ${stopPrice ?? limitPrice ?? ''}`.trim())
  const exitOf = (leg: string) =>
    [...desk.book.orders.values()].find(({ contingency }) => contingency?.kind === 'OCO' && contingency.leg === leg)
      ?.clientOrderId ?? ''
  const move = (price: string) => {
    last = decimal(price)
  }
  return { ...desk, broker, entry, protection, protect, fill, working, exitOf, move }
}

describe('what protects an entry', () => {
  it('a stop and a target follow what is filled of it, and name each other', async () => {
    const t = await bracketed()
    expect(t.working()).toEqual([])
    await t.fill(t.entry.clientOrderId, '0.4')
    expect(t.working()).toEqual(['STOP_MARKET 0.4 95', 'LIMIT 0.4 110'])
    await t.fill(t.entry.clientOrderId, '0.6')
    expect(t.working()).toEqual(['STOP_MARKET 1 95', 'LIMIT 1 110'])
    expect(t.broker.calls.filter((call) => call.startsWith('submit'))).toHaveLength(3)
    const [stop, target] = [t.exitOf('stop'), t.exitOf('target')]
    expect(t.entry.contingency).toMatchObject({ kind: 'OTO', linkedIds: [stop, target] })
    expect(t.book.orders.get(stop)?.contingency).toMatchObject({ linkedIds: [target] })
    expect(t.book.orders.get(target)).toMatchObject({
      reduceOnly: true,
      decisionId: t.entry.decisionId,
      runId: t.entry.runId,
    })
  })

  it('where the venue cannot change an order, what is missing is put beside it, and what stands stays', async () => {
    const t = await bracketed({ replace: false })
    await t.fill(t.entry.clientOrderId, '0.4')
    await t.fill(t.entry.clientOrderId, '0.6')
    await pass(t.clock, 1_000)
    expect(t.working()).toEqual(['STOP_MARKET 0.4 95', 'LIMIT 0.4 110', 'STOP_MARKET 0.6 95', 'LIMIT 0.6 110'])
    expect(t.broker.calls.filter((call) => /^(cancel|replace)/.test(call))).toEqual([])
  })

  it('where the venue cannot change an order, a fourth joins the smallest: the others protect meanwhile', async () => {
    const t = await bracketed({ replace: false })
    const stops = () => t.working().filter((exit) => exit.startsWith('STOP'))
    for (const part of ['0.3', '0.15', '0.2', '0.35']) await t.fill(t.entry.clientOrderId, part)
    await pass(t.clock, 1_000)
    expect(stops()).toEqual(['STOP_MARKET 0.3 95', 'STOP_MARKET 0.2 95', 'STOP_MARKET 0.5 95'])
    expect(t.broker.calls.filter((call) => call.startsWith('cancel'))).toHaveLength(2)
  })

  it('where the venue cannot change an order, what it would not take by itself joins the smallest at once', async () => {
    const t = await bracketed({ replace: false })
    await t.fill(t.entry.clientOrderId, '0.5')
    await t.fill(t.entry.clientOrderId, '0.05')
    await pass(t.clock, 1_000)
    expect(t.working()).toEqual(['STOP_MARKET 0.55 95', 'LIMIT 0.55 110'])
  })

  it('what one of them fills is taken off the other, and the end of one is the end of both', async () => {
    const t = await bracketed()
    await t.fill(t.entry.clientOrderId, '1')
    await t.fill(t.exitOf('target'), '0.3', '110')
    expect(t.working()).toEqual(['STOP_MARKET 0.7 95', 'LIMIT 1 110'])
    await t.fill(t.exitOf('stop'), '0.7', '95')
    await pass(t.clock, 1_000)
    expect(t.working()).toEqual([])
    expect(t.book.positions.get(btc.id)?.quantity).toBe('0')
    expect(t.book.brackets.size).toBe(0)
  })

  it('an exit that is refused is sent again under another id, in time', async () => {
    const t = await bracketed()
    t.broker.script.submit.push(refused('not now'), refused('not now'))
    await t.fill(t.entry.clientOrderId, '1')
    expect(t.working()).toEqual([])
    await pass(t.clock, 5_000)
    expect(t.working().sort()).toEqual(['LIMIT 1 110', 'STOP_MARKET 1 95'])
  })

  it('a stop whose price has been passed is a market order', async () => {
    const t = await bracketed()
    t.move('94')
    await t.fill(t.entry.clientOrderId, '1')
    expect(t.working()).toEqual(['MARKET 1', 'LIMIT 1 110'])
  })

  it('an exit that the trader cancels stays away; the other stays', async () => {
    const t = await bracketed()
    await t.fill(t.entry.clientOrderId, '1')
    await t.orders.cancel(t.exitOf('stop'), trader)
    await pass(t.clock, 30_000)
    expect(t.working()).toEqual(['LIMIT 1 110'])
  })

  it('a stop that was moved by hand comes back where it was moved to', async () => {
    const t = await bracketed()
    await t.fill(t.entry.clientOrderId, '1')
    await t.orders.replace(t.exitOf('stop'), { stopPrice: decimal(97) }, trader, 1)
    await t.orders.replace(t.exitOf('target'), { limitPrice: decimal(120) }, trader, 1)
    const release = await settle(t.clock, t.protection.standDown(btc.id, new AbortController().signal))
    release()
    await pass(t.clock, 100)
    expect(t.working()).toEqual(['STOP_MARKET 1 97', 'LIMIT 1 120'])
  })

  it('KS-2 a halted desk sends none, and KS-4 level 2 keeps those that there are', async () => {
    const t = await bracketed()
    await t.fill(t.entry.clientOrderId, '0.5')
    t.stop(2)
    await pass(t.clock, 5_000)
    expect(t.working()).toEqual(['STOP_MARKET 0.5 95', 'LIMIT 0.5 110'])
    await t.fill(t.entry.clientOrderId, '0.5')
    await pass(t.clock, 5_000)
    expect(t.working()).toEqual(['STOP_MARKET 0.5 95', 'LIMIT 0.5 110'])
  })

  it('stands down for another way out, and comes back for what is left', async () => {
    const t = await bracketed()
    await t.fill(t.entry.clientOrderId, '1')
    const release = await settle(t.clock, t.protection.standDown(btc.id, new AbortController().signal))
    expect(t.working()).toEqual([])
    const close = intentOf({ side: 'sell', quantity: decimal('0.6'), reduceOnly: true, decisionId: 'decision-2' })
    const sale = await t.orders.submit(close)
    expect(sale.status).not.toBe('DENIED')
    await t.fill(sale.clientOrderId, '0.6')
    await pass(t.clock, 5_000)
    expect(t.working()).toEqual([])
    release()
    await pass(t.clock, 100)
    expect(t.working()).toEqual(['STOP_MARKET 0.4 95', 'LIMIT 0.4 110'])
  })

  it('HO-8 steps aside when a part is closed by hand, and protects what is left', async () => {
    const t = await bracketed()
    await t.fill(t.entry.clientOrderId, '1')
    const reason = 'Half of it is enough'
    const wish = { key: 'by-hand-1', instrument: btc.id, quantity: decimal('0.6'), by: trader, reason }
    const sale = await settle(t.clock, closePosition(t, wish))
    expect(sale).toMatchObject({ side: 'sell', reduceOnly: true, status: 'ACCEPTED' })
    expect(t.working()).toEqual([])
    await t.fill(sale.clientOrderId, '0.6')
    expect(t.working()).toEqual(['STOP_MARKET 0.4 95', 'LIMIT 0.4 110'])
  })

  it('HO-8 steps aside too where an exit is on its way to the venue while a part is closed', async () => {
    const t = await bracketed()
    const slowly = () => sleep(t.clock, 300)
    t.broker.script.submit.push(slowly, slowly)
    await t.fill(t.entry.clientOrderId, '1')
    expect([...t.book.orders.values()].map(({ status }) => status)).toEqual(['SUBMITTED', 'SUBMITTED'])
    const wish = { key: 'by-hand-1', instrument: btc.id, quantity: decimal('0.6'), by: trader, reason: 'Enough' }
    const sale = await settle(t.clock, closePosition(t, wish))
    expect(sale).toMatchObject({ status: 'ACCEPTED', quantity: '0.6' })
    await t.fill(sale.clientOrderId, '0.6')
    expect(t.working()).toEqual(['STOP_MARKET 0.4 95', 'LIMIT 0.4 110'])
  })

  it('a cancel that the venue refuses is sent again until the exit has ended, and not all the time', async () => {
    const t = await bracketed()
    await t.fill(t.entry.clientOrderId, '1')
    t.broker.script.cancel.push(refused('busy'), refused('busy'))
    const release = await settle(t.clock, t.protection.standDown(btc.id, new AbortController().signal))
    expect(t.working()).toEqual([])
    expect(t.broker.calls.filter((call) => call.startsWith('cancel'))).toHaveLength(4)
    release()
  })

  it('survives a restart: what is there stays, what is missing is sent', async () => {
    const t = await bracketed()
    await t.fill(t.entry.clientOrderId, '1')
    t.broker.tell({ kind: 'canceled', clientOrderId: t.exitOf('target') })
    await t.journal.settled()
    t.orders.stop()
    const book = emptyBook()
    t.journal.replay(0, (record) => applyToBook(book, record, record.at))
    const duties = bracketDuties(book, rulesOf())
    expect(duties).toMatchObject([{ kind: 'place', leg: 'target', quantity: '1', bracket: { made: { target: 1 } } }])
  })
})

describe('where the venue holds what is for sale', () => {
  const holding = () => bracketed({ holdsForSale: true, replace: false })

  it('the stop rests alone, and grows with the entry', async () => {
    const t = await holding()
    await t.fill(t.entry.clientOrderId, '0.4')
    expect(t.working()).toEqual(['STOP_MARKET 0.4 95'])
    await t.fill(t.entry.clientOrderId, '0.6')
    await pass(t.clock, 2_000)
    expect(t.working()).toEqual(['STOP_MARKET 0.4 95', 'STOP_MARKET 0.6 95'])
    t.move('110')
    await pass(t.clock, 2_000)
    expect(t.working()).toEqual(['LIMIT 1 110'])
  })

  it('it makes way for the target once that is offered, which is taken at once or not at all', async () => {
    const t = await holding()
    await t.fill(t.entry.clientOrderId, '1')
    t.move('110')
    await pass(t.clock, 2_000)
    expect(t.working()).toEqual(['LIMIT 1 110'])
    const target = t.book.orders.get(t.exitOf('target'))
    expect(target).toMatchObject({ timeInForce: 'IOC', reduceOnly: true })
    await t.fill(t.exitOf('target'), '1', '110')
    await pass(t.clock, 2_000)
    expect(t.working()).toEqual([])
    expect(t.book.brackets.size).toBe(0)
  })

  it('a target that nobody takes gives its place back to the stop, and is tried again in time', async () => {
    const t = await holding()
    await t.fill(t.entry.clientOrderId, '1')
    t.move('110')
    await pass(t.clock, 1_000)
    t.broker.tell({ kind: 'expired', clientOrderId: t.exitOf('target') })
    await pass(t.clock, 500)
    expect(t.working()).toEqual(['STOP_MARKET 1 95'])
    await pass(t.clock, 2_000)
    expect(t.working()).toEqual(['LIMIT 1 110'])
    t.broker.tell({ kind: 'expired', clientOrderId: t.exitOf('target') })
    t.move('109')
    await pass(t.clock, 10_000)
    expect(t.working()).toEqual(['STOP_MARKET 1 95'])
  })

  it('KS-2 the stop of a halted desk stays where it is, whatever is offered', async () => {
    const t = await holding()
    await t.fill(t.entry.clientOrderId, '1')
    t.stop(2)
    t.move('110')
    await pass(t.clock, 5_000)
    expect(t.working()).toEqual(['STOP_MARKET 1 95'])
  })

  it('a target whose stop the trader took away rests in its place', async () => {
    const t = await holding()
    await t.fill(t.entry.clientOrderId, '1')
    await t.orders.cancel(t.exitOf('stop'), trader)
    await pass(t.clock, 2_000)
    expect(t.working()).toEqual(['LIMIT 1 110'])
    expect(t.book.orders.get(t.exitOf('target'))?.timeInForce).toBe('GTC')
  })
})

describe('an order that is carried out in parts', () => {
  const part = (index: number) =>
    intentOf({ exits, quantity: decimal('0.5'), timeInForce: 'IOC', sliceOf: { parentId: 'parent-1', index } })

  /** The book of a desk with a parent order of 4 under way. */
  async function inParts(capabilities = {}) {
    const t = await bracketed(capabilities)
    const parent = parentOf({ exits })
    const by = { kind: 'system', id: 'executions' } as const
    await t.journal.append({ kind: 'parentOrderStarted', data: { parent }, actor: by })
    const filledPart = async (index: number) => {
      const { clientOrderId } = await t.orders.submit(part(index))
      await t.fill(clientOrderId, '0.5')
      return clientOrderId
    }
    const end = () =>
      t.journal.append({
        kind: 'parentOrderEnded',
        data: { parentId: parent.id, status: 'filled', reason: 'All of it is filled.', market: null },
        actor: by,
      })
    return { ...t, filledPart, end }
  }

  it('has one stop and one target for all of them, changed with each fill and never taken away', async () => {
    const t = await inParts()
    for (const index of [0, 1, 2]) await t.filledPart(index)
    expect(t.working()).toEqual(['STOP_MARKET 1.5 95', 'LIMIT 1.5 110'])
    expect(t.broker.calls.some((call) => call.startsWith('cancel'))).toBe(false)
    expect(t.book.brackets.get('parent-1')).toMatchObject({ filled: '1.5', made: { stop: 1, target: 1 } })
    await t.end()
    await t.fill(t.exitOf('stop'), '1.5', '95')
    await pass(t.clock, 1_000)
    expect(t.working()).toEqual([])
    expect(t.book.brackets.size).toBe(0)
  })

  it('what its stop has closed is not protected again, and what is filled after that is', async () => {
    const t = await inParts()
    await t.filledPart(0)
    await t.fill(t.exitOf('stop'), '0.5', '95')
    await pass(t.clock, 1_000)
    expect(t.working()).toEqual([])
    await t.filledPart(1)
    expect(t.working()).toEqual(['STOP_MARKET 0.5 95', 'LIMIT 0.5 110'])
  })

  it('a stop that the trader takes away or moves is that of all the parts, those to come too', async () => {
    const t = await inParts()
    await t.filledPart(0)
    await t.orders.replace(t.exitOf('target'), { limitPrice: decimal(120) }, trader, 1)
    await t.orders.cancel(t.exitOf('stop'), trader)
    await t.filledPart(1)
    await pass(t.clock, 10_000)
    expect(t.working()).toEqual(['LIMIT 1 120'])
  })

  it('KS-4 a stop of level 2 leaves the pair as it is; a fill that comes after it waits for the desk', async () => {
    const t = await inParts()
    await t.filledPart(0)
    const late = await t.orders.submit(part(1))
    t.stop(2)
    await t.fill(late.clientOrderId, '0.5')
    await pass(t.clock, 5_000)
    expect(t.working()).toEqual(['STOP_MARKET 0.5 95', 'LIMIT 0.5 110'])
    t.latch.change({ state: 'ACTIVE', by: trader, reason: 'go on' })
    await pass(t.clock, 2_000)
    expect(t.working()).toEqual(['STOP_MARKET 1 95', 'LIMIT 1 110'])
  })

  it('survives a crash at every record: what is missing is made up from the journal alone', async () => {
    const t = await inParts()
    for (const index of [0, 1]) await t.filledPart(index)
    await t.journal.settled()
    const book = emptyBook()
    t.journal.replay(0, (record) => {
      applyToBook(book, record, record.at)
      const bracket = book.brackets.get('parent-1')
      const held = book.positions.get(btc.id)?.quantity ?? ZERO
      expect(bracket?.filled ?? ZERO).toBe(held)
      for (const duty of bracketDuties(book, rulesOf()))
        expect(duty).toMatchObject({ bracket: { parentId: 'parent-1' }, quantity: held })
    })
    expect(bracketDuties(book, rulesOf())).toEqual([])
  })

  it('parts of earlier versions, which name no parent, keep a pair each', () => {
    const book = emptyBook()
    const contingency = { kind: 'OTO', ...exits, linkedIds: [] } as const
    for (const clientOrderId of ['a', 'b']) {
      const order = deskOrder({ clientOrderId, contingency, sliceOf: { parentId: 'parent-1', index: 0 } })
      applyToBook(book, { kind: 'orderInitialized', data: { order } }, 0)
      applyToBook(book, { kind: 'orderFilled', data: { fill: deskFill({ clientOrderId, tradeId: clientOrderId }) } }, 0)
    }
    expect([...book.brackets.keys()]).toEqual(['a', 'b'])
  })
})

describe('KS-21 whatever happens to entries, exits and positions', () => {
  const step = fc.record({
    entry: fc.nat(2),
    what: fc.constantFrom('fill', 'exit', 'sell', 'duties', 'duties', 'duties'),
    thousandths: fc.integer({ min: 1, max: 1_000 }),
    leg: fc.constantFrom('stop' as const, 'target' as const),
  })

  it('carried out, the duties leave exits that cover what is open and no more than is held, and then there are none', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), fc.boolean(), (steps, replace, areParts) => {
        const book = emptyBook()
        const rules = rulesOf({ replace })
        let trades = 0
        const tell = (event: Parameters<typeof applyToBook>[1]) => applyToBook(book, event, 0)
        const fill = (clientOrderId: string, side: 'buy' | 'sell', quantity: Decimal) =>
          tell({
            kind: 'orderFilled',
            data: { fill: deskFill({ clientOrderId, side, quantity, tradeId: `${++trades}` }) },
          })
        const parentIdOf = (entry: number) => (areParts && entry > 0 ? 'parent-1' : `e${entry}`)
        for (const number of [0, 1, 2]) {
          const whole = areParts && number > 0 ? { parentId: parentIdOf(number) } : {}
          const contingency = { kind: 'OTO', ...exits, ...whole, linkedIds: [] } as const
          tell({ kind: 'orderInitialized', data: { order: deskOrder({ clientOrderId: `e${number}`, contingency }) } })
          tell({ kind: 'orderSubmitted', data: { clientOrderId: `e${number}` } })
        }
        const carryOut = () => {
          for (const duty of bracketDuties(book, rules)) {
            const { bracket, leg } = duty
            if (duty.kind === 'cancel')
              tell({ kind: 'orderCanceled', data: { clientOrderId: duty.exit.clientOrderId } })
            else if (duty.kind === 'resize') {
              const { clientOrderId, limitPrice, stopPrice } = duty.exit
              tell({ kind: 'orderUpdated', data: { clientOrderId, quantity: duty.quantity, limitPrice, stopPrice } })
            } else {
              const clientOrderId = `${bracket.parentId}-${leg}-${bracket.made[leg]}`
              const contingency = {
                kind: 'OCO',
                parentId: bracket.parentId,
                leg,
                number: bracket.made[leg],
                linkedIds: [],
              } as const
              const order = deskOrder({
                clientOrderId,
                side: 'sell',
                reduceOnly: true,
                quantity: duty.quantity,
                contingency,
              })
              tell({ kind: 'orderInitialized', data: { order } })
              tell({ kind: 'orderSubmitted', data: { clientOrderId } })
              tell({ kind: 'orderAccepted', data: { clientOrderId, venueOrderId: 'v' } })
            }
            const { parentId, filled, exited } = bracket
            const ofThese = workingQuantity(exitsOf(book, parentId, leg))
            if (duty.kind !== 'cancel') expect(compare(ofThese, subtract(filled, exited))).toBeLessThanOrEqual(0)
            expect(exitsOf(book, parentId, leg).length).toBeLessThanOrEqual(replace ? 1 : 3)
          }
        }
        for (const { entry, what, thousandths, leg } of steps) {
          const held = book.positions.get(btc.id)?.quantity ?? ZERO
          const some = decimal(`${thousandths}e-3`)
          const order = book.orders.get(`e${entry}`)
          if (what === 'fill' && order !== undefined) fill(`e${entry}`, 'buy', some)
          if (what === 'sell' && compare(held, ZERO) > 0) fill('by hand', 'sell', minimum(some, held))
          if (what === 'exit') {
            const exit = [...book.orders.values()].find(
              ({ contingency }) =>
                contingency?.kind === 'OCO' && contingency.parentId === parentIdOf(entry) && contingency.leg === leg,
            )
            const most = exit === undefined ? ZERO : minimum(minimum(some, workingQuantity([exit])), held)
            if (exit !== undefined && compare(most, ZERO) > 0) fill(exit.clientOrderId, 'sell', most)
          }
          if (what === 'duties') carryOut()
        }
        for (let round = 0; round < 5; round++) carryOut()
        expect(bracketDuties(book, rules)).toEqual([])
        const held = book.positions.get(btc.id)?.quantity ?? ZERO
        const open = sum(
          [...book.brackets.values()].map(({ filled, exited }) =>
            decimal(Math.max(0, Number(filled) * 1_000 - Number(exited) * 1_000).toFixed(0)),
          ),
        )
        const working = (leg: string) =>
          workingQuantity(
            [...book.orders.values()].filter(
              ({ contingency }) => contingency?.kind === 'OCO' && contingency.leg === leg,
            ),
          )
        for (const leg of ['stop', 'target']) {
          expect(compare(working(leg), held)).toBeLessThanOrEqual(0)
          expect(Number(working(leg))).toBeCloseTo(Math.min(Number(open) / 1_000, Number(held)), 9)
        }
      }),
    )
  })
})
