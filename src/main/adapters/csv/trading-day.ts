import { timeframeMs } from '#shared/domain/bar.ts'
import type { ReadBar } from './read-bar.ts'

const dayMs = timeframeMs['1d']
const hourMs = timeframeMs['1h']

/** From this hour (UTC) on a day bar more likely begins a local day east of Greenwich than it ends one. */
const eveningMs = 15 * hourMs

/**
 * Puts each day bar on the midnight of its trading day. A stamp of the evening in UTC is a local midnight or open of the
 * next day where that leaves no bar on a weekend, or where weekends do not tell and the hour is late.
 */
export function onTradingDays(bars: readonly ReadBar[]): {
  readonly bars: readonly ReadBar[]
  readonly notes: readonly string[]
} {
  const late = bars.filter(isLate)
  const isShifted = late.length > 0 && belongsToNextDay(late)
  const placed = bars.map((read) => {
    const day = isShifted && isLate(read) ? read.day + dayMs : read.day
    return { ...read, bar: { ...read.bar, time: day } }
  })
  const [first] = late
  if (!isShifted || first === undefined) return { bars: placed, notes: [] }
  const stamp = new Date(first.bar.time).toISOString().slice(0, 16).replace('T', ' ')
  const day = new Date(first.day + dayMs).toISOString().slice(0, 10)
  return { bars: placed, notes: [`Days stamped in the evening are the next trading day's: ${stamp} UTC is ${day}.`] }
}

/** How long after the written day's midnight a bar is stamped, on the clock that it was written by. */
function clockOf(read: ReadBar): number {
  return read.wall - read.day
}

function isLate(read: ReadBar): boolean {
  return clockOf(read) >= 12 * hourMs && clockOf(read) < dayMs - 60_000
}

function belongsToNextDay(late: readonly ReadBar[]): boolean {
  const here = late.filter(({ day }) => isWeekend(day)).length
  const there = late.filter(({ day }) => isWeekend(day + dayMs)).length
  if (here > 0 && there === 0) return true
  if (there > 0 && here === 0) return false
  return late.every((read) => read.isUtc && clockOf(read) >= eveningMs)
}

function isWeekend(day: number): boolean {
  const weekday = new Date(day).getUTCDay()
  return weekday === 0 || weekday === 6
}
