import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '#shared/lib/random.ts'
import { covarianceMatrix, type Matrix } from './matrix.ts'
import { riskParityWeights, riskShares } from './risk-parity.ts'

function randomMarket(seed: number, n: number): { expected: Float64Array; covariances: Matrix } {
  const random = createRandom(seed)
  const common = Float64Array.from({ length: 60 }, () => 0.01 * random.normal())
  const returns = Array.from({ length: n }, () => {
    const loading = random.float()
    const scale = 0.005 + 0.02 * random.float()
    return common.map((value) => loading * value + scale * random.normal())
  })
  return {
    expected: Float64Array.from({ length: n }, () => 0.1 * random.normal()),
    covariances: covarianceMatrix(returns),
  }
}

const total = (weights: Float64Array) => weights.reduce((sum, weight) => sum + weight, 0)

describe('risk parity', () => {
  it('gives every asset the same share of the risk', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 2, max: 8 }), (seed, n) => {
        const { covariances } = randomMarket(seed, n)
        const weights = riskParityWeights(covariances)
        expect(total(weights)).toBeCloseTo(1, 9)
        for (const share of riskShares(weights, covariances)) expect(share).toBeCloseTo(1 / n, 6)
      }),
      { numRuns: 30 },
    )
  })

  it('keeps bounds and follows budgets', () => {
    const { covariances } = randomMarket(3, 4)
    const bounds = { lower: Float64Array.of(0.4, 0, 0, 0), upper: Float64Array.of(1, 1, 0.1, 1) }
    const bounded = riskParityWeights(covariances, { bounds })
    expect(total(bounded)).toBeCloseTo(1, 9)
    expect(bounded[0]).toBeGreaterThanOrEqual(0.4)
    expect(bounded[2]).toBeLessThanOrEqual(0.1)
    const budgets = Float64Array.of(0.1, 0.2, 0.3, 0.4)
    const shares = riskShares(riskParityWeights(covariances, { budgets }), covariances)
    for (const [i, share] of shares.entries()) expect(share).toBeCloseTo(budgets[i] as number, 6)
  })
})
