import type { Answer } from '#engine/agents/questions.ts'
import type { RunState } from '#engine/desk/run/run-state.ts'
import type { Seat } from '#shared/domain/agent.ts'
import { conflictSentence } from '#shared/domain/conflict.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** What the journal is told of a settlement, by whom it was said: every offer, what became of each conflict, the new terms. */
export interface Settled {
  readonly seat: Seat
  readonly events: readonly DeskEvent[]
  readonly remark: { readonly kind: 'proposal' | 'thought' | 'system'; readonly text: string } | null
}

/** Takes a settlement apart into what is journalled, in order. Throws ANSWER_INVALID for terms that widen what was proposed. */
export function settledParts(
  { runId }: RunState,
  proposal: Proposal,
  { conflicts, said, revised }: Answer<'settle'>,
): readonly Settled[] {
  if (revised !== null && !isNarrower(proposal, revised)) {
    throw new ParleyError('ANSWER_INVALID', 'The terms that were settled are not those of the proposal, made smaller.')
  }
  return [
    ...said.map(({ by, kind, text }): Settled => ({ seat: by, events: [], remark: { kind, text } })),
    ...conflicts.map((conflict): Settled => {
      const changes: DeskEvent[] =
        revised === null || conflict.kind !== 'size'
          ? []
          : [{ kind: 'proposalRevised', data: { proposal: revised, why: `Settled by ${conflict.settled}.` } }]
      return {
        seat: 'planner',
        events: [{ kind: 'conflictSettled', data: { runId, conflict } }, ...changes],
        remark: { kind: 'system', text: conflictSentence(conflict) },
      }
    }),
  ]
}

/** True where it is the same trade at no greater size. */
function isNarrower(before: Proposal, after: Proposal): boolean {
  const isSame = before.id === after.id && before.instrument === after.instrument && before.action === after.action
  return isSame && Number(after.quantity) <= Number(before.quantity) && Number(after.quantity) > 0
}
