import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fill } from '#shared/domain/order.ts'
import {
  absolute,
  add,
  compare,
  decimal,
  multiply,
  negate,
  sign,
  subtract,
  sum,
  toNumber,
  ZERO,
} from '#shared/lib/decimal.ts'
import { deskFill } from '#test/builders/orders.ts'
import { applyFill, cashChange, flatPosition, signedQuantity, unrealised } from './positions.ts'

const fill = (side: 'buy' | 'sell', quantity: string, price: string, fee = '0') =>
  deskFill({ side, quantity: decimal(quantity), price: decimal(price), fee: decimal(fee) })
const after = (...fills: readonly Fill[]) => fills.reduce(applyFill, flatPosition('BTC/USDT', 0))

describe('a position at average cost', () => {
  it('adds at the average price and realises against it, fees apart', () => {
    const held = after(fill('buy', '1', '100', '0.1'), fill('buy', '3', '120', '0.3'))
    expect(held).toMatchObject({ quantity: '4', averagePrice: '115', realised: '0', fees: '0.4' })
    expect(after(fill('buy', '1', '100'), fill('buy', '3', '120'), fill('sell', '2', '130'))).toMatchObject({
      quantity: '2',
      averagePrice: '115',
      realised: '30',
    })
  })

  it('has no average price when it is flat, and starts afresh after', () => {
    const flat = after(fill('buy', '2', '100'), fill('sell', '2', '90'))
    expect(flat).toMatchObject({ quantity: '0', averagePrice: null, realised: '-20' })
    expect(applyFill(flat, fill('buy', '1', '50')).averagePrice).toBe('50')
    expect(unrealised(flat, decimal(70))).toBe(ZERO)
  })

  it('a flip through zero realises the old side and opens the new one at its own price', () => {
    expect(after(fill('buy', '2', '100'), fill('sell', '5', '110'))).toMatchObject({
      quantity: '-3',
      averagePrice: '110',
      realised: '20',
    })
    expect(after(fill('sell', '2', '100'), fill('buy', '5', '90'))).toMatchObject({
      quantity: '3',
      averagePrice: '90',
      realised: '20',
    })
  })

  it('a short position gains when the price falls', () => {
    const short = after(fill('sell', '2', '100'))
    expect(unrealised(short, decimal(90))).toBe('20')
    expect(unrealised(after(fill('buy', '2', '100')), decimal(90))).toBe('-20')
  })
})

const anyFill = fc
  .record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    quantity: fc.integer({ min: 1, max: 5_000 }).map((thousandths) => decimal(`${thousandths}e-3`)),
    price: fc.integer({ min: 1, max: 10_000_000 }).map((cents) => decimal(`${cents}e-2`)),
    fee: fc.integer({ min: 0, max: 10_000 }).map((cents) => decimal(`${cents}e-4`)),
  })
  .map(deskFill)

describe('after any fills (OL-17)', () => {
  it('the position is the sum of the signed fills, and cash has moved by -sum(price x quantity) - fees', () => {
    fc.assert(
      fc.property(fc.array(anyFill, { maxLength: 30 }), (fills) => {
        const position = after(...fills)
        expect(position.quantity).toBe(sum(fills.map(signedQuantity)))
        expect(position.fees).toBe(sum(fills.map(({ fee }) => fee)))
        const paid = sum(fills.map((one) => multiply(signedQuantity(one), one.price)))
        expect(sum(fills.map(cashChange))).toBe(subtract(negate(paid), position.fees))
      }),
    )
  })

  it('cash, realised and unrealised gains and fees add up at any mark', () => {
    fc.assert(
      fc.property(fc.array(anyFill, { minLength: 1, maxLength: 30 }), anyFill, (fills, { price: mark }) => {
        const position = after(...fills)
        const worth = add(sum(fills.map(cashChange)), multiply(position.quantity, mark))
        const told = subtract(add(position.realised, unrealised(position, mark)), position.fees)
        const size = fills.reduce((most, one) => Math.max(most, toNumber(multiply(one.quantity, one.price))), 1)
        // Average prices are divisions, rounded at the 40th digit.
        expect(Math.abs(toNumber(subtract(worth, told)))).toBeLessThan(size * 1e-20)
      }),
    )
  })

  it('the average price lies within the prices of the fills and is there exactly while something is held', () => {
    fc.assert(
      fc.property(fc.array(anyFill, { minLength: 1, maxLength: 30 }), (fills) => {
        const { quantity, averagePrice } = after(...fills)
        expect(averagePrice === null).toBe(sign(quantity) === 0)
        if (averagePrice === null) return
        const prices = fills.map(({ price }) => toNumber(price))
        expect(toNumber(averagePrice)).toBeGreaterThanOrEqual(Math.min(...prices) * (1 - 1e-12))
        expect(toNumber(averagePrice)).toBeLessThanOrEqual(Math.max(...prices) * (1 + 1e-12))
        expect(compare(absolute(quantity), sum(fills.map((one) => one.quantity)))).toBeLessThanOrEqual(0)
      }),
    )
  })
})
