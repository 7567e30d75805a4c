import { unavailable } from './format.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options)
  let made = formats.get(key)
  if (made === undefined) {
    made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options })
    formats.set(key, made)
  }
  return made
}

/** "14:02:11" in the zone; a dash for null. */
export function formatTime(at: number | null, zone: string): string {
  if (at === null) return unavailable
  return format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at)
}

/** "14:02" in the zone. */
export function formatMinute(at: number, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit' }).format(at)
}

/** "20 Nov 2026" in the zone. */
export function formatDate(at: number, zone: string): string {
  return format(zone, { day: '2-digit', month: 'short', year: 'numeric' }).format(at)
}

/** "20 Nov 14:02:11" in the zone. */
export function formatMoment(at: number | null, zone: string): string {
  if (at === null) return unavailable
  return `${format(zone, { day: '2-digit', month: 'short' }).format(at)} ${formatTime(at, zone)}`
}

/** The same moment for certain, in UTC: "2026-11-20T14:02:11.000Z". */
export function formatUtc(at: number): string {
  return new Date(at).toISOString()
}

/** What a zone is called at a moment: "UTC", "GMT+1", "EST". */
export function zoneName(zone: string, at: number): string {
  const parts = format(zone, { timeZoneName: 'short' }).formatToParts(at)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone
}

const dayMs = 86_400_000
const offsets = new Map<string, number>()

/** How far the zone's wall clock is ahead of UTC at a moment, in milliseconds. */
export function zoneOffset(at: number, zone: string): number {
  if (zone === 'UTC') return 0
  const day = Math.floor(at / dayMs)
  const before = offsetOn(day * dayMs, zone)
  if (before === offsetOn((day + 1) * dayMs, zone)) return before
  const quarter = dayMs / 96
  return offsetOn(Math.floor(at / quarter) * quarter, zone)
}

function offsetOn(at: number, zone: string): number {
  const key = `${zone} ${at}`
  let offset = offsets.get(key)
  if (offset === undefined) {
    const parts = format(zone, {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(at)
    const part = (type: string) => Number(parts.find((each) => each.type === type)?.value)
    offset = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - at
    offsets.set(key, offset)
  }
  return offset
}

/**
 * Opening times (UTC milliseconds, increasing) as the seconds that the chart takes: it knows only UTC, so they are moved to
 * the zone's wall clock (UX-19). The hour that a clock repeats in autumn follows second by second, so that times never
 * go back. Daily bars keep their UTC date.
 */
export function chartTimes(times: readonly number[], zone: string, daily: boolean): number[] {
  let last = Number.NEGATIVE_INFINITY
  return times.map((at) => {
    const wall = Math.floor((at + (daily ? 0 : zoneOffset(at, zone))) / 1_000)
    last = Math.max(wall, last + 1)
    return last
  })
}
