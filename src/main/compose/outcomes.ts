import type { ProposalBriefing } from '#engine/agents/seat.ts'
import type { Queries } from '#engine/ports/queries.ts'

// Some 7 ms; all is read in one turn.
const lookedBack = 100

/** What earlier decisions on an instrument came to, newest first, from the journal's projections. */
export function outcomesFrom(queries: Queries): (instrument: string) => ProposalBriefing['outcomes'] {
  return (instrument) =>
    queries
      .listRuns(lookedBack)
      .filter(({ goal }) => goal.instrument === instrument)
      .flatMap(({ id }) => {
        const { decision, outcome } = queries.getVote(id)
        if (decision === null || outcome === null) return []
        return [{ ...outcome, action: decision.action, confidence: decision.confidence }]
      })
}
