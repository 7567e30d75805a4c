import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rebalance, wholeLots } from './rebalancing.ts'

describe('rebalancing', () => {
  it('leaves alone what is within its band', () => {
    const trades = rebalance(
      Float64Array.of(0.5, 0.3, 0.2),
      Float64Array.of(0.52, 0.2, 0.28),
      new Float64Array(3).fill(0.001),
      0.03,
    )
    expect([...trades.trades].map((trade) => Math.round(trade * 100) / 100)).toEqual([0, -0.1, 0.08])
    expect(trades.turnover).toBeCloseTo(0.09, 12)
    expect(trades.cost).toBeCloseTo(0.00018, 12)
  })

  it('whole lots never cost more than the equity and come within a lot of the weights', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            weight: fc.double({ min: 0, max: 1, noNaN: true }),
            price: fc.integer({ min: 1, max: 500 }),
            lot: fc.constantFrom(1, 10, 0.01),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        fc.integer({ min: 100, max: 100_000 }),
        (rows, equity) => {
          const sum = rows.reduce((part, row) => part + row.weight, 0) || 1
          const weights = Float64Array.from(rows, (row) => row.weight / sum)
          const prices = Float64Array.from(rows, (row) => row.price)
          const lots = Float64Array.from(rows, (row) => row.lot)
          const { quantities, cash } = wholeLots(weights, prices, lots, equity)
          expect(cash).toBeGreaterThanOrEqual(-1e-6 * equity)
          for (const [k, quantity] of quantities.entries()) {
            const count = quantity / (lots[k] as number)
            expect(Math.abs(count - Math.round(count))).toBeLessThan(1e-6)
            const gap = (weights[k] as number) * equity - quantity * (prices[k] as number)
            expect(gap).toBeLessThan((prices[k] as number) * (lots[k] as number) * 1.0001)
          }
        },
      ),
    )
  })
})
