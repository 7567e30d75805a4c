import type { Database } from 'better-sqlite3'
import type { PlanConflict } from '#shared/domain/conflict.ts'
import type { Projection } from './projection.ts'

/** The conflicts of each run: those that were raised, and those that the desk found by itself. */
export const conflictsProjection: Projection = {
  name: 'conflicts',
  version: 2,
  tables: ['conflicts'],
  schema: `
    CREATE TABLE conflicts (id TEXT PRIMARY KEY, run_id TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX conflicts_by_run ON conflicts (run_id, seq);
  `,
  prepare(database) {
    const put = database.prepare(
      'INSERT INTO conflicts (id, run_id, seq, body) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
    )
    const find = database.prepare<[string], string>('SELECT body FROM conflicts WHERE id = ?').pluck()
    return (record) => {
      if (record.kind === 'conflictRaised') {
        const { conflictId: id, conflict, runId } = record.data
        const made: PlanConflict = { ...conflict, id, at: record.at, by: record.actor.id, settled: null }
        put.run(id, runId, record.seq, JSON.stringify(made))
      } else if (record.kind === 'conflictSettled') {
        const { conflict, runId, conflictId: id = `found-${record.seq}` } = record.data
        const before = find.get(id)
        const known: PlanConflict =
          before === undefined ? { ...conflict, id, at: record.at, by: 'desk' } : JSON.parse(before)
        put.run(id, runId, record.seq, JSON.stringify({ ...known, ...conflict }))
      }
    }
  },
}

/** What can be asked about conflicts. */
export function createConflictQueries(database: Database) {
  const ofRun = database.prepare<[string], string>('SELECT body FROM conflicts WHERE run_id = ? ORDER BY seq').pluck()
  return {
    /** Of a run, oldest first. */
    listConflicts: (runId: string): readonly PlanConflict[] => ofRun.all(runId).map((body) => JSON.parse(body)),
  }
}
