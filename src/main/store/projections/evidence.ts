import type { Database } from 'better-sqlite3'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { Projection } from './projection.ts'

/** What research found in each run. */
export const evidenceProjection: Projection = {
  name: 'evidence',
  version: 1,
  tables: ['evidence'],
  schema: `
    CREATE TABLE evidence (id TEXT PRIMARY KEY, run_id TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX evidence_by_run ON evidence (run_id, seq);
  `,
  prepare(database) {
    const insert = database.prepare('INSERT OR IGNORE INTO evidence (id, run_id, seq, body) VALUES (?, ?, ?, ?)')
    return (record) => {
      if (record.kind !== 'evidenceGathered') return
      const { evidence } = record.data
      insert.run(evidence.id, evidence.runId, record.seq, JSON.stringify(evidence))
    }
  },
}

/** What can be asked about evidence. */
export function createEvidenceQueries(database: Database) {
  const select = database.prepare<[string], string>('SELECT body FROM evidence WHERE run_id = ? ORDER BY seq').pluck()
  return {
    /** The evidence of a run in the order of gathering. */
    listEvidence: (runId: string): readonly Evidence[] => select.all(runId).map((body) => JSON.parse(body)),
  }
}
