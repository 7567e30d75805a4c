import { z } from 'zod'

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time such as "09:30"' })
const date = z.string().regex(/^\d{4}-\d\d-\d\d$/, { error: 'must be a date such as 2026-12-25' })
const timezone = z.string().refine(isTimezone, { error: 'must be an IANA time zone, for instance America/New_York' })

/** When a market is open, in its own time zone. What closes before it opens closes on the next day. */
const tradingCalendarSchema = z.strictObject({
  timezone,
  /** Days of the week on which it opens: 0 is Sunday. */
  days: z.array(z.int().min(0).max(6)).min(1),
  open: clockTime,
  close: clockTime,
  /** Days on which it does not open, and those on which it closes early. */
  holidays: z.array(date).default([]),
  earlyCloses: z.record(date, clockTime).default({}),
})
export type TradingCalendar = z.infer<typeof tradingCalendarSchema>

/** The calendars of the desk: by name, which kind of instrument keeps which, and of which kind instruments are. */
export const calendarsConfigSchema = z
  .strictObject({
    calendars: z.record(z.string(), tradingCalendarSchema),
    /** The calendar of each kind; null is always open. */
    kinds: z.record(z.string(), z.string().nullable()),
    /** The kind of each instrument that is of another than `crypto`. */
    instruments: z.record(z.string(), z.string()),
  })
  .check(({ value: { calendars, kinds, instruments }, issues, ...context }) => {
    const wrong = (path: string[], message: string) => issues.push({ code: 'custom', path, message, input: context })
    for (const [kind, name] of Object.entries(kinds)) {
      if (name !== null && calendars[name] === undefined) wrong(['kinds', kind], `there is no calendar "${name}"`)
    }
    for (const [instrument, kind] of Object.entries(instruments)) {
      if (kinds[kind] === undefined) wrong(['instruments', instrument], `there is no kind "${kind}"`)
    }
  })
export type CalendarsConfig = z.infer<typeof calendarsConfigSchema>

/** True for the name of a time zone that this machine knows. */
export function isTimezone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
