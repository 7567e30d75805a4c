import { describe, expect, it } from 'vitest'
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts'
import { shapiroWilk } from './shapiro-wilk.ts'
import { varianceRatio } from './variance-tests.ts'

const f = (...values: number[]) => Float64Array.of(...values)
const near = (actual: number, expected: number, relative = 1e-10) =>
  expect(Math.abs(actual - expected), `${actual}, not ${expected}`).toBeLessThanOrEqual(relative * Math.abs(expected))
const code = (value: string) => expect.objectContaining({ code: value })

const plants = [
  f(4.17, 5.58, 5.18, 6.11, 4.5, 4.61, 5.17, 4.53, 5.33, 5.14),
  f(4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69),
  f(6.31, 5.12, 5.54, 5.5, 5.37, 5.29, 4.92, 6.15, 5.8, 5.26),
] as const
const a = f(1.1, 2.3, 0.4, 5.6, 7.2, 3.3, 8.8, 4.1)
const b = f(2, 1.9, 3.4, 6.1, 5.5, 2.2, 9, 7.7)

describe('tests of shape and spread', () => {
  it('Shapiro-Wilk over few and many values (scipy 1.17, whose normal scores have nine digits)', () => {
    near(shapiroWilk(plants[1]).statistic, 0.9304106932921845, 1e-9)
    near(shapiroWilk(plants[1]).p, 0.45194395810927823, 1e-8)
    const all = f(...plants.flatMap((sample) => [...sample]))
    near(shapiroWilk(all).statistic, 0.9826830162369313, 1e-9)
    near(shapiroWilk(all).p, 0.8915073713066284, 1e-8)
    near(shapiroWilk(f(1, 2, 4)).p, 0.6368868450289689, 1e-7)
    near(shapiroWilk(f(1, 2, 4, 9, 9.5)).p, 0.2502940764851651, 1e-7)
    expect(() => shapiroWilk(f(2, 2, 2))).toThrowError(code('SAMPLE_CONSTANT'))
    expect(() => shapiroWilk(f(1, 2))).toThrowError(code('SAMPLE_TOO_SMALL'))
    expect(() => shapiroWilk(new Float64Array(5001))).toThrowError(code('SAMPLE_TOO_LARGE'))
  })

  it('Kolmogorov-Smirnov counts orders, with ties as they are (by going through all of them)', () => {
    near(kolmogorovSmirnov(a, b).p, 0.98010878010878)
    near(kolmogorovSmirnov(a, b, { alternative: 'greater' }).p, 0.6222222222222221)
    const tied = kolmogorovSmirnov(f(1, 2, 2, 3, 5), f(2, 4, 4, 5, 6, 6))
    near(tied.statistic, 0.6333333333333333)
    near(tied.p, 0.14285714285714285)
    expect(kolmogorovSmirnov(f(1, 1), f(1, 1, 1)).p).toBe(1)
  })

  it('the interval of the variance ratio holds the ratios that it does not reject', () => {
    const { interval } = varianceRatio(a, b)
    for (const ratio of interval) near(varianceRatio(a, b, { ratio }).p, 0.05, 1e-9)
    near(varianceRatio(a, b).p, varianceRatio(b, a).p)
  })
})
