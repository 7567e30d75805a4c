import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  almgrenChriss,
  executionCost,
  povSchedule,
  twapSchedule,
  volumeProfile,
  vwapSchedule,
} from './execution-schedule.ts'

const file = '../shared/reference/execution/almgren-chriss.json'
const missing = !existsSync(file)

describe.skipIf(missing)('Almgren-Chriss beside the published case', () => {
  if (missing) return
  const reference = JSON.parse(readFileSync(file, 'utf8')) as {
    parameters: Record<
      'X' | 'T_days' | 'N' | 'sigma_dollar_per_share_per_sqrt_day' | 'gamma' | 'eta' | 'epsilon',
      number
    >
    paper_checks: Record<string, number | number[]>
    derived: {
      trajectories: {
        lambda: number
        kappa_per_day: number
        holdings: number[]
        expected_cost: number
        variance: number
      }[]
    }
  }
  const { X, T_days, N, sigma_dollar_per_share_per_sqrt_day, gamma, eta, epsilon } = reference.parameters
  const model = { volatility: sigma_dollar_per_share_per_sqrt_day, permanent: gamma, temporary: eta, fixed: epsilon }

  it.each(reference.derived.trajectories)('lambda $lambda', (expected) => {
    const plan = almgrenChriss(X, T_days, N, expected.lambda, model)
    for (const [k, value] of expected.holdings.entries())
      expect(Math.abs((plan.holdings[k] as number) - value)).toBeLessThan(1)
    expect(plan.urgency).toBeCloseTo(expected.kappa_per_day, 9)
    expect(Math.abs(plan.expectedCost / expected.expected_cost - 1)).toBeLessThan(1e-9)
    expect(Math.abs(plan.variance / expected.variance - 1)).toBeLessThan(1e-9)
  })

  it('costs of the even pace and of selling at once are those of the paper', () => {
    expect(almgrenChriss(X, T_days, N, 0, model).expectedCost).toBeCloseTo(
      reference.paper_checks['naive (equal slices) E'] as number,
      6,
    )
    const [cost, variance] = reference.paper_checks['immediate E, V'] as [number, number]
    const atOnce = executionCost(Float64Array.of(X, 0, 0, 0, 0, 0), T_days / N, model)
    expect(atOnce.expectedCost).toBeCloseTo(cost, 6)
    expect(atOnce.variance).toBe(variance)
  })
})

describe('schedules', () => {
  const model = { volatility: 1, permanent: 1e-7, temporary: 1e-6, fixed: 0.01 }

  it('no other split has a lower cost + risk aversion x variance', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-8, max: 1e-4, noNaN: true }),
        fc.integer({ min: 2, max: 12 }),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 }),
        (riskAversion, slices, nudges) => {
          const plan = almgrenChriss(1e6, 3, slices, riskAversion, model)
          const other = plan.holdings.map((value, k) =>
            k === 0 || k === slices ? value : value + 1e4 * (nudges[k] as number),
          )
          const cost = executionCost(other, 3 / slices, model)
          const best = plan.expectedCost + riskAversion * plan.variance
          expect(cost.expectedCost + riskAversion * cost.variance).toBeGreaterThanOrEqual(best * (1 - 1e-12))
        },
      ),
    )
  })

  it('buying mirrors selling, and extreme urgency stays finite', () => {
    const sell = almgrenChriss(5000, 1, 10, 1e-3, model)
    expect(almgrenChriss(-5000, 1, 10, 1e-3, model).trades).toEqual(sell.trades.map((trade) => -trade))
    const rush = almgrenChriss(5000, 1, 10, 1e12, model)
    expect(rush.trades[0]).toBeCloseTo(5000, 6)
    expect(rush.holdings.every(Number.isFinite)).toBe(true)
    expect(() => almgrenChriss(5000, 1, 0, 0, model)).toThrowError(
      expect.objectContaining({ code: 'SCHEDULE_INVALID' }),
    )
  })

  it('add up to the quantity', () => {
    const days = [Float64Array.of(10, 30, 60), Float64Array.of(20, 20, 60), Float64Array.of(0, 0, 0)]
    const profile = volumeProfile(days, 3)
    for (const [k, share] of [0.15, 0.25, 0.6].entries()) expect(profile[k]).toBeCloseTo(share, 12)
    expect([...vwapSchedule(1000, Float64Array.of(1, 1, 3))]).toEqual([200, 200, 600])
    expect([...twapSchedule(9, 3)]).toEqual([3, 3, 3])
    expect([...volumeProfile([], 2)]).toEqual([0.5, 0.5])
  })

  it('participation takes its share of all volume and stops when done', () => {
    expect([...povSchedule(-50, 0.2, Float64Array.of(80, 40, 400))]).toEqual([-20, -10, -20])
    expect([...povSchedule(100, 0.5, Float64Array.of(10, 0))]).toEqual([10, 0])
  })
})
