import { describe, expect, it } from 'vitest'
import { createRandom } from '#shared/lib/random.ts'
import { allocate } from './allocation.ts'
import { allocateConstrained } from './constrained-allocation.ts'
import { uniformBounds } from './critical-line.ts'
import { covarianceMatrix } from './matrix.ts'

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
