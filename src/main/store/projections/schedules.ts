import type { Database } from 'better-sqlite3'
import { scheduleAfter } from '#engine/desk/plans/schedule-fold.ts'
import type { Schedule } from '#shared/domain/schedule.ts'
import type { Projection } from './projection.ts'

/** The schedules of plans as they are now. */
export const schedulesProjection: Projection = {
  name: 'schedules',
  version: 1,
  tables: ['schedules'],
  schema: 'CREATE TABLE schedules (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL) STRICT;',
  prepare(database) {
    const byId = database.prepare<[string], string>('SELECT body FROM schedules WHERE id = ?').pluck()
    const put = database.prepare(
      'INSERT INTO schedules (id, seq, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
    )
    const known = (id: string): Schedule | undefined => {
      const body = byId.get(id)
      return body === undefined ? undefined : JSON.parse(body)
    }
    return (record) => {
      const schedule = scheduleAfter(known, record)
      if (schedule !== undefined) put.run(schedule.id, record.seq, JSON.stringify(schedule))
    }
  },
}

/** What can be asked about schedules. */
export function createScheduleQueries(database: Database) {
  const all = database.prepare<[], string>('SELECT body FROM schedules ORDER BY seq').pluck()
  return {
    /** Those that are off too, oldest first. */
    listSchedules: (): readonly Schedule[] => all.all().map((body) => JSON.parse(body)),
  }
}
