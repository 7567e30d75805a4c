import type { Ballot } from '#shared/domain/ballot.ts'
import type { Decision } from '#shared/domain/decision.ts'
import type { PastView } from '#shared/domain/insight.ts'
import type { Episode } from '#shared/domain/memory.ts'
import type { Outcome } from '#shared/domain/outcome.ts'
import type { Action, Proposal } from '#shared/domain/proposal.ts'
import type { ScoredVote } from '#shared/domain/scored-vote.ts'
import type { Tally } from '#shared/domain/tally.ts'

/** One attempt at a research task, as it turned out. */
export interface ResearchAttempt {
  readonly task: string
  /** The sources that were asked, joined by "+". */
  readonly source: string
  /** When it ended, in epoch milliseconds. */
  readonly at: number
  readonly succeeded: boolean
  readonly seconds: number
  readonly usd: number
}

/** What an earlier decision came to, and what it was. */
export interface PastOutcome extends Outcome {
  readonly instrument: string
  readonly action: Action
  readonly confidence: number
}

/** What the desk has learned and spent before: what is durable. */
export interface DeskHistory {
  /** The newest attempts at research of steps that have ended, newest first. */
  listAttempts(limit: number): readonly ResearchAttempt[]
  /** The newest market views on an instrument, newest first. */
  listViews(instrument: string, limit: number): readonly PastView[]
  /** What the decisions since a moment came to, newest first; at most 1,000. */
  outcomesSince(at: number): readonly PastOutcome[]
  /** The newest votes whose outcome is known, in the order in which they were scored. */
  listScoredVotes(limit: number): readonly ScoredVote[]
  /** The runs with a decision of which the ballots are not scored, newest first. */
  listUnscoredVotes(limit: number): readonly string[]
  getVote(runId: string): RunVote
  /** In USD, since the trading day began. */
  spentToday(): number
  /** Runs that had ended with a decision before the given one began, the newest of them, newest first. */
  episodesBefore(runId: string, limit: number): readonly Episode[]
}

/** All that was voted on in a run. */
export interface RunVote {
  readonly proposals: readonly Proposal[]
  readonly ballots: readonly Ballot[]
  readonly tally: Tally | null
  readonly decision: Decision | null
  readonly outcome: Outcome | null
}
