import type { Database } from 'better-sqlite3'
import type { PlanDivergence, RaisedAlert, RunWatch } from '#shared/domain/monitoring.ts'
import type { Projection } from './projection.ts'

/** What watching over the runs has brought to light: divergences, replans, alerts, and the pace of each run. */
export const watchProjection: Projection = {
  name: 'watch',
  version: 1,
  tables: ['watch', 'pace'],
  schema: `
    CREATE TABLE watch (
      seq INTEGER PRIMARY KEY,
      run_id TEXT NOT NULL,
      kind TEXT NOT NULL,
      at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX watch_by_run ON watch (run_id, seq);
    CREATE INDEX watch_by_kind ON watch (kind, seq);
    CREATE TABLE pace (
      run_id TEXT NOT NULL,
      pool TEXT NOT NULL,
      slots INTEGER NOT NULL,
      most INTEGER NOT NULL,
      PRIMARY KEY (run_id, pool)
    ) STRICT, WITHOUT ROWID;
  `,
  prepare(database) {
    const insert = database.prepare(
      'INSERT OR IGNORE INTO watch (seq, run_id, kind, at, body) VALUES (@seq, @runId, @kind, @at, @body)',
    )
    const setPace = database.prepare('INSERT OR REPLACE INTO pace (run_id, pool, slots, most) VALUES (?, ?, ?, ?)')
    const endPace = database.prepare('DELETE FROM pace WHERE run_id = ?')
    return (record) => {
      const { seq, at } = record
      const keep = (runId: string, body: object) =>
        insert.run({ seq, runId, kind: record.kind, at, body: JSON.stringify(body) })
      switch (record.kind) {
        case 'planDiverged':
          keep(record.data.runId, record.data.divergence)
          return
        case 'planReplanned': {
          const { runId, plan, replan } = record.data
          keep(runId, { ...replan, plan: { id: plan.id, hash: plan.hash } })
          return
        }
        case 'alertRaised':
          keep(record.data.runId, record.data.alert)
          return
        case 'paceChanged': {
          const { pool, limit, most } = record.data.pace
          setPace.run(record.data.runId, pool, limit, most)
          return
        }
        case 'runPaused':
          keep(record.data.runId, { reason: record.data.reason })
          return
        case 'runContinued':
          keep(record.data.runId, {})
          return
        case 'runResumed':
        case 'runEnded':
          // A run that is taken up again, or is over, gives out what its plan has.
          endPace.run(record.data.runId)
          return
        default:
      }
    }
  },
}

type KeptReplan = Omit<RunWatch['replans'][number], 'at'>

interface WatchRow {
  readonly seq: number
  readonly run_id: string
  readonly kind: string
  readonly at: number
  readonly body: string
  readonly goal: string | null
  /** Of its run. */
  readonly status: string | null
}

const select = `
  SELECT w.seq, w.run_id, w.kind, w.at, w.body, r.goal, r.status FROM watch w LEFT JOIN runs r ON r.id = w.run_id`

/** What can be asked about what the runs were watched for. */
export function createWatchQueries(database: Database) {
  const ofRun = database.prepare<[string], WatchRow>(`${select} WHERE w.run_id = ? ORDER BY w.seq`)
  const alerts = database.prepare<[number, number], WatchRow>(
    `${select} WHERE w.kind = 'alertRaised' AND w.seq > ? ORDER BY w.seq DESC LIMIT ?`,
  )
  const pace = database.prepare<[string], RunWatch['pace'][number]>(
    'SELECT pool, slots AS "limit", most FROM pace WHERE run_id = ? AND slots < most ORDER BY pool',
  )
  return {
    /** What watching over a run has brought to light, oldest first. */
    getWatch(runId: string): RunWatch {
      const rows = ofRun.all(runId)
      const those = (kind: string) => rows.filter((row) => row.kind === kind)
      return {
        divergences: those('planDiverged').map(({ at, body }) => ({ at, ...(JSON.parse(body) as PlanDivergence) })),
        replans: those('planReplanned').map(({ at, body }) => ({ at, ...(JSON.parse(body) as KeptReplan) })),
        alerts: those('alertRaised').map(alertOf),
        pace: pace.all(runId),
        paused: pausedOf(rows),
      }
    },
    /** The alerts raised after a record of the journal, newest first. */
    listAlerts: (after: number, limit: number): readonly RaisedAlert[] => alerts.all(after, limit).map(alertOf),
  }
}

function pausedOf(rows: readonly WatchRow[]): RunWatch['paused'] {
  const last = rows.findLast(({ kind }) => kind === 'runPaused' || kind === 'runContinued')
  if (last?.kind !== 'runPaused' || last.status !== 'running') return null
  return { at: last.at, reason: (JSON.parse(last.body) as { reason: string }).reason }
}

function alertOf({ seq, run_id, at, body, goal }: WatchRow): RaisedAlert {
  const instrument = goal === null ? '' : JSON.parse(goal).instrument
  return { seq, runId: run_id, instrument, at, ...JSON.parse(body) }
}
