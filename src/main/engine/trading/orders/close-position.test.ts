import { describe, expect, it } from 'vitest'
import { decimal } from '#shared/lib/decimal.ts'
import { intentOf, orderDesk, reportOf, trader } from '#test/builders/order-desk.ts'
import { btc, deskFill } from '#test/builders/orders.ts'
import { settle } from '#test/builders/virtual-time.ts'
import { createScriptedBroker } from '#test/fakes/scripted-broker.ts'
import { type CloseWish, closePosition } from './close-position.ts'

/** No entry here has a stop or a target. */
const protection = { standDown: () => Promise.resolve(() => {}) }

/** A desk on a scripted broker that holds 1 BTC. */
async function holding() {
  const broker = createScriptedBroker()
  const desk = orderDesk(broker)
  await settle(desk.clock, desk.orders.connect())
  await settle(desk.clock, desk.orders.reconcile())
  const bought = await settle(desk.clock, desk.orders.submit(intentOf()))
  broker.tell({ kind: 'filled', fill: deskFill({ clientOrderId: bought.clientOrderId, at: desk.clock.now() }) })
  broker.calls.length = 0
  const ask = (wish: Partial<CloseWish> = {}) =>
    closePosition(
      { ...desk, protection },
      { key: 'wish-1', instrument: btc.id, by: trader, reason: 'I have seen enough', ...wish },
    )
  const close = (wish?: Partial<CloseWish>) => settle(desk.clock, ask(wish))
  /** A limit order that rests and only reduces. */
  async function protect(decisionId: string, quantity = '1'): Promise<string> {
    const exit = { side: 'sell', reduceOnly: true, limitPrice: decimal(104), quantity: decimal(quantity) } as const
    const { clientOrderId } = await settle(desk.clock, desk.orders.submit(intentOf({ decisionId, ...exit })))
    broker.reports.set(clientOrderId, reportOf(clientOrderId))
    broker.tell({ kind: 'accepted', clientOrderId, venueOrderId: `venue-${clientOrderId}` })
    return clientOrderId
  }
  const sent = () => broker.calls.filter((call) => call.startsWith('submit'))
  return { ...desk, broker, ask, close, protect, sent }
}

describe('HO-8 closing by hand', () => {
  it('sends a reduce-only market order for the whole position; KS-6 says who gave it and why', async () => {
    const desk = await holding()
    const order = await desk.close()
    expect(order).toMatchObject({ side: 'sell', quantity: '1', type: 'MARKET', reduceOnly: true, status: 'SUBMITTED' })
    expect(order).toMatchObject({ by: 'trader', runId: null, decisionId: 'wish-1' })
    const record = desk.records.findLast(({ kind }) => kind === 'orderInitialized')
    expect(record).toMatchObject({ actor: trader, reason: 'I have seen enough' })
    expect(desk.sent()).toHaveLength(1)
  })

  it('OL-1 the same key is sent once; another part is another order, and KS-21 both never pass zero', async () => {
    const desk = await holding()
    const first = await desk.close({ quantity: decimal('0.6') })
    expect((await desk.close({ quantity: decimal('0.6') })).clientOrderId).toBe(first.clientOrderId)
    expect(await desk.close({ key: 'wish-2', quantity: decimal('0.4') })).toMatchObject({ status: 'SUBMITTED' })
    await expect(desk.ask({ key: 'wish-3', quantity: decimal('0.1') })).rejects.toMatchObject({
      code: 'EXIT_ALREADY_WORKING',
    })
    expect(desk.sent()).toHaveLength(2)
  })

  it('KS-2 is refused while halted, with the reason and the way out, and KS-21 allowed in REDUCING', async () => {
    const desk = await holding()
    desk.stop(2)
    await expect(desk.ask()).rejects.toMatchObject({
      code: 'TRADING_HALTED',
      message: expect.stringContaining('drill'),
      wayOut: expect.stringContaining('REDUCING'),
    })
    desk.latch.change({ state: 'REDUCING', by: trader, reason: 'by hand' })
    expect(await desk.close()).toMatchObject({ status: 'SUBMITTED' })
  })

  it('refuses what is not held, and more than is held', async () => {
    const desk = await holding()
    await expect(desk.ask({ instrument: 'ETH/USDT' })).rejects.toMatchObject({ code: 'POSITION_NOT_FOUND' })
    await expect(desk.ask({ quantity: decimal('1.001') })).rejects.toMatchObject({ code: 'CLOSE_TOO_LARGE' })
    expect(await desk.close({ quantity: decimal('0.0005') })).toMatchObject({
      status: 'DENIED',
      reason: expect.stringContaining('QUANTITY_NOT_ON_STEP'),
    })
    expect(desk.sent()).toEqual([])
  })

  it('of the whole cancels what protects the position first; of a part leaves it, or refuses', async () => {
    const desk = await holding()
    const exit = await desk.protect('exit-1', '0.7')
    expect(await desk.close({ quantity: decimal('0.3') })).toMatchObject({ status: 'SUBMITTED' })
    desk.broker.tell({ kind: 'canceled', clientOrderId: [...desk.book.orders.keys()].at(-1) ?? '' })
    await expect(desk.ask({ key: 'wish-2', quantity: decimal('0.5') })).rejects.toMatchObject({
      code: 'EXIT_ALREADY_WORKING',
      details: { working: '0.7', orders: [exit] },
    })
    const whole = desk.ask({ key: 'wish-3' })
    await settle(desk.clock, Promise.resolve())
    desk.broker.tell({ kind: 'canceled', clientOrderId: exit })
    expect(await settle(desk.clock, whole)).toMatchObject({ quantity: '1', status: 'SUBMITTED' })
  })

  it('sends nothing while a cancel is not confirmed, and says that it may be tried again', async () => {
    const desk = await holding()
    await desk.protect('exit-1')
    const before = desk.sent().length
    await expect(desk.close()).rejects.toMatchObject({ code: 'CANCEL_NOT_CONFIRMED', retry: 'retryable' })
    expect(desk.sent()).toHaveLength(before)
  })

  it('KS-12 a stop while the cancels are under way denies it', async () => {
    const desk = await holding()
    const exit = await desk.protect('exit-1')
    const asked = desk.ask()
    desk.stop(1)
    desk.broker.tell({ kind: 'canceled', clientOrderId: exit })
    expect(await settle(desk.clock, asked)).toMatchObject({
      status: 'DENIED',
      reason: expect.stringContaining('TRADING_HALTED'),
    })
  })
})
