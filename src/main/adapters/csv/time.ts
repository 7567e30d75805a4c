import { monthNumber } from './month.ts'
import { type ReadZone, readZone } from './zone.ts'

/** A moment as it was written. */
export interface WrittenTime {
  /** UTC epoch milliseconds; without a zone, as if the clock showed UTC. */
  readonly ms: number
  /** What the clock showed, in epoch milliseconds as if in UTC. */
  readonly wall: number
  /** Midnight UTC of the calendar date that was written, whatever its zone. */
  readonly day: number
  /** How the zone was given: by an offset or UTC, by an IANA name that `ms` does not respect yet, or not at all. */
  readonly zone: 'offset' | 'utc' | { readonly name: string } | undefined
  readonly dateOnly: boolean
}

/** Why a text is no time, as words that follow the line's number. */
export interface NoTime {
  readonly reason: string
}

/** Which number of 3/4/2020 is the day, or of 20/3/4 the year. */
export type DayOrder = 'month first' | 'day first' | 'year first'

const clockPattern = String.raw`(?:(?:[T ,]+|-(?=\d\d[-:]))(?:(\d{1,2})(?::(\d{2})(?::(\d{2})(?:[.,:](\d{1,9}))?)?)?|(\d{2})(\d{2})(?:(\d{2})[.]?(\d{3})?)?)(?:[ -]?([AP])\.?M\.?(?![a-z]))?)?`
const zonePattern = String.raw`(?:\s*([-+](?=\d{1,2}(?::?\d{2})?$).*|\[?[A-Za-z].*))?`
const dated = (date: string) => new RegExp(`^${date}${clockPattern}${zonePattern}$`, 'i')
const yearFirst = dated(String.raw`(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})\.?|()(\d{2})(\d{2}))`)
const numbered = dated(String.raw`(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})\.?`)
const monthNamed = dated(String.raw`([a-zà-ÿ]{3,10})\.?[-/ ](\d{1,2})(?:st|nd|rd|th)?,?[-/ ](\d{4}|\d{2})`)
const dayMonthNamed = dated(String.raw`(\d{1,2})\.?(?:st|nd|rd|th)?[-/ ]?([a-zà-ÿ]{3,10})\.?,?[-/ ]?(\d{4}|\d{2})`)
const yearMonthNamed = dated(String.raw`(\d{4})[-/ ]([a-zà-ÿ]{3,10})\.?[-/ ](\d{1,2})`)
const weekday = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+(?=\S)/i
const plainIso = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z)?$/

/**
 * Reads a time as files write it: ISO 8601 and its looser cousins ("2019-10-17 09-AM", "20240102 170000"), 10/17/2019,
 * 17.10.19, "Oct 17, 2019", 02-Jan-24, each with or without a clock time (24:00 is the next midnight) and a zone.
 * Two-digit years are those from 1970 to 2069. Epochs are read by their column (see time-column).
 */
export function parseTime(text: string, order: DayOrder): WrittenTime | NoTime {
  const iso = plainIso.exec(text)
  const read = iso
    ? assemble(iso[1], iso[2], iso[3], [iso[4], iso[5], iso[6], iso[7]], undefined, iso[8])
    : parseLoosely(text, order)
  return read ?? { reason: `"${shorten(text)}" is not a time` }
}

/** The date of 3/4/2020 as written, three numbers; undefined for other forms. */
export function numberedDate(text: string): readonly [number, number, number] | undefined {
  const match = /^(?:[a-z]{3,9},?\s+)?(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?=\D|$)/i.exec(text)
  return match ? [Number(match[1]), Number(match[3]), Number(match[4])] : undefined
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function parseLoosely(text: string, order: DayOrder): WrittenTime | NoTime | undefined {
  const plain = text
    .replaceAll(/\s+/g, ' ')
    .replace(weekday, '')
    .replace(/ ?\([^)]*\)$/, '')
  const year = yearFirst.exec(plain)
  if (year) return assembleMatch(year[1], year[3] ?? year[6], year[4] ?? year[7], year.slice(8))
  const three = numbered.exec(plain)
  if (three) {
    const [first, second, third] = [three[1], three[2], three[3]]
    if (order === 'year first') return assembleMatch(first, second, third, three.slice(4))
    const [month, day] = order === 'month first' ? [first, second] : [second, first]
    return assembleMatch(third, month, day, three.slice(4))
  }
  const named = monthNamed.exec(plain)
  if (named) return assembleMatch(named[3], monthText(named[1]), named[2], named.slice(4))
  const dayNamed = dayMonthNamed.exec(plain)
  if (dayNamed) return assembleMatch(dayNamed[3], monthText(dayNamed[2]), dayNamed[1], dayNamed.slice(4))
  const yearNamed = yearMonthNamed.exec(plain)
  return yearNamed ? assembleMatch(yearNamed[1], monthText(yearNamed[2]), yearNamed[3], yearNamed.slice(4)) : undefined
}

type Part = string | undefined

function monthText(name: Part): string {
  return String(monthNumber(name ?? ''))
}

/** `rest` is what clockPattern and zonePattern caught. */
function assembleMatch(year: Part, month: Part, day: Part, rest: readonly Part[]): WrittenTime | NoTime | undefined {
  const clock = rest[0] === undefined ? rest.slice(4, 8) : rest.slice(0, 4)
  return assemble(year, month, day, clock, rest[8], rest[9])
}

function assemble(
  year: Part,
  month: Part,
  day: Part,
  [hour, minute, second, fraction]: readonly Part[],
  half: Part,
  zone: Part,
): WrittenTime | NoTime | undefined {
  const hours = hourOfDay(hour, half)
  const [minutes, seconds] = [Number(minute ?? 0), Number(second ?? 0)]
  if (hours === undefined || minutes > 59 || seconds > 59) return undefined
  if (hours === 24 && minutes + seconds > 0) return undefined
  const fullYear = year?.length === 2 ? Number(year) + (Number(year) < 70 ? 2_000 : 1_900) : Number(year)
  const midnight = Date.UTC(fullYear, Number(month) - 1, Number(day))
  const date = new Date(midnight)
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined
  const read: ReadZone | undefined = zone === undefined ? undefined : readZone(zone)
  if (read !== undefined && 'reason' in read) return read
  const clock = ((hours * 60 + minutes) * 60 + seconds) * 1_000
  const ms = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1_000 + 1e-6)
  const wall = midnight + clock + ms
  return {
    ms: read !== undefined && 'offsetMs' in read ? wall - read.offsetMs : wall,
    wall,
    day: hours === 24 ? midnight + 86_400_000 : midnight,
    zone: zoneKind(read),
    dateOnly: hour === undefined,
  }
}

function zoneKind(read: Exclude<ReadZone, NoTime> | undefined): WrittenTime['zone'] {
  if (read === undefined || 'name' in read) return read
  return read.offsetMs === 0 ? 'utc' : 'offset'
}

function hourOfDay(hour: Part, half: Part): number | undefined {
  const value = Number(hour ?? 0)
  if (half === undefined) return value <= 24 ? value : undefined
  if (value < 1 || value > 12) return undefined
  return (value % 12) + (half.toUpperCase() === 'P' ? 12 : 0)
}
