import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '#shared/lib/random.ts'
import { allocate } from './allocation.ts'
import { cornerPortfolios, uniformBounds } from './critical-line.ts'
import { covarianceMatrix, dot, type Matrix, multiplyVector, portfolioVariance } from './matrix.ts'

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

const market = fc
  .record({
    seed: fc.nat(10_000),
    n: fc.integer({ min: 2, max: 8 }),
    upper: fc.double({ min: 0.55, max: 1, noNaN: true }),
  })
  .map(({ seed, n, upper }) => ({ ...randomMarket(seed, n), bounds: uniformBounds(n, 0, upper), n }))

describe('allocation', () => {
  it('is fully invested and within bounds, and meets the conditions of an optimum', () => {
    fc.assert(
      fc.property(
        market,
        fc.double({ min: 0.5, max: 50, noNaN: true }),
        ({ expected, covariances, bounds }, riskAversion) => {
          const { weights } = allocate({ kind: 'mean-variance', riskAversion }, expected, covariances, bounds)
          expect(total(weights)).toBeCloseTo(1, 10)
          // At an optimum no weight can be moved from one asset to another with gain.
          const gain = multiplyVector(covariances, weights).map(
            (risk, i) => (expected[i] as number) - riskAversion * risk,
          )
          for (const [i, from] of weights.entries()) {
            expect(from).toBeGreaterThanOrEqual(0)
            expect(from).toBeLessThanOrEqual((bounds.upper[i] as number) + 1e-12)
            for (const [j, to] of weights.entries()) {
              if (from > 1e-9 && to < (bounds.upper[j] as number) - 1e-9) {
                expect((gain[j] as number) - (gain[i] as number)).toBeLessThan(1e-8)
              }
            }
          }
        },
      ),
    )
  })

  it('of least variance or highest Sharpe ratio is beaten by no random portfolio', () => {
    fc.assert(
      fc.property(market, fc.nat(), ({ expected, covariances, bounds, n }, seed) => {
        fc.pre(Math.max(...expected) > 0.02)
        const random = createRandom(seed)
        const least = allocate({ kind: 'min-variance' }, expected, covariances, bounds)
        const sharpe = (weights: Float64Array) =>
          dot(weights, expected) / Math.sqrt(portfolioVariance(weights, covariances))
        let best: ReturnType<typeof allocate> | undefined
        try {
          best = allocate({ kind: 'max-sharpe', riskFree: 0 }, expected, covariances, bounds)
        } catch {
          // With an upper bound the best portfolio may still be expected to lose.
        }
        for (let k = 0; k < 50; k++) {
          let weights = Float64Array.from({ length: n }, () => -Math.log(1 - random.float()))
          const sum = total(weights)
          weights = weights.map((weight) => weight / sum)
          if (Math.max(...weights) > (bounds.upper[0] as number)) continue
          expect(portfolioVariance(weights, covariances)).toBeGreaterThanOrEqual(least.volatility ** 2 * (1 - 1e-9))
          if (best) expect(sharpe(weights)).toBeLessThanOrEqual(sharpe(best.weights) + 1e-9)
        }
      }),
    )
  })

  it('lets an asset go from one bound to the other with no other change between', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0.51, max: 0.7, noNaN: true }), (seed, upper) => {
        const { expected, covariances } = randomMarket(seed, 5)
        const { weights } = allocate({ kind: 'min-variance' }, expected, covariances, uniformBounds(5, 0, upper))
        const pull = multiplyVector(covariances, weights)
        const gains = [...weights.keys()].flatMap((i) =>
          [...weights.keys()]
            .filter((j) => (weights[i] as number) > 1e-9 && (weights[j] as number) < upper - 1e-9)
            .map((j) => (pull[i] as number) - (pull[j] as number)),
        )
        expect(Math.max(0, ...gains)).toBeLessThan(1e-9)
      }),
      { numRuns: 2000 },
    )
  })

  it('takes bounds that fix an asset, go short, or leave one portfolio only', () => {
    const { expected, covariances } = randomMarket(4, 4)
    const bounds = { lower: Float64Array.of(0.25, -0.5, 0, 0), upper: Float64Array.of(0.25, 1, 1, 1) }
    const corners = cornerPortfolios(expected, covariances, bounds)
    for (const { weights } of corners) {
      expect(weights[0]).toBe(0.25)
      expect(total(weights)).toBeCloseTo(1, 10)
    }
    const only = allocate({ kind: 'min-variance' }, expected, covariances, uniformBounds(4, 0.25, 0.25))
    expect([...only.weights]).toEqual([0.25, 0.25, 0.25, 0.25])
  })

  it('handles equal expected returns', () => {
    const { covariances } = randomMarket(9, 5)
    const { weights } = allocate({ kind: 'min-variance' }, new Float64Array(5), covariances)
    const pull = multiplyVector(covariances, weights)
    const variance = portfolioVariance(weights, covariances)
    for (const [i, weight] of weights.entries())
      if (weight > 1e-9) expect((pull[i] as number) / variance).toBeCloseTo(1, 8)
  })

  it('names what cannot be met', () => {
    const { expected, covariances } = randomMarket(1, 3)
    const infeasible = (run: () => unknown, message: RegExp) =>
      expect(run).toThrowError(
        expect.objectContaining({ code: 'PORTFOLIO_INFEASIBLE', message: expect.stringMatching(message) }),
      )
    infeasible(
      () => allocate({ kind: 'min-variance' }, expected, covariances, uniformBounds(3, 0, 0.3)),
      /upper bounds add up to 0\.8999*|0\.9/,
    )
    infeasible(
      () => allocate({ kind: 'min-variance' }, expected, covariances, uniformBounds(3, 0.4, 1)),
      /lower bounds/,
    )
    infeasible(() => allocate({ kind: 'target-return', target: 9 }, expected, covariances), /return 9/)
    infeasible(() => allocate({ kind: 'target-volatility', volatility: 1e-9 }, expected, covariances), /volatility/)
    infeasible(() => allocate({ kind: 'max-sharpe', riskFree: 5 }, expected, covariances), /risk-free 5/)
  })

  it('hits a target volatility and a target return', () => {
    const { expected, covariances } = randomMarket(2, 5)
    const least = allocate({ kind: 'min-variance' }, expected, covariances)
    const aimed = allocate({ kind: 'target-volatility', volatility: least.volatility * 1.1 }, expected, covariances)
    expect(aimed.volatility).toBeCloseTo(least.volatility * 1.1, 9)
    const again = allocate({ kind: 'target-return', target: aimed.expectedReturn }, expected, covariances)
    expect(again.volatility).toBeCloseTo(aimed.volatility, 9)
  })
})
