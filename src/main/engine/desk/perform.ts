import type { ResearchInput } from '#engine/agents/roster.ts'
import type { Assessment, ProposalBriefing, Remark } from '#engine/agents/seat.ts'
import type { Execution } from '#engine/agents/seats/lessons.ts'
import { describeValidation } from '#engine/agents/seats/validate.ts'
import { tally } from '#engine/consensus/tally.ts'
import type { Perform, StepContext, StepResult } from '#engine/tasks/executor.ts'
import type { Intent } from '#engine/trading/new-orders.ts'
import { type Seat, seatSchema } from '#shared/domain/agent.ts'
import { type Ballot, firstChoices, isAbstention } from '#shared/domain/ballot.ts'
import { traderVoter } from '#shared/domain/collaboration.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { Actor } from '#shared/domain/journal.ts'

import { type ModelCall, type ModelUse, modelVoter } from '#shared/domain/model.ts'
import type { ResearchTask } from '#shared/domain/profile.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { touchOf } from '#shared/domain/quote.ts'
import { sleep } from '#shared/lib/clock.ts'
import { compare, ZERO } from '#shared/lib/decimal.ts'
import { errorCode, errorMessage, ParleyError } from '#shared/lib/error.ts'
import { type Answer, checkAnswer, type Question } from './answers.ts'
import { briefingOf } from './briefing.ts'
import { carryOut, orderToSchedule } from './carry-out.ts'
import { conclude, lookBack, pursue, type Tell, weigh } from './concluding.ts'
import { profileFor } from './decide-terms.ts'
import { decide, votingPolicy } from './decision.ts'
import { refuseFalseFindings, refuseFalseOutcome, refuseImpostor, refuseInvented, refuseTwins } from './honesty.ts'
import { settledParts } from './negotiating.ts'
import type { DeskParts } from './parts.ts'
import { recollect } from './recollect.ts'
import { awaitReview, groundsOf, orderOf, tradeRecordOf } from './review-step.ts'
import { intentOf } from './reviews.ts'
import { ballotsOnQuestion, questionOf, type RunMemory, voteDeadlines } from './run-memory.ts'
import { viewsLookedBack } from './view-records.ts'

/** One run as its steps see it. */
export interface RunWork {
  readonly parts: DeskParts
  readonly memory: RunMemory
  /** The epoch of the trading state when the run began: after a stop nothing of it is carried out (KS-12). */
  readonly epoch: number
  /** Outcomes of earlier decisions on the instrument. */
  readonly outcomes: ProposalBriefing['outcomes']
  /** How many rounds of debate are planned. */
  readonly plannedRounds: number
  /** Agents that think again about what the trader has said; the votes are counted after that. */
  readonly thinkingAgain: { current: Promise<unknown> | undefined }
}

/** How long an agent may take, and what makes its answer too late. */
interface Asking {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

type Work = (run: RunWork, context: StepContext, seat: Seat) => Promise<StepResult>

const done: StepResult = { status: 'succeeded', output: null, usd: 0 }

/**
 * Carries out the steps of a run: each asks the agent that owns it, over the bus, and journals what it answers. An answer
 * that comes after the step was given up counts for nothing: the step is then told to have been skipped (KS-12).
 */
export function performRun(run: RunWork): Perform {
  return async (context) => {
    const work = works[context.step.action]
    if (work === undefined) {
      throw new ParleyError('STEP_UNKNOWN', `Nobody knows how to "${context.step.action}" (step ${context.step.id}).`)
    }
    try {
      return await work(run, context, seatSchema.parse(context.step.owner))
    } catch (error) {
      if (errorCode(error) === 'ANSWER_LATE') return { status: 'skipped', reason: errorMessage(error) }
      throw error
    }
  }
}

const works: Readonly<Record<string, Work>> = {
  research: doResearch,
  validate: doValidate,
  analyse: doAnalyse,
  argue: doArgue,
  propose: doPropose,
  revise: doRevise,
  assess: doAssess,
  negotiate: doNegotiate,
  decide: doDecide,
  review: doReview,
  execute: doExecute,
  evaluate: doEvaluate,
  'look back': (run, _context, seat) => lookBack(run, tellAs(run, seat)),
  weigh: (run, _context, seat) => weigh(run, tellAs(run, seat)),
  pursue: (run, context, seat) => pursue(run, context, tellAs(run, seat)),
  conclude: (run, context, seat) => conclude(run, context, tellAs(run, seat)),
}

/** Journals and says something for a seat. */
const tellAs =
  (run: RunWork, seat: Seat): Tell =>
  (events, remarks) => {
    const said = remarks.map((remark) => ({ ...remark, confidence: null, evidence: [] }))
    return record(run, seat, ...events, ...posted(run, seat, said))
  }

/** Asks a seat over the bus. Rejects with ANSWER_INVALID, ANSWER_LATE after the signal, and with what the agent fails with. */
export async function askSeat<Asked extends Question>(
  run: RunWork,
  {
    seat,
    asked,
    input,
    timeoutMs,
    signal,
    onLate,
  }: Asking & { seat: Seat; asked: Asked; input: unknown; onLate?: (answer: unknown) => void },
): Promise<Answer<Asked>> {
  if (signal.aborted) {
    throw new ParleyError('ANSWER_LATE', `The ${seat} was not asked "${asked}": the step was stopped before.`)
  }
  // The request is not withdrawn when the run stops: what the agent was asked may be billed, and is to be recorded.
  const answer = await run.parts.bus.request(
    `agent.${seat}`,
    { action: asked, input },
    { timeoutMs, ...(onLate && { onLate }) },
  )
  if (signal.aborted) {
    throw new ParleyError('ANSWER_LATE', `The ${seat} answered "${asked}" after the step was stopped.`)
  }
  const checked = checkAnswer(asked, seat, answer)
  refuseInvented(run.memory, seat, checked)
  return checked
}

function ask<Asked extends Question>(
  run: RunWork,
  context: StepContext,
  seat: Seat,
  asked: Asked,
  input: unknown,
): Promise<Answer<Asked>> {
  return askSeat(run, {
    seat,
    asked,
    input,
    ...askingOf(context),
    onLate: (answer) => void recordLate(run, context, seat, asked, answer),
  })
}

/** Journals an answer that came after the step's time was over; nothing else comes of it. */
function recordLate(
  { parts, memory }: RunWork,
  { step, attempt }: StepContext,
  seat: Seat,
  asked: Question,
  answer: unknown,
): Promise<unknown> {
  const usd = typeof answer === 'object' && answer !== null && 'usd' in answer ? Number(answer.usd) : 0
  const what = `The ${seat} answered "${asked}" after its time${usd > 0 ? `, at a cost of $${usd}` : ''}.`
  const data = { runId: memory.runId, stepId: step.id, attempt, what }
  const actor: Actor = { kind: 'agent', id: seat }
  return parts.journal.append({ kind: 'stepAnsweredLate', data, actor, correlationId: memory.runId })
}

const askingOf = ({ step: { timeoutMs }, signal }: StepContext): Asking => ({ timeoutMs, signal })

/** Refuses what an agent says of another run or instrument than it was asked about; throws ANSWER_INVALID. */
function refuseStray(
  { runId, goal }: RunMemory,
  seat: Seat,
  what: string,
  about: { readonly runId: string; readonly instrument?: string },
): void {
  const { instrument = goal.instrument } = about
  if (about.runId === runId && instrument === goal.instrument) return
  throw new ParleyError('ANSWER_INVALID', `${what} of the ${seat} is about ${instrument} in ${about.runId}.`)
}

/** Journals what an agent did; the run goes on while it becomes durable. */
function record(run: RunWork, seat: Seat, ...events: readonly DeskEvent[]): Promise<unknown> {
  const actor: Actor = { kind: 'agent', id: seat }
  return run.parts.journal.append(...events.map((event) => ({ ...event, actor, correlationId: run.memory.runId })))
}

function posted(run: RunWork, seat: Seat, remarks: readonly (Remark | SystemRemark)[]): DeskEvent[] {
  const { ids, clock } = run.parts
  return remarks.map((remark) => ({
    kind: 'messagePosted',
    data: {
      message: {
        id: ids.next('msg'),
        runId: run.memory.runId,
        at: Math.floor(clock.now()),
        agent: seat,
        kind: remark.kind,
        text: remark.text,
        confidence: remark.confidence,
        evidence: [...remark.evidence],
        replyTo: null,
      },
    },
  }))
}

interface SystemRemark extends Omit<Remark, 'kind'> {
  readonly kind: 'decision' | 'system'
}

async function doResearch(run: RunWork, context: StepContext, seat: Seat): Promise<StepResult> {
  const { memory, parts } = run
  const task = context.step.id
  const definition = parts.planning.tasks[task]
  const briefing = await briefingOf(parts, memory)
  if (definition === undefined) throw new ParleyError('PROFILE_UNKNOWN_TASK', `There is no research task "${task}".`)
  const input: ResearchInput = {
    task,
    definition,
    runId: memory.runId,
    instrument: briefing.instrument.id,
    attemptsLeft: context.attemptsLeft,
  }
  const { evidence, usd, kept, failed } = await ask(run, context, seat, 'research', input)
  refuseFalseFindings(memory, task, evidence)
  await record(
    run,
    seat,
    ...evidence.map((each): DeskEvent => ({ kind: 'evidenceGathered', data: { evidence: each } })),
    ...posted(
      run,
      seat,
      evidence.map((each) => ({
        kind: 'analysis' as const,
        text:
          each.status === 'unavailable'
            ? `${definition.title}: ${each.source.replaceAll('_', ' ')} is unavailable. ${each.reason}`
            : `${definition.title}: ${each.summary}${ageWords(each)}`,
        confidence: each.status === 'value' ? each.quality : null,
        evidence: [each.id],
      })),
    ),
  )
  if (failed !== undefined) {
    const { code, message, ...limits } = failed
    throw new ParleyError(code, message, { details: { ...limits, usd } })
  }
  return { status: 'succeeded', output: { kept }, usd }
}

function ageWords({ keptSeconds }: Evidence): string {
  if (keptSeconds === undefined) return ''
  return keptSeconds === 0 ? ' (loaded for another task just now)' : ` (loaded ${keptSeconds} s ago)`
}

async function doValidate(run: RunWork, context: StepContext, seat: Seat): Promise<StepResult> {
  const briefing = await briefingOf(run.parts, run.memory)
  const tasks: Record<string, ResearchTask> = {}
  for (const { id, action } of run.memory.plan.steps) {
    const task = action === 'research' ? run.parts.planning.tasks[id] : undefined
    if (task !== undefined) tasks[id] = task
  }
  const validation = await ask(run, context, seat, 'validate', { briefing, tasks })
  const remark: Remark = {
    kind: 'analysis',
    text: describeValidation(validation),
    confidence: validation.completeness,
    evidence: [],
  }
  await record(
    run,
    seat,
    { kind: 'dossierValidated', data: { runId: run.memory.runId, validation } },
    ...posted(run, seat, [remark]),
  )
  return done
}

async function doAnalyse(run: RunWork, context: StepContext, seat: Seat): Promise<StepResult> {
  await formInsight(run, seat, askingOf(context))
  await recollect(run, context.signal)
  return done
}

/** Has the market view formed from what is known now. */
export async function formInsight(run: RunWork, seat: Seat, asking: Asking): Promise<void> {
  const briefing = await briefingOf(run.parts, run.memory)
  const past = run.parts.history.listViews(run.memory.goal.instrument, viewsLookedBack)
  const { insight, remarks } = await askSeat(run, { seat, asked: 'analyse', input: { briefing, past }, ...asking })
  if (insight !== null) {
    refuseImpostor(seat, insight.agent)
    refuseStray(run.memory, seat, 'The view', { runId: run.memory.runId, instrument: insight.instrument })
  }
  await record(
    run,
    seat,
    ...(insight === null ? [] : [{ kind: 'insightFormed', data: { runId: run.memory.runId, insight } } as const]),
    ...posted(run, seat, remarks),
  )
}

async function doArgue(run: RunWork, context: StepContext, seat: Seat): Promise<StepResult> {
  const round = Number(context.step.id.split('-')[1])
  await argueRound(run, seat, round, askingOf(context))
  const argument = run.memory.debate.find((said) => said.side === seat && said.round === round)
  if (argument === undefined || !hasModel(run, seat, 'words')) return done
  const input = { argument, evidence: run.memory.evidence }
  const { remark, call } = await ask(run, context, seat, 'speak', input)
  await recordCall(run, context, call, ...posted(run, seat, remark === null ? [] : [remark]))
  return { status: 'succeeded', output: null, usd: call.usd }
}

function hasModel({ parts }: RunWork, seat: Seat, use: ModelUse): boolean {
  return parts.models.get(seat)?.uses.includes(use) === true
}

/** Journals what a language model was asked and what came of it. */
function recordCall(run: RunWork, { step }: StepContext, call: ModelCall, ...events: readonly DeskEvent[]) {
  const data = { runId: run.memory.runId, stepId: step.id, call }
  return record(run, call.seat, { kind: 'modelAsked', data }, ...events)
}

/** Has a side speak in a round of the debate; it answers what was said in the rounds before. */
export async function argueRound(run: RunWork, seat: Seat, round: number, asking: Asking): Promise<void> {
  const { memory } = run
  const earlier = memory.debate.filter((said) => said.round < round)
  const input = { briefing: await briefingOf(run.parts, memory), round, earlier }
  const answer = await askSeat(run, { seat, asked: 'argue', input, ...asking })
  refuseImpostor(seat, answer.argument.side)
  if (answer.argument.round !== round) {
    throw new ParleyError('ANSWER_INVALID', `The ${seat} argues in round ${answer.argument.round}, not ${round}.`)
  }
  const argument = {
    ...answer.argument,
    points: answer.argument.points.map((point) => ({ ...point, evidence: [...point.evidence] })),
  }
  await record(
    run,
    seat,
    { kind: 'argumentMade', data: { runId: memory.runId, argument } },
    ...posted(run, seat, answer.remarks),
  )
}

async function doPropose(run: RunWork, context: StepContext, seat: Seat): Promise<StepResult> {
  const { memory } = run
  const input = { briefing: await briefingOf(run.parts, memory), insight: memory.insight, debate: memory.debate }
  const proposals = await ask(run, context, seat, 'propose', input)
  for (const { id, runId, instrument } of proposals)
    refuseStray(memory, seat, `The proposal ${id}`, { runId, instrument })
  refuseTwins('proposal', [...memory.proposals, ...proposals])
  const preferred = proposals[0]
  if (preferred === undefined) throw new ParleyError('NOTHING_PROPOSED', 'The strategist proposed nothing.')
  await record(
    run,
    seat,
    ...proposals.map((proposal): DeskEvent => ({ kind: 'proposalMade', data: { proposal } })),
    ...posted(run, seat, proposed(proposals, preferred, memory.insight?.confidence ?? null)),
  )
  return done
}

/** Has the strategist make a rejected proposal smaller, so that it can be voted on again. */
async function doRevise(run: RunWork, context: StepContext, seat: Seat): Promise<StepResult> {
  const proposal = questionOf(run.memory)
  if (proposal === undefined) return { status: 'skipped', reason: 'There is no proposal to revise.' }
  const revision = await ask(run, context, seat, 'revise', {
    briefing: await briefingOf(run.parts, run.memory),
    proposal,
  })
  if (revision === null) return { status: 'skipped', reason: 'No smaller size is worth an order.' }
  const { quantity, riskAtStop, why } = revision
  if (compare(quantity, proposal.quantity) >= 0) {
    throw new ParleyError('ANSWER_INVALID', `The ${seat} revised ${proposal.quantity} to ${quantity}: that is no less.`)
  }
  await record(
    run,
    seat,
    { kind: 'proposalRevised', data: { proposal: { ...proposal, quantity, riskAtStop }, why } },
    ...posted(run, seat, [{ kind: 'proposal', text: why, confidence: null, evidence: [...proposal.evidence] }]),
  )
  return done
}

/** What the strategist says: what it would do, and the trade that the desk votes on where that is another. */
function proposed(proposals: readonly Proposal[], preferred: Proposal, confidence: number | null): Remark[] {
  const question = questionOf({ proposals })
  const say = (text: string, { evidence }: Proposal): Remark => ({ kind: 'proposal', text, confidence, evidence })
  if (question === undefined || question === preferred) return [say(proposalSentence(preferred), preferred)]
  return [
    say(proposalSentence(preferred), preferred),
    say(`To the vote goes the best trade there is, against holding. ${proposalSentence(question)}`, question),
  ]
}

function proposalSentence(proposal: Proposal): string {
  const { action, quantity, instrument, entry, stop, target, objectives, changesMyMind } = proposal
  const mind = `What would change my mind: ${changesMyMind}`
  if (action === 'hold') return `I propose to hold ${instrument}. ${objectives.join(' ')} ${mind}`
  const exits = [stop === null ? '' : `stop ${stop}`, target === null ? '' : `target ${target}`].filter(
    (text) => text !== '',
  )
  return `I propose to ${action} ${quantity} ${instrument} at about ${entry}${exits.length > 0 ? `, ${exits.join(', ')}` : ''}. ${objectives.join(' ')} ${mind}`
}

async function doAssess(run: RunWork, context: StepContext, seat: Seat): Promise<StepResult> {
  if (questionOf(run.memory) === undefined) return { status: 'skipped', reason: 'There is no proposal to vote on.' }
  await castBallotOf(run, seat, askingOf(context))
  return hasModel(run, seat, 'ballot') ? castModelBallot(run, context, seat) : done
}

/** Has the planner settle what the strategist and the risk manager are at odds over; the risk manager votes on the new terms. */
async function doNegotiate(run: RunWork, context: StepContext, seat: Seat): Promise<StepResult> {
  const proposal = questionOf(run.memory)
  if (proposal === undefined || proposal.action === 'hold') {
    return { status: 'skipped', reason: 'There is nothing to be at odds over.' }
  }
  const settled = await ask(run, context, seat, 'settle', { briefing: await proposalBriefingOf(run, proposal) })
  for (const { seat: speaker, events, remark } of settledParts(run.memory, proposal, settled)) {
    const words = remark === null ? [] : posted(run, speaker, [{ ...remark, confidence: null, evidence: [] }])
    await record(run, speaker, ...events, ...words)
  }
  if (settled.conflicts.length === 0) return { status: 'skipped', reason: 'Nobody is at odds over the terms.' }
  if (settled.revised !== null) await castBallotOf(run, 'risk', askingOf(context))
  return done
}

/** Has the seat's language model vote too, beside the seat. */
async function castModelBallot(run: RunWork, context: StepContext, seat: Seat): Promise<StepResult> {
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
  const [said] = posted(run, seat, [remark])
  await recordCall(
    run,
    context,
    call,
    { kind: 'ballotCast', data: { runId: run.memory.runId, ballot } },
    ...(said === undefined ? [] : [said]),
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
  { parts, memory, outcomes }: RunWork,
  proposal: Proposal,
): Promise<ProposalBriefing> {
  return {
    ...(await briefingOf(parts, memory)),
    proposal,
    insight: memory.insight,
    debate: memory.debate,
    outcomes,
    recalled: memory.recollection?.recalled ?? [],
    outgoing: [...memory.messages.map(({ text }) => text), JSON.stringify(proposal)],
  }
}

/** The moment of a ballot or a count: a clock that is set back does not turn the order of ballots around. */
function nowInVote({ clock }: DeskParts, { ballots }: RunMemory): number {
  return ballots.reduce((latest, { at }) => Math.max(latest, at), Math.floor(clock.now()))
}

function ballotOf({ parts, memory }: RunWork, voter: string, proposal: Proposal, assessment: Assessment): Ballot {
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
export async function castBallotOf(run: RunWork, seat: Seat, asking: Asking): Promise<void> {
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
    ...posted(run, seat, remarks),
  )
}

async function doDecide(run: RunWork, { signal }: StepContext, seat: Seat): Promise<StepResult> {
  const { memory, parts, epoch } = run
  await closedVote(run, signal)
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
    ...votingPolicy(memory.goal, profile, parts.models),
    deadline: voteDeadlines(memory)?.voteBy ?? null,
  }
  const counted = tally(policy, ballotsOnQuestion(memory), at)
  const quote = parts.feed.quote(memory.goal.instrument)
  const market = quote === undefined ? null : touchOf(quote)
  const made = { id: parts.ids.next('dec'), runId: memory.runId, at, epoch, price: quote?.last ?? null, market }
  const grounds = groundsOf(parts, memory, earlier)
  const decision = decide(made, questionOf(memory), counted, memory.validation, profile, grounds)
  const remark: SystemRemark = {
    kind: 'decision',
    text: decisionSentence(decision),
    confidence: decision.confidence,
    evidence: [],
  }
  await record(
    run,
    seat,
    { kind: 'tallyTaken', data: { runId: memory.runId, tally: counted } },
    { kind: 'decisionMade', data: { decision } },
    ...posted(run, seat, [remark]),
  )
  return done
}

/** Resolves when the vote is over: where the trader takes part, at its deadline, since a ballot can be changed until then. */
async function closedVote({ memory, parts }: RunWork, signal: AbortSignal): Promise<void> {
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

function doReview(run: RunWork, context: StepContext, seat: Seat): Promise<StepResult> {
  return awaitReview(
    run,
    context,
    (voter, again) => doAssess(run, again, voter),
    (events, text) => {
      const remarks: SystemRemark[] = text === null ? [] : [{ kind: 'decision', text, confidence: null, evidence: [] }]
      return record(run, seat, ...events, ...posted(run, seat, remarks))
    },
  )
}

/** What the desk may send: what it agreed on, or what the trader approved. */
function intentToSend({ decision, proposals, review, objections, runId }: RunMemory, by: Seat): Intent | string {
  const proposal = proposals.find(({ id }) => id === decision?.proposalId)
  if (decision === null || proposal === undefined) return 'Nothing was decided.'
  const { market: decided } = decision
  if (review?.status === 'approved' && review.decisionId === decision.id) return { ...intentOf(review), decided }
  if (review !== null) return review.end?.reason ?? decision.reason
  if (decision.status !== 'agreed' || decision.action === 'hold') return decision.reason
  const objection = objections.at(-1)
  if (objection !== undefined) return `The trader objects: ${objection}`
  const { type: _type, ...order } = orderOf(decision, proposal, decision.action)
  return { ...order, runId, by, decided, epoch: decision.epoch }
}

async function doExecute(run: RunWork, context: StepContext, seat: Seat): Promise<StepResult> {
  const { parts, memory } = run
  const intent = intentToSend(memory, seat)
  if (typeof intent === 'string') {
    // What an earlier process had begun to carry out in parts may be objected to by now.
    const begun = [...parts.book.parents.values()].filter(({ parent }) => parent.runId === memory.runId)
    for (const { parent } of begun) await parts.parents.cancel(parent.id, { kind: 'system', id: 'desk' }, intent)
    return { status: 'skipped', reason: intent }
  }
  const endsBy = [memory.review?.expiresAt, voteDeadlines(memory)?.executeBy].filter((at) => at !== undefined)
  const order = orderToSchedule(parts, intent, memory.goal.algorithm, endsBy.length === 0 ? null : Math.min(...endsBy))
  const say = (text: string) =>
    record(run, seat, ...posted(run, seat, [{ kind: 'system', text, confidence: null, evidence: [] }]))
  const soon = { ...context, step: { ...context.step, timeoutMs: chooseTimeoutMs } }
  const choose = () => ask(run, soon, seat, 'arrange', { order })
  const { clientOrderId, status, text } = await carryOut(parts, intent, context.signal, { choose, say })
  await say(text)
  return { status: 'succeeded', output: { clientOrderId, status }, usd: 0 }
}

/** How long the executor may think about how to do it. */
const chooseTimeoutMs = 5_000

async function doEvaluate(run: RunWork, context: StepContext, seat: Seat): Promise<StepResult> {
  const { memory, parts } = run
  const { decision, fills } = memory
  if (decision === null) return { status: 'skipped', reason: 'Nothing was decided.' }
  // What is objected to by now takes nothing back.
  const intent = intentToSend({ ...memory, objections: [] }, seat)
  const carriedOut = typeof intent !== 'string'
  const execution: Execution = {
    runId: memory.runId,
    decisionId: decision.id,
    at: Math.floor(parts.clock.now()),
    action: carriedOut ? intent.side : 'hold',
    quantity: carriedOut ? intent.quantity : ZERO,
    arrivalPrice: decision.price,
    // A stop may have closed some of it already.
    fills: carriedOut ? fills.filter(({ side }) => side === intent.side) : fills,
  }
  const outcome = await ask(run, context, seat, 'evaluate', execution)
  refuseStray(memory, seat, 'The outcome', outcome)
  refuseFalseOutcome(execution, outcome)
  const remarks: Remark[] = outcome.lessons.map((text) => ({ kind: 'analysis', text, confidence: null, evidence: [] }))
  await record(run, seat, { kind: 'outcomeMeasured', data: { outcome } }, ...posted(run, seat, remarks))
  return done
}
