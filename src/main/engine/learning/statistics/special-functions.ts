const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI)
const tiny = 1e-300
const precision = 1e-16

/** The two tails of a distribution at one point; each is right to the last digits where it is the small one. */
export interface Tails {
  readonly lower: number
  readonly upper: number
}

/** ln Γ(x + 1) less Stirling's approximation of it, for x > 0 (Loader 2000): its series from 16 on, stepped down below. */
function stirlingError(x: number): number {
  let shifted = x
  let steps = 0
  while (shifted < 16) {
    steps += (shifted + 0.5) * Math.log1p(1 / shifted) - 1
    shifted++
  }
  const square = shifted * shifted
  const series = 1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square
  return steps + series / shifted
}

/** x ln(x / mean) + mean - x without cancellation where the two are near (Loader 2000). */
function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x
  const ratio = (x - mean) / (x + mean)
  let sum = (x - mean) * ratio
  let term = 2 * x * ratio
  for (let j = 1; j < 1000; j++) {
    term *= ratio * ratio
    const next = sum + term / (2 * j + 1)
    if (next === sum) break
    sum = next
  }
  return sum
}

/** Natural logarithm of Γ(x) for x > 0; infinite at 0, NaN below. */
export function logGamma(x: number): number {
  if (x === 0) return Number.POSITIVE_INFINITY
  if (!(x > 0)) return Number.NaN
  if (x < 16) {
    let product = 1
    let shifted = x
    for (; shifted < 16; shifted++) product *= shifted
    return logGamma(shifted) - Math.log(product)
  }
  return halfLogTwoPi + (x - 0.5) * Math.log(x) - x + stirlingError(x)
}

/** ln of n over k, for whole 0 <= k <= n. */
export function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)
}

/** mean^x e^-mean / Γ(x + 1) for real x >= 0 and mean >= 0, by Loader's saddle point (2000). */
export function poissonWeight(x: number, mean: number): number {
  if (mean === 0) return x === 0 ? 1 : 0
  if (x < 0 || !Number.isFinite(mean)) return 0
  if (x === 0) return Math.exp(-mean)
  return Math.exp(-stirlingError(x) - deviance(x, mean)) / Math.sqrt(2 * Math.PI * x)
}

/**
 * Γ(n + 1) / (Γ(x + 1) Γ(n - x + 1)) p^x q^(n - x) for real 0 <= x <= n, by Loader's saddle point (2000); q is 1 - p,
 * given for its own sake so that a p near 1 loses nothing.
 */
export function binomialWeight(x: number, n: number, p: number, q = 1 - p): number {
  if (x < 0 || x > n) return 0
  if (p === 0) return x === 0 ? 1 : 0
  if (q === 0) return x === n ? 1 : 0
  if (x === 0) return n === 0 ? 1 : Math.exp(p < 0.1 ? -deviance(n, n * q) - n * p : n * Math.log(q))
  if (x === n) return Math.exp(q < 0.1 ? -deviance(n, n * p) - n * q : n * Math.log(p))
  const body = stirlingError(n) - stirlingError(x) - stirlingError(n - x) - deviance(x, n * p) - deviance(n - x, n * q)
  return Math.exp(body) / Math.sqrt(2 * Math.PI * x * ((n - x) / n))
}

/** A continued fraction b0 + a1 / (b1 + a2 / (b2 + ...)) by Lentz's method as Thompson and Barnett changed it (1986). */
function continuedFraction(first: number, term: (k: number) => readonly [a: number, b: number]): number {
  let value = first === 0 ? tiny : first
  let c = value
  let d = 0
  for (let k = 1; k < 1_000_000; k++) {
    const [a, b] = term(k)
    d = b + a * d
    d = 1 / (d === 0 ? tiny : d)
    c = b + a / c
    if (c === 0) c = tiny
    const change = c * d
    value *= change
    if (Math.abs(change - 1) <= precision) break
  }
  return value
}

/** Regularised incomplete gamma function of shape a > 0 at x >= 0: P (lower) and Q (upper). */
export function incompleteGamma(a: number, x: number): Tails {
  if (!(a > 0) || Number.isNaN(x)) return { lower: Number.NaN, upper: Number.NaN }
  if (x <= 0) return { lower: 0, upper: 1 }
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 }
  const weight = poissonWeight(a, x)
  if (x < a + 1) {
    let term = 1
    let sum = 1
    for (let k = 1; k < 1_000_000; k++) {
      term *= x / (a + k)
      sum += term
      if (term < sum * precision) break
    }
    const lower = Math.min(1, weight * sum)
    return { lower, upper: 1 - lower }
  }
  const fraction = continuedFraction(x + 1 - a, (k) => [-k * (k - a), x + 2 * k + 1 - a])
  const upper = Math.min(1, (weight * a) / fraction)
  return { lower: 1 - upper, upper }
}

/**
 * One side of the incomplete beta function by the continued fraction of Didonato and Morris (1992, equation 9), which
 * converges fast for x below the mean and cancels nowhere there.
 */
function betaFraction(a: number, b: number, x: number, y: number): number {
  const excess = a * y - b * x + 1
  const fraction = continuedFraction((a * excess) / (a + 1), (m) => {
    const whole = a + 2 * m
    const numerator = (((a + m - 1) * (a + b + m - 1)) / (whole - 1)) * ((m * (b - m) * x * x) / (whole - 1))
    return [numerator, m + (m * (b - m) * x) / (whole - 1) + ((a + m) * (excess + m * (1 + y))) / (whole + 1)]
  })
  return Math.min(1, (binomialWeight(a, a + b, x, y) * a * (b / (a + b))) / fraction)
}

/**
 * Regularised incomplete beta function I_x(a, b) (lower) and its complement (upper), for a, b > 0 and 0 <= x <= 1;
 * y is 1 - x, given for its own sake so that an x near 1 loses nothing.
 */
export function incompleteBeta(a: number, b: number, x: number, y = 1 - x): Tails {
  if (!(a > 0) || !(b > 0) || Number.isNaN(x)) return { lower: Number.NaN, upper: Number.NaN }
  if (x <= 0) return { lower: 0, upper: 1 }
  if (y <= 0) return { lower: 1, upper: 0 }
  if (x <= (a + 1) / (a + b + 2)) {
    const lower = betaFraction(a, b, x, y)
    return { lower, upper: 1 - lower }
  }
  const upper = betaFraction(b, a, y, x)
  return { lower: 1 - upper, upper }
}
