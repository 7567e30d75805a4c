import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isTimeZone } from '#shared/lib/time-zone.ts'
import { chartTimes, formatMoment, formatTime, formatUtc, zoneName, zoneOffset } from './time.ts'

const hour = 3_600_000
const winter = Date.UTC(2026, 0, 15, 14, 2, 11)
const summer = Date.UTC(2026, 6, 15, 14, 2, 11)

describe('UX-8 times', () => {
  it('are in the chosen zone, and in UTC beside it', () => {
    expect(formatTime(winter, 'UTC')).toBe('14:02:11')
    expect(formatMoment(winter, 'Europe/Vienna')).toBe('15 Jan 15:02:11')
    expect(formatUtc(winter)).toBe('2026-01-15T14:02:11.000Z')
    expect(formatTime(null, 'UTC')).toBe('–')
  })

  it('name their zone', () => {
    expect(zoneName('UTC', winter)).toBe('UTC')
    expect(zoneName('Europe/Vienna', summer)).toMatch(/CEST|GMT\+2/)
  })

  it('know which zones there are', () => {
    expect(isTimeZone('America/New_York')).toBe(true)
    expect(isTimeZone('Mars/Olympus')).toBe(false)
  })
})

describe('UX-19 times on the chart', () => {
  it('are moved to the wall clock, in winter and in summer', () => {
    expect(zoneOffset(winter, 'America/New_York')).toBe(-5 * hour)
    expect(zoneOffset(summer, 'America/New_York')).toBe(-4 * hour)
    expect(zoneOffset(summer, 'Asia/Kolkata')).toBe(5.5 * hour)
  })

  it('agree with the platform at every minute of a day on which the clock changes', () => {
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Vienna', hour: '2-digit', minute: '2-digit' })
    for (let at = Date.UTC(2026, 2, 29); at < Date.UTC(2026, 2, 30); at += 60_000) {
      const wall = new Date(at + zoneOffset(at, 'Europe/Vienna')).toISOString().slice(11, 16)
      expect(wall).toBe(clock.format(at))
    }
  })

  it('never go back, not even in the hour that a clock repeats', () => {
    const start = Date.UTC(2026, 9, 24)
    const times = Array.from({ length: 72 * 60 }, (_, minute) => start + minute * 60_000)
    const shifted = chartTimes(times, 'Europe/Vienna', false)
    expect(shifted.every((time, index) => index === 0 || time > (shifted[index - 1] ?? 0))).toBe(true)
    expect((shifted.at(-1) ?? 0) * 1_000).toBe((times.at(-1) ?? 0) + hour)
  })

  it('are whole seconds in the order of the bars, in any zone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'),
        fc.integer({ min: 0, max: 2_000_000_000 }),
        (zone, start) => {
          const times = chartTimes(
            Array.from({ length: 50 }, (_, index) => (start + index * 300) * 1_000),
            zone,
            false,
          )
          return times.every((time, index) => Number.isInteger(time) && (index === 0 || time > (times[index - 1] ?? 0)))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('keep the UTC date for daily bars', () => {
    expect(chartTimes([Date.UTC(2026, 0, 15)], 'America/New_York', true)).toEqual([Date.UTC(2026, 0, 15) / 1_000])
  })
})
