import { Decimal as Big } from 'decimal.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  compare,
  decimal,
  divide,
  fromNumber,
  isDecimal,
  multiply,
  roundToStep,
  subtract,
  sum,
} from './decimal.ts'

const cents = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n })
const text = (value: bigint) => {
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

describe('decimal', () => {
  it('has one canonical form for one value', () => {
    expect(['1.50', '+1.5', '01.5', '1.5', '15e-1'].map(decimal)).toEqual(Array(5).fill('1.5'))
    expect(['-0', '0.00', '0'].map(decimal)).toEqual(['0', '0', '0'])
  })

  it('refuses what is not a number', () => {
    for (const bad of ['', 'abc', '1,5', '1.2.3', 'NaN', 'Infinity', '0x10', '--1']) {
      expect(() => decimal(bad)).toThrowError(expect.objectContaining({ code: 'NOT_A_DECIMAL' }))
    }
  })

  it('adds, subtracts and multiplies exactly, as whole numbers of cents do', () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(add(decimal(text(a)), decimal(text(b)))).toBe(decimal(text(a + b)))
        expect(subtract(decimal(text(a)), decimal(text(b)))).toBe(decimal(text(a - b)))
        expect(multiply(decimal(a.toString()), decimal(b.toString()))).toBe(decimal((a * b).toString()))
        expect(Math.sign(compare(decimal(text(a)), decimal(text(b))))).toBe(a < b ? -1 : a > b ? 1 : 0)
        expect(isDecimal(decimal(text(a)))).toBe(true)
      }),
    )
  })

  it('rounds to a tick towards zero, away from it, or to the nearest', () => {
    expect(roundToStep(decimal('1.27'), decimal('0.05'), 'down')).toBe('1.25')
    expect(roundToStep(decimal('1.27'), decimal('0.05'), 'up')).toBe('1.3')
    expect(roundToStep(decimal('-1.27'), decimal('0.05'), 'down')).toBe('-1.25')
    expect(roundToStep(decimal('1.27'), decimal('0.05'), 'nearest')).toBe('1.25')
  })

  it('takes floats only with a stated number of places', () => {
    expect(fromNumber(0.1 + 0.2, 8)).toBe('0.3')
    expect(() => fromNumber(Number.NaN, 2)).toThrowError(expect.objectContaining({ code: 'NOT_A_DECIMAL' }))
  })

  it('rounds every float as exact arithmetic on its shortest text does', () => {
    const short = fc
      .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.nat({ max: 8 }))
      .map(([n, k]) => n / 10 ** k)
    const float = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      short,
    )
    const exactly = (value: number, places: number) => {
      const rounded = new Big(value).toDecimalPlaces(places, Big.ROUND_HALF_EVEN)
      return rounded.isZero() ? '0' : rounded.toFixed()
    }
    fc.assert(
      fc.property(float, fc.nat({ max: 20 }), (value, places) => {
        expect(fromNumber(value, places)).toBe(exactly(value, places))
      }),
      { numRuns: 2_000 },
    )
  })

  it('says that dividing by zero is an error', () => {
    expect(() => divide(decimal('1'), decimal('0'))).toThrowError(expect.objectContaining({ code: 'DIVISION_BY_ZERO' }))
    expect(sum([decimal('0.1'), decimal('0.2')])).toBe('0.3')
  })
})
