import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTimetable } from './timetable.ts'

const timetable = createTimetable()
const from = Date.UTC(2026, 10, 20, 12, 30, 15)
const next = (cron: string, timezone = 'UTC', after = from) => {
  const at = timetable.next(cron, timezone, after)
  return at === null ? null : new Date(at).toISOString()
}

describe('the next time', () => {
  it.each([
    ['of the same day', '45 12 * * *', 'UTC', '2026-11-20T12:45:00.000Z'],
    ['is after the moment, not at it', '30 12 * * *', 'UTC', '2026-11-21T12:30:00.000Z'],
    ['is of the next weekday', '0 9 * * 1-5', 'UTC', '2026-11-23T09:00:00.000Z'],
    ['is of the time zone', '0 9 * * *', 'America/New_York', '2026-11-20T14:00:00.000Z'],
    ['keeps its hour where the clocks change', '0 9 * 3 *', 'Europe/Berlin', '2027-03-01T08:00:00.000Z'],
    ['in steps', '*/20 * * * *', 'UTC', '2026-11-20T12:40:00.000Z'],
  ])('%s', (_what, cron, timezone, at) => {
    expect(next(cron, timezone)).toBe(at)
  })

  it('is none for a day that never comes', () => {
    expect(next('0 9 30 2 *')).toBeNull()
  })

  it('is always later, and asked of just before gives the same', () => {
    const cron = fc.tuple(fc.nat(59), fc.nat(23)).map(([minute, hour]) => `${minute} ${hour} * * *`)
    fc.assert(
      fc.property(cron, fc.integer({ min: 0, max: 4e12 }), (text, after) => {
        const at = timetable.next(text, 'UTC', after)
        expect(at).toBeGreaterThan(after)
        expect(timetable.next(text, 'UTC', (at ?? 0) - 1)).toBe(at)
      }),
    )
  })
})

describe('a text that is no schedule is refused, saying what and where', () => {
  it.each([
    ['0 25 * * *', 'hour', '25', 2],
    ['0 9 * * 1-9', 'day of the week', '1-9', 8],
    ['x 9 * * *', 'minute', 'x', 0],
    ['0 9 0 * *', 'day of the month', '0', 4],
    ['5 5 * 13 *', 'month', '13', 6],
  ])('%s', (cron, field, part, position) => {
    expect(() => next(cron)).toThrow(
      expect.objectContaining({
        code: 'CRON_INVALID',
        message: expect.stringContaining(`The ${field} "${part}"`),
        details: expect.objectContaining({ field, part, position }),
      }),
    )
  })

  it('with too few fields, or seconds', () => {
    expect(() => next('9:00')).toThrow(expect.objectContaining({ code: 'CRON_INVALID' }))
    expect(() => next('0 0 9 * * *')).toThrow(expect.objectContaining({ message: expect.stringContaining('6 of 5') }))
  })

  it('and so is a time zone that there is none of', () => {
    expect(() => next('0 9 * * *', 'Mars/Base')).toThrow(expect.objectContaining({ code: 'TIMEZONE_UNKNOWN' }))
  })
})
