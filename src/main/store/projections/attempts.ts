import type { Database } from 'better-sqlite3'
import type { DeskRecord } from '#engine/journal/journal.ts'
import type { ResearchAttempt } from '#engine/ports/desk-history.ts'
import type { Plan } from '#shared/domain/plan.ts'
import type { Projection } from './projection.ts'

/** Every attempt at research and what it came to, to learn from: how long, at what cost, with what success. */
export const attemptsProjection: Projection = {
  name: 'attempts',
  version: 2,
  tables: ['researches', 'attempts'],
  schema: `
    CREATE TABLE researches (
      run_id TEXT NOT NULL,
      step_id TEXT NOT NULL,
      sources TEXT NOT NULL,
      PRIMARY KEY (run_id, step_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE attempts (
      run_id TEXT NOT NULL,
      step_id TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      began REAL NOT NULL,
      ended_at INTEGER,
      seconds REAL,
      succeeded INTEGER,
      usd REAL,
      PRIMARY KEY (run_id, step_id, attempt)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX attempts_by_end ON attempts (ended_at);
  `,
  prepare: prepareAttempts,
}

/** A step that was refused for want of money says nothing of its sources. */
const refused = 'BUDGET_EXCEEDED'

function prepareAttempts(database: Database): (record: DeskRecord) => void {
  const insertResearch = database.prepare(
    'INSERT OR IGNORE INTO researches (run_id, step_id, sources) VALUES (?, ?, ?)',
  )
  const begin = database.prepare(`
    INSERT OR REPLACE INTO attempts (run_id, step_id, attempt, began)
    SELECT run_id, step_id, @attempt, @began FROM researches WHERE run_id = @runId AND step_id = @stepId`)
  const end = database.prepare(`
    UPDATE attempts SET ended_at = @at, seconds = max(0, @now - began) / 1000, succeeded = @succeeded
    WHERE run_id = @runId AND step_id = @stepId AND attempt = @attempt AND ended_at IS NULL`)
  // Only the sum is known.
  const settle = database.prepare(`
    UPDATE attempts SET usd = @usd / (
      SELECT count(*) FROM attempts WHERE run_id = @runId AND step_id = @stepId AND ended_at IS NOT NULL
    ) WHERE run_id = @runId AND step_id = @stepId AND ended_at IS NOT NULL`)
  const forgetOpen = database.prepare('DELETE FROM attempts WHERE run_id = ? AND ended_at IS NULL')
  const forget = database.prepare('DELETE FROM attempts WHERE run_id = ? AND step_id = ? AND attempt = ?')

  const keepPlan = (runId: string, { steps }: Plan) => {
    for (const { id, action, sources } of steps) {
      if (action === 'research') insertResearch.run(runId, id, sources.join('+'))
    }
  }

  return (record) => {
    switch (record.kind) {
      case 'runStarted':
      case 'planReplanned':
        keepPlan(record.data.runId, record.data.plan)
        return
      case 'runResumed':
      case 'runEnded':
        // What a dead process left open, or what was cancelled, ended in no way of its own.
        forgetOpen.run(record.data.runId)
        return
      case 'stepStarted':
        begin.run({ ...record.data, began: record.monotonicMs })
        return
      case 'stepRetried':
      case 'stepSucceeded':
      case 'stepFailed': {
        const { runId, stepId, attempt } = record.data
        const isKept = record.kind === 'stepSucceeded' && fromBefore(record.data.output) > 0
        const isRefused = record.kind === 'stepFailed' && record.data.code === refused
        if (isKept || isRefused) forget.run(runId, stepId, attempt)
        const succeeded = record.kind === 'stepSucceeded' ? 1 : 0
        end.run({ runId, stepId, attempt, at: record.at, now: record.monotonicMs, succeeded })
        if ('usd' in record.data) settle.run({ runId, stepId, usd: record.data.usd })
        return
      }
      default:
    }
  }
}

/**
 * How many answers an earlier run had loaded, as the output of a research step says: those take no time and cost nothing,
 * which says nothing of a run that has to ask. What another step of the same run had loaded will be there again.
 */
function fromBefore(output: unknown): number {
  if (typeof output !== 'object' || output === null || !('before' in output)) return 0
  return typeof output.before === 'number' ? output.before : 0
}

/** What can be asked about attempts. */
export function createAttemptQueries(database: Database) {
  const newest = database.prepare<[number], Omit<ResearchAttempt, 'succeeded'> & { readonly succeeded: number }>(`
    SELECT a.step_id AS task, r.sources AS source, a.ended_at AS at, a.succeeded, a.seconds, a.usd
    FROM attempts a JOIN researches r ON r.run_id = a.run_id AND r.step_id = a.step_id
    WHERE a.usd IS NOT NULL ORDER BY a.ended_at DESC, a.run_id, a.step_id, a.attempt LIMIT ?`)
  return {
    /** The newest attempts at research of steps that have ended, newest first. */
    listAttempts: (limit: number): readonly ResearchAttempt[] =>
      newest.all(limit).map((row) => ({ ...row, succeeded: row.succeeded === 1 })),
  }
}
