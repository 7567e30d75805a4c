import { describe, expect, it } from 'vitest'
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

const near = (actual: number, expected: number, relative = 1e-10) =>
  expect(Math.abs(actual - expected), `${actual}, not ${expected}`).toBeLessThanOrEqual(relative * Math.abs(expected))

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
