import type { DeskRecord } from '#engine/journal/journal.ts'
import type { Schedule } from '#shared/domain/schedule.ts'

/** The schedule as it is after a record; undefined for a record that changes none. */
export function scheduleAfter(
  byId: (scheduleId: string) => Schedule | undefined,
  record: DeskRecord,
): Schedule | undefined {
  switch (record.kind) {
    case 'scheduleMade':
      return record.data.schedule
    case 'scheduleChanged': {
      const { scheduleId, terms, doneUntil } = record.data
      const before = byId(scheduleId)
      return before && { ...before, ...terms, isOn: true, offReason: null, missed: null, doneUntil }
    }
    case 'scheduleSwitchedOff': {
      const before = byId(record.data.scheduleId)
      return before && { ...before, isOn: false, offReason: record.data.reason }
    }
    case 'scheduleFired': {
      const { scheduleId, planId, dueAt } = record.data
      return done(byId(scheduleId), dueAt, { last: { planId, dueAt } })
    }
    case 'scheduleMissed': {
      const { scheduleId, times, dueAt, why } = record.data
      const before = byId(scheduleId)
      // Those that are missed in a row are told together.
      const earlier = before?.missed?.dueAt === before?.doneUntil ? (before?.missed?.times ?? 0) : 0
      return done(before, dueAt, { missed: { times: earlier + times, dueAt, why } })
    }
    default:
      return undefined
  }
}

function done(before: Schedule | undefined, dueAt: number, change: Partial<Schedule>): Schedule | undefined {
  return before && { ...before, ...change, doneUntil: Math.max(before.doneUntil, dueAt) }
}
