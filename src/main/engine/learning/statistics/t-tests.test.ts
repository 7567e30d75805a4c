import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { oneWayAnova, welchAnova } from './anova.ts'
import { kruskalWallis, mannWhitney, pairedSignedRank, signedRank } from './rank-tests.ts'
import { oneSampleT, pairedT, studentTwoSampleT, welchT } from './t-tests.ts'
import { bartlett } from './variance-tests.ts'

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

describe('tests of location', () => {
  it('swapping the samples turns the sign and keeps the p-value', () => {
    const sample = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 3, maxLength: 12 })
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const [left, right] = [f(...x, 1, 2), f(...y, 3, 5)]
        for (const test of [welchT, studentTwoSampleT]) {
          near(test(left, right).statistic, -test(right, left).statistic, 1e-9)
          near(test(left, right).p, test(right, left).p, 1e-9)
        }
        near(mannWhitney(left, right).p, mannWhitney(right, left).p, 1e-9)
      }),
      { numRuns: 40 },
    )
  })

  it('the interval of a t test holds exactly the means that it does not reject', () => {
    const { interval } = oneSampleT(a)
    for (const edge of interval) near(oneSampleT(a, { mu: edge }).p, 0.05, 1e-9)
    near(pairedT(a, b).statistic, oneSampleT(a.map((value, k) => value - (b[k] as number))).statistic)
  })

  it('refuses what has no spread, no values, or holes', () => {
    expect(() => welchT(f(1, 1, 1), f(1, 1))).toThrowError(code('SAMPLE_CONSTANT'))
    expect(() => welchT(f(1), f(1, 2))).toThrowError(code('SAMPLE_TOO_SMALL'))
    expect(() => studentTwoSampleT(f(1), f(2))).toThrowError(code('SAMPLE_TOO_SMALL'))
    expect(() => oneSampleT(f(1, Number.NaN, 3))).toThrowError(code('SAMPLE_NOT_FINITE'))
    expect(() => pairedT(f(1, 2, 3), f(1, 2))).toThrowError(code('SAMPLES_UNEQUAL'))
    expect(studentTwoSampleT(f(1), f(2, 3)).df).toBe(1)
  })

  it('counts all arrangements where there are no ties (scipy 1.17)', () => {
    expect(mannWhitney(a, b)).toMatchObject({ statistic: 28, method: 'exact' })
    near(mannWhitney(a, b).p, 0.7209013209013208)
    expect(pairedSignedRank(a, b)).toMatchObject({ statistic: 13, method: 'exact' })
    near(pairedSignedRank(a, b).p, 0.546875)
  })

  it('does not count where values are equal, and has no p-value where all are', () => {
    expect(mannWhitney(f(1, 2, 2), f(2, 3))).toMatchObject({ method: 'normal' })
    expect(signedRank(f(1, 0, -2))).toMatchObject({ method: 'normal' })
    expect(mannWhitney(f(1, 1), f(1, 1)).p).toBeNaN()
    expect(mannWhitney(f(1), f(2))).toMatchObject({ statistic: 0, p: 1, method: 'exact' })
  })

  it('compares several samples (scipy 1.17)', () => {
    near(oneWayAnova(plants).statistic, 4.846087862380136)
    near(oneWayAnova(plants).p, 0.015909958325622912)
    near(welchAnova(plants).statistic, 5.180972408113194)
    near(welchAnova(plants).p, 0.017392821490169935)
    near(kruskalWallis(plants).statistic, 7.988228749443715)
    near(kruskalWallis(plants).p, 0.018423755731471966)
    near(bartlett(plants).statistic, 2.8785737872360935)
    near(bartlett(plants).p, 0.23709677363455822)
  })

  it('an analysis of variance of two samples is the t test squared, and shifting the data changes nothing', () => {
    const [x, y] = plants
    near(oneWayAnova([x, y]).statistic, studentTwoSampleT(x, y).statistic ** 2)
    near(welchAnova([x, y]).p, welchT(x, y).p)
    const far = plants.map((sample) => sample.map((value) => Math.round(value * 100 + 1e14) / 100))
    near(oneWayAnova(far).statistic, oneWayAnova(plants).statistic)
    expect(oneWayAnova([f(1, 1), f(2, 2)]).statistic).toBe(Number.POSITIVE_INFINITY)
    expect(oneWayAnova([f(1, 1), f(1, 1)]).statistic).toBeNaN()
  })
})
