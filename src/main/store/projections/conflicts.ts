import type { Database } from 'better-sqlite3'
import type { PlanConflict } from '#shared/domain/conflict.ts'
import type { Projection } from './projection.ts'

/** The conflicts of each run: those that were raised, those that the desk found by itself, and those between plans. */
export const conflictsProjection: Projection = {
  name: 'conflicts',
  version: 3,
  tables: ['conflicts', 'conflicting_plans'],
  schema: `
    CREATE TABLE conflicts (id TEXT PRIMARY KEY, run_id TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX conflicts_by_run ON conflicts (run_id, seq);
    CREATE TABLE conflicting_plans (
      plan_id TEXT NOT NULL, conflict_id TEXT NOT NULL, PRIMARY KEY (plan_id, conflict_id)
    ) STRICT, WITHOUT ROWID;
  `,
  prepare(database) {
    const put = database.prepare(
      'INSERT INTO conflicts (id, run_id, seq, body) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
    )
    const find = database.prepare<[string], string>('SELECT body FROM conflicts WHERE id = ?').pluck()
    const link = database.prepare('INSERT OR IGNORE INTO conflicting_plans (plan_id, conflict_id) VALUES (?, ?)')
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
        for (const plan of conflict.plans ?? []) link.run(plan.id, id)
      }
    }
  },
}

/** What can be asked about conflicts. */
export function createConflictQueries(database: Database) {
  const ofPlan = database
    .prepare<[string, string], string>(
      `SELECT body FROM conflicts WHERE run_id = ? OR id IN (SELECT conflict_id FROM conflicting_plans WHERE plan_id = ?)
       ORDER BY seq`,
    )
    .pluck()
  return {
    /** Of a plan and its run, those with other plans too, oldest first. */
    listPlanConflicts: (planId: string, runId: string | null): readonly PlanConflict[] =>
      ofPlan.all(runId ?? '', planId).map((body) => JSON.parse(body)),
  }
}
