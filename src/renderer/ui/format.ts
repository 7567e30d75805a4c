import { absolute, type Decimal, decimal, isDecimal, roundToStep, sign, ZERO } from '#shared/lib/decimal.ts'

/** What stands where a value is unavailable; never a zero. */
export const unavailable = '–'

const minus = '−'
const space = '\u202f'

/** How many decimal places a step has: "0.01" has 2, "5" has 0. */
export function placesOf(step: string): number {
  return step.split('.')[1]?.length ?? 0
}

interface NumberLook {
  /** Decimal places; fewer are padded, more are rounded half to even, but never to a false zero. */
  places: number
  /** Shows a plus too. */
  signed?: boolean
}

/** An exact decimal for people: digits grouped by thin spaces, a real minus, a dash for null. */
export function formatDecimal(value: Decimal | string | null | undefined, look: NumberLook): string {
  if (value === null || value === undefined || !isDecimal(value)) return unavailable
  const step = decimal(look.places === 0 ? '1' : `0.${'0'.repeat(look.places - 1)}1`)
  const rounded = roundToStep(value, step, 'nearest')
  const shown = rounded === ZERO && value !== ZERO ? firstDigits(value) : pad(absolute(rounded), look.places)
  const [whole = '0', fraction] = shown.split('.')
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, space)
  return `${signOf(value, look.signed)}${grouped}${fraction === undefined ? '' : `.${fraction}`}`
}

/** A float for people, by the same rules; not for money in orders. */
export function formatNumber(value: number | null | undefined, look: NumberLook): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return unavailable
  return formatDecimal(decimal(value), look)
}

/** A fraction as a percentage with its sign: 0.0013 is "+0.13 %". */
export function formatPercent(fraction: number | null | undefined, places = 2, signed = true): string {
  if (fraction === null || fraction === undefined || !Number.isFinite(fraction)) return unavailable
  return `${formatNumber(Number((fraction * 100).toPrecision(12)), { places, signed })}${space}%`
}

/** A price with all of its digits, at least two places, where its instrument's tick is not at hand. */
export function formatPrice(value: Decimal | string | null | undefined): string {
  return formatDecimal(value, { places: Math.max(2, placesOf(value ?? '')) })
}

/** Money with its currency: "+128.40 USDT". Amounts have two places. */
export function formatMoney(value: Decimal | string | null | undefined, currency: string, signed = false): string {
  const text = formatDecimal(value, { places: 2, signed })
  return text === unavailable ? unavailable : `${text} ${currency}`
}

/** Dollars that a plan costs: "$0.11", four places under a cent. */
export function formatUsd(value: number): string {
  return `$${formatNumber(value, { places: 2 })}`
}

/** A length of time from milliseconds: "41 ms", "3.2 s", "45 s", "3 min 05 s", "2 h 10 min". */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return unavailable
  const seconds = Math.max(0, ms) / 1_000
  if (seconds < 1) return `${Math.round(Math.max(0, ms))} ms`
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const minutes = Math.floor(Math.round(seconds) / 60)
  if (minutes < 60) return `${minutes} min ${String(Math.round(seconds) % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** How old the newest tick is: "0.3 s"; the same steps as durations, tenths of a second below one. */
export function formatAge(ms: number | null): string {
  if (ms === null) return unavailable
  return ms < 1_000 ? `${(Math.max(0, ms) / 1_000).toFixed(1)} s` : formatDuration(ms)
}

/** Volume in few characters: 1 234 567 is "1.23 M". */
export function formatCompact(value: number | null): string {
  if (value === null) return unavailable
  for (const [size, unit] of [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ] as const) {
    if (Math.abs(value) >= size) return `${(value / size).toFixed(2)} ${unit}`
  }
  return formatNumber(value, { places: value === 0 || Math.abs(value) >= 100 ? 0 : 2 })
}

/** Up, down or flat: what a sign, an arrow and a colour say together. */
export type Trend = 'up' | 'down' | 'flat'

export function trendOf(value: Decimal | string | number | null | undefined): Trend {
  if (value === null || value === undefined) return 'flat'
  const which = typeof value === 'number' ? Math.sign(value) : isDecimal(value) ? sign(value) : 0
  return which > 0 ? 'up' : which < 0 ? 'down' : 'flat'
}

function signOf(value: Decimal, signed = false): string {
  if (sign(value) < 0) return minus
  return signed && sign(value) > 0 ? '+' : ''
}

function pad(value: Decimal, places: number): string {
  const [whole = '0', fraction = ''] = value.split('.')
  return places === 0 ? whole : `${whole}.${fraction.padEnd(places, '0')}`
}

/** The value down to its second significant digit, for what would else read as zero. */
function firstDigits(value: Decimal): string {
  const leading = /^-?0\.(0*)/.exec(value)?.[1]?.length ?? 0
  return absolute(roundToStep(value, decimal(`0.${'0'.repeat(leading + 1)}1`), 'nearest'))
}
