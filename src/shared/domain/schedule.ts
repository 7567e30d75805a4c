import { z } from 'zod'
import { actorSchema } from './journal.ts'

/** What a schedule makes plans of, and when: what the trader says of it. */
export const scheduleTermsSchema = z.object({
  template: z.string(),
  instrument: z.string(),
  /** Minute, hour, day of the month, month and day of the week, as in crontab(5): "0 9 * * 1-5". */
  cron: z.string().trim().min(1).max(200),
  /** The IANA time zone that these are of. */
  timezone: z.string().trim().min(1).max(100).default('UTC'),
  parameters: z.record(z.string(), z.number()).default({}),
})
export type ScheduleTerms = z.infer<typeof scheduleTermsSchema>

/** Makes plans from a template at set times, while the instrument's market is open. Times are UTC epoch milliseconds. */
export const scheduleSchema = scheduleTermsSchema.extend({
  id: z.string(),
  isOn: z.boolean(),
  /** Why it was switched off; null while it is on. */
  offReason: z.string().nullable(),
  by: actorSchema,
  madeAt: z.int(),
  /** Whatever fell due up to here is dealt with, and is not made up again. */
  doneUntil: z.int(),
  /** The plan that it made last, and for which time. */
  last: z.object({ planId: z.string(), dueAt: z.int() }).nullable(),
  /** The times that passed without a plan the last time that some did; `dueAt` is the latest of them. */
  missed: z.object({ times: z.int(), dueAt: z.int(), why: z.string() }).nullable(),
})
export type Schedule = z.infer<typeof scheduleSchema>
