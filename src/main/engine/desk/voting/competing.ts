import { expectedMove } from '#engine/agents/seats/propose.ts'
import { isEntry, lossBetween, positionOf } from '#engine/agents/sizes.ts'
import { figure, listWords } from '#engine/agents/wording.ts'
import type { Election, Ranking } from '#engine/consensus/election.ts'
import { rank, winnerOf } from '#engine/consensus/ranking-methods.ts'
import { voters } from '#engine/desk/planning/decide-domain.ts'
import { votersOf } from '#engine/desk/planning/decide-terms.ts'
import { briefingOf } from '#engine/desk/run/briefing.ts'
import { askSeat, type RunContext } from '#engine/desk/run/run-context.ts'
import { record, said } from '#engine/desk/run/run-log.ts'
import { questionOf } from '#engine/desk/run/run-state.ts'
import { type Seat, seatSchema, seatTitles } from '#shared/domain/agent.ts'
import { firstChoices } from '#shared/domain/ballot.ts'
import { traderVoter } from '#shared/domain/collaboration.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import type { TraderProposal } from '#shared/domain/trader-proposal.ts'
import { absolute, compare, multiply, roundToStep, sign, toNumber, ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { castBallotsAgain, refuseWithoutQuestion } from './conflict-resolution.ts'
import { proposalBriefingOf } from './vote-steps.ts'

const answerMs = 5_000
const dayMs = 86_400_000

/**
 * Has the trader's proposal compete with all others for the vote, marked as the trader's: every seat prefers what it would
 * vote for, the surer the more (the trader his own, where he takes part); what Schulze's method puts first, each seat counting
 * by its weight, is put to the vote, what is there already where it is even, and all who have voted vote again. It needs to be
 * agreed like any other. Rejects with RUN_DECIDED, NOTHING_TO_RESOLVE and PROPOSAL_INVALID.
 */
export async function compete(
  run: RunContext,
  wish: TraderProposal,
  by: Actor,
  signal: AbortSignal,
): Promise<Proposal> {
  const { memory } = run
  refuseWithoutQuestion(memory)
  const proposal = await proposalOf(run, wish, by)
  refuseWithoutQuestion(memory)
  const against = questionOf(memory)
  const { action, quantity, instrument } = proposal
  const known = record(
    run,
    by,
    { kind: 'proposalMade', data: { proposal } },
    ...said(run, by.id, { kind: 'proposal', text: `I propose to ${action} ${quantity} ${instrument}. ${wish.reason}` }),
  )
  const choosing = (run.thinkingAgain.current ?? Promise.resolve())
    .then(() => choose(run, proposal, against, signal))
    // The votes wait for it.
    .catch(() => {})
  run.thinkingAgain.current = choosing
  await choosing
  await known
  return memory.proposals.find(({ id }) => id === proposal.id) ?? proposal
}

async function proposalOf({ parts, memory }: RunContext, wish: TraderProposal, by: Actor): Promise<Proposal> {
  const briefing = await briefingOf(parts, memory)
  const { instrument, quote } = briefing
  const { action, quantity, stop, target } = wish
  const position = positionOf(briefing)
  const enters = isEntry({ action, instrument: instrument.id }, position)
  const wrong = (why: string) =>
    new ParleyError('PROPOSAL_INVALID', `It cannot be proposed: ${why}`, {
      wayOut: 'Change that and propose it again.',
    })
  if (sign(quantity) <= 0 || roundToStep(quantity, instrument.quantityStep, 'down') !== quantity)
    throw wrong(`${quantity} is no multiple of ${instrument.quantityStep} ${instrument.base} above zero.`)
  const held = sign(position) === (action === 'sell' ? 1 : -1) ? absolute(position) : ZERO
  if (!enters && compare(quantity, held) > 0) throw wrong(`Only ${held} ${instrument.base} is held.`)
  const entry = action === 'buy' ? quote.ask : quote.bid
  const [what, losing, winning] = action === 'buy' ? ['purchase', 'below', 'above'] : ['short sale', 'above', 'below']
  if (!enters && (stop !== null || target !== null))
    throw wrong('A stop and a target are for what opens a position; this only reduces one.')
  if (stop !== null && sign(lossBetween(action, entry, stop)) <= 0)
    throw wrong(`The stop of a ${what} is ${losing} the price of ${entry}.`)
  if (target !== null && sign(lossBetween(action, entry, target)) >= 0)
    throw wrong(`The target of a ${what} is ${winning} the price of ${entry}.`)
  return {
    id: parts.ids.next('prop'),
    runId: memory.runId,
    by: by.id,
    at: Math.floor(parts.clock.now()),
    instrument: instrument.id,
    action,
    quantity,
    entry,
    stop,
    target,
    horizonMs: memory.insight === null ? dayMs : Math.round(memory.insight.horizonMs),
    expectedReturn: target === null ? expectedMove(memory.insight) : toNumber(target) / toNumber(entry) - 1,
    riskAtStop: stop === null ? null : multiply(quantity, lossBetween(action, entry, stop)),
    objectives: [wish.reason],
    risks: [],
    evidence: [],
    changesMyMind: 'The trader says.',
  }
}

async function choose(
  run: RunContext,
  mine: Proposal,
  against: Proposal | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { memory } = run
  const members = memory.goal.collaboration?.participants
  const weightOf = (voter: string) => members?.find((one) => one.voter === voter)?.weight ?? 1
  const seats: readonly Seat[] = ['risk', ...(members === undefined ? voters : votersOf(members))]
  const rivals = [...memory.proposals.filter(({ id, action }) => action !== 'hold' && id !== mine.id), mine]
  const liking = await Promise.all(
    rivals.map(async (proposal) => ({ id: proposal.id, by: await confidences(run, seats, proposal, signal) })),
  )
  const own = { voter: traderVoter, ranking: [[mine.id]] }
  const ballots = [
    ...seats.map((voter) => ({ voter, ranking: preferences(liking.map(({ id, by }) => [id, by.get(voter) ?? 0])) })),
    ...(members?.some(({ voter }) => voter === traderVoter) === true ? [own] : []),
  ].filter(({ ranking }) => ranking.length > 0)
  const election: Election = {
    candidates: rivals.map(({ id }) => id),
    ballots: ballots.map(({ voter, ranking }) => [ranking, weightOf(voter)]),
  }
  const first = winnerOf(rank(election, 'schulze'), (against ?? mine).id)
  const chosen = rivals.find(({ id }) => id === first) ?? against ?? mine
  const supportOf = (id: string) =>
    ballots.reduce((sum, { voter, ranking }) => sum + (ranking[0]?.includes(id) === true ? weightOf(voter) : 0), 0)
  const support = Object.fromEntries(election.candidates.map((id) => [id, supportOf(id)]))
  const others = rivals
    .filter(({ id }) => id !== mine.id)
    .map(({ id, by }) => `that of the ${titleOf(by)} (${figure(supportOf(id), 3)})`)
  const told = `The trader's proposal competes with ${others.length === 0 ? 'holding' : listWords(others)}: a weight of ${figure(supportOf(mine.id), 3)} prefers it.`
  const whose = chosen.by === mine.by ? "the trader's" : "the desk's"
  const text = `${told} To the vote goes ${whose}: ${chosen.action} ${chosen.quantity === ZERO ? '' : `${chosen.quantity} `}${chosen.instrument}.`
  const data = { runId: memory.runId, proposalId: chosen.id, action: chosen.action, support }
  await record(run, 'planner', { kind: 'questionChosen', data }, ...said(run, 'planner', { kind: 'system', text }))
  await castBallotsAgain(run, signal)
}

function titleOf(by: string): string {
  const seat = seatSchema.safeParse(by).data
  return seat === undefined ? by : seatTitles[seat]
}

/** How sure each seat is that it would vote for a proposal; 0 for one that would not, or does not answer. */
async function confidences(
  run: RunContext,
  seats: readonly Seat[],
  proposal: Proposal,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const briefing = await proposalBriefingOf(run, proposal)
  const answers = seats.map(async (seat): Promise<[string, number]> => {
    const asked = { seat, asked: 'assess' as const, input: { briefing }, timeoutMs: answerMs, signal }
    const { choice, confidence } = (await askSeat(run, asked)).assessment
    return [seat, firstChoices(choice).includes(proposal.action) ? confidence : 0]
  })
  const settled = await Promise.allSettled(answers)
  return new Map(settled.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])))
}

/** Candidates in order of liking, best first, those liked alike together; those that are not liked are left out. */
export function preferences(liking: readonly (readonly [string, number])[]): Ranking {
  const groups = Map.groupBy(
    liking.filter(([, much]) => much > 0),
    ([, much]) => much,
  )
  return [...groups].sort(([a], [b]) => b - a).map(([, alike]) => alike.map(([candidate]) => candidate))
}
