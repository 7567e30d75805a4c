import { findRoot } from './find-root.ts'
import {
  binomialWeight,
  incompleteBeta,
  incompleteGamma,
  logGamma,
  poissonWeight,
  type Tails,
} from './special-functions.ts'

/**
 * A probability distribution. `upper` and `upperQuantile` are the upper tail's own, so that a small tail keeps its
 * digits. Parameters and probabilities out of range give NaN. Agrees with R's d, p and q functions.
 */
export interface Distribution {
  /** Density, or probability of one whole number where the distribution is discrete. */
  density(x: number): number
  /** Probability of at most x. */
  cdf(x: number): number
  /** Probability of more than x. */
  upper(x: number): number
  /** The smallest x whose cdf is at least the probability. */
  quantile(probability: number): number
  /** The smallest x whose upper tail is at most the probability. */
  upperQuantile(probability: number): number
}

interface Shape {
  readonly from: number
  readonly to: number
  /** A point within, where the search for quantiles starts; not 0 unless the distribution has both signs. */
  readonly start: number
  readonly density: (x: number) => number
  readonly tails: (x: number) => Tails
}

/** Looks for x where f crosses zero, upward, doubling away from the start until it is between two points. */
function searchOutward(f: (x: number) => number, { from, to, start }: Shape): number {
  if (f(start) === 0) return start
  const upward = f(start) < 0
  let near = start
  let reach = Math.abs(start) / 2 || 1
  for (let k = 0; k < 2200; k++) {
    let far: number
    if (upward) far = Math.min(to, near + reach)
    else if (from === 0) far = near / 2
    else far = Math.max(from, near - reach)
    if (f(far) < 0 !== upward) return findRoot(f, Math.min(near, far), Math.max(near, far))
    if (far === near || far === to || !Number.isFinite(far)) return far
    near = far
    reach *= 2
  }
  return near
}

function continuous(shape: Shape): Distribution {
  const { from, to, density, tails } = shape
  const inside = (x: number) => x >= from && x <= to
  function quantileOf(probability: number, isUpper: boolean): number {
    if (!(probability >= 0 && probability <= 1)) return Number.NaN
    if (probability === 0) return isUpper ? to : from
    if (probability === 1) return isUpper ? from : to
    const f = (x: number) => (isUpper ? probability - tails(x).upper : tails(x).lower - probability)
    return searchOutward(f, shape)
  }
  return {
    density: (x) => (Number.isNaN(x) ? Number.NaN : inside(x) ? density(x) : 0),
    cdf: (x) => (x <= from ? 0 : x >= to ? 1 : tails(x).lower),
    upper: (x) => (x <= from ? 1 : x >= to ? 0 : tails(x).upper),
    quantile: (probability) => quantileOf(probability, false),
    upperQuantile: (probability) => quantileOf(probability, true),
  }
}

const nowhere: Distribution = {
  density: () => Number.NaN,
  cdf: () => Number.NaN,
  upper: () => Number.NaN,
  quantile: () => Number.NaN,
  upperQuantile: () => Number.NaN,
}

function normalTails(z: number): Tails {
  const { lower, upper } = incompleteGamma(0.5, (z * z) / 2)
  return z > 0 ? { lower: 0.5 + lower / 2, upper: upper / 2 } : { lower: upper / 2, upper: 0.5 + lower / 2 }
}

function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)
}

/** Normal distribution; the deviation must be above 0. */
export function normal(mean = 0, deviation = 1): Distribution {
  if (!(deviation > 0) || !Number.isFinite(mean)) return nowhere
  const at = (x: number) => (x - mean) / deviation
  const standard = continuous({
    from: Number.NEGATIVE_INFINITY,
    to: Number.POSITIVE_INFINITY,
    start: 0,
    density: normalDensity,
    tails: normalTails,
  })
  return {
    density: (x) => standard.density(at(x)) / deviation,
    cdf: (x) => standard.cdf(at(x)),
    upper: (x) => standard.upper(at(x)),
    quantile: (probability) => mean + deviation * standard.quantile(probability),
    upperQuantile: (probability) => mean + deviation * standard.upperQuantile(probability),
  }
}

/** Gamma distribution of a shape above 0 and a rate above 0. */
export function gamma(shape: number, rate = 1): Distribution {
  if (!(shape > 0) || !(rate > 0)) return nowhere
  return continuous({
    from: 0,
    to: Number.POSITIVE_INFINITY,
    start: shape / rate,
    density: (x) => {
      if (x > 0)
        return shape < 1 ? (poissonWeight(shape, x * rate) * shape) / x : rate * poissonWeight(shape - 1, x * rate)
      return shape < 1 ? Number.POSITIVE_INFINITY : shape === 1 ? rate : 0
    },
    tails: (x) => incompleteGamma(shape, x * rate),
  })
}

/** Chi-squared distribution of degrees of freedom above 0. */
export function chiSquared(degrees: number): Distribution {
  return gamma(degrees / 2, 0.5)
}

/** Exponential distribution of a rate above 0. */
export function exponential(rate = 1): Distribution {
  if (!(rate > 0)) return nowhere
  return {
    density: (x) => (x < 0 ? 0 : rate * Math.exp(-rate * x)),
    cdf: (x) => (x <= 0 ? 0 : -Math.expm1(-rate * x)),
    upper: (x) => (x <= 0 ? 1 : Math.exp(-rate * x)),
    quantile: (p) => (p >= 0 && p <= 1 ? -Math.log1p(-p) / rate : Number.NaN),
    upperQuantile: (p) => (p >= 0 && p <= 1 ? -Math.log(p) / rate : Number.NaN),
  }
}

/** Beta distribution; both shapes must be above 0. */
export function beta(a: number, b: number): Distribution {
  if (!(a > 0) || !(b > 0)) return nowhere
  return continuous({
    from: 0,
    to: 1,
    start: a / (a + b),
    density: (x) => {
      if (x > 0 && x < 1) return (binomialWeight(a, a + b, x) * ((a * b) / (a + b))) / (x * (1 - x))
      const [own, other] = x === 0 ? [a, b] : [b, a]
      return own < 1 ? Number.POSITIVE_INFINITY : own === 1 ? other : 0
    },
    tails: (x) => incompleteBeta(a, b, x),
  })
}

/** Fisher's F distribution; both degrees of freedom must be above 0 (they may be infinite). */
export function fisherF(numerator: number, denominator: number): Distribution {
  if (!(numerator > 0) || !(denominator > 0)) return nowhere
  if (denominator === Number.POSITIVE_INFINITY) return gamma(numerator / 2, numerator / 2)
  const [a, b] = [numerator / 2, denominator / 2]
  return continuous({
    from: 0,
    to: Number.POSITIVE_INFINITY,
    start: 1,
    density: (x) => {
      if (x === 0) return numerator < 2 ? Number.POSITIVE_INFINITY : numerator === 2 ? 1 : 0
      const whole = denominator + numerator * x
      return (binomialWeight(a, a + b, (numerator * x) / whole, denominator / whole) * ((a * b) / (a + b))) / x
    },
    tails: (x) => {
      const whole = denominator + numerator * x
      return incompleteBeta(a, b, (numerator * x) / whole, denominator / whole)
    },
  })
}

/** Student's t distribution; degrees of freedom above 0, whole or not; with a noncentrality it is the noncentral one. */
export function studentT(degrees: number, noncentrality = 0): Distribution {
  if (!(degrees > 0) || !Number.isFinite(noncentrality)) return nowhere
  if (degrees === Number.POSITIVE_INFINITY) return normal(noncentrality)
  const both = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }
  const central = (t: number): Tails => {
    const square = t * t
    const whole = degrees + square
    // Beyond 1e150 the square is infinite; the tail is then degrees^(degrees / 2) / |t|^degrees, near 0 in any case.
    const outside =
      square === Number.POSITIVE_INFINITY
        ? 0
        : incompleteBeta(degrees / 2, 0.5, degrees / whole, square / whole).lower / 2
    return t > 0 ? { lower: 1 - outside, upper: outside } : { lower: outside, upper: 1 - outside }
  }
  if (noncentrality === 0) {
    return continuous({ ...both, start: 0, density: (t) => studentDensity(t, degrees), tails: central })
  }
  const tails = (t: number) => noncentralTails(t, degrees, noncentrality)
  return continuous({
    ...both,
    start: noncentrality,
    density: (t) => {
      // By the recurrence between neighbouring degrees of freedom (Johnson, Kotz and Balakrishnan 1995, 31.5).
      if (t === 0) {
        return Math.exp(
          logGamma((degrees + 1) / 2) -
            logGamma(degrees / 2) -
            0.5 * Math.log(Math.PI * degrees) -
            (noncentrality * noncentrality) / 2,
        )
      }
      const wider = noncentralTails(t * Math.sqrt((degrees + 2) / degrees), degrees + 2, noncentrality)
      const here = tails(t)
      const difference = wider.lower < 0.5 ? wider.lower - here.lower : here.upper - wider.upper
      return (degrees / t) * difference
    },
    tails,
  })
}

function studentDensity(t: number, degrees: number): number {
  const whole = degrees + t * t
  const weight = binomialWeight(degrees / 2, (degrees + 1) / 2, degrees / whole, (t * t) / whole)
  if (t === 0 || weight === 0) {
    return Math.exp(
      logGamma((degrees + 1) / 2) -
        logGamma(degrees / 2) -
        0.5 * Math.log(Math.PI * degrees) -
        ((degrees + 1) / 2) * Math.log1p((t * t) / degrees),
    )
  }
  // x^a y^(1/2) / B(a, 1/2), and |dx/dt| turned into 1 / |t|.
  return (weight * ((degrees / 2) * 0.5)) / ((degrees + 1) / 2) / Math.abs(t)
}

/** Tails of the noncentral t by its Poisson mixture of beta tails, summed outward from the largest weight. */
function noncentralTails(t: number, degrees: number, noncentrality: number): Tails {
  if (t < 0) {
    const { lower, upper } = noncentralTails(-t, degrees, -noncentrality)
    return { lower: upper, upper: lower }
  }
  const rate = (noncentrality * noncentrality) / 2
  const side = Math.sign(noncentrality)
  const square = t * t
  const x = square / (degrees + square)
  const y = degrees / (degrees + square)
  let lower = 0
  let upper = 0
  const add = (j: number): boolean => {
    const even = poissonWeight(j, rate)
    const odd = side * poissonWeight(j + 0.5, rate)
    const evenTails = incompleteBeta(j + 0.5, degrees / 2, x, y)
    const oddTails = incompleteBeta(j + 1, degrees / 2, x, y)
    const toLower = even * evenTails.lower + odd * oddTails.lower
    const toUpper = even * evenTails.upper + odd * oddTails.upper
    lower += toLower / 2
    upper += toUpper / 2
    return even + Math.abs(odd) > 1e-19
  }
  const middle = Math.floor(rate)
  for (let j = middle; j >= 0; j--) if (!add(j)) break
  for (let j = middle + 1; ; j++) if (!add(j)) break
  lower += normalTails(-noncentrality).lower
  return { lower: Math.min(1, Math.max(0, lower)), upper: Math.min(1, Math.max(0, upper)) }
}

interface Whole {
  readonly from: number
  readonly to: number
  readonly start: number
  readonly weight: (k: number) => number
  readonly tails: (k: number) => Tails
}

/** Rounds a number that stands for a count, as R does: within 1e-7 of the next whole number it is that one. */
function wholeBelow(x: number): number {
  return Math.floor(x + 1e-7)
}

function discrete({ from, to, start, weight, tails }: Whole): Distribution {
  const at = (x: number): Tails => {
    const k = wholeBelow(x)
    if (k < from) return { lower: 0, upper: 1 }
    return k >= to ? { lower: 1, upper: 0 } : tails(k)
  }
  function quantileOf(probability: number, isUpper: boolean): number {
    if (!(probability >= 0 && probability <= 1)) return Number.NaN
    if (probability === (isUpper ? 0 : 1)) return to
    // A hair of slack, so that rounding of the tail does not step past an exact probability.
    const slack = 64 * Number.EPSILON
    const reached = (k: number) =>
      isUpper ? at(k).upper <= probability * (1 + slack) : at(k).lower >= probability * (1 - slack)
    let low = from - 1
    let high = Math.max(from, Math.min(to, Math.ceil(start)))
    for (let reach = 1; !reached(high) && high < to; reach *= 2) {
      low = high
      high = Math.min(to, high + reach)
    }
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (reached(middle)) high = middle
      else low = middle
    }
    return high
  }
  return {
    density: (x) => (Math.abs(x - Math.round(x)) > 1e-7 || x < from || x > to ? 0 : weight(Math.round(x))),
    cdf: (x) => at(x).lower,
    upper: (x) => at(x).upper,
    quantile: (probability) => quantileOf(probability, false),
    upperQuantile: (probability) => quantileOf(probability, true),
  }
}

/** Number of successes in `trials` independent trials of the given probability. */
export function binomial(trials: number, probability: number): Distribution {
  if (!Number.isInteger(trials) || trials < 0 || !(probability >= 0 && probability <= 1)) return nowhere
  return discrete({
    from: 0,
    to: trials,
    start: trials * probability,
    weight: (k) => binomialWeight(k, trials, probability),
    tails: (k) => {
      const { lower, upper } = incompleteBeta(k + 1, trials - k, probability)
      return { lower: upper, upper: lower }
    },
  })
}

/** Poisson distribution of a mean of at least 0. */
export function poisson(mean: number): Distribution {
  if (!(mean >= 0)) return nowhere
  return discrete({
    from: 0,
    to: Number.POSITIVE_INFINITY,
    start: mean,
    weight: (k) => poissonWeight(k, mean),
    tails: (k) => {
      const { lower, upper } = incompleteGamma(k + 1, mean)
      return { lower: upper, upper: lower }
    },
  })
}

/** Failures before the `size`-th success (size above 0, whole or not) of trials with a probability above 0. */
export function negativeBinomial(size: number, probability: number): Distribution {
  if (!(size > 0) || !(probability > 0 && probability <= 1)) return nowhere
  return discrete({
    from: 0,
    to: Number.POSITIVE_INFINITY,
    start: (size * (1 - probability)) / probability,
    weight: (k) => (size / (size + k)) * binomialWeight(size, size + k, probability),
    tails: (k) => incompleteBeta(size, k + 1, probability),
  })
}

/** White balls among `drawn` taken without replacement from an urn of `white` and `black` ones. */
export function hypergeometric(white: number, black: number, drawn: number): Distribution {
  const counts = [white, black, drawn]
  if (counts.some((count) => !Number.isInteger(count) || count < 0) || drawn > white + black) return nowhere
  const from = Math.max(0, drawn - black)
  const to = Math.min(drawn, white)
  const total = white + black
  const share = drawn / total
  const weight = (k: number) => {
    if (drawn === 0) return k === 0 ? 1 : 0
    const whole = binomialWeight(drawn, total, share, (total - drawn) / total)
    const rest = (total - drawn) / total
    return (binomialWeight(k, white, share, rest) * binomialWeight(drawn - k, black, share, rest)) / whole
  }
  const sumFrom = (first: number, last: number, step: 1 | -1) => {
    let sum = 0
    for (let k = first; k !== last + step; k += step) {
      const term = weight(k)
      sum += term
      if (term < sum * 1e-18) break
    }
    return Math.min(1, sum)
  }
  return discrete({
    from,
    to,
    start: drawn * (white / Math.max(1, total)),
    weight,
    tails: (k) => {
      if (k < (drawn * white) / total) {
        const lower = sumFrom(k, from, -1)
        return { lower, upper: 1 - lower }
      }
      const upper = sumFrom(k + 1, to, 1)
      return { lower: 1 - upper, upper }
    },
  })
}
