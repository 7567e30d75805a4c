import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '#shared/lib/random.ts'
import { uniformBounds } from './critical-line.ts'
import { minimiseCvar } from './cvar-allocation.ts'
import { portfolioReturns } from './stress.ts'

const random = createRandom(5)
const n = 5
const common = Float64Array.from({ length: 300 }, () => random.normal())
const returns = Array.from({ length: n }, (_, k) =>
  Float64Array.from(common, (value) => 0.0005 * k + 0.005 * value + 0.004 * (k + 1) * random.normal()),
)
const bounds = uniformBounds(n)
const total = (weights: Float64Array) => weights.reduce((sum, weight) => sum + weight, 0)

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
