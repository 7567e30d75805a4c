import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '#shared/lib/random.ts'
import { allocate } from './allocation.ts'
import { blackLitterman } from './black-litterman.ts'
import { allocateConstrained } from './constrained-allocation.ts'
import { uniformBounds } from './critical-line.ts'
import { minimiseCvar } from './cvar-allocation.ts'
import { covarianceMatrix } from './matrix.ts'
import { rebalance, wholeLots } from './rebalancing.ts'
import { portfolioReturns } from './stress.ts'

const random = createRandom(5)
const n = 5
const common = Float64Array.from({ length: 300 }, () => random.normal())
const returns = Array.from({ length: n }, (_, k) =>
  Float64Array.from(common, (value) => 0.0005 * k + 0.005 * value + 0.004 * (k + 1) * random.normal()),
)
const covariances = covarianceMatrix(returns)
const expected = Float64Array.from({ length: n }, (_, k) => 0.0004 * (k + 1))
const bounds = uniformBounds(n)
const total = (weights: Float64Array) => weights.reduce((sum, weight) => sum + weight, 0)

describe('allocation under constraints', () => {
  it('without any is the mean-variance allocation', () => {
    const free = allocateConstrained({ expected, covariances, riskAversion: 8, bounds })
    const exact = allocate({ kind: 'mean-variance', riskAversion: 8 }, expected, covariances).weights
    for (const [asset, weight] of exact.entries()) expect(free[asset]).toBeCloseTo(weight, 7)
  })

  it('keeps group limits and the turnover limit', () => {
    const current = Float64Array.of(0.2, 0.2, 0.2, 0.2, 0.2)
    const groups = [{ name: 'majors', assets: [0, 1], min: 0.3, max: 0.35 }]
    const weights = allocateConstrained({
      expected,
      covariances,
      riskAversion: 2,
      bounds,
      groups,
      current,
      maxTurnover: 0.3,
    })
    const majors = (weights[0] as number) + (weights[1] as number)
    expect(majors).toBeGreaterThan(0.3 - 1e-7)
    expect(majors).toBeLessThan(0.35 + 1e-7)
    expect(total(weights)).toBeCloseTo(1, 8)
    expect(weights.reduce((sum, weight, k) => sum + Math.abs(weight - (current[k] as number)), 0)).toBeLessThan(
      0.3 + 1e-6,
    )
  })

  it('does not trade where trading costs more than it brings', () => {
    const current = Float64Array.of(0.2, 0.2, 0.2, 0.2, 0.2)
    const goal = { expected, covariances, riskAversion: 2, bounds, current }
    const dear = allocateConstrained({ ...goal, costs: new Float64Array(n).fill(1) })
    for (const weight of dear) expect(weight).toBeCloseTo(0.2, 6)
    const cheap = allocateConstrained({ ...goal, costs: new Float64Array(n).fill(1e-7) })
    expect(Math.abs((cheap[4] as number) - 0.2)).toBeGreaterThan(0.05)
  })

  it('names the constraints that conflict, and no others', () => {
    const groups = [
      { name: 'majors', assets: [0, 1], min: 0.7 },
      { name: 'tail', assets: [3, 4], min: 0.4 },
      { name: 'middle', assets: [2], max: 0.9 },
    ]
    expect(() => allocateConstrained({ expected, covariances, riskAversion: 2, bounds, groups })).toThrowError(
      expect.objectContaining({
        code: 'PORTFOLIO_INFEASIBLE',
        details: {
          constraints: ['full investment', 'lower bound of asset 2', 'least share of majors', 'least share of tail'],
        },
      }),
    )
  })
})

describe('least conditional value at risk', () => {
  const scenarios = Array.from({ length: 300 }, (_, t) => Float64Array.from(returns, (series) => series[t] as number))
  const cvar = (weights: Float64Array) => {
    const sorted = portfolioReturns(returns, weights).sort()
    return -sorted.slice(0, 15).reduce((sum, value) => sum + value, 0) / 15
  }

  it('is what it says it is, and is beaten by no random portfolio', () => {
    const best = minimiseCvar(scenarios, bounds)
    expect(best.cvar).toBeCloseTo(cvar(best.weights), 10)
    expect(best.gap).toBeLessThanOrEqual(2e-7 * best.cvar)
    expect(total(best.weights)).toBeCloseTo(1, 8)
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: n, maxLength: n }), (raw) => {
        const sum = raw.reduce((part, value) => part + value, 0)
        expect(cvar(Float64Array.from(raw, (value) => value / sum))).toBeGreaterThanOrEqual(best.cvar * (1 - 1e-6))
      }),
    )
  })

  it('keeps bounds', () => {
    const { weights } = minimiseCvar(scenarios, uniformBounds(n, 0.1, 0.3))
    for (const weight of weights) {
      expect(weight).toBeGreaterThan(0.1 - 1e-7)
      expect(weight).toBeLessThan(0.3 + 1e-7)
    }
  })
})

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

describe('Black-Litterman', () => {
  it('without views is the prior, and a view of full confidence comes true', () => {
    expect(blackLitterman(expected, covariances, []).expected).toEqual(expected)
    const view = { assets: Float64Array.of(1, -1, 0, 0, 0), value: 0.002, confidence: 1 }
    const { expected: posterior } = blackLitterman(expected, covariances, [view])
    expect((posterior[0] as number) - (posterior[1] as number)).toBeCloseTo(0.002, 10)
  })
})
