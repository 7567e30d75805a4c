import { expect, it } from 'vitest'
import { cronOf, type Rhythm } from './schedule-terms.ts'

it.each<[Rhythm, string, string | undefined]>([
  ['every weekday', '09:05', '5 9 * * 1-5'],
  ['every day', '00:00', '0 0 * * *'],
  ['every Monday', '7:30', '30 7 * * 1'],
  ['every hour', '09:15', '15 * * * *'],
  ['every day', '25:00', undefined],
  ['every day', 'nine', undefined],
])('%s at %s is "%s"', (rhythm, time, cron) => {
  expect(cronOf(rhythm, time, 'nothing')).toBe(cron)
})

it('a cron text of one’s own is taken as it is', () => {
  expect(cronOf('custom (cron)', '', ' */5 * * * * ')).toBe('*/5 * * * *')
  expect(cronOf('custom (cron)', '09:00', ' ')).toBeUndefined()
})
