import { describe, expect, it } from 'vitest'
import { createRandom } from '#shared/lib/random.ts'
import { componentVolatility } from './component-risk.ts'
import { simulateRisk, stressTest } from './stress.ts'

describe('stress scenarios', () => {
  const holdings = [
    { name: 'BTC', weight: 0.5 },
    { name: 'ETH', weight: 0.3, betas: { BTC: 1.2 } },
    { name: 'GOLD', weight: -0.1 },
  ]

  it('move holdings by name or by their betas, and say whom they do not reach', () => {
    const [crash] = stressTest(holdings, [{ name: 'crash', shocks: { BTC: -0.5 } }])
    expect(crash?.change).toBeCloseTo(-0.25 - 0.18, 12)
    expect(crash?.untouched).toEqual(['GOLD'])
    const [squeeze] = stressTest(holdings, [{ name: 'squeeze', shocks: { BTC: -0.9, ETH: 0.1, GOLD: 2 } }])
    expect(squeeze?.byHolding).toEqual({ BTC: -0.45, ETH: expect.closeTo(0.03, 12), GOLD: -0.2 })
  })

  it('a long holding cannot lose more than itself', () => {
    const [end] = stressTest(holdings, [{ name: 'end', shocks: { BTC: -0.95 } }])
    expect(end?.byHolding['ETH']).toBe(-0.3)
  })
})

describe('simulated risk', () => {
  const weights = Float64Array.of(0.6, 0.4)
  const covariances = [Float64Array.of(0.0004, 0.0001), Float64Array.of(0.0001, 0.0009)]
  const means = Float64Array.of(0.001, 0)

  it('of normal returns comes to the closed form within its own error', () => {
    const risk = simulateRisk(createRandom(3), weights, means, covariances, { draws: 40_000 })
    const { total } = componentVolatility(weights, covariances)
    const exact = 1.6448536269514722 * total - 0.0006
    expect(Math.abs(risk.valueAtRisk - exact)).toBeLessThan(4 * risk.standardError)
    expect(risk.expectedShortfall).toBeCloseTo(2.0627 * total - 0.0006, 3)
  })

  it('is larger far out in the tail where tails are fat, and the same for the same seed', () => {
    const options = { confidence: 0.995, draws: 20_000 }
    const normal = simulateRisk(createRandom(3), weights, means, covariances, options)
    const fat = simulateRisk(createRandom(3), weights, means, covariances, { ...options, degreesOfFreedom: 4 })
    expect(fat.expectedShortfall).toBeGreaterThan(normal.expectedShortfall * 1.2)
    expect(simulateRisk(createRandom(3), weights, means, covariances, options)).toEqual(normal)
  })

  it('refuses covariances that nothing can have', () => {
    const wrong = [Float64Array.of(1, 2), Float64Array.of(2, 1)]
    expect(() => simulateRisk(createRandom(1), weights, means, wrong)).toThrowError(
      expect.objectContaining({ code: 'MATRIX_NOT_POSITIVE' }),
    )
  })
})
