import type { Database } from 'better-sqlite3'
import type { PastOutcome } from '#engine/ports/desk-history.ts'
import type { Ballot } from '#shared/domain/ballot.ts'
import type { Decision } from '#shared/domain/decision.ts'
import type { Outcome } from '#shared/domain/outcome.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import type { Tally } from '#shared/domain/tally.ts'
import type { Projection } from './projection.ts'

/** All that belongs to the vote of one run. */
export interface StoredVote {
  /** In the order of making, each as it was last revised. */
  readonly proposals: readonly Proposal[]
  /** Every ballot cast, the superseded ones too, in the order of casting. */
  readonly ballots: readonly Ballot[]
  readonly tally: Tally | null
  readonly decision: Decision | null
  readonly outcome: Outcome | null
}

type Part = 'proposal' | 'ballot' | 'tally' | 'decision' | 'outcome'

/** Proposals, ballots, tally, decision and outcome of each run: one row a part. */
export const votesProjection: Projection = {
  name: 'votes',
  version: 1,
  tables: ['votes'],
  schema: `
    CREATE TABLE votes (
      run_id TEXT NOT NULL,
      part TEXT NOT NULL,
      id TEXT NOT NULL,
      seq INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (run_id, part, id)
    ) STRICT;
  `,
  prepare(database) {
    // What comes again under the same id replaces the earlier one and keeps its place.
    const upsert = database.prepare(
      `INSERT INTO votes (run_id, part, id, seq, body) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET body = excluded.body`,
    )
    return (record) => {
      const put = (runId: string, part: Part, id: string, body: unknown) =>
        upsert.run(runId, part, id, record.seq, JSON.stringify(body))
      switch (record.kind) {
        case 'proposalMade':
        case 'proposalRevised':
          put(record.data.proposal.runId, 'proposal', record.data.proposal.id, record.data.proposal)
          return
        case 'ballotCast':
          put(record.data.runId, 'ballot', record.data.ballot.id, record.data.ballot)
          return
        case 'tallyTaken':
          put(record.data.runId, 'tally', '', record.data.tally)
          return
        case 'decisionMade':
          put(record.data.decision.runId, 'decision', '', record.data.decision)
          return
        case 'outcomeMeasured':
          put(record.data.outcome.runId, 'outcome', '', record.data.outcome)
          return
        default:
      }
    }
  },
}

/** What can be asked about votes. */
export function createVoteQueries(database: Database) {
  const select = database.prepare<[string], { part: Part; body: string }>(
    'SELECT part, body FROM votes WHERE run_id = ? ORDER BY seq',
  )
  const outcomes = database.prepare<[number], { instrument: string; outcome: string; decision: string }>(
    `SELECT json_extract(runs.goal, '$.instrument') AS instrument, o.body AS outcome, d.body AS decision
     FROM votes o JOIN votes d ON d.run_id = o.run_id AND d.part = 'decision' JOIN runs ON runs.id = o.run_id
     WHERE o.part = 'outcome' AND json_extract(o.body, '$.at') >= ? ORDER BY o.seq DESC LIMIT 1000`,
  )
  return {
    /** What the decisions since a moment came to, newest first; at most 1,000. */
    outcomesSince: (at: number): readonly PastOutcome[] =>
      outcomes.all(at).map(({ instrument, outcome, decision }) => {
        const { action, confidence }: Decision = JSON.parse(decision)
        return { ...(JSON.parse(outcome) as Outcome), instrument, action, confidence }
      }),
    /** The vote of a run; everything in it is empty or null while nothing was proposed. */
    getVote(runId: string): StoredVote {
      const rows = select.all(runId)
      const parts = <T>(part: Part): T[] => rows.filter((row) => row.part === part).map((row) => JSON.parse(row.body))
      return {
        proposals: parts<Proposal>('proposal'),
        ballots: parts<Ballot>('ballot'),
        tally: parts<Tally>('tally')[0] ?? null,
        decision: parts<Decision>('decision')[0] ?? null,
        outcome: parts<Outcome>('outcome')[0] ?? null,
      }
    },
  }
}
