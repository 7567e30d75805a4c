import type { Columns } from './columns.ts'
import type { LineNote, Row } from './table.ts'
import type { WrittenTime } from './time.ts'
import { findTimeColumn } from './time-column.ts'
import { createWallClock } from './zone.ts'

/** When the bars of a file opened, as written. */
export interface BarTimes {
  /** One a row; undefined where the row has no time, which `bad` says. */
  readonly times: readonly (WrittenTime | undefined)[]
  readonly bad: readonly LineNote[]
  readonly notes: readonly string[]
  /** The times are wall clock times of an unknown place. */
  readonly isUnzoned: boolean
  readonly isDateOnly: boolean
}

/**
 * Reads the times of rows. `timeZone` is the IANA name of the place whose clocks showed those that name no zone; without
 * it they are taken as UTC. Hours that a clock repeats are told apart by the order of the rows.
 */
export function readTimes(rows: readonly Row[], columns: Columns, timeZone: string | undefined): BarTimes {
  const texts = writtenTimes(rows, columns.time)
  const column = findTimeColumn(texts)
  const bad: LineNote[] = []
  const times = texts.map((text, index) => {
    const time = column.read(text)
    if (!('reason' in time)) return time
    bad.push({ line: (rows[index] as Row).line, reason: time.reason })
    return undefined
  })
  const unzoned = times.some((time) => time !== undefined && time.zone === undefined)
  const isDateOnly = times.every((time) => time === undefined || time.dateOnly)
  const placed = placeTimes(times, rows, timeZone)
  const notes = [...column.notes]
  if (unzoned && timeZone !== undefined)
    notes.push(`The times name no time zone: they are taken as ${timeZone}, as asked.`)
  else if (unzoned && !columns.isUtc) notes.push('The times name no time zone: they are taken as UTC.')
  return {
    times: placed.times,
    bad: [...bad, ...placed.bad],
    notes,
    isUnzoned: unzoned && timeZone === undefined && !columns.isUtc && !isDateOnly,
    isDateOnly,
  }
}

function writtenTimes(rows: readonly Row[], columns: readonly number[]): readonly string[] {
  const [first = 0, second] = columns
  if (second === undefined) return rows.map(({ cells }) => cells[first] ?? '')
  const clocks = rows.map(({ cells }) => cells[second] ?? '')
  const digits = clocks.filter((clock) => /^\d{1,6}$/.test(clock))
  const longest = digits.reduce((length, clock) => Math.max(length, clock.length), 0)
  // Spreadsheets drop the zeros that clock times begin with; hours alone are at most 23.
  const width = longest > 4 ? 6 : 4
  const isHours = longest <= 2 && digits.some((clock) => clock !== '0') && digits.every((clock) => Number(clock) < 24)
  const clockOf = (clock: string) => {
    if (!/^\d{1,6}$/.test(clock)) return clock
    return isHours ? `${clock.padStart(2, '0')}00` : clock.padStart(width, '0')
  }
  return rows.map(({ cells }, index) => `${cells[first] ?? ''} ${clockOf(clocks[index] ?? '')}`.trim())
}

type Times = readonly (WrittenTime | undefined)[]

/** Turns wall clock times of places into moments. */
function placeTimes(times: Times, rows: readonly Row[], timeZone: string | undefined) {
  const zoneOf = ({ zone, dateOnly }: WrittenTime) => {
    if (zone === undefined) return dateOnly ? undefined : timeZone
    return typeof zone === 'object' ? zone.name : undefined
  }
  if (!times.some((time) => time !== undefined && zoneOf(time) !== undefined)) return { times, bad: [] }
  const clocks = new Map<string, ReturnType<typeof createWallClock>>()
  const placed = [...times]
  const bad: LineNote[] = []
  const known = times.filter((time) => time !== undefined)
  const isFalling = (known[0]?.wall ?? 0) > (known.at(-1)?.wall ?? 0)
  const order = [...times.keys()]
  let before = Number.NEGATIVE_INFINITY
  for (const index of isFalling ? order.reverse() : order) {
    const time = times[index]
    const zone = time === undefined ? undefined : zoneOf(time)
    if (time === undefined || zone === undefined) continue
    const clock = clocks.get(zone) ?? createWallClock(zone)
    clocks.set(zone, clock)
    const moments = clock(time.wall)
    const ms = moments.find((moment) => moment > before) ?? moments[0]
    if (ms === undefined) {
      const reason = `${wallText(time.wall)} did not come in ${zone}: clocks were set forward over it`
      bad.push({ line: (rows[index] as Row).line, reason })
    } else {
      placed[index] = { ...time, ms, zone: 'offset' }
      before = ms
    }
  }
  return { times: placed, bad }
}

function wallText(wall: number): string {
  return new Date(wall).toISOString().slice(0, 16).replace('T', ' ')
}

/** True for a Sunday's small hours in the months in which clocks are set back: October, November, March and April. */
export function isClockChange(wall: number): boolean {
  const date = new Date(wall)
  return date.getUTCDay() === 0 && date.getUTCHours() <= 3 && [2, 3, 9, 10].includes(date.getUTCMonth())
}
