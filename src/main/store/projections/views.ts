import type { Database } from 'better-sqlite3'
import type { Insight, PastView } from '#shared/domain/insight.ts'
import type { Projection } from './projection.ts'

/** The market view of each run, as it was last formed. */
export const viewsProjection: Projection = {
  name: 'views',
  version: 1,
  tables: ['views'],
  schema: `
    CREATE TABLE views (
      run_id TEXT PRIMARY KEY,
      instrument TEXT NOT NULL,
      at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX views_by_time ON views (instrument, at);
  `,
  prepare(database) {
    const put = database.prepare('INSERT OR REPLACE INTO views (run_id, instrument, at, body) VALUES (?, ?, ?, ?)')
    return (record) => {
      if (record.kind !== 'insightFormed') return
      const { runId, insight } = record.data
      put.run(runId, insight.instrument, record.at, JSON.stringify(insight))
    }
  },
}

/** What can be asked about market views. */
export function createViewQueries(database: Database) {
  const newest = database.prepare<[string, number], { run_id: string; at: number; body: string }>(
    'SELECT run_id, at, body FROM views WHERE instrument = ? ORDER BY at DESC, run_id LIMIT ?',
  )
  return {
    /** The newest market views on an instrument, newest first. */
    listViews: (instrument: string, limit: number): readonly PastView[] =>
      newest
        .all(instrument, limit)
        .map(({ run_id, at, body }) => ({ runId: run_id, at, insight: JSON.parse(body) as Insight })),
  }
}
