import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal, fromNumber } from '#shared/lib/decimal.ts'
import {
  formatAge,
  formatCompact,
  formatDecimal,
  formatDuration,
  formatMoney,
  formatNumber,
  formatPercent,
  placesOf,
  trendOf,
} from './format.ts'

const thin = '\u202f'

describe('UX-6 decimals', () => {
  it('are grouped by thin spaces and padded to the instrument’s precision', () => {
    expect(formatDecimal(decimal('64210.5'), { places: 2 })).toBe(`64${thin}210.50`)
    expect(formatDecimal(decimal('1234567'), { places: 0 })).toBe(`1${thin}234${thin}567`)
    expect(formatDecimal(decimal('999'), { places: 1 })).toBe('999.0')
  })

  it('carry their sign; a plus only where asked for, and zero none', () => {
    expect(formatDecimal(decimal('-3.2'), { places: 1 })).toBe('−3.2')
    expect(formatDecimal(decimal('3.2'), { places: 1, signed: true })).toBe('+3.2')
    expect(formatDecimal(decimal('0'), { places: 1, signed: true })).toBe('0.0')
  })

  it('are never rounded to a false zero', () => {
    expect(formatDecimal(decimal('0.000041'), { places: 2 })).toBe('0.000041')
    expect(formatDecimal(decimal('-0.0004'), { places: 2 })).toBe('−0.0004')
  })

  it('keep every digit of large amounts, which floats would lose', () => {
    expect(formatDecimal(decimal('90071992547409931.25'), { places: 2 })).toBe(
      `90${thin}071${thin}992${thin}547${thin}409${thin}931.25`,
    )
  })

  it('read back as what they show, to half a step', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: 0, max: 8 }), (value, places) => {
        const shown = Number(formatDecimal(fromNumber(value, 12), { places }).replaceAll(thin, '').replace('−', '-'))
        return Math.abs(shown - value) <= 0.500001 * 10 ** -places + 1e-9 * Math.abs(value)
      }),
    )
  })
})

describe('UX-7 what is unavailable', () => {
  it('is a dash, never a zero', () => {
    for (const text of [
      formatDecimal(null, { places: 2 }),
      formatMoney(null, 'USDT'),
      formatNumber(Number.NaN, { places: 2 }),
      formatPercent(null),
      formatDuration(null),
      formatAge(null),
      formatCompact(null),
    ]) {
      expect(text).toBe('–')
    }
  })
})

describe('money and shares', () => {
  it('carry currency and unit', () => {
    expect(formatMoney(decimal('128.4'), 'USD', true)).toBe('+128.40 USD')
    expect(formatPercent(0.0013)).toBe(`+0.13${thin}%`)
    expect(formatPercent(-0.25, 0)).toBe(`−25${thin}%`)
    expect(formatPercent(0.83, 0, false)).toBe(`83${thin}%`)
  })

  it('say up, down or flat', () => {
    expect([trendOf('12.5'), trendOf('-0.1'), trendOf('0'), trendOf(null), trendOf(-2)]).toEqual([
      'up',
      'down',
      'flat',
      'flat',
      'down',
    ])
  })
})

it('lengths of time have the unit that fits', () => {
  expect([41, 999, 3_240, 45_000, 59_600, 185_000, 7_800_000].map(formatDuration)).toEqual([
    '41 ms',
    '999 ms',
    '3.2 s',
    '45 s',
    '1 min 00 s',
    '3 min 05 s',
    '2 h 10 min',
  ])
  expect([0, 312, 12_000].map(formatAge)).toEqual(['0.0 s', '0.3 s', '12 s'])
})

it('volumes are short', () => {
  expect([0, 3.456, 950, 1_234, 1_234_567, 2.5e9].map(formatCompact)).toEqual([
    '0',
    '3.46',
    '950',
    '1.23 K',
    '1.23 M',
    '2.50 B',
  ])
})

it('a step says how many places prices have', () => {
  expect([placesOf('0.01'), placesOf('5'), placesOf('0.00000001')]).toEqual([2, 0, 8])
})
