import type { Database } from 'better-sqlite3'
import { type MemoryNote, memoryNoteOf } from '#engine/desk/memory/memory-entry.ts'
import type { DeskRecord } from '#engine/journal/journal.ts'
import {
  type Episode,
  type MemoryEntry,
  type MemoryHit,
  type MemorySearch,
  type MemoryTier,
  type RememberedRun,
  recentRuns,
} from '#shared/domain/memory.ts'
import { excerptParts, foundMarks } from './excerpt.ts'
import { fullTextQuery } from './full-text-query.ts'
import type { Projection } from './projection.ts'
import { createTextIndex, textIndexSchema } from './text-index.ts'

/**
 * What the desk knew, decided and learned: an episode a run, and entries with an index over their words. A run that has
 * ended changes no more, so that whoever reads of what had ended by a record reads the same ever after. Of runs that are
 * no longer recent only what was decided and learned is kept.
 */
export const memoryProjection: Projection = {
  name: 'memory',
  version: 2,
  tables: ['memory_text', 'memory', 'episodes'],
  schema: `
    CREATE TABLE episodes (
      run_id TEXT PRIMARY KEY,
      seq INTEGER NOT NULL,
      instrument TEXT NOT NULL,
      profile TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      ended_seq INTEGER,
      tier TEXT NOT NULL,
      regime TEXT,
      situation TEXT,
      horizon_ms INTEGER,
      decision TEXT,
      outcome TEXT,
      recollection TEXT
    ) STRICT;
    CREATE INDEX episodes_by_end ON episodes (ended_seq);
    CREATE INDEX episodes_by_tier ON episodes (tier, ended_seq);
    CREATE TABLE memory (
      seq INTEGER PRIMARY KEY,
      run_id TEXT NOT NULL,
      key TEXT NOT NULL,
      kind TEXT NOT NULL,
      agent TEXT NOT NULL,
      at INTEGER NOT NULL,
      text TEXT NOT NULL,
      UNIQUE (run_id, key)
    ) STRICT;
    ${textIndexSchema('memory')}
  `,
  prepare: prepareMemory,
}

/** What is kept of a run in the archive: not what was known, and of what was decided not each agent's part. */
const keptInArchive = `(kind = 'learned' OR key IN ('decision', 'review'))`

function prepareMemory(database: Database): (record: DeskRecord) => void {
  const begin = database.prepare(
    `INSERT OR IGNORE INTO episodes (run_id, seq, instrument, profile, started_at, tier) VALUES (?, ?, ?, ?, ?, 'run')`,
  )
  const isOpen = database
    .prepare<[string], number>('SELECT 1 FROM episodes WHERE run_id = ? AND ended_seq IS NULL')
    .pluck()
  const set = (column: string) =>
    database.prepare(`UPDATE episodes SET ${column} = ? WHERE run_id = ? AND ended_seq IS NULL`)
  const setSituation = database.prepare(
    'UPDATE episodes SET situation = ?, regime = ? WHERE run_id = ? AND ended_seq IS NULL',
  )
  const setHorizon = set('horizon_ms')
  const setDecision = set('decision')
  const setOutcome = set('outcome')
  const setRecollection = set('recollection')
  const end = database.prepare(
    `UPDATE episodes SET ended_at = ?, ended_seq = ?, tier = 'recent' WHERE run_id = ? AND ended_seq IS NULL`,
  )
  const outgrown = database
    .prepare<[number], string>(
      `SELECT run_id FROM episodes WHERE tier = 'recent' ORDER BY ended_seq DESC LIMIT -1 OFFSET ?`,
    )
    .pluck()
  const archive = database.prepare(`UPDATE episodes SET tier = 'archive' WHERE run_id = ?`)
  const forgettable = database.prepare<[string], { seq: number; text: string }>(
    `SELECT seq, text FROM memory WHERE run_id = ? AND NOT ${keptInArchive}`,
  )
  const same = database.prepare<[string, string], { seq: number; text: string }>(
    'SELECT seq, text FROM memory WHERE run_id = ? AND key = ?',
  )
  const remove = database.prepare('DELETE FROM memory WHERE seq = ?')
  const insert = database.prepare(
    'INSERT INTO memory (seq, run_id, key, kind, agent, at, text) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const index = createTextIndex(database, 'memory')

  function forget({ seq, text }: { seq: number; text: string }): void {
    index.remove(seq, text)
    remove.run(seq)
  }

  function note({ runId, key, kind, agent, text }: MemoryNote, { seq, at }: DeskRecord): void {
    if (isOpen.get(runId) === undefined) return
    const before = same.get(runId, key)
    if (before !== undefined) forget(before)
    if (text === null) return
    insert.run(seq, runId, key, kind, agent, at, text)
  }

  return (record) => {
    const noted = memoryNoteOf(record)
    if (noted !== undefined) note(noted, record)
    switch (record.kind) {
      case 'runStarted': {
        const { runId, goal } = record.data
        begin.run(runId, record.seq, goal.instrument, goal.profile, record.at)
        return
      }
      case 'situationRead': {
        const { runId, situation } = record.data
        setSituation.run(JSON.stringify(situation), situation.regime, runId)
        return
      }
      case 'situationRecalled':
        setRecollection.run(JSON.stringify(record.data.recollection), record.data.runId)
        return
      case 'insightFormed':
        setHorizon.run(record.data.insight.horizonMs, record.data.runId)
        return
      case 'decisionMade':
        setDecision.run(JSON.stringify(record.data.decision), record.data.decision.runId)
        return
      case 'outcomeMeasured':
        setOutcome.run(JSON.stringify(record.data.outcome), record.data.outcome.runId)
        return
      case 'runEnded': {
        end.run(record.at, record.seq, record.data.runId)
        for (const runId of outgrown.all(recentRuns)) {
          for (const entry of forgettable.all(runId)) forget(entry)
          archive.run(runId)
        }
        return
      }
      default:
    }
  }
}

interface EpisodeRow {
  readonly run_id: string
  readonly instrument: string
  readonly profile: Episode['profile']
  readonly started_at: number
  readonly ended_at: number | null
  readonly tier: MemoryTier
  readonly situation: string | null
  readonly horizon_ms: number | null
  readonly decision: string | null
  readonly outcome: string | null
  readonly recollection: string | null
}

function episodeOf(row: EpisodeRow): Episode {
  return {
    runId: row.run_id,
    instrument: row.instrument,
    profile: row.profile,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    situation: parse(row.situation),
    horizonMs: row.horizon_ms,
    decision: parse(row.decision),
    outcome: parse(row.outcome),
  }
}

const parse = (text: string | null) => (text === null ? null : JSON.parse(text))
const entryColumns = `memory.seq, memory.run_id AS runId, instrument, regime, tier, kind, agent, at, text`
const excerptWords = 24

/** What can be asked of memory. */
export function createMemoryQueries(database: Database) {
  const index = createTextIndex(database, 'memory')
  const filters = `
    memory.seq < @before
    AND (@instrument IS NULL OR instrument = @instrument)
    AND (@regime IS NULL OR regime = @regime)
    AND (@agent IS NULL OR agent = @agent)
    AND (@kind IS NULL OR kind = @kind)
    AND (@tier IS NULL OR tier = @tier)
  `
  const find = database.prepare<[object], MemoryEntry & { excerpt: string }>(`
    SELECT ${entryColumns.replace(', text', ', memory.text')},
      snippet(memory_text, 0, '${foundMarks.before}', '${foundMarks.after}', '…', ${excerptWords}) AS excerpt
    FROM memory_text JOIN memory ON memory.seq = memory_text.rowid JOIN episodes USING (run_id)
    WHERE memory_text MATCH @query AND ${filters}
    ORDER BY memory.seq DESC LIMIT @limit
  `)
  const browse = database.prepare<[object], MemoryEntry & { excerpt: string }>(`
    SELECT ${entryColumns}, text AS excerpt FROM memory JOIN episodes USING (run_id)
    WHERE ${filters} ORDER BY memory.seq DESC LIMIT @limit
  `)
  const one = database.prepare<[string], EpisodeRow>('SELECT * FROM episodes WHERE run_id = ?')
  const entries = database.prepare<[string], MemoryEntry>(
    `SELECT ${entryColumns} FROM memory JOIN episodes USING (run_id) WHERE run_id = ? ORDER BY memory.seq`,
  )
  const before = database.prepare<[string, number], EpisodeRow>(`
    SELECT * FROM episodes
    WHERE ended_seq < (SELECT seq FROM episodes WHERE run_id = ?) AND decision IS NOT NULL
    ORDER BY ended_seq DESC LIMIT ?
  `)
  return {
    /** What fits the search, newest first; a text without a word in it finds everything that passes the filters. */
    async searchMemory({ text, limit, ...wanted }: MemorySearch): Promise<readonly MemoryHit[]> {
      const query = fullTextQuery(text)
      if (query !== undefined) await index.catchUp()
      const asked = {
        before: wanted.before ?? Number.MAX_SAFE_INTEGER,
        instrument: wanted.instrument ?? null,
        regime: wanted.regime ?? null,
        agent: wanted.agent ?? null,
        kind: wanted.kind ?? null,
        tier: wanted.tier ?? null,
        limit,
      }
      const rows = query === undefined ? browse.all(asked) : find.all({ ...asked, query })
      return rows.map((row) => ({ ...row, excerpt: excerptParts(row.excerpt) }))
    },
    /** All that memory has of a run; undefined when there is none of that id. */
    getRemembered(runId: string): RememberedRun | undefined {
      const row = one.get(runId)
      if (row === undefined) return undefined
      return {
        episode: episodeOf(row),
        tier: row.tier,
        recollection: parse(row.recollection),
        entries: entries.all(runId),
      }
    },
    /** Runs that had ended with a decision before the given one began, the newest of them, newest first. */
    episodesBefore: (runId: string, limit: number): readonly Episode[] => before.all(runId, limit).map(episodeOf),
  }
}
