import { briefingOf } from '#engine/desk/run/briefing.ts'
import { askSeat, type RunContext } from '#engine/desk/run/run-context.ts'
import { record, said } from '#engine/desk/run/run-log.ts'
import { questionOf, type RunState } from '#engine/desk/run/run-state.ts'
import { type Seat, seatSchema } from '#shared/domain/agent.ts'
import {
  betweenWords,
  type Conflict,
  conflictSentence,
  type PlanConflict,
  type RaisedConflict,
} from '#shared/domain/conflict.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { compare } from '#shared/lib/decimal.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { settledParts } from './negotiating.ts'
import { isTimeToVote, mostVotesAgain } from './vote-again.ts'
import { castBallotOf, proposalBriefingOf } from './vote-steps.ts'

const answerMs = 5_000

/**
 * Resolves a conflict that was raised over what is put to the vote: size, timing and resources are negotiated, and mediated
 * where that stalls (see settleTerms); then all who have voted vote again. Where those at odds still take different sides and
 * nothing was agreed on, the strategist makes the proposal smaller and they vote again, as often as the plan allows; what is
 * open then stays open, and the decision goes to the trader. The votes are not counted before. Everything said
 * is in the conversation. Rejects with RUN_DECIDED, and with NOTHING_TO_RESOLVE before a trade is proposed.
 */
export async function resolveRaised(
  run: RunContext,
  raised: RaisedConflict,
  by: Actor,
  signal: AbortSignal,
): Promise<PlanConflict> {
  const { memory, parts } = run
  refuseWithoutQuestion(memory)
  const id = parts.ids.next('con')
  const at = Math.floor(parts.clock.now())
  const words = `I raise a conflict over ${raised.kind} between ${betweenWords(raised.between)}: ${raised.description}`
  const known = record(
    run,
    by,
    { kind: 'conflictRaised', data: { runId: memory.runId, conflictId: id, conflict: raised } },
    ...said(run, by.id, { kind: 'human', text: words }),
  )
  const settling = (run.thinkingAgain.current ?? Promise.resolve()).then(() => settle(run, id, raised, signal))
  run.thinkingAgain.current = settling
  const settled = await settling
  await known
  return { ...settled, id, at, by: by.id }
}

/** Throws where there is nothing that a conflict or another proposal could be about. */
export function refuseWithoutQuestion(memory: RunState): void {
  if (memory.decision !== null) {
    throw new ParleyError('RUN_DECIDED', `The desk has voted already (${memory.runId}).`, {
      wayOut: 'Object to the decision, or cancel the run and decide again.',
    })
  }
  if (memory.proposals.length > 0) return
  throw new ParleyError('NOTHING_TO_RESOLVE', 'Nothing has been proposed yet.', {
    retry: 'retryable',
    wayOut: 'Wait until the plan is being voted on.',
  })
}

/** Never rejects: the votes wait for it. */
async function settle(
  run: RunContext,
  conflictId: string,
  raised: RaisedConflict,
  signal: AbortSignal,
): Promise<Conflict> {
  const { memory, parts } = run
  const most = Math.max(1, mostVotesAgain(memory.goal, parts.planning))
  let rounds = 0
  let settled: Conflict['settled'] = 'open'
  do {
    rounds++
    const negotiated = await triedToNegotiate(run, raised, signal)
    await castBallotsAgain(run, signal)
    settled = negotiated ?? (tookOneSide(memory, raised.between) ? 'vote' : 'open')
  } while (settled === 'open' && rounds < most && (await isRevised(run, raised, { rounds, most }, signal)))
  const conflict: Conflict = { ...raised, settled, rounds }
  const escalated = settled === 'open' ? ' The trader decides.' : ''
  await record(
    run,
    'planner',
    { kind: 'conflictSettled', data: { runId: memory.runId, conflict, conflictId } },
    ...said(run, 'planner', { kind: 'system', text: `${conflictSentence(conflict)}${escalated}` }),
  ).catch(() => {})
  return conflict
}

/** How the terms were agreed on; a negotiation that fails is told, and comes to nothing. */
async function triedToNegotiate(
  run: RunContext,
  raised: RaisedConflict,
  signal: AbortSignal,
): Promise<'concession' | 'mediation' | null> {
  return negotiate(run, raised, signal).catch((error: unknown) => {
    if (signal.aborted) return null
    return record(
      run,
      'planner',
      ...said(run, 'planner', { kind: 'system', text: `It could not be negotiated: ${errorMessage(error)}` }),
    )
      .then(() => null)
      .catch(() => null)
  })
}

/** Has the strategist revise what is at odds, for another vote; false where there is nothing to concede, or no time left. */
async function isRevised(
  run: RunContext,
  { kind }: RaisedConflict,
  { rounds, most }: { readonly rounds: number; readonly most: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { memory, parts } = run
  const proposal = questionOf(memory)
  const isBargain = kind !== 'direction' && kind !== 'goal'
  if (!isBargain || proposal === undefined || signal.aborted || !isTimeToVote(memory, parts.clock.now())) return false
  const input = { briefing: await briefingOf(parts, memory), proposal }
  const revision = await askSeat(run, {
    seat: 'strategist',
    asked: 'revise',
    input,
    timeoutMs: answerMs,
    signal,
  }).catch(() => null)
  if (revision === null || compare(revision.quantity, proposal.quantity) >= 0) return false
  const { quantity, riskAtStop, why } = revision
  const text = `Round ${rounds + 1} of at most ${most}. ${why}`
  const revised: DeskEvent = {
    kind: 'proposalRevised',
    data: { proposal: { ...proposal, quantity, riskAtStop }, why },
  }
  await record(run, 'strategist', revised, ...said(run, 'strategist', { kind: 'proposal', text }))
  return true
}

/** How the terms were agreed on; null where there was nothing to bargain over, or no common ground. */
async function negotiate(
  run: RunContext,
  raised: RaisedConflict,
  signal: AbortSignal,
): Promise<'concession' | 'mediation' | null> {
  const { memory } = run
  const proposal = questionOf(memory)
  if (proposal === undefined) return null
  const input = { briefing: await proposalBriefingOf(run, proposal), raised }
  const answer = await askSeat(run, { seat: 'planner', asked: 'settle', input, timeoutMs: answerMs, signal })
  for (const { seat, events, remark } of settledParts(memory, proposal, { ...answer, conflicts: [] })) {
    await record(run, seat, ...events, ...(remark === null ? [] : said(run, seat, remark)))
  }
  const [conflict] = answer.conflicts
  if (answer.revised !== null) {
    const why = `Settled by ${conflict?.settled ?? 'concession'}.`
    await record(run, 'planner', { kind: 'proposalRevised', data: { proposal: answer.revised, why } })
  }
  return conflict?.settled === 'concession' || conflict?.settled === 'mediation' ? conflict.settled : null
}

/** Has all seats that have voted vote again; who fails keeps the ballot that is there. */
export async function castBallotsAgain(run: RunContext, signal: AbortSignal): Promise<void> {
  const voted = new Set(run.memory.ballots.flatMap(({ voter }) => seatSchema.safeParse(voter).data ?? []))
  const ask = { timeoutMs: answerMs, signal }
  const cast = (seat: Seat) => castBallotOf(run, seat, ask).catch(() => {})
  // The risk manager sets the size before the others vote on it.
  if (voted.delete('risk')) await cast('risk')
  await Promise.all([...voted].map(cast))
}

function tookOneSide({ ballots }: RunState, between: readonly string[]): boolean {
  const sides = between.map((name) => ballots.findLast(({ voter }) => voter === name)?.choice)
  const options = sides.map((choice) => (choice !== undefined && 'option' in choice ? choice.option : undefined))
  return options.every((option) => option !== undefined && option === options[0])
}
