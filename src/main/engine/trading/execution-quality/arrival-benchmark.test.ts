import { describe, expect, it } from 'vitest'
import { decimal } from '#shared/lib/decimal.ts'
import { btc, deskOrder } from '#test/builders/orders.ts'
import { benchmarkOf, expectedPrice } from './arrival-benchmark.ts'

const level = (price: number, quantity: number) => ({ price: decimal(price), quantity: decimal(quantity) })
const touch = { bid: decimal(99), ask: decimal(101), at: 5 }
const book = { instrument: btc.id, at: 5, bids: [level(99, 1), level(98, 2)], asks: [level(101, 1), level(103, 3)] }
const market = { touch, book }

describe('what an order has to expect', () => {
  it('of the market, what walking the book gives', () => {
    // 1 x 101 + 1 x 103 = 204 for 2; 1 x 99 + 1 x 98 = 197 for 2.
    expect(expectedPrice(deskOrder({ quantity: decimal(2) }), market)).toBe('102')
    expect(expectedPrice(deskOrder({ quantity: decimal(2), side: 'sell' }), market)).toBe('98.5')
    expect(expectedPrice(deskOrder({ quantity: decimal(5) }), market)).toBeNull()
  })

  it('of the market without a book, the touch; without a quote, nothing', () => {
    expect(expectedPrice(deskOrder({ quantity: decimal(5) }), { touch, book: null })).toBe('101')
    expect(expectedPrice(deskOrder(), { touch: null, book: null })).toBeNull()
  })

  it('of a limit, what trades at once, and the rest at the limit where it may rest', () => {
    const limit = deskOrder({ quantity: decimal(2), limitPrice: decimal(102), type: 'LIMIT' })
    // 1 x 101 at once, 1 x 102 at the limit.
    expect(expectedPrice(limit, market)).toBe('101.5')
    expect(expectedPrice({ ...limit, timeInForce: 'IOC' }, market)).toBe('101')
    expect(expectedPrice({ ...limit, limitPrice: decimal(100) }, market)).toBe('100')
  })

  it('of a stop, its stop price; it comes to the market only when it is triggered', () => {
    const stop = deskOrder({ type: 'STOP_MARKET', stopPrice: decimal(90), side: 'sell' })
    expect(benchmarkOf(stop, undefined, market)).toEqual({ decided: touch, arrival: null, expectedPrice: '90' })
  })

  it('was decided on just now, unless it is said when', () => {
    const decided = { bid: decimal(95), ask: decimal(97), at: 1 }
    expect(benchmarkOf(deskOrder(), decided, market)).toEqual({ decided, arrival: touch, expectedPrice: '101' })
    expect(benchmarkOf(deskOrder(), undefined, market).decided).toEqual(touch)
    expect(benchmarkOf(deskOrder(), null, market).decided).toBeNull()
  })
})
