import { ParleyError } from './error.ts'

/** An exact rational number in lowest terms; the denominator is greater than zero. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** Makes a fraction in lowest terms; throws DIVISION_BY_ZERO. */
export function fraction(numerator: bigint, denominator = 1n): Fraction {
  if (denominator === 0n) throw new ParleyError('DIVISION_BY_ZERO', `${numerator} cannot be divided by zero.`)
  const divisor = greatestDivisor(numerator, denominator) * (denominator < 0n ? -1n : 1n)
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [divisor, rest] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (rest > 0n) [divisor, rest] = [rest, divisor % rest]
  return divisor
}

/** The fraction that a finite float stands for, bit by bit; throws NOT_A_FRACTION for NaN and infinities. */
export function fractionOf(value: number): Fraction {
  if (!Number.isFinite(value)) throw new ParleyError('NOT_A_FRACTION', `${value} is not a fraction.`)
  let whole = value
  let denominator = 1n
  while (!Number.isInteger(whole)) {
    whole *= 2
    denominator *= 2n
  }
  return fraction(BigInt(whole), denominator)
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
}

export function minus(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator)
}

export function times(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.numerator, a.denominator * b.denominator)
}

/** a / b; throws DIVISION_BY_ZERO. */
export function over(a: Fraction, b: Fraction): Fraction {
  return fraction(a.numerator * b.denominator, a.denominator * b.numerator)
}

/** True when a < b. */
export function isLess(a: Fraction, b: Fraction): boolean {
  return a.numerator * b.denominator < b.numerator * a.denominator
}

/** The fraction as text: "3/5", or "2" where it is whole. */
export function fractionText({ numerator, denominator }: Fraction): string {
  return denominator === 1n ? String(numerator) : `${numerator}/${denominator}`
}

/** The nearest float, but for rounding in the last place. */
export function fractionNumber({ numerator, denominator }: Fraction): number {
  const whole = numerator / denominator
  const rest = numerator % denominator
  const shift = BigInt(Math.max(0, denominator.toString(2).length - 1000))
  return Number(whole) + Number(rest >> shift) / Number(denominator >> shift)
}
