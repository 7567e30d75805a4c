import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fraction, fractionNumber, fractionOf, fractionText, isLess, minus, over, plus, times } from './fraction.ts'

const fractions = fc
  .tuple(fc.bigInt({ min: -99n, max: 99n }), fc.bigInt({ min: 1n, max: 99n }))
  .map(([numerator, denominator]) => fraction(numerator, denominator))

it('adds, multiplies, and undoes both exactly', () => {
  fc.assert(
    fc.property(fractions, fractions, (a, b) => {
      expect(minus(plus(a, b), b)).toEqual(a)
      if (b.numerator !== 0n) expect(over(times(a, b), b)).toEqual(a)
      expect(isLess(a, b)).toBe(fractionNumber(a) < fractionNumber(b))
    }),
  )
})

it('reads every float exactly and gives it back', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(fractionNumber(fractionOf(value))).toBeCloseTo(value, 12)
    }),
  )
  expect(fractionText(fractionOf(-0.375))).toBe('-3/8')
  expect(() => fractionOf(Number.NaN)).toThrowError(expect.objectContaining({ code: 'NOT_A_FRACTION' }))
})

it('is in lowest terms and refuses zero below the line', () => {
  expect(fractionText(fraction(6n, -4n))).toBe('-3/2')
  expect(fractionText(fraction(6n, 3n))).toBe('2')
  expect(() => fraction(1n, 0n)).toThrowError(expect.objectContaining({ code: 'DIVISION_BY_ZERO' }))
})
