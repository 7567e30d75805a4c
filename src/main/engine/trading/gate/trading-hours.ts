import type { CalendarsConfig, TradingCalendar } from '#shared/domain/trading-calendar.ts'

/** The calendar that an instrument keeps; null where its market is always open. */
export function calendarOf(
  { calendars, kinds, instruments }: CalendarsConfig,
  instrument: string,
): TradingCalendar | null {
  const name = kinds[instruments[instrument] ?? 'crypto'] ?? null
  return name === null ? null : (calendars[name] ?? null)
}

/** True while a market is open at a moment (UTC epoch milliseconds); the closing time itself is closed. */
export function isOpenAt(calendar: TradingCalendar | null, at: number): boolean {
  if (calendar === null) return true
  const local = localTime(at, calendar.timezone)
  const { open, close } = calendar
  if (close > open) return opensOn(calendar, local) && local.time >= open && local.time < closeOn(calendar, local)
  // A session over midnight belongs to the day on which it opened.
  const before = localTime(at - dayMs, calendar.timezone)
  return (
    (opensOn(calendar, local) && local.time >= open) ||
    (opensOn(calendar, before) && local.time < closeOn(calendar, before))
  )
}

const dayMs = 86_400_000

interface LocalTime {
  /** As 2026-11-20, with 0 for Sunday, and as 09:30. */
  readonly date: string
  readonly weekday: number
  readonly time: string
}

function localTime(at: number, timezone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const date = `${part.get('year')}-${part.get('month')}-${part.get('day')}`
  return { date, weekday: new Date(`${date}T00:00:00Z`).getUTCDay(), time: `${part.get('hour')}:${part.get('minute')}` }
}

function opensOn({ days, holidays }: TradingCalendar, { date, weekday }: LocalTime): boolean {
  return days.includes(weekday) && !holidays.includes(date)
}

function closeOn({ close, earlyCloses }: TradingCalendar, { date }: LocalTime): string {
  return earlyCloses[date] ?? close
}
