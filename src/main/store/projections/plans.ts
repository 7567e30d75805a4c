import type { Database } from 'better-sqlite3'
import { planAfter } from '#engine/desk/plans/plan-fold.ts'
import { type CollaborativePlan, isEndedPlan } from '#shared/domain/collaborative-plan.ts'
import type { Projection } from './projection.ts'

/** The collaborative plans as they are now. */
export const plansProjection: Projection = {
  name: 'plans',
  version: 3,
  tables: ['plans'],
  schema: `
    CREATE TABLE plans (
      id TEXT PRIMARY KEY,
      seq INTEGER NOT NULL,
      run_id TEXT,
      template TEXT,
      is_open INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX plans_by_seq ON plans (seq);
    CREATE INDEX plans_by_template ON plans (template, seq);
    CREATE INDEX plans_by_run ON plans (run_id);
  `,
  prepare(database) {
    const byId = database.prepare<[string], string>('SELECT body FROM plans WHERE id = ?').pluck()
    const byRun = database.prepare<[string], string>('SELECT body FROM plans WHERE run_id = ? AND is_open = 1').pluck()
    const put = database.prepare(
      `INSERT INTO plans (id, seq, run_id, template, is_open, body) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET run_id = excluded.run_id, is_open = excluded.is_open, body = excluded.body`,
    )
    const known = { byId: (id: string) => parse(byId.get(id)), byRun: (runId: string) => parse(byRun.get(runId)) }
    return (record) => {
      const plan = planAfter(known, record)
      if (plan === undefined) return
      put.run(plan.id, record.seq, plan.runId, plan.template, isEndedPlan(plan.state) ? 0 : 1, JSON.stringify(plan))
    }
  },
}

/** What can be asked about collaborative plans. */
export function createPlanQueries(database: Database) {
  const one = database.prepare<[string], string>('SELECT body FROM plans WHERE id = ?').pluck()
  const newest = database.prepare<[number], string>('SELECT body FROM plans ORDER BY seq DESC LIMIT ?').pluck()
  const open = database.prepare<[], string>('SELECT body FROM plans WHERE is_open = 1 ORDER BY seq').pluck()
  const ofTemplate = database
    .prepare<[string], string>('SELECT body FROM plans WHERE template = ? ORDER BY seq DESC LIMIT 1')
    .pluck()
  const read = (bodies: readonly string[]): readonly CollaborativePlan[] => bodies.map((body) => JSON.parse(body))
  return {
    /** One plan as it is now; undefined when there is none of that id. */
    getPlan: (planId: string): CollaborativePlan | undefined => parse(one.get(planId)),
    /** The newest plan that was made from a template; undefined when there is none. */
    lastPlanOf: (template: string): CollaborativePlan | undefined => parse(ofTemplate.get(template)),
    /** Newest first. */
    listPlans: (limit: number) => read(newest.all(limit)),
    /** Those that have not ended, oldest first. */
    listOpenPlans: () => read(open.all()),
  }
}

/** What a body holds is known from its table. */
function parse(body: string | undefined): CollaborativePlan | undefined {
  return body === undefined ? undefined : JSON.parse(body)
}
