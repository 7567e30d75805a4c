import { Decimal as Big } from 'decimal.js'
import type { Brand } from './brand.ts'
import { ParleyError } from './error.ts'

/**
 * An exact decimal number as canonical text ("-12.5", "0", "64210.05"): no exponent, no trailing zeros, no minus zero.
 * Money, prices and quantities are decimals in orders, positions and the journal. Being text, they are JSON as they are.
 */
export type Decimal = Brand<string, 'Decimal'>

// 40 significant digits: sums and products of prices and quantities stay exact, only divisions are rounded.
const Exact = Big.clone({ precision: 40, rounding: Big.ROUND_HALF_EVEN, toExpNeg: -1000, toExpPos: 1000 })

export const ZERO = '0' as Decimal

function canonical(value: Big): Decimal {
  return (value.isZero() ? '0' : value.toFixed()) as Decimal
}

function withoutZeros(text: string): Decimal {
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return (short === '-0' ? '0' : short) as Decimal
}

/** Reads a decimal from text or from a whole or short number; throws NOT_A_DECIMAL for anything else. */
export function decimal(value: string | number): Decimal {
  const text = typeof value === 'number' ? String(value) : value.trim()
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text)) {
    throw new ParleyError('NOT_A_DECIMAL', `"${text}" is not a decimal number.`)
  }
  return canonical(new Exact(text))
}

/** True when the text is a decimal in canonical form. */
export function isDecimal(text: string): text is Decimal {
  return /^(0|-?([1-9]\d*(\.\d*[1-9])?|0\.\d*[1-9]))$/.test(text)
}

export function add(a: Decimal, b: Decimal): Decimal {
  return canonical(new Exact(a).plus(b))
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return canonical(new Exact(a).minus(b))
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return canonical(new Exact(a).times(b))
}

/** a / b to 40 significant digits; throws DIVISION_BY_ZERO. */
export function divide(a: Decimal, b: Decimal): Decimal {
  if (sign(b) === 0) throw new ParleyError('DIVISION_BY_ZERO', `${a} cannot be divided by zero.`)
  return canonical(new Exact(a).dividedBy(b))
}

export function negate(a: Decimal): Decimal {
  return canonical(new Exact(a).negated())
}

export function absolute(a: Decimal): Decimal {
  return a.startsWith('-') ? (a.slice(1) as Decimal) : a
}

/** -1, 0 or 1. */
export function sign(a: Decimal): -1 | 0 | 1 {
  if (a === ZERO) return 0
  return a.startsWith('-') ? -1 : 1
}

/** Negative, zero or positive as a is less than, equal to or greater than b. */
export function compare(a: Decimal, b: Decimal): number {
  return a === b ? 0 : new Exact(a).comparedTo(b)
}

export function minimum(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) <= 0 ? a : b
}

export function maximum(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) >= 0 ? a : b
}

export function sum(values: Iterable<Decimal>): Decimal {
  let total = new Exact(0)
  for (const value of values) total = total.plus(value)
  return canonical(total)
}

export type Rounding = 'down' | 'up' | 'nearest'

const roundings = { down: Big.ROUND_DOWN, up: Big.ROUND_UP, nearest: Big.ROUND_HALF_EVEN } as const

/** Rounds to a multiple of the step (a tick or a lot, greater than zero); down and up are towards and away from zero. */
export function roundToStep(value: Decimal, step: Decimal, rounding: Rounding): Decimal {
  if (sign(step) <= 0) throw new ParleyError('NOT_A_STEP', `A step must be greater than zero, not ${step}.`)
  return canonical(new Exact(value).toNearest(step, roundings[rounding]))
}

/** The nearest float: for analytics and charts only, never on the way to an order. */
export function toNumber(a: Decimal): number {
  return Number(a)
}

/**
 * A float, read as its shortest text, as a decimal with the given number of places (0 to 20), rounded half to even. Markets
 * ask for this hundreds of times a tick, so what needs no exact arithmetic goes without.
 */
export function fromNumber(value: number, places: number): Decimal {
  if (!Number.isFinite(value)) throw new ParleyError('NOT_A_DECIMAL', `${value} is not a decimal number.`)
  const text = String(value)
  if (!text.includes('e')) {
    const point = text.indexOf('.')
    const written = point < 0 ? 0 : text.length - point - 1
    if (written <= places) return text as Decimal
    // Only a tie can be rounded otherwise than toFixed does, which goes by the float's exact value.
    if (written > places + 1 || !text.endsWith('5')) return withoutZeros(value.toFixed(places))
  }
  return canonical(new Exact(value).toDecimalPlaces(places, Big.ROUND_HALF_EVEN))
}
