import { barOpenTime } from '#shared/domain/bar.ts'

/** A moment as it was written. */
export interface WrittenTime {
  /** UTC epoch milliseconds. */
  readonly ms: number
  /** Midnight UTC of the calendar date that was written, whatever its zone. */
  readonly day: number
  readonly zoned: boolean
  readonly dateOnly: boolean
}

/** Which number of 3/4/2020 is the day. */
export type DayOrder = 'month first' | 'day first'

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const clockPattern = String.raw`(?:[T ,]+(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(?:[ -]?([AP]M))?)?`
const zonePattern = String.raw`\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?`
const yearFirst = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${clockPattern}${zonePattern}$`, 'i')
const yearLast = new RegExp(String.raw`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})${clockPattern}${zonePattern}$`, 'i')
const monthName = new RegExp(
  String.raw`^([a-z]{3})[a-z]*\.?[ -](\d{1,2}),?[ -](\d{4})${clockPattern}${zonePattern}$`,
  'i',
)
const dayMonthName = new RegExp(
  String.raw`^(\d{1,2})[ -]([a-z]{3})[a-z]*\.?,?[ -](\d{4})${clockPattern}${zonePattern}$`,
  'i',
)
const compact = /^((?:19|20)\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?$/
const epoch = /^\d{9,19}(\.\d+)?$/

/**
 * Reads a time as files write it: epoch seconds to nanoseconds, ISO 8601 and its looser cousins ("2019-10-17 09-AM"),
 * 20191017, 10/17/2019, 17.10.2019, "Oct 17, 2019", each with or without a clock time and a zone. Without a zone it is
 * taken as UTC. Undefined for anything else, and for days that do not exist.
 */
export function parseTime(text: string, order: DayOrder): WrittenTime | undefined {
  const plain = compact.exec(text)
  if (plain) return assemble(plain[1], plain[2], plain[3], plain[4], plain[5], plain[6])
  if (epoch.test(text)) {
    const ms = Math.round(epochMs(Number(text)))
    return { ms, day: barOpenTime(ms, '1d'), zoned: true, dateOnly: false }
  }
  const iso = yearFirst.exec(text)
  if (iso) return assemble(iso[1], iso[2], iso[3], ...iso.slice(4))
  const last = yearLast.exec(text)
  if (last) {
    const [month, day] = order === 'month first' ? [last[1], last[2]] : [last[2], last[1]]
    return assemble(last[3], month, day, ...last.slice(4))
  }
  const named = monthName.exec(text)
  if (named) return assemble(named[3], monthNumber(named[1]), named[2], ...named.slice(4))
  const dayNamed = dayMonthName.exec(text)
  if (dayNamed) return assemble(dayNamed[3], monthNumber(dayNamed[2]), dayNamed[1], ...dayNamed.slice(4))
  return undefined
}

function epochMs(value: number): number {
  if (value >= 1e17) return value / 1e6
  if (value >= 1e14) return value / 1e3
  return value >= 1e11 ? value : value * 1e3
}

function monthNumber(name: string | undefined): string {
  return String(months.indexOf((name ?? '').toLowerCase()) + 1)
}

function assemble(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  hour?: string,
  minute?: string,
  second?: string,
  fraction?: string,
  half?: string,
  zone?: string,
): WrittenTime | undefined {
  const hours = hourOfDay(hour, half)
  if (hours === undefined || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return undefined
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day))
  const date = new Date(midnight)
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined
  const seconds = hours * 3_600 + Number(minute ?? 0) * 60 + Number(second ?? 0)
  const ms = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1_000 + 1e-6)
  return {
    ms: midnight + seconds * 1_000 + ms - zoneOffsetMs(zone),
    day: midnight,
    zoned: zone !== undefined,
    dateOnly: hour === undefined,
  }
}

function hourOfDay(hour: string | undefined, half: string | undefined): number | undefined {
  const value = Number(hour ?? 0)
  if (half === undefined) return value <= 23 ? value : undefined
  if (value < 1 || value > 12) return undefined
  return (value % 12) + (half.toUpperCase() === 'PM' ? 12 : 0)
}

function zoneOffsetMs(zone: string | undefined): number {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000
}

/**
 * Finds which number is the day in times such as 3/4/2020, from all of them: a number over 12 settles it, dots mean the
 * day first, and failing that the reading in which time runs one way. `sure` is false when it remains a guess.
 */
export function findDayOrder(texts: readonly string[]): { readonly order: DayOrder; readonly sure: boolean } {
  let doubtful = false
  let dotted = false
  for (const text of texts) {
    const match = yearLast.exec(text)
    if (!match) continue
    doubtful = true
    dotted ||= text.includes('.')
    if (Number(match[1]) > 12) return { order: 'day first', sure: true }
    if (Number(match[2]) > 12) return { order: 'month first', sure: true }
  }
  if (!doubtful) return { order: 'month first', sure: true }
  if (dotted) return { order: 'day first', sure: true }
  const monthFirst = runsOneWay(texts, 'month first')
  const dayFirst = runsOneWay(texts, 'day first')
  return { order: dayFirst && !monthFirst ? 'day first' : 'month first', sure: monthFirst !== dayFirst }
}

function runsOneWay(texts: readonly string[], order: DayOrder): boolean {
  const times = texts.map((text) => parseTime(text, order)?.ms ?? Number.NaN)
  const rises = times.every((time, index) => index === 0 || time > (times[index - 1] as number))
  return rises || times.every((time, index) => index === 0 || time < (times[index - 1] as number))
}
