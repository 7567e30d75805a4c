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

/** The fraction as text: "3/5", or "2" where it is whole. */
export function fractionText({ numerator, denominator }: Fraction): string {
  return denominator === 1n ? String(numerator) : `${numerator}/${denominator}`
}
