import { adjustments, adjustP } from '#engine/learning/statistics/adjusted-p.ts'
import { oneWayAnova, welchAnova } from '#engine/learning/statistics/anova.ts'
import {
  type CountTable,
  chiSquaredTest,
  goodnessOfFit,
  proportionTest,
} from '#engine/learning/statistics/contingency.ts'
import { kendall, pearsonTest, spearman } from '#engine/learning/statistics/correlation.ts'
import { binomialTest, fisherTest } from '#engine/learning/statistics/exact-tests.ts'
import { boundaryConstant, boundaryLimits } from '#engine/learning/statistics/group-sequential.ts'
import { kolmogorovSmirnov } from '#engine/learning/statistics/kolmogorov-smirnov.ts'
import {
  effectPower,
  type MeanDesign,
  meanPower,
  proportionPower,
  sampleSize,
} from '#engine/learning/statistics/power.ts'
import { kruskalWallis, mannWhitney, pairedSignedRank, signedRank } from '#engine/learning/statistics/rank-tests.ts'
import { leastSquares } from '#engine/learning/statistics/regression.ts'
import { mixtureP, observeMixture, unseen, waldLimits } from '#engine/learning/statistics/sequential.ts'
import { shapiroWilk } from '#engine/learning/statistics/shapiro-wilk.ts'
import { oneSampleT, pairedT, studentTwoSampleT, welchT } from '#engine/learning/statistics/t-tests.ts'
import type { AlternativeHypothesis } from '#engine/learning/statistics/test-result.ts'
import { bartlett, varianceRatio } from '#engine/learning/statistics/variance-tests.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** What a statistics file asks for: the test's name, its data, and options by the names that the functions give them. */
export interface LabStatsRequest {
  readonly test: string
  readonly [name: string]: unknown
}

function invalid(name: string, what: string): ParleyError {
  return new ParleyError('STATISTICS_INVALID', `"${name}" must be ${what}.`, {
    details: { name },
    wayOut: 'See the table of tests in docs/cli.md.',
  })
}

function numbers(request: LabStatsRequest, name: string): Float64Array {
  const value = request[name]
  if (!Array.isArray(value) || !value.every((cell) => typeof cell === 'number')) throw invalid(name, 'numbers')
  return Float64Array.from(value)
}

function samples(request: LabStatsRequest, name: string): Float64Array[] {
  const value = request[name]
  if (!Array.isArray(value)) throw invalid(name, 'lists of numbers')
  return value.map((_, at) => numbers({ test: request.test, [`${name}[${at}]`]: value[at] }, `${name}[${at}]`))
}

function number(request: LabStatsRequest, name: string): number {
  const value = request[name]
  if (typeof value !== 'number') throw invalid(name, 'a number')
  return value
}

function table(request: LabStatsRequest): CountTable {
  return samples(request, 'table').map((row) => [...row])
}

interface Options {
  readonly alternative?: AlternativeHypothesis
  readonly confidence?: number
  readonly mu?: number
  readonly ratio?: number
  readonly probability?: number
  readonly oddsRatio?: number
  readonly significance?: number
  readonly exact?: boolean
  readonly correct?: boolean
  readonly bothTails?: boolean
  readonly intercept?: boolean
  readonly design?: MeanDesign
  readonly expected?: readonly number[]
}

const isFlag = (value: unknown) => typeof value === 'boolean'
const isNumber = (value: unknown) => typeof value === 'number'
const isShare = (value: unknown) => typeof value === 'number' && value > 0 && value < 1
const oneOf =
  (...words: string[]) =>
  (value: unknown) =>
    words.includes(value as string)

const optionChecks: Readonly<Record<keyof Options, readonly [what: string, fits: (value: unknown) => boolean]>> = {
  alternative: ['two-sided, less or greater', oneOf('two-sided', 'less', 'greater')],
  confidence: ['above 0 and below 1', isShare],
  significance: ['above 0 and below 1', isShare],
  mu: ['a number', isNumber],
  ratio: ['a number', isNumber],
  probability: ['a number', isNumber],
  oddsRatio: ['a number', isNumber],
  exact: ['true or false', isFlag],
  correct: ['true or false', isFlag],
  bothTails: ['true or false', isFlag],
  intercept: ['true or false', isFlag],
  design: ['one-sample, two-sample or paired', oneOf('one-sample', 'two-sample', 'paired')],
  expected: ['numbers', (value) => Array.isArray(value) && value.every(isNumber)],
}

/** The options that a request gives; those that a test does not know are left alone by it. */
function options(request: LabStatsRequest): Options {
  const given = Object.entries(optionChecks).filter(([name]) => request[name] !== undefined)
  for (const [name, [what, fits]] of given) if (!fits(request[name])) throw invalid(name, what)
  return Object.fromEntries(given.map(([name]) => [name, request[name]]))
}

type Run = (request: LabStatsRequest) => unknown

const x = (request: LabStatsRequest) => numbers(request, 'x')
const y = (request: LabStatsRequest) => numbers(request, 'y')
const groups = (request: LabStatsRequest) => samples(request, 'groups')

function proportionOptions(request: LabStatsRequest) {
  const { alternative, ...rest } = options(request)
  return {
    ...rest,
    alternative: alternative === 'less' || alternative === 'greater' ? 'one-sided' : 'two-sided',
  } as const
}

/** Every test by its name; a request's other members are handed on as its options. */
const runs: Readonly<Record<string, Run>> = {
  'one-sample-t': (r) => oneSampleT(x(r), options(r)),
  'paired-t': (r) => pairedT(x(r), y(r), options(r)),
  'student-t': (r) => studentTwoSampleT(x(r), y(r), options(r)),
  'welch-t': (r) => welchT(x(r), y(r), options(r)),
  'mann-whitney': (r) => mannWhitney(x(r), y(r), options(r)),
  'signed-rank': (r) =>
    r['y'] === undefined ? signedRank(x(r), options(r)) : pairedSignedRank(x(r), y(r), options(r)),
  'kolmogorov-smirnov': (r) => kolmogorovSmirnov(x(r), y(r), options(r)),
  'variance-ratio': (r) => varianceRatio(x(r), y(r), options(r)),
  pearson: (r) => pearsonTest(x(r), y(r), options(r)),
  spearman: (r) => spearman(x(r), y(r), options(r)),
  kendall: (r) => kendall(x(r), y(r), options(r)),
  'shapiro-wilk': (r) => shapiroWilk(x(r)),
  anova: (r) => oneWayAnova(groups(r)),
  'welch-anova': (r) => welchAnova(groups(r)),
  'kruskal-wallis': (r) => kruskalWallis(groups(r)),
  bartlett: (r) => bartlett(groups(r)),
  'chi-squared': (r) => chiSquaredTest(table(r), options(r)),
  'goodness-of-fit': (r) =>
    goodnessOfFit(
      [...numbers(r, 'counts')],
      r['probabilities'] === undefined ? undefined : [...numbers(r, 'probabilities')],
    ),
  proportions: (r) => proportionTest([...numbers(r, 'successes')], [...numbers(r, 'trials')], options(r)),
  fisher: (r) => {
    const [[a, b] = [], [c, d] = []] = table(r)
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw invalid('table', '2 x 2')
    return fisherTest(
      [
        [a, b],
        [c, d],
      ],
      options(r),
    )
  },
  binomial: (r) => binomialTest(number(r, 'successes'), number(r, 'trials'), options(r)),
  'adjusted-p': (r) => {
    const method = adjustments.find((known) => known === r['method'])
    if (method === undefined) throw invalid('method', `one of ${adjustments.join(', ')}`)
    return { p: [...adjustP(numbers(r, 'p'), method)] }
  },
  'least-squares': (r) => {
    const fit = leastSquares(y(r), samples(r, 'predictors'), options(r))
    return { ...fit, residuals: [...fit.residuals] }
  },
  'mean-power': (r) => {
    const plan = { ...options(r), effect: number(r, 'effect') }
    return r['power'] === undefined
      ? { power: meanPower(number(r, 'n'), plan) }
      : { n: sampleSize(number(r, 'power'), (n) => meanPower(n, plan)) }
  },
  'effect-power': (r) => {
    const effect = number(r, 'effect')
    return r['power'] === undefined
      ? { power: effectPower(number(r, 'n'), effect, options(r)) }
      : { n: sampleSize(number(r, 'power'), (n) => effectPower(n, effect, options(r))) }
  },
  'proportion-power': (r) => {
    const [first = Number.NaN, second = Number.NaN] = numbers(r, 'proportions')
    const plan = { ...proportionOptions(r), proportions: [first, second] as const }
    return r['power'] === undefined
      ? { power: proportionPower(number(r, 'n'), plan) }
      : { n: sampleSize(number(r, 'power'), (n) => proportionPower(n, plan)) }
  },
  mixture: (r) => {
    const plan = { ...options(r), variance: number(r, 'variance'), spread: number(r, 'spread') }
    let state = unseen
    for (const value of x(r)) state = observeMixture(state, value, plan)
    return { ...state, mean: state.sum / state.count, now: mixtureP(state.likelihoodRatio) }
  },
  'wald-limits': (r) => waldLimits(number(r, 'alpha'), number(r, 'beta')),
  'group-sequential': (r) => {
    const shape = r['shape'] === 'pocock' ? 'pocock' : 'obrien-fleming'
    const looks = number(r, 'looks')
    const constant = boundaryConstant(looks, shape, options(r).significance)
    return { constant, limits: boundaryLimits(constant, looks, shape) }
  },
}

/** The names that a statistics file may ask for. */
export const labTests: readonly string[] = Object.keys(runs)

/**
 * `parley lab stats FILE`: one of the statistical tests, on data in JSON. Throws STATISTICS_INVALID for an unknown test or
 * data of another shape, and the test's own errors.
 */
export function labStats(request: LabStatsRequest): unknown {
  const run = Object.hasOwn(runs, request.test) ? runs[request.test] : undefined
  if (run === undefined) throw invalid('test', `one of ${labTests.join(', ')}`)
  return run(request)
}
