import { describe, expect, it } from 'vitest'
import { createRandom } from '#shared/lib/random.ts'
import { blackLitterman } from './black-litterman.ts'
import { covarianceMatrix } from './matrix.ts'

const random = createRandom(5)
const n = 5
const common = Float64Array.from({ length: 300 }, () => random.normal())
const returns = Array.from({ length: n }, (_, k) =>
  Float64Array.from(common, (value) => 0.0005 * k + 0.005 * value + 0.004 * (k + 1) * random.normal()),
)
const covariances = covarianceMatrix(returns)
const expected = Float64Array.from({ length: n }, (_, k) => 0.0004 * (k + 1))

describe('Black-Litterman', () => {
  it('without views is the prior, and a view of full confidence comes true', () => {
    expect(blackLitterman(expected, covariances, []).expected).toEqual(expected)
    const view = { assets: Float64Array.of(1, -1, 0, 0, 0), value: 0.002, confidence: 1 }
    const { expected: posterior } = blackLitterman(expected, covariances, [view])
    expect((posterior[0] as number) - (posterior[1] as number)).toBeCloseTo(0.002, 10)
  })
})
