import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Adjustment, adjustP } from './adjusted-p.ts'
import { chiSquaredTest, proportionTest } from './contingency.ts'
import { kendall, pearsonTest, spearman } from './correlation.ts'
import { binomialTest, fisherTest } from './exact-tests.ts'
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts'
import { effectPower, meanPower, proportionPower, sampleSize } from './power.ts'
import { mannWhitney, pairedSignedRank } from './rank-tests.ts'
import { leastSquares } from './regression.ts'
import { pairedT, studentTwoSampleT, welchT } from './t-tests.ts'
import { varianceRatio } from './variance-tests.ts'

const folder = '../shared/reference/stats'
const missing = !existsSync(folder)
const f = (values: readonly number[]) => Float64Array.from(values)
const read = (name: string) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'))

type Json = number | string | readonly Json[] | { readonly [name: string]: Json }
type Case = { readonly [name: string]: Json } & {
  readonly x: number[]
  readonly y: number[]
  readonly table: [[number, number], [number, number]]
  readonly fisher?: { readonly p: number; readonly estimate: number; readonly ci95: number[] }
}

/** Expects every number of the reference in our result, 1e-10 relative; numbers that are but rounding error, 1e-14. */
function expectAgrees(actual: unknown, expected: Json, at: string, relative = 1e-10): void {
  if (typeof expected === 'object') {
    for (const [name, value] of Object.entries(expected)) {
      expectAgrees((actual as Record<string, unknown>)[name], value, `${at}.${name}`, relative)
    }
    return
  }
  const wanted = expected === 'Inf' ? Number.POSITIVE_INFINITY : Number(expected)
  if (!Number.isFinite(wanted)) return expect(actual, at).toBe(wanted)
  const error = Math.abs((actual as number) - wanted)
  expect(error, `${at}: ${String(actual)}, not ${wanted}`).toBeLessThanOrEqual(
    Math.max(1e-14, relative * Math.abs(wanted)),
  )
}

const pair = (c: Case) => [f(c.x), f(c.y)] as const
const table = ({ table }: Case) => table

/** R's name of a result, and ours by R's field names. */
const tests: Record<string, (c: Case) => object> = {
  welch_t: (c) => renamed(welchT(...pair(c))),
  student_t: (c) => renamed(studentTwoSampleT(...pair(c))),
  welch_t_greater: (c) => renamed(welchT(...pair(c), { alternative: 'greater' })),
  paired_t: (c) => renamed(pairedT(...pair(c))),
  mannwhitney_normal_cc: (c) => mannWhitney(...pair(c), { exact: false }),
  mannwhitney_normal_nocc: (c) => mannWhitney(...pair(c), { exact: false, correct: false }),
  mannwhitney_exact_greater: (c) => mannWhitney(...pair(c), { alternative: 'greater' }),
  mannwhitney_exact_two: (c) => mannWhitney(...pair(c)),
  wilcoxon_signed_normal: (c) => pairedSignedRank(...pair(c), { exact: false }),
  ks: (c) => kolmogorovSmirnov(...pair(c), { exact: false }),
  var_f: (c) => renamed(varianceRatio(...pair(c))),
  chi2_yates: (c) => chiSquaredTest(table(c)),
  chi2: (c) => chiSquaredTest(table(c), { correct: false }),
  prop_test: (c) =>
    renamed(
      proportionTest(
        table(c).map(([yes]) => yes),
        table(c).map(([yes, no]) => yes + no),
        { correct: false },
      ),
    ),
  pearson: (c) => renamed(pearsonTest(...pair(c))),
  spearman: (c) => spearman(...pair(c)),
  kendall: (c) => kendall(...pair(c)),
}

function renamed(result: { interval: unknown; estimate?: number; estimates?: readonly number[] }): object {
  const { interval, estimates, estimate } = result
  return { ...result, ci95: interval, estimate: estimate ?? (estimates?.length === 1 ? estimates[0] : estimates) }
}

describe.skipIf(missing)('the statistics of R 4.2.2 (skipped: the reference data is not here)', () => {
  const cases: Record<string, Case> = missing ? {} : read('r-stats-expected.json').cases

  it('gives the tests of samples, tables and pairs', () => {
    let seen = 0
    for (const [name, c] of Object.entries(cases)) {
      for (const [test, run] of Object.entries(tests)) {
        const expected = c[test]
        if (expected === undefined) continue
        expectAgrees(run(c), expected, `${name}, ${test}`)
        seen++
      }
    }
    expect(seen).toBeGreaterThan(20)
  })

  it("gives Fisher's exact p; the odds ratio and its interval within the tolerance that R solves them to", () => {
    for (const [name, c] of Object.entries(cases)) {
      if (c.fisher === undefined) continue
      const expected = c.fisher
      const { p, oddsRatio, interval } = fisherTest(table(c))
      expectAgrees(p, expected.p, name)
      expectAgrees(oddsRatio, expected.estimate, name, 1e-4)
      expectAgrees(interval, expected.ci95, name, 1e-2)
    }
  })

  it('gives the exact binomial test, corrections for many tests, and least squares', () => {
    const binomial = read('r-stats-expected.json').cases['binom exact 682/925 p=.75 (R ?binom.test)']
    expectAgrees(binomialTest(682, 925, { probability: 0.75 }).p, binomial.p, 'p')
    expectAgrees(binomialTest(682, 925, { probability: 0.75 }).interval, binomial.ci95, 'interval')
    const adjusted = read('r-stats-expected.json').cases['p.adjust']
    const methods: Record<string, Adjustment> = {
      bonferroni: 'bonferroni',
      holm: 'holm',
      hochberg: 'hochberg',
      hommel: 'hommel',
      BH: 'benjamini-hochberg',
      BY: 'benjamini-yekutieli',
    }
    for (const [name, method] of Object.entries(methods)) {
      expectAgrees(adjustP(f(adjusted.p), method), adjusted[name] ?? [], name)
    }
    const ols = read('r-stats-expected.json').cases['ols mtcars mpg~wt+hp']
    const fit = leastSquares(f(ols.mpg), [f(ols.wt), f(ols.hp)])
    const mine = {
      coef: fit.coefficients.map(({ estimate }) => estimate),
      se: fit.coefficients.map(({ standardError }) => standardError),
      t: fit.coefficients.map(({ statistic }) => statistic),
      p: fit.coefficients.map(({ p }) => p),
      r2: fit.rSquared,
      adj_r2: fit.adjustedRSquared,
      F: [fit.overall.statistic, ...fit.overall.df],
    }
    for (const [name, values] of Object.entries(mine)) expectAgrees(values, ols[name], name)
  })

  it('gives power to 1e-10, and sizes within the tolerance that R solves them to', () => {
    const { power } = read('r-stats-expected.json').cases
    const size = (name: string, target: number, powerOf: (n: number) => number) =>
      expectAgrees(sampleSize(target, powerOf), power[name], name, 1e-6)
    expectAgrees(meanPower(50, { effect: 0.3 }), power['t_power_d.3_n50'], 'power')
    size('t_n_for_d.5_80', 0.8, (n) => meanPower(n, { effect: 0.5 }))
    size('prop_n_h.2_80', 0.8, (n) => effectPower(n, 0.2))
    size('powerprop_.10_.12_n', 0.8, (n) => proportionPower(n, { proportions: [0.1, 0.12] }))
    size('powerprop_.05_.06_n', 0.9, (n) => proportionPower(n, { proportions: [0.05, 0.06] }))
    size('powert_delta1_sd2_n', 0.9, (n) => meanPower(n, { effect: 0.5, bothTails: false }))
  })
})
