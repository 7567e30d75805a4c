import { ParleyError } from '#shared/lib/error.ts'

/**
 * Where a continuous function that changes its sign between low and high is zero, to the last digits of a double, by
 * Brent's method (1973). Throws ROOT_NOT_BRACKETED where both ends have one sign.
 */
export function findRoot(f: (x: number) => number, low: number, high: number): number {
  let a = low
  let b = high
  let fa = f(a)
  let fb = f(b)
  if (fa === 0) return a
  if (fb === 0) return b
  if (!(fa < 0 !== fb < 0) || Number.isNaN(fa + fb)) {
    throw new ParleyError('ROOT_NOT_BRACKETED', `There is no sign change between ${low} and ${high}.`, {
      details: { low, high, atLow: String(fa), atHigh: String(fb) },
    })
  }
  let c = a
  let fc = fa
  let step = b - a
  let before = step
  for (let k = 0; k < 200; k++) {
    if (Math.abs(fc) < Math.abs(fb)) {
      a = b
      b = c
      c = a
      fa = fb
      fb = fc
      fc = fa
    }
    const tolerance = 2 * Number.EPSILON * Math.abs(b)
    const middle = (c - b) / 2
    if (Math.abs(middle) <= tolerance || fb === 0) return b
    if (Math.abs(before) < tolerance || Math.abs(fa) <= Math.abs(fb)) {
      step = middle
      before = middle
    } else {
      const s = fb / fa
      let p = 2 * middle * s
      let q = 1 - s
      if (a !== c) {
        const r = fb / fc
        q = fa / fc
        p = s * (2 * middle * q * (q - r) - (b - a) * (r - 1))
        q = (q - 1) * (r - 1) * (s - 1)
      }
      if (p > 0) q = -q
      p = Math.abs(p)
      if (2 * p < Math.min(3 * middle * q - Math.abs(tolerance * q), Math.abs(before * q))) {
        before = step
        step = p / q
      } else {
        step = middle
        before = middle
      }
    }
    a = b
    fa = fb
    b += Math.abs(step) > tolerance ? step : Math.sign(middle) * Math.max(tolerance, Number.MIN_VALUE)
    fb = f(b)
    if (fb < 0 === fc < 0) {
      c = a
      fc = fa
      step = b - a
      before = step
    }
  }
  return b
}
