import type { Assessment, ProposalBriefing, Remark } from '#engine/agents/seat.ts'
import { tally } from '#engine/consensus/tally.ts'
import { profileFor } from '#engine/desk/planning/decide-terms.ts'
import { bookPortfolio } from '#engine/desk/reports/book-portfolio.ts'
import { riskWith } from '#engine/desk/reports/book-risk.ts'
import { briefingOf } from '#engine/desk/run/briefing.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import { type Asking, ask, askingOf, askSeat, done, hasModel, type RunContext } from '#engine/desk/run/run-context.ts'
import { record, recordCall, said } from '#engine/desk/run/run-log.ts'
import { ballotsOnQuestion, questionOf, type RunState, voteDeadlines } from '#engine/desk/run/run-state.ts'
import type { StepContext, StepResult } from '#engine/tasks/executor.ts'
import type { Seat } from '#shared/domain/agent.ts'
import { type Ballot, firstChoices, isAbstention } from '#shared/domain/ballot.ts'
import { traderVoter } from '#shared/domain/collaboration.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import { type ModelCall, modelVoter } from '#shared/domain/model.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { touchOf } from '#shared/domain/quote.ts'
import { sleep } from '#shared/lib/clock.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { decide } from './decision.ts'
import { settledParts } from './negotiating.ts'
import { groundsOf, tradeRecordOf } from './review-grounds.ts'
import { voteAgain } from './vote-again.ts'
import { experienceOf, votingPolicy } from './voting-policy.ts'

/** Has a seat vote, and its language model beside it. */
export async function doAssess(run: RunContext, context: StepContext, seat: Seat): Promise<StepResult> {
  if (questionOf(run.memory) === undefined) return { status: 'skipped', reason: 'There is no proposal to vote on.' }
  await castBallotOf(run, seat, askingOf(context))
  return hasModel(run, seat, 'ballot') ? castModelBallot(run, context, seat) : done
}

/** Has the planner settle what the strategist and those with a stake in the terms are at odds over; the risk manager votes on new terms. */
export async function doNegotiate(run: RunContext, context: StepContext, seat: Seat): Promise<StepResult> {
  const proposal = questionOf(run.memory)
  if (proposal === undefined || proposal.action === 'hold') {
    return { status: 'skipped', reason: 'There is nothing to be at odds over.' }
  }
  const settled = await ask(run, context, seat, 'settle', { briefing: await proposalBriefingOf(run, proposal) })
  for (const { seat: speaker, events, remark } of settledParts(run.memory, proposal, settled)) {
    const words = remark === null ? [] : said(run, speaker, remark)
    await record(run, speaker, ...events, ...words)
  }
  if (settled.conflicts.length === 0) return { status: 'skipped', reason: 'Nobody is at odds over the terms.' }
  if (settled.revised !== null) await castBallotOf(run, 'risk', askingOf(context))
  return done
}

/** Has the seat's language model vote too, beside the seat. */
async function castModelBallot(run: RunContext, context: StepContext, seat: Seat): Promise<StepResult> {
  const proposal = questionOf(run.memory)
  if (proposal === undefined) return done
  const briefing = await proposalBriefingOf(run, proposal)
  const { assessment, call } = await ask(run, context, seat, 'judge', { briefing })
  const ballot = ballotOf(run, modelVoter(seat), proposal, assessment)
  const remark: Remark = {
    kind: 'vote',
    text: modelVoteSentence(call, ballot),
    confidence: isAbstention(ballot.choice) ? null : ballot.confidence,
    evidence: ballot.evidence,
  }
  await recordCall(
    run,
    context,
    call,
    { kind: 'ballotCast', data: { runId: run.memory.runId, ballot } },
    ...said(run, seat, remark),
  )
  return { status: 'succeeded', output: null, usd: call.usd }
}

function modelVoteSentence({ name, failure }: ModelCall, { choice, reasons }: Ballot): string {
  if (failure !== null) return reasons.join(' ')
  const [option] = firstChoices(choice)
  return `The model ${name} ${option === undefined ? 'abstains' : `votes to ${option}`}. ${reasons.join(' ')}`
}

/** What a seat is told about a proposal before the desk. */
export async function proposalBriefingOf(
  { parts, memory, outcomes }: RunContext,
  proposal: Proposal,
): Promise<ProposalBriefing> {
  const briefing = await briefingOf(parts, memory)
  const { instrument, profile, now } = briefing
  return {
    ...briefing,
    risk: riskWith({ ...parts, now }, proposal, instrument),
    portfolio: bookPortfolio({ ...parts, now }, instrument.id, profile.maximumPosition),
    proposal,
    insight: memory.insight,
    debate: memory.debate,
    outcomes,
    recalled: memory.recollection?.recalled ?? [],
    outgoing: [...memory.messages.map(({ text }) => text), JSON.stringify(proposal)],
  }
}

/** The moment of a ballot or a count: a clock that is set back does not turn the order of ballots around. */
function nowInVote({ clock }: DeskParts, { ballots }: RunState): number {
  return ballots.reduce((latest, { at }) => Math.max(latest, at), Math.floor(clock.now()))
}

function ballotOf({ parts, memory }: RunContext, voter: string, proposal: Proposal, assessment: Assessment): Ballot {
  return {
    id: parts.ids.next('bal'),
    voter,
    proposalId: proposal.id,
    at: nowInVote(parts, memory),
    choice: assessment.choice,
    confidence: assessment.confidence,
    weight: memory.goal.collaboration?.participants.find((one) => one.voter === voter)?.weight ?? 1,
    reasons: [...assessment.reasons],
    evidence: [...assessment.evidence],
  }
}

/** Has a seat vote on what is put to the vote; of several ballots of a seat the last counts. */
export async function castBallotOf(run: RunContext, seat: Seat, asking: Asking): Promise<void> {
  const { memory } = run
  const proposal = questionOf(memory)
  if (proposal === undefined) return
  const input = { briefing: await proposalBriefingOf(run, proposal) }
  const { assessment, remarks, revised } = await askSeat(run, { seat, asked: 'assess', input, ...asking })
  const ballot = ballotOf(run, seat, proposal, assessment)
  const revision: DeskEvent[] =
    // Only the risk manager sets the size, before the others vote on it.
    revised === undefined || seat !== 'risk'
      ? []
      : [{ kind: 'proposalRevised', data: { proposal: { ...proposal, quantity: revised.quantity }, why: revised.why } }]
  await record(
    run,
    seat,
    ...revision,
    { kind: 'ballotCast', data: { runId: memory.runId, ballot } },
    ...said(run, seat, ...remarks),
  )
}

/** Counts the votes once the vote is over, and decides, unless it is worth another round (see voteAgain). */
export async function doDecide(run: RunContext, { signal }: StepContext, seat: Seat): Promise<StepResult> {
  const { memory, parts, tradingEpoch } = run
  await closedVote(run, signal)
  run.reconcile()
  const earlier = await tradeRecordOf(run)
  // The trader may add another fact while the first is thought about.
  for (let heard: unknown; heard !== run.thinkingAgain.current; ) {
    heard = run.thinkingAgain.current
    await heard
  }
  if (signal.aborted) throw new ParleyError('ANSWER_LATE', 'The votes were not counted: the step was stopped.')
  const at = nowInVote(parts, memory)
  const profile = profileFor(memory.goal, parts.planning)
  const policy = {
    ...votingPolicy(memory.goal, profile, parts.models, experienceOf(parts)),
    deadline: voteDeadlines(memory)?.voteBy ?? null,
  }
  const counted = tally(policy, ballotsOnQuestion(memory), at)
  // Nothing is decided before the last round: what a round makes of the question is still open.
  if (voteAgain(parts, { ...memory, tally: counted }, 0) !== undefined) {
    await record(run, seat, { kind: 'tallyTaken', data: { runId: memory.runId, tally: counted } })
    return done
  }
  const quote = parts.feed.quote(memory.goal.instrument)
  const market = quote === undefined ? null : touchOf(quote)
  const made = {
    id: parts.ids.next('dec'),
    runId: memory.runId,
    at,
    epoch: tradingEpoch,
    price: quote?.last ?? null,
    market,
  }
  const grounds = groundsOf(parts, memory, earlier)
  const decision = decide(made, questionOf(memory), counted, memory.validation, profile, grounds)
  await record(
    run,
    seat,
    { kind: 'tallyTaken', data: { runId: memory.runId, tally: counted } },
    { kind: 'decisionMade', data: { decision } },
    ...said(run, seat, { kind: 'decision', text: decisionSentence(decision), confidence: decision.confidence }),
  )
  return done
}

/** Resolves when the vote is over: where the trader takes part, at its deadline, since a ballot can be changed until then. */
async function closedVote({ memory, parts }: RunContext, signal: AbortSignal): Promise<void> {
  const { collaboration } = memory.goal
  if (collaboration?.participants.some(({ voter }) => voter === traderVoter) !== true) return
  if (questionOf(memory)?.action === 'hold') return
  const voteBy = voteDeadlines(memory)?.voteBy ?? 0
  while (parts.clock.now() <= voteBy) await sleep(parts.clock, lookEveryMs, signal)
}

const lookEveryMs = 100

function decisionSentence({ status, action, reason }: ReturnType<typeof decide>): string {
  switch (status) {
    case 'agreed':
      return `Decided: ${action}. ${reason}`
    case 'review':
      return `The desk leans to ${action}, but nothing is sent without the trader. ${reason}`
    case 'noTrade':
      return `No trade. ${reason}`
  }
}
