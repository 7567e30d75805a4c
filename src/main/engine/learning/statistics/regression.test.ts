import { describe, expect, it } from 'vitest'
import { leastSquares } from './regression.ts'

const f = (...values: number[]) => Float64Array.of(...values)
const near = (actual: number, expected: number, relative = 1e-10) =>
  expect(Math.abs(actual - expected), `${actual}, not ${expected}`).toBeLessThanOrEqual(relative * Math.abs(expected))
const code = (value: string) => expect.objectContaining({ code: value })
const a = f(1.1, 2.3, 0.4, 5.6, 7.2, 3.3, 8.8, 4.1)
const b = f(2, 1.9, 3.4, 6.1, 5.5, 2.2, 9, 7.7)

describe('least squares', () => {
  it('leaves residuals at right angles to the predictors, and finds an exact line exactly', () => {
    const fit = leastSquares(a, [b, b.map((value) => value * value)])
    for (const column of [b, b.map(() => 1)]) {
      expect(Math.abs(fit.residuals.reduce((sum, value, k) => sum + value * (column[k] as number), 0))).toBeLessThan(
        1e-12,
      )
    }
    const line = leastSquares(
      b.map((value) => 3 + 2 * value),
      [b],
    )
    near(line.coefficients[0]?.estimate as number, 3)
    near(line.coefficients[1]?.estimate as number, 2)
    const through = leastSquares(
      b.map((value) => 2 * value),
      [b],
      { intercept: false },
    )
    expect(through.coefficients).toHaveLength(1)
  })

  it('refuses a predictor that follows from the others, and fewer rows than unknowns', () => {
    expect(() => leastSquares(a, [b, b.map((value) => 2 * value + 1)])).toThrowError(code('PREDICTORS_DEPENDENT'))
    expect(() => leastSquares(a, [b.map(() => 4)])).toThrowError(code('PREDICTORS_DEPENDENT'))
    expect(() => leastSquares(f(1, 2), [f(1, 3)])).toThrowError(code('SAMPLE_TOO_SMALL'))
  })
})
