import type { Schedule } from './schedule.ts'

const dayMs = 86_400_000

/**
 * When something is due, in words of the time zone that it is due in: "today at 09:00", "tomorrow at 09:00", "on Monday, 23
 * November at 09:00", each with the zone. Both times are UTC epoch milliseconds.
 */
export function dueWords(at: number, now: number, timezone: string): string {
  const day = (time: number) => new Intl.DateTimeFormat('en-CA', { timeZone: timezone }).format(time)
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit' }).format(at)
  const zone = timezone.replaceAll('_', ' ')
  if (day(at) === day(now)) return `today at ${time} ${zone}`
  if (day(at) === day(now + dayMs)) return `tomorrow at ${time} ${zone}`
  const date = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(at - now > 300 * dayMs && { year: 'numeric' }),
  })
  const parts = new Map(date.formatToParts(at).map(({ type, value }) => [type, value]))
  const year = parts.get('year')
  return `on ${parts.get('weekday')}, ${parts.get('day')} ${parts.get('month')}${year === undefined ? '' : ` ${year}`} at ${time} ${zone}`
}

/** The times that passed without a plan, in a sentence. */
export function missedWords({ times, why }: NonNullable<Schedule['missed']>): string {
  return `Missed ${times === 1 ? 'once' : `${times} times`}: ${why}`
}
