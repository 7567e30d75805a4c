import { expectedMove } from '#engine/agents/seats/propose.ts'
import { isEntry, lossBetween, positionOf } from '#engine/agents/sizes.ts'
import { type Seat, seatTitles } from '#shared/domain/agent.ts'
import { firstChoices } from '#shared/domain/ballot.ts'
import { traderVoter } from '#shared/domain/collaboration.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import type { TraderProposal } from '#shared/domain/trader-proposal.ts'
import { absolute, compare, multiply, roundToStep, sign, toNumber, ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { briefingOf } from './briefing.ts'
import { append, messageOf, refuseWithoutQuestion, voteAgain } from './conflict-resolution.ts'
import { voters } from './decide-domain.ts'
import { votersOf } from './decide-terms.ts'
import { questionOf } from './run-memory.ts'
import { askSeat, type RunWork } from './run-work.ts'
import { proposalBriefingOf } from './vote-steps.ts'

const answerMs = 5_000
const dayMs = 86_400_000
const planner: Actor = { kind: 'agent', id: 'planner' }

/**
 * Has the trader's proposal compete with the desk's for the vote, marked as the trader's: every seat says which of the two it
 * would vote for, by weight and confidence (approval voting, and the trader approves of his own where he takes part); the one
 * with more support is put to the vote, the desk's where it is even, and all who have voted vote again. It needs to be agreed
 * like any other. Rejects with RUN_DECIDED, NOTHING_TO_RESOLVE and PROPOSAL_INVALID.
 */
export async function compete(run: RunWork, wish: TraderProposal, by: Actor, signal: AbortSignal): Promise<Proposal> {
  const { memory } = run
  refuseWithoutQuestion(memory)
  const proposal = await proposalOf(run, wish, by)
  refuseWithoutQuestion(memory)
  const against = questionOf(memory)
  const { action, quantity, instrument } = proposal
  const known = append(
    run,
    by,
    { kind: 'proposalMade', data: { proposal } },
    messageOf(run, by.id, 'proposal', `I propose to ${action} ${quantity} ${instrument}. ${wish.reason}`),
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

async function proposalOf({ parts, memory }: RunWork, wish: TraderProposal, by: Actor): Promise<Proposal> {
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

async function choose(run: RunWork, mine: Proposal, against: Proposal | undefined, signal: AbortSignal): Promise<void> {
  const { memory } = run
  const { collaboration } = memory.goal
  const weightOf = (voter: string) => collaboration?.participants.find((one) => one.voter === voter)?.weight ?? 1
  const isMember = collaboration?.participants.some(({ voter }) => voter === traderVoter) === true
  const seats: readonly Seat[] = [
    'risk',
    ...(collaboration === undefined ? voters : votersOf(collaboration.participants)),
  ]
  const supportOf = async (proposal: Proposal): Promise<number> => {
    const briefing = await proposalBriefingOf(run, proposal)
    const shares = seats.map(async (seat) => {
      const asked = { seat, asked: 'assess' as const, input: { briefing }, timeoutMs: answerMs, signal }
      const { choice, confidence } = (await askSeat(run, asked)).assessment
      return firstChoices(choice).includes(proposal.action) ? weightOf(seat) * confidence : 0
    })
    const all = await Promise.all(shares.map((share) => share.catch(() => 0)))
    return all.reduce((sum, one) => sum + one, 0)
  }
  const forMine = (await supportOf(mine)) + (isMember ? weightOf(traderVoter) : 0)
  const forOther = against === undefined || against.action === 'hold' ? 0 : await supportOf(against)
  const chosen = forMine > forOther || against === undefined ? mine : against
  const told = `The trader's proposal competes with that of the ${seatTitles[(against?.by ?? 'strategist') as Seat] ?? 'desk'}: support ${forMine.toFixed(2)} against ${forOther.toFixed(2)}.`
  const text = `${told} To the vote goes ${chosen === mine ? "the trader's" : "the desk's"}: ${chosen.action} ${chosen.quantity === ZERO ? '' : `${chosen.quantity} `}${chosen.instrument}.`
  const support = { [mine.id]: forMine, ...(against !== undefined && { [against.id]: forOther }) }
  const data = { runId: memory.runId, proposalId: chosen.id, action: chosen.action, support }
  await append(run, planner, { kind: 'questionChosen', data }, messageOf(run, planner.id, 'system', text))
  await voteAgain(run, signal)
}
