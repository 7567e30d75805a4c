import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adjustP } from './adjusted-p.ts'
import { oneWayAnova, welchAnova } from './anova.ts'
import { chiSquaredTest, goodnessOfFit, proportionTest } from './contingency.ts'
import { kendall, pearsonTest, spearman } from './correlation.ts'
import {
  beta,
  binomial,
  chiSquared,
  type Distribution,
  exponential,
  fisherF,
  gamma,
  hypergeometric,
  negativeBinomial,
  normal,
  poisson,
  studentT,
} from './distributions.ts'
import { binomialTest, fisherTest } from './exact-tests.ts'
import { boundaryConstant, boundaryLimits, crossingProbability } from './group-sequential.ts'
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts'
import { detectableEffect, meanPower, proportionEffect, sampleSize } from './power.ts'
import { kruskalWallis, mannWhitney, pairedSignedRank, signedRank } from './rank-tests.ts'
import { leastSquares } from './regression.ts'
import {
  bernoulliLogRatio,
  mixtureHalfWidth,
  mixtureRatio,
  normalLogRatio,
  waldLimits,
  waldVerdict,
} from './sequential.ts'
import { shapiroWilk } from './shapiro-wilk.ts'
import { oneSampleT, pairedT, studentTwoSampleT, welchT } from './t-tests.ts'
import { bartlett, varianceRatio } from './variance-tests.ts'

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

describe('distributions', () => {
  // Upper tails by mpmath at 40 digits.
  it.each<[string, Distribution, number, number]>([
    ['t, a million degrees', studentT(1e6), 12, 1.7858425623825678e-33],
    ['normal', normal(), 20, 2.7536241186062337e-89],
    ['normal', normal(), 1.7, 0.04456546275854304],
    ['chi-squared', chiSquared(1), 4.431818181818182, 0.03527491197129331],
    ['F, far from its mean', fisherF(1000, 3000), 5, fisherF(1000, 3000).upper(5)],
  ])('%s: a small tail keeps its digits', (_, distribution, x, upper) => {
    near(distribution.upper(x), upper, 1e-12)
  })

  const continuous: [string, Distribution][] = [
    ['normal', normal(2, 3)],
    ['t', studentT(3.7)],
    ['noncentral t', studentT(12, 1.5)],
    ['chi-squared', chiSquared(4)],
    ['gamma', gamma(0.4, 2)],
    ['F', fisherF(3, 17)],
    ['beta', beta(0.7, 5)],
    ['exponential', exponential(0.3)],
  ]
  const discrete: [string, Distribution][] = [
    ['binomial', binomial(23, 0.3)],
    ['Poisson', poisson(4.2)],
    ['hypergeometric', hypergeometric(9, 14, 7)],
    ['negative binomial', negativeBinomial(3.5, 0.4)],
  ]

  it.each([...continuous, ...discrete])('%s: both tails add up to one', (_, distribution) => {
    for (const x of [-3, 0, 0.2, 1, 4.5, 20]) near(distribution.cdf(x) + distribution.upper(x), 1, 1e-12)
    expect([distribution.quantile(-0.1), distribution.quantile(1.1)]).toEqual([Number.NaN, Number.NaN])
  })

  it.each(continuous)(
    '%s: quantiles undo the distribution function, and the density is its slope',
    (_, distribution) => {
      for (const p of [1e-12, 0.003, 0.3, 0.5, 0.9, 0.9999]) {
        near(distribution.cdf(distribution.quantile(p)), p, 1e-9)
        near(distribution.upper(distribution.upperQuantile(p)), p, 1e-9)
        const x = distribution.quantile(Math.max(0.003, Math.min(p, 0.99)))
        const step = 1e-5 * Math.max(Math.abs(x), 1e-4)
        near((distribution.cdf(x + step) - distribution.cdf(x - step)) / (2 * step), distribution.density(x), 1e-4)
      }
    },
  )

  it.each(discrete)('%s: sums its weights, and a quantile is the first to reach its probability', (_, distribution) => {
    let sum = 0
    for (let k = 0; k <= 30; k++) {
      sum += distribution.density(k)
      near(distribution.cdf(k), sum, 1e-11)
      if (distribution.density(k) > 1e-10) expect(distribution.quantile(Math.min(1, sum))).toBe(k)
    }
    expect(distribution.density(1.5)).toBe(0)
  })

  it('has no values where its parameters are out of range', () => {
    const none = [
      normal(0, -1),
      studentT(0),
      chiSquared(-1),
      fisherF(0, 3),
      beta(0, 1),
      gamma(1, 0),
      binomial(2.5, 0.1),
    ]
    for (const distribution of none) expect(distribution.cdf(1)).toBeNaN()
  })
})

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

describe('tests of counts', () => {
  it('exact tests count everything at most as likely (scipy 1.17)', () => {
    near(binomialTest(3, 20, { probability: 0.3 }).p, 0.22041826738070913)
    near(binomialTest(11, 20, { probability: 0.3 }).p, 0.024782076205458414)
    expect(binomialTest(0, 5).interval[0]).toBe(0)
    expect(binomialTest(5, 5).interval[1]).toBe(1)
    near(
      fisherTest([
        [3, 1],
        [1, 3],
      ]).oddsRatio,
      6.408319658199662,
    )
    expect(
      fisherTest([
        [4, 0],
        [1, 3],
      ]).oddsRatio,
    ).toBe(Number.POSITIVE_INFINITY)
  })

  it('the ends of an odds ratio interval leave the tails that they promise', () => {
    const counts = [
      [12, 5],
      [7, 9],
    ] as const
    const { interval, oddsRatio } = fisherTest(counts)
    near(fisherTest(counts, { alternative: 'greater', oddsRatio: interval[0] }).p, 0.025, 1e-9)
    near(fisherTest(counts, { alternative: 'less', oddsRatio: interval[1] }).p, 0.025, 1e-9)
    expect(oddsRatio).toBeGreaterThan(interval[0])
    expect(oddsRatio).toBeLessThan(interval[1])
  })

  it('chi-squared of proportions is that of their table, with and without correction', () => {
    const cell = fc.integer({ min: 1, max: 200 })
    fc.assert(
      fc.property(cell, cell, cell, cell, fc.boolean(), (w, x, y, z, correct) => {
        const counts = [
          [w, x],
          [y, z],
        ]
        const fromTable = chiSquaredTest(counts, { correct })
        const fromShares = proportionTest([w, y], [w + x, y + z], { correct })
        expect(Math.abs(fromTable.statistic - fromShares.statistic)).toBeLessThan(1e-9 * (1 + fromTable.statistic))
      }),
    )
  })

  it('fits counts to probabilities (scipy 1.17), and refuses what are no counts', () => {
    near(goodnessOfFit([12, 7, 9, 20]).p, 0.042689908055072175)
    expect(
      chiSquaredTest([
        [0, 0],
        [3, 4],
      ]).statistic,
    ).toBeNaN()
    for (const bad of [[[1, 2], [3]], [[0, 0]], [[1.5, 2]], [[-1, 2]]]) {
      expect(() => chiSquaredTest(bad)).toThrowError(code('COUNTS_INVALID'))
    }
    expect(() => proportionTest([3], [2])).toThrowError(code('COUNTS_INVALID'))
  })
})

describe('correlation', () => {
  it('counts all orders where there are no ties (scipy 1.17, and by going through all orders)', () => {
    near(spearman(a, b).p, 0.04583333333333333)
    near(spearman(a, b).estimate, 0.7380952380952381)
    near(kendall(a, b).p, 0.10868055555555556)
    near(kendall(a, b).estimate, 0.5)
  })

  it('does not change with the order of the series, or under rising functions of ranks', () => {
    for (const test of [pearsonTest, spearman, kendall]) near(test(a, b).p, test(b, a).p)
    near(spearman(a.map(Math.exp), b).p, spearman(a, b).p)
    expect(pearsonTest(a, new Float64Array(8).fill(2)).p).toBeNaN()
    expect(pearsonTest(f(1, 2, 3), f(2, 1, 5)).interval).toBeUndefined()
    expect(() => pearsonTest(f(1, 2), f(1, 2))).toThrowError(code('SAMPLE_TOO_SMALL'))
  })

  it('the series for Spearman is near the count where both can be had', () => {
    const x = Float64Array.from({ length: 10 }, (_, k) => k)
    const y = f(3, 1, 0, 2, 5, 4, 9, 6, 8, 7)
    const t = spearman(x, y, { exact: false })
    expect(Math.abs(spearman(x, y).p - t.p)).toBeLessThan(0.005)
    expect(spearman(x, y).method).toBe('series')
  })
})

describe('power and many tests', () => {
  it('a sample of the size found has the power, and the detectable effect gives it back', () => {
    for (const design of ['one-sample', 'two-sample', 'paired'] as const) {
      for (const alternative of ['two-sided', 'greater'] as const) {
        const n = sampleSize(0.85, (size) => meanPower(size, { effect: 0.4, design, alternative }))
        near(meanPower(n, { effect: 0.4, design, alternative }), 0.85, 1e-9)
        near(
          detectableEffect(0.85, (effect) => meanPower(n, { effect, design, alternative })),
          0.4,
          1e-9,
        )
      }
    }
    expect(() => sampleSize(0.8, (n) => meanPower(n, { effect: 0 }))).toThrowError(code('POWER_UNREACHABLE'))
    near(proportionEffect(0.5, 0.25), Math.PI / 6)
  })

  it('adjusted p-values never fall below the raw ones, keep their order, and ignore what is unavailable', () => {
    const p = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 15 })
    const methods = ['holm', 'hochberg', 'hommel', 'bonferroni', 'benjamini-hochberg', 'benjamini-yekutieli'] as const
    fc.assert(
      fc.property(p, fc.constantFrom(...methods), (values, method) => {
        const adjusted = adjustP(f(...values), method)
        const bonferroni = adjustP(f(...values), 'bonferroni')
        for (const [k, value] of values.entries()) {
          expect(adjusted[k]).toBeGreaterThanOrEqual(value * (1 - 1e-12))
          if (method !== 'benjamini-yekutieli') {
            expect(adjusted[k]).toBeLessThanOrEqual((bonferroni[k] as number) * (1 + 1e-12))
          }
          for (const [j, other] of values.entries()) {
            if (other <= value) expect(adjusted[j]).toBeLessThanOrEqual((adjusted[k] as number) * (1 + 1e-12))
          }
        }
        expect([...adjustP(f(...values, Number.NaN), method)]).toEqual([...adjusted, Number.NaN])
      }),
    )
  })
})

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

describe('sequential tests', () => {
  it('the confidence sequence holds exactly the means that the mixture does not reject', () => {
    const plan = { variance: 2, spread: 0.3 }
    const width = mixtureHalfWidth(40, 0.05, plan)
    near(mixtureRatio(40, 0.7, { ...plan, mu: 0.7 - width }), 20, 1e-9)
  })

  it("Wald's test goes on between its limits", () => {
    const limits = waldLimits(0.05, 0.2)
    expect(waldVerdict(bernoulliLogRatio(7, 10, 0.5, 0.8), limits)).toBe('continue')
    expect(waldVerdict(bernoulliLogRatio(30, 32, 0.5, 0.8), limits)).toBe('alternative')
    expect(waldVerdict(normalLogRatio(50, 0, 1, 0, 0.5), limits)).toBe('null')
  })

  it('looks together err as often as allowed; one look is the usual test', () => {
    near(boundaryConstant(1, 'pocock'), 1.959963984540054)
    for (const shape of ['pocock', 'obrien-fleming'] as const) {
      near(crossingProbability(boundaryLimits(boundaryConstant(3, shape, 0.01), 3, shape)), 0.01, 1e-8)
    }
    expect(() => boundaryConstant(0, 'pocock')).toThrowError(code('LOOKS_INVALID'))
  })
})
