import { describe, expect, it } from 'vitest'
import { readConfig } from '#main/config/config.ts'
import { calendarsConfigSchema } from '#shared/domain/trading-calendar.ts'
import { calendarOf, isOpenAt } from './trading-hours.ts'

const shipped = readConfig('calendars.yaml', calendarsConfigSchema, undefined).value
const config = { ...shipped, instruments: { 'AAPL/USD': 'stock', 'EUR/USD': 'forex' } }
const at = (text: string) => Date.parse(text)

describe('an exchange', () => {
  it.each([
    ['before it opens in summer', '2026-07-06T13:29:00Z', false],
    ['at its opening in summer', '2026-07-06T13:30:00Z', true],
    ['at the same time of UTC in winter', '2026-12-07T13:30:00Z', false],
    ['at its opening in winter', '2026-12-07T14:30:00Z', true],
    ['at its close', '2026-12-07T21:00:00Z', false],
    ['on a Saturday', '2026-12-05T15:00:00Z', false],
    ['on Christmas', '2026-12-25T15:00:00Z', false],
    ['on the afternoon of an early close', '2026-12-24T18:30:00Z', false],
    ['on the morning of an early close', '2026-12-24T16:00:00Z', true],
  ])('%s', (_when, text, open) => {
    expect(isOpenAt(calendarOf(config, 'AAPL/USD'), at(text))).toBe(open)
  })
})

describe('a market whose week goes over midnight', () => {
  it.each([
    ['is closed on Sunday afternoon', '2026-12-06T21:00:00Z', false],
    ['opens on Sunday evening', '2026-12-06T22:00:00Z', true],
    ['is open on Friday morning', '2026-12-11T12:00:00Z', true],
    ['closes on Friday evening', '2026-12-11T22:00:00Z', false],
  ])('%s', (_when, text, open) => {
    expect(isOpenAt(calendarOf(config, 'EUR/USD'), at(text))).toBe(open)
  })
})

it('crypto is always open, and so is what nobody named another kind of', () => {
  expect(calendarOf(config, 'BTC/USDT')).toBeNull()
  expect(isOpenAt(null, at('2026-12-25T03:00:00Z'))).toBe(true)
})
