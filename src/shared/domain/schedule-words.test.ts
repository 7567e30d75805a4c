import { expect, it } from 'vitest'
import { dueWords } from './schedule-words.ts'

const now = Date.UTC(2026, 10, 20, 22, 30)

it.each([
  ['the same day', Date.UTC(2026, 10, 20, 23, 5), 'UTC', 'today at 23:05 UTC'],
  ['the next day', Date.UTC(2026, 10, 21, 9), 'UTC', 'tomorrow at 09:00 UTC'],
  ['the day of the zone, not of UTC', Date.UTC(2026, 10, 21, 9), 'Asia/Tokyo', 'today at 18:00 Asia/Tokyo'],
  [
    'a later day',
    Date.UTC(2026, 10, 23, 14, 30),
    'America/New_York',
    'on Monday, 23 November at 09:30 America/New York',
  ],
  ['another year', Date.UTC(2027, 10, 23, 9), 'UTC', 'on Tuesday, 23 November 2027 at 09:00 UTC'],
])('%s is said in words', (_what, at, timezone, words) => {
  expect(dueWords(at, now, timezone)).toBe(words)
})
