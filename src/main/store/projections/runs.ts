import type { Database } from 'better-sqlite3'
import type { DeskRecord } from '#engine/journal/journal.ts'
import type { EventKind } from '#shared/domain/event.ts'
import { isFinalStep, type StepProgress, type StepState, stepStates, stepTransitions } from '#shared/domain/plan.ts'
import type { Run, RunSummary } from '#shared/domain/run.ts'
import { assertExists } from '#shared/lib/assert.ts'
import type { Projection } from './projection.ts'

/** Runs with their plans, and the progress of each step. */
export const runsProjection: Projection = {
  name: 'runs',
  version: 2,
  tables: ['runs', 'steps'],
  schema: `
    CREATE TABLE runs (
      id TEXT PRIMARY KEY,
      seq INTEGER NOT NULL,
      goal TEXT NOT NULL,
      plan TEXT NOT NULL,
      status TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      outcome TEXT,
      reason TEXT
    ) STRICT;
    CREATE INDEX runs_by_seq ON runs (seq);
    CREATE TABLE steps (
      run_id TEXT NOT NULL,
      position INTEGER NOT NULL,
      id TEXT NOT NULL,
      state TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      started_at INTEGER,
      ended_at INTEGER,
      usd REAL NOT NULL,
      reason TEXT,
      PRIMARY KEY (run_id, id)
    ) STRICT, WITHOUT ROWID;
  `,
  prepare: prepareRuns,
}

/** The state that a step is in after an event; undefined when the event moves no step. */
function stateAfter(kind: EventKind): StepState | undefined {
  switch (kind) {
    case 'stepStarted':
      return 'running'
    case 'stepRetried':
      return 'waiting'
    case 'stepSucceeded':
      return 'succeeded'
    case 'stepFailed':
      return 'failed'
    case 'stepSkipped':
      return 'skipped'
    case 'stepCancelled':
      return 'cancelled'
    default:
      return undefined
  }
}

/** The states from which a step may come to another, at once or by way of ready: no record says that a step became ready. */
function statesBefore(state: StepState): readonly StepState[] {
  return stepStates.filter((from) => {
    const next = stepTransitions[from]
    return next.includes(state) || (next.includes('ready') && stepTransitions.ready.includes(state))
  })
}

const list = (states: readonly StepState[]) => states.map((state) => `'${state}'`).join(', ')

function prepareRuns(database: Database): (record: DeskRecord) => void {
  const insertRun = database.prepare(
    "INSERT OR IGNORE INTO runs (id, seq, goal, plan, status, started_at) VALUES (?, ?, ?, ?, 'running', ?)",
  )
  const insertStep = database.prepare(
    "INSERT OR IGNORE INTO steps (run_id, position, id, state, attempt, usd) VALUES (?, ?, ?, 'pending', 0, 0)",
  )
  const replan = database.prepare('UPDATE runs SET plan = ? WHERE id = ?')
  const decide = database.prepare('UPDATE runs SET outcome = ?, reason = ? WHERE id = ?')
  const decline = database.prepare("UPDATE runs SET outcome = 'hold', reason = ? WHERE id = ?")
  const end = database.prepare(
    "UPDATE runs SET status = ?, ended_at = ?, reason = coalesce(?, reason) WHERE id = ? AND status = 'running'",
  )
  // What was under way when the desk died has to be done again.
  const resume = database.prepare(
    `UPDATE steps SET state = 'ready' WHERE run_id = ? AND state IN (${list(['running', 'waiting'])})`,
  )
  const moves = new Map(
    stepStates.map((state) => [
      state,
      database.prepare(`
        UPDATE steps SET state = '${state}', attempt = @attempt, usd = usd + @usd, reason = @reason,
          started_at = ${state === 'running' ? 'coalesce(started_at, @at)' : 'started_at'},
          ended_at = ${isFinalStep(state) ? '@at' : 'NULL'}
        WHERE run_id = @runId AND id = @stepId AND state IN (${list(statesBefore(state))})`),
    ]),
  )

  return (record) => {
    switch (record.kind) {
      case 'runStarted': {
        const { runId, goal, plan } = record.data
        const { changes } = insertRun.run(runId, record.seq, JSON.stringify(goal), JSON.stringify(plan), record.at)
        if (changes === 1) for (const [position, { id }] of plan.steps.entries()) insertStep.run(runId, position, id)
        return
      }
      case 'planReplanned': {
        const { runId, plan } = record.data
        const { changes } = replan.run(JSON.stringify(plan), runId)
        // Those that were in the plan before keep their place: a plan only ever grows.
        if (changes === 1) for (const [position, { id }] of plan.steps.entries()) insertStep.run(runId, position, id)
        return
      }
      case 'runResumed':
        resume.run(record.data.runId)
        return
      case 'decisionMade':
        decide.run(record.data.decision.action, record.data.decision.reason, record.data.decision.runId)
        return
      case 'reviewRejected':
        decline.run(`Rejected by the trader: ${record.data.words.words}`, record.correlationId)
        return
      case 'reviewExpired':
        decline.run('The trader did not answer in time: rejected.', record.correlationId)
        return
      case 'reviewVoided':
        decline.run(`The review is void: ${record.data.why}.`, record.correlationId)
        return
      case 'runEnded':
        end.run(record.data.status, record.at, record.data.reason, record.data.runId)
        return
      case 'stepStarted':
      case 'stepRetried':
      case 'stepSucceeded':
      case 'stepFailed':
      case 'stepSkipped':
      case 'stepCancelled': {
        const { runId, stepId, attempt } = record.data
        const usd = 'usd' in record.data ? record.data.usd : 0
        const move = assertExists(moves.get(stateAfter(record.kind) ?? 'pending'), `${record.kind} moves no step.`)
        move.run({ runId, stepId, attempt, usd, at: record.at, reason: reasonIn(record.data) })
        return
      }
      default:
    }
  }
}

function reasonIn(data: object): string | null {
  if ('reason' in data) return String(data.reason)
  return 'message' in data ? String(data.message) : null
}

interface RunRow {
  readonly id: string
  readonly goal: string
  readonly plan: string
  readonly status: RunSummary['status']
  readonly started_at: number
  readonly ended_at: number | null
  readonly outcome: RunSummary['outcome']
  readonly reason: string | null
  readonly usd: number
  readonly done: number
  readonly total: number
}

const finalStates = stepStates.filter(isFinalStep)
const selectRuns = `
  SELECT r.id, r.goal, r.plan, r.status, r.started_at, r.ended_at, r.outcome, r.reason,
    coalesce(sum(s.usd), 0) AS usd, count(s.id) AS total,
    count(CASE WHEN s.state IN (${list(finalStates)}) AND s.state <> 'cancelled' THEN 1 END) AS done
  FROM runs r LEFT JOIN steps s ON s.run_id = r.id`

function summary(row: RunRow): RunSummary {
  return {
    id: row.id,
    goal: JSON.parse(row.goal),
    status: row.status,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    usd: row.usd,
    stepsDone: row.done,
    stepsTotal: row.total,
    outcome: row.outcome,
    reason: row.reason,
  }
}

/** What can be asked about runs. */
export function createRunQueries(database: Database) {
  const newest = database.prepare<[number], RunRow>(
    `${selectRuns} WHERE r.seq IN (SELECT seq FROM runs ORDER BY seq DESC LIMIT ?) GROUP BY r.id ORDER BY r.seq DESC`,
  )
  const one = database.prepare<[string], RunRow>(`${selectRuns} WHERE r.id = ? GROUP BY r.id`)
  const steps = database.prepare<[string], StepProgress>(
    `SELECT id, state, attempt, started_at AS startedAt, ended_at AS endedAt, usd, reason
     FROM steps WHERE run_id = ? ORDER BY position`,
  )
  const unfinished = database.prepare<[], { id: string; seq: number }>(
    "SELECT id, seq FROM runs WHERE status = 'running' ORDER BY seq",
  )
  return {
    listUnfinishedRuns: () => unfinished.all(),
    /** The newest runs, newest first. */
    listRuns: (limit: number): readonly RunSummary[] => newest.all(limit).map(summary),
    /** One run with its plan and the progress of its steps; undefined when there is none of that id. */
    getRun(runId: string): Run | undefined {
      const row = one.get(runId)
      return row === undefined ? undefined : { ...summary(row), plan: JSON.parse(row.plan), steps: steps.all(runId) }
    },
  }
}
