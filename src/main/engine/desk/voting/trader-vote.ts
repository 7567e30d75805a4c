import { percent } from '#engine/agents/wording.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import { record, said } from '#engine/desk/run/run-log.ts'
import type { Ballot, Choice } from '#shared/domain/ballot.ts'
import { traderVoter } from '#shared/domain/collaboration.ts'
import type { CollaborativePlan } from '#shared/domain/collaborative-plan.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Action } from '#shared/domain/proposal.ts'
import type { KeptBallot, TraderBallot } from '#shared/domain/trader-ballot.ts'
import { assertNever } from '#shared/lib/assert.ts'
import { ParleyError } from '#shared/lib/error.ts'

/**
 * Casts the trader's ballot on what a plan has put to the vote. Until the deadline the last one counts; all are kept, a late
 * one too. Throws NOTHING_TO_VOTE_ON before there is a proposal.
 */
export async function castTraderBallot(
  parts: Pick<DeskParts, 'journal' | 'ids' | 'clock'>,
  { runId, question, state, deadlines, participants }: CollaborativePlan,
  cast: TraderBallot,
  by: Actor,
): Promise<KeptBallot> {
  if (runId === null || question === null) {
    throw new ParleyError('NOTHING_TO_VOTE_ON', 'Nothing has been proposed yet.', {
      retry: 'retryable',
      wayOut: 'Wait until the plan is being voted on.',
    })
  }
  const at = Math.floor(parts.clock.now())
  const member = participants.find(({ voter }) => voter === traderVoter)
  const ballot: Ballot = {
    id: parts.ids.next('bal'),
    voter: traderVoter,
    ...(by.id !== traderVoter && { castBy: by.id }),
    proposalId: question.proposalId,
    at,
    choice: choiceOf(cast, question.action),
    confidence: cast.confidence,
    weight: member?.weight ?? 1,
    reasons: [...cast.reasons],
    evidence: [],
  }
  const isLate = state !== 'voting' || (deadlines !== null && at > deadlines.voteBy)
  const note = isLate
    ? 'The vote is over: the ballot is kept and does not count.'
    : member === undefined
      ? 'The plan does not have the trader vote: the ballot is kept and does not count.'
      : 'It counts unless you cast another one before the deadline.'
  const run = { parts, memory: { runId } }
  const text = `${sentenceOf(ballot)} ${cast.reasons.join(' ')}${isLate || member === undefined ? ` ${note}` : ''}`
  const confidence = cast.choice === 'abstain' ? null : cast.confidence
  await record(
    run,
    by,
    { kind: 'ballotCast', data: { runId, ballot } },
    ...said(run, by.id, { kind: 'vote', text, confidence }),
  )
  return { ballot, counts: !isLate && member !== undefined, note }
}

function choiceOf({ choice, ranking, conditions }: TraderBallot, proposed: Action): Choice {
  const side = (option: Action): Choice =>
    conditions.length === 0 ? { kind: 'option', option } : { kind: 'conditional', option, conditions: [...conditions] }
  switch (choice) {
    case 'abstain':
      return { kind: 'abstain' }
    case 'rank':
      return { kind: 'ranking', ranking: (ranking ?? []).map((group) => [...group]) }
    case 'approve':
      return side(proposed)
    case 'reject':
      return side('hold')
    case 'buy':
    case 'sell':
    case 'hold':
      return side(choice)
    default:
      return assertNever(choice)
  }
}

function sentenceOf({ choice, confidence }: Ballot): string {
  const sure = percent(confidence, 0)
  switch (choice.kind) {
    case 'abstain':
      return 'I abstain.'
    case 'ranking':
      return `I rank ${choice.ranking.map((group) => group.join(' and ')).join(', then ')} (${sure}).`
    case 'option':
      return `I vote to ${choice.option} (${sure}).`
    case 'conditional':
      return `I vote to ${choice.option} (${sure}) if ${choice.conditions.join(' and if ')}.`
    default:
      return assertNever(choice)
  }
}
