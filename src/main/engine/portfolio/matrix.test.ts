import { expect, it } from 'vitest'
import { multiplyVector, solve } from './matrix.ts'

it('solving undoes multiplying, and a singular system is refused', () => {
  const a = [Float64Array.of(0, 2, 1), Float64Array.of(1, -1, 0), Float64Array.of(3, 0, -2)]
  const x = Float64Array.of(1, 2, 3)
  const b = multiplyVector(a, x)
  const solved = solve(
    a,
    Array.from(b, (value) => Float64Array.of(value)),
  )
  for (const [i, row] of solved.entries()) expect(row[0]).toBeCloseTo(x[i] as number, 12)
  expect(() =>
    solve([Float64Array.of(1, 1), Float64Array.of(1, 1)], [Float64Array.of(1), Float64Array.of(1)]),
  ).toThrowError(expect.objectContaining({ code: 'MATRIX_SINGULAR' }))
})
