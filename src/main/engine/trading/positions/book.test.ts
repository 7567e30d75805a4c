import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leavesQuantity } from '#engine/trading/orders/working.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import { isClosed } from '#shared/domain/order.ts'
import { add, decimal, sum } from '#shared/lib/decimal.ts'
import { deskEntry } from '#test/builders/events.ts'
import { btc, deskFill, deskOrder } from '#test/builders/orders.ts'
import { applyToBook, bookFromJson, bookToJson, emptyBook, equity, type TradingBook } from './book.ts'
import { cashChange, signedQuantity, unrealised } from './positions.ts'

type Happened = readonly [DeskEvent, number]

function fold(events: readonly Happened[], book = emptyBook()): TradingBook {
  for (const [event, at] of events) applyToBook(book, event, at)
  return book
}

const opened: DeskEvent = { kind: 'accountOpened', data: { account: 'paper', currency: 'USDT', cash: decimal(1_000) } }
const begun = (given: Parameters<typeof deskOrder>[0] = {}): DeskEvent => ({
  kind: 'orderInitialized',
  data: { order: deskOrder(given) },
})
const submitted = (clientOrderId = 'order-1'): DeskEvent => ({ kind: 'orderSubmitted', data: { clientOrderId } })
const canceled = (clientOrderId = 'order-1'): DeskEvent => ({ kind: 'orderCanceled', data: { clientOrderId } })
const filled = (given: Parameters<typeof deskFill>[0] = {}): DeskEvent => ({
  kind: 'orderFilled',
  data: { fill: deskFill(given) },
})

/** Records as a journal could hold them: no order twice. */
const history = fc
  .array(fc.tuple(deskEntry, fc.integer({ min: 0, max: 200_000 })), { maxLength: 60 })
  .map((entries) => {
    const seen = new Set<string>()
    return entries.filter(([event]) => {
      if (event.kind !== 'orderInitialized') return true
      const { clientOrderId } = event.data.order
      return !seen.has(clientOrderId) && seen.add(clientOrderId)
    })
  })

describe('the book', () => {
  it('I12 folding the same records gives the same book, through a snapshot anywhere too', () => {
    fc.assert(
      fc.property(history, fc.nat(), (records, cut) => {
        const whole = fold(records)
        const at = records.length === 0 ? 0 : cut % records.length
        const first = fold(records.slice(0, at))
        const resumed = bookFromJson(JSON.parse(JSON.stringify(bookToJson(first))))
        expect(resumed).toEqual(first)
        expect(fold(records.slice(at), resumed)).toEqual(whole)
      }),
    )
  })

  it('I4 its positions and cash are the sums of the fills, and no order is both open and closed', () => {
    fc.assert(
      fc.property(history, (all) => {
        const records = all.filter(([{ kind }]) => kind !== 'orderFillBusted')
        const book = fold(records)
        const fills = records.flatMap(([event]) => (event.kind === 'orderFilled' ? [event.data.fill] : []))
        expect(book.cash).toBe(sum(fills.map(cashChange)))
        for (const [instrument, { quantity }] of book.positions) {
          expect(quantity).toBe(sum(fills.filter((fill) => fill.instrument === instrument).map(signedQuantity)))
        }
        for (const order of book.orders.values()) expect(isClosed(order.status)).toBe(false)
        for (const order of book.closed.values()) expect(isClosed(order.status)).toBe(true)
        expect([...book.orders.keys()].filter((id) => book.closed.has(id))).toEqual([])
      }),
    )
  })

  it('OL-5 a trade that is undone leaves quantity, cash, fees and equity as if it had never been', () => {
    const trade = fc.record({
      side: fc.constantFrom('buy' as const, 'sell' as const),
      quantity: fc.integer({ min: 1, max: 9 }).map(decimal),
      price: fc.integer({ min: 90, max: 110 }).map(decimal),
      fee: fc.integer({ min: 0, max: 2 }).map(decimal),
    })
    fc.assert(
      fc.property(
        fc.array(trade, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.option(trade),
        (trades, pick, instead) => {
          const fills = trades.map((given, index) => deskFill({ ...given, tradeId: `t${index}` }))
          const undone = pick % fills.length
          const busted = fills[undone] ?? deskFill()
          const corrected = instead === null ? null : deskFill({ ...instead, tradeId: 'instead' })
          const order = begun({ quantity: decimal(1_000) })
          const data = { clientOrderId: 'order-1', busted, corrected }
          const book = fold(
            [order, ...fills.map((fill) => filled(fill)), { kind: 'orderFillBusted' as const, data }].map((event) => [
              event,
              0,
            ]),
          )
          const rest = [...fills.filter((_, index) => index !== undone), ...(corrected === null ? [] : [corrected])]
          const without = fold([order, ...rest.map((fill) => filled(fill))].map((event) => [event, 0]))
          expect(book.cash).toBe(without.cash)
          expect(book.orders.get('order-1')?.filledQuantity).toBe(without.orders.get('order-1')?.filledQuantity)
          const [after, expected] = [book.positions.get(btc.id), without.positions.get(btc.id)]
          expect(after?.quantity).toBe(expected?.quantity ?? '0')
          expect(after?.fees).toBe(expected?.fees ?? '0')
          const gain = (position = after) =>
            position === undefined ? 0 : Number(position.realised) + Number(unrealised(position, decimal(97)))
          expect(gain()).toBeCloseTo(expected === undefined ? 0 : gain(expected), 9)
        },
      ),
    )
  })

  it('OL-10 more filled than ordered suspends the instrument, until the desk is armed again', () => {
    const book = fold([
      [begun(), 0],
      [filled({ quantity: decimal('1.1') }), 1],
    ])
    expect([...book.suspended]).toEqual([btc.id])
    const after = { state: 'ACTIVE', epoch: 2, level: null, by: 'trader', reason: 'looked at', at: 2 } as const
    fold([[{ kind: 'tradingStateChanged', data: { before: null, after } }, 2]], book)
    expect([...book.suspended]).toEqual([])
  })

  it('opens an account and a day', () => {
    const book = fold([
      [opened, 1],
      [{ kind: 'dayOpened', data: { day: 20_000, equity: decimal(1_005) } }, 2],
    ])
    expect(book).toMatchObject({
      account: 'paper',
      currency: 'USDT',
      cash: '1000',
      day: 20_000,
      dayStartEquity: '1005',
    })
  })

  it('OL-12 a fill after the cancel changes cash, position and the order, which stays ended', () => {
    const book = fold([
      [opened, 0],
      [begun(), 1],
      [submitted(), 2],
      [canceled(), 3],
    ])
    const late = applyToBook(book, filled({ quantity: decimal('0.25') }), 4)
    expect(late).toMatchObject({ status: 'CANCELED', filledQuantity: '0.25' })
    expect(book.cash).toBe('975')
    expect(book.positions.get('BTC/USDT')?.quantity).toBe('0.25')
    expect(book.orders.size).toBe(0)
  })

  it('an order taken for rejected that fills after all works again, so that limits and stops see it', () => {
    const rejected: DeskEvent = { kind: 'orderRejected', data: { clientOrderId: 'order-1', reason: 'never received' } }
    const book = fold([
      [begun(), 1],
      [submitted(), 2],
      [rejected, 3],
      [filled({ quantity: decimal('0.25') }), 4],
    ])
    expect(book.closed.size).toBe(0)
    expect(book.orders.get('order-1')).toMatchObject({ status: 'PARTIALLY_FILLED', filledQuantity: '0.25' })
  })

  it('keeps the last closed orders at hand and forgets older ones; a fill of a forgotten one still counts', () => {
    const book = emptyBook()
    for (let number = 0; number < 250; number++) {
      const clientOrderId = `order-${number}`
      fold(
        [
          [begun({ clientOrderId }), number],
          [submitted(clientOrderId), number],
          [canceled(clientOrderId), number],
        ],
        book,
      )
    }
    expect(book.closed.size).toBe(200)
    expect(book.closed.has('order-49')).toBe(false)
    expect(applyToBook(book, filled({ clientOrderId: 'order-0' }), 900)).toBeUndefined()
    expect(book.positions.get('BTC/USDT')?.quantity).toBe('1')
  })

  it('remembers the run that opened a position until it is flat', () => {
    const book = fold([
      [begun({ runId: 'run-7' }), 1],
      [submitted(), 2],
      [filled(), 3],
    ])
    expect(book.openedBy.get('BTC/USDT')).toBe('run-7')
    fold(
      [
        [begun({ clientOrderId: 'order-2', runId: 'run-8' }), 4],
        [filled({ clientOrderId: 'order-2' }), 5],
      ],
      book,
    )
    expect(book.openedBy.get('BTC/USDT')).toBe('run-7')
  })

  it('counts the orders sent in the last minute', () => {
    const book = emptyBook()
    const at = [0, 30_000, 59_999, 60_001]
    for (const [number, time] of at.entries()) {
      fold(
        [
          [begun({ clientOrderId: `order-${number}` }), time],
          [submitted(`order-${number}`), time],
        ],
        book,
      )
    }
    expect(book.sentAt).toEqual([30_000, 59_999, 60_001])
  })

  it('equity is cash plus positions at their marks, unavailable while a mark is missing', () => {
    const book = fold([
      [opened, 0],
      [begun(), 1],
      [submitted(), 2],
      [filled(), 3],
    ])
    expect(equity(book, () => decimal(130))).toBe('1030')
    expect(equity(book, () => undefined)).toBeUndefined()
    expect(equity(fold([[opened, 0]]), () => undefined)).toBe('1000')
  })

  it('what is left of an order is never negative', () => {
    expect(leavesQuantity(deskOrder({ filledQuantity: decimal('0.4') }))).toBe('0.6')
    expect(leavesQuantity(deskOrder({ filledQuantity: add(decimal(1), decimal('0.1')) }))).toBe('0')
  })
})
