import type { Database } from 'better-sqlite3'
import type { ScoredVote } from '#shared/domain/scored-vote.ts'
import type { Projection } from './projection.ts'

/** How the ballots of each run's decision turned out. */
export const scoresProjection: Projection = {
  name: 'scores',
  version: 1,
  tables: ['vote_scores'],
  schema: `
    CREATE TABLE vote_scores (run_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX vote_scores_by_seq ON vote_scores (seq);
  `,
  prepare(database) {
    const put = database.prepare('INSERT OR REPLACE INTO vote_scores (run_id, seq, body) VALUES (?, ?, ?)')
    return (record) => {
      if (record.kind === 'voteScored') put.run(record.data.score.runId, record.seq, JSON.stringify(record.data.score))
    }
  },
}

/** What can be asked about scored votes. */
export function createScoreQueries(database: Database) {
  const newest = database.prepare<[number], string>('SELECT body FROM vote_scores ORDER BY seq DESC LIMIT ?').pluck()
  const unscored = database
    .prepare<[number], string>(
      `SELECT run_id FROM votes WHERE part = 'decision' AND run_id NOT IN (SELECT run_id FROM vote_scores)
       ORDER BY seq DESC LIMIT ?`,
    )
    .pluck()
  return {
    /** The newest, in the order in which they were scored. */
    listScoredVotes: (limit: number): readonly ScoredVote[] =>
      newest
        .all(limit)
        .map((body) => JSON.parse(body) as ScoredVote)
        .toReversed(),
    /** The runs with a decision of which the ballots are not scored, newest first. */
    listUnscoredVotes: (limit: number): readonly string[] => unscored.all(limit),
  }
}
