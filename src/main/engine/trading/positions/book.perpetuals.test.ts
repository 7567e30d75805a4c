import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { freeCash, marginOf } from '#engine/trading/margin/book-margin.ts'
import { fundingAmount } from '#engine/trading/margin/funding.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import type { Fill } from '#shared/domain/order.ts'
import { add, type Decimal, decimal, multiply, negate, subtract, sum, toNumber, ZERO } from '#shared/lib/decimal.ts'
import { deskFill } from '#test/builders/orders.ts'
import { btcPerpetual } from '#test/builders/perpetuals.ts'
import { applyToBook, bookFromJson, bookToJson, emptyBook, equity, type TradingBook, walletOf } from './book.ts'
import { signedQuantity } from './positions.ts'

const opened: DeskEvent = { kind: 'accountOpened', data: { account: 'paper', currency: 'USDT', cash: decimal(10_000) } }
const filled = (fill: Fill): DeskEvent => ({ kind: 'orderFilled', data: { fill } })
const fill = (side: Fill['side'], quantity: string, price: string, fee = '0'): Fill =>
  deskFill({ instrument: btcPerpetual.id, side, quantity: decimal(quantity), price: decimal(price), fee: decimal(fee) })

function payment(quantity: Decimal, mark: string, rate: string, id = 'one'): DeskEvent {
  const about = { instrument: btcPerpetual.id, at: 0, quantity, mark: decimal(mark), rate: decimal(rate) }
  const data: FundingPayment = { id, ...about, amount: fundingAmount(quantity, about.mark, about.rate) }
  return { kind: 'fundingPaid', data: { payment: data } }
}

function bookAfter(...events: readonly DeskEvent[]): TradingBook {
  const book = emptyBook()
  for (const event of [opened, ...events]) applyToBook(book, event, 0)
  return book
}

const at = (mark: string) => ({
  mark: () => decimal(mark),
  terms: () => btcPerpetual.perpetual,
  mandate: { maximumLeverage: 3 },
})

describe('an account that holds a perpetual', () => {
  it('pays nothing but fees for it, and gains by its mark', () => {
    const book = bookAfter(filled(fill('buy', '10', '1000', '4')))
    expect(walletOf(book)).toBe('9996')
    expect(equity(book, () => decimal('1050'))).toBe('10496')
    expect(marginOf({ book, ...at('1050') })).toMatchObject({ balance: '10496', initial: '3500', free: '6996' })
    expect(freeCash({ book, ...at('1050') })).toBe('6496')
  })

  it('realises a short that is bought back lower, and turns without losing the count', () => {
    const turned = bookAfter(filled(fill('sell', '2', '1000')), filled(fill('buy', '5', '900')))
    expect(walletOf(turned)).toBe('10200')
    expect(turned.positions.get(btcPerpetual.id)).toMatchObject({ quantity: '3', averagePrice: '900', realised: '200' })
  })

  it('pays and receives funding into its money, and tells what it came to', () => {
    const book = bookAfter(
      filled(fill('buy', '10', '1000')),
      payment(decimal(10), '1000', '0.0001'),
      payment(decimal(10), '1100', '-0.0002', 'two'),
    )
    expect(walletOf(book)).toBe('10001.2')
    expect(book.positions.get(btcPerpetual.id)).toMatchObject({ funding: '1.2', realised: '0' })
    expect(bookFromJson(JSON.parse(JSON.stringify(bookToJson(book))))).toEqual(book)
  })

  it('leaves spot as it was: what is held is paid for', () => {
    const book = bookAfter(filled(deskFill({ quantity: decimal(2), price: decimal(100) })))
    expect(walletOf(book)).toBe('9800')
    expect(freeCash({ book, ...at('150') })).toBe('9800')
  })

  it('cannot tell its margin while a mark is missing', () => {
    const book = bookAfter(filled(fill('buy', '10', '1000')))
    expect(marginOf({ book, ...at('1'), mark: () => undefined })).toBeUndefined()
    expect(freeCash({ book, ...at('1'), mark: () => undefined })).toEqual({ unpriced: btcPerpetual.id })
  })

  const trade = fc.record({
    isBuy: fc.boolean(),
    lots: fc.integer({ min: 1, max: 5_000 }),
    ticks: fc.integer({ min: 1, max: 1_000_000 }),
    fee: fc.integer({ min: 0, max: 1_000 }),
  })
  const trades = fc
    .array(trade, { minLength: 1, maxLength: 15 })
    .map((drawn) =>
      drawn.map(({ isBuy, lots, ticks, fee }) =>
        fill(isBuy ? 'buy' : 'sell', String(lots / 1_000), String(ticks / 100), String(fee / 100)),
      ),
    )

  /** The trades and one that closes what is left of them. */
  function closed(fills: readonly Fill[], price: string): readonly Fill[] {
    const left = sum(fills.map(signedQuantity))
    if (left === ZERO) return fills
    return [...fills, fill(left.startsWith('-') ? 'buy' : 'sell', left.replace('-', ''), price)]
  }

  it('has won or lost, once all is closed, what its money has changed by, exactly', () => {
    fc.assert(
      fc.property(trades, (fills) => {
        const all = closed(fills, '1234.56')
        const book = bookAfter(...all.map(filled))
        const flows = sum(all.map((each) => subtract(negate(multiply(signedQuantity(each), each.price)), each.fee)))
        expect(walletOf(book)).toBe(add(decimal(10_000), flows))
        const position = book.positions.get(btcPerpetual.id)
        expect(toNumber(subtract(position?.realised ?? ZERO, position?.fees ?? ZERO))).toBeCloseTo(toNumber(flows), 9)
      }),
    )
  })

  it('comes to the same whatever the order of its fills, once all is closed', () => {
    const shuffled = trades.chain((fills) => {
      const all = closed(fills, '1234.56')
      return fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], { minLength: all.length }))
    })
    fc.assert(
      fc.property(shuffled, ([fills, others]) => {
        expect(walletOf(bookAfter(...others.map(filled)))).toBe(walletOf(bookAfter(...fills.map(filled))))
      }),
    )
  })

  it('is worth its money and what its contracts have gained, at any mark', () => {
    fc.assert(
      fc.property(trades, fc.integer({ min: 1, max: 1_000_000 }), (fills, ticks) => {
        const book = bookAfter(...fills.map(filled))
        const mark = String(ticks / 100)
        const worth = toNumber(equity(book, () => decimal(mark)) ?? ZERO)
        expect(worth).toBeCloseTo(toNumber(marginOf({ book, ...at(mark) })?.balance ?? ZERO), 6)
      }),
    )
  })
})
