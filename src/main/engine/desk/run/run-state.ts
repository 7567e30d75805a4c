import { reviewAfter } from '#engine/desk/reviews/review-fold.ts'
import type { DeskRecord } from '#engine/journal/journal.ts'
import { type ExecutionTrace, retrace, startTrace, traceEvent } from '#engine/planning/monitor/trace.ts'
import type { Ballot } from '#shared/domain/ballot.ts'
import { type PlanDeadlines, traderVoter } from '#shared/domain/collaboration.ts'
import { conflictSentence } from '#shared/domain/conflict.ts'
import type { Argument } from '#shared/domain/debate.ts'
import type { Decision } from '#shared/domain/decision.ts'
import type { Evidence, Validation } from '#shared/domain/evidence.ts'
import type { Insight } from '#shared/domain/insight.ts'
import type { Recollection } from '#shared/domain/memory.ts'
import type { Message } from '#shared/domain/message.ts'
import type { Replan, RunAlert } from '#shared/domain/monitoring.ts'
import type { Fill } from '#shared/domain/order.ts'
import type { Outcome } from '#shared/domain/outcome.ts'
import { isFinalStep, type Plan } from '#shared/domain/plan.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import type { Review } from '#shared/domain/review.ts'
import type { Goal } from '#shared/domain/run.ts'
import type { Situation } from '#shared/domain/situation.ts'
import type { SubGoal, SubPlan } from '#shared/domain/sub-goal.ts'
import type { Tally } from '#shared/domain/tally.ts'

/** How a step of a run ended, as far as the journal knows. */
export type StepEnd =
  | { readonly usd: number }
  | { readonly skipped: string }
  | { readonly failed: { code: string; message: string } }

/** What is known of one run: the fold of its records, so that a run that is taken up again knows all that was said. */
export interface RunState {
  readonly runId: string
  readonly goal: Goal
  /** The plan as it was made at the start, and as it is by now. */
  readonly planned: Plan
  plan: Plan
  readonly startedAt: number
  /** How it goes, step by step, in the run's own time. */
  trace: ExecutionTrace
  /** The run's own time at its last record: it began at `startedAt` and goes by the clock that nobody sets. */
  time: { readonly at: number; readonly monotonicMs: number } | null
  replans: Replan[]
  alerts: RunAlert[]
  evidence: Evidence[]
  validation: Validation | null
  insight: Insight | null
  /** What the decision is made in, and what memory has of situations like it. */
  situation: Situation | null
  recollection: Recollection | null
  debate: Argument[]
  proposals: Proposal[]
  /** Which of them is put to the vote, where several competed. */
  chosen: string | null
  /** When the first of them was made. */
  proposedAt: number | null
  ballots: Ballot[]
  tally: Tally | null
  decision: Decision | null
  /** The decision before the trader, where it needed one. */
  review: Review | null
  /** Orders of the run and what was filled of them. */
  orders: string[]
  fills: Fill[]
  /** True while its order is carried out in parts. */
  inParts: boolean
  outcome: Outcome | null
  /** What the run has plans of its own for, why, and these plans. */
  subGoals: { readonly goals: readonly SubGoal[]; readonly why: string } | null
  subPlans: SubPlan[]
  conclusion: string | null
  messages: Message[]
  /** Why the trader has paused it; null when it is not. */
  paused: string | null
  /** Research that the trader asked for after the plan was made. */
  requested: string[]
  /** What the trader holds against carrying the decision out. */
  objections: string[]
  /** What agents could not settle between them. */
  conflicts: string[]
  readonly steps: Map<string, StepEnd>
  ended: { readonly status: string; readonly reason: string | null } | null
}

/** The memory of a run at its start. */
export function beginRunState(runId: string, goal: Goal, plan: Plan, startedAt: number): RunState {
  return {
    runId,
    goal,
    planned: plan,
    plan,
    startedAt,
    trace: startTrace(plan, new Map(Object.entries(plan.starts)), startedAt),
    time: null,
    replans: [],
    alerts: [],
    evidence: [],
    validation: null,
    insight: null,
    situation: null,
    recollection: null,
    debate: [],
    proposals: [],
    chosen: null,
    proposedAt: null,
    ballots: [],
    tally: null,
    decision: null,
    review: null,
    orders: [],
    fills: [],
    inParts: false,
    outcome: null,
    subGoals: null,
    subPlans: [],
    conclusion: null,
    messages: [],
    paused: null,
    requested: [],
    objections: [],
    conflicts: [],
    steps: new Map(),
    ended: null,
  }
}

/** Folds one of the run's records into its memory, in place. */
export function remember(memory: RunState, record: DeskRecord): void {
  keepTime(memory, record)
  switch (record.kind) {
    // A step that a dead process had not finished is done again: what it says the second time takes the first one's place.
    case 'evidenceGathered': {
      const { evidence } = record.data
      const isSame = (other: Evidence) => other.task === evidence.task && other.source === evidence.source
      memory.evidence = [...memory.evidence.filter((other) => !isSame(other)), evidence]
      return
    }
    case 'dossierValidated':
      memory.validation = record.data.validation
      return
    case 'insightFormed':
      memory.insight = record.data.insight
      return
    case 'situationRead':
      memory.situation = record.data.situation
      return
    case 'situationRecalled':
      memory.recollection = record.data.recollection
      return
    case 'argumentMade': {
      const { argument } = record.data
      const isSame = (other: Argument) => other.side === argument.side && other.round === argument.round
      memory.debate = [...memory.debate.filter((other) => !isSame(other)), argument]
      return
    }
    case 'messagePosted':
      memory.messages.push(record.data.message)
      return
    case 'researchWanted':
      memory.requested.push(record.data.task)
      return
    case 'traderObjected':
      memory.objections.push(record.data.text)
      return
    case 'proposalMade':
      memory.proposals.push(record.data.proposal)
      memory.proposedAt ??= record.at
      return
    case 'conflictSettled': {
      const { conflict } = record.data
      const own = conflict.plans?.find(({ id }) => id === memory.goal.collaboration?.planId)
      if (own !== undefined) {
        if (own.fate === 'trader') memory.conflicts.push(conflictSentence(conflict))
        return
      }
      const escalates = record.data.conflictId !== undefined || !['direction', 'timing'].includes(conflict.kind)
      if (escalates && conflict.settled === 'open') memory.conflicts.push(conflictSentence(conflict))
      return
    }
    case 'questionChosen':
      memory.chosen = record.data.proposalId
      return
    case 'proposalRevised': {
      const { proposal } = record.data
      memory.proposals = memory.proposals.map((other) => (other.id === proposal.id ? proposal : other))
      return
    }
    case 'ballotCast':
      memory.ballots.push(record.data.ballot)
      return
    case 'tallyTaken':
      memory.tally = record.data.tally
      return
    case 'decisionMade':
      memory.decision = record.data.decision
      return
    case 'orderInitialized':
      memory.orders.push(record.data.order.clientOrderId)
      return
    case 'orderFilled':
      memory.fills.push(record.data.fill)
      return
    case 'parentOrderStarted':
      memory.inParts = true
      return
    case 'parentOrderEnded':
      memory.inParts = false
      return
    case 'subGoalsSet':
      memory.subGoals = { goals: record.data.goals, why: record.data.why }
      return
    case 'subPlanBegun': {
      const { planId, goal } = record.data
      memory.subPlans.push({ planId, goal, state: null, traded: false, reason: null })
      return
    }
    case 'subPlanEnded': {
      const { runId: _runId, ...end } = record.data
      memory.subPlans = memory.subPlans.map((one) => (one.planId === end.planId ? { ...one, ...end } : one))
      return
    }
    case 'conclusionWritten':
      memory.conclusion = record.data.conclusion
      return
    case 'outcomeMeasured':
      memory.outcome = record.data.outcome
      return
    case 'stepStarted':
    case 'stepRetried':
    case 'stepCancelled':
      trace(memory, record)
      return
    case 'stepSucceeded':
      trace(memory, record)
      memory.steps.set(record.data.stepId, { usd: record.data.usd })
      return
    case 'stepSkipped':
      trace(memory, record)
      memory.steps.set(record.data.stepId, { skipped: record.data.reason })
      return
    case 'stepFailed':
      trace(memory, record)
      memory.steps.set(record.data.stepId, { failed: { code: record.data.code, message: record.data.message } })
      return
    case 'planReplanned': {
      const { plan, replan } = record.data
      const now = memory.time?.at ?? record.at
      const passed = (now - memory.startedAt) / 1_000
      const starts = new Map(Object.entries(plan.starts).map(([id, start]) => [id, start - passed]))
      memory.plan = plan
      memory.trace = retrace(memory.trace, plan, starts, now)
      memory.replans.push(replan)
      return
    }
    case 'runPaused':
      memory.paused = record.data.reason
      return
    case 'runContinued':
      memory.paused = null
      return
    case 'alertRaised':
      memory.alerts.push(record.data.alert)
      return
    case 'runEnded':
      memory.ended = { status: record.data.status, reason: record.data.reason }
      return
    default: {
      const { review } = memory
      memory.review = reviewAfter((id) => (review?.id === id ? review : undefined), record) ?? review
    }
  }
}

/**
 * A clock that is set, forwards or back, makes no step longer or shorter; while no desk was there, the wall's time went by,
 * and while the trader or an order in parts is waited for, none of the run's.
 */
function keepTime(memory: RunState, { kind, at, monotonicMs }: DeskRecord): void {
  const { time } = memory
  const passed = time === null || kind === 'runResumed' ? undefined : monotonicMs - time.monotonicMs
  const later = passed === undefined ? Math.max(time?.at ?? memory.startedAt, at) : (time?.at ?? at) + passed
  memory.time = { at: time !== null && standsStill(memory) ? time.at : later, monotonicMs }
}

/** The run's own time so many milliseconds after its last record, in epoch milliseconds. */
export function runTime(memory: RunState, sinceMs: number): number {
  return (memory.time?.at ?? memory.startedAt) + (standsStill(memory) ? 0 : sinceMs)
}

/** While the trader is waited for, or the market by a schedule, none of the run's own time goes by. */
export function standsStill(memory: RunState): boolean {
  return memory.inParts || waitsForTrader(memory)
}

/** True while the trader is asked or may vote, or has paused the run and nothing of it is under way any more. */
export function waitsForTrader({ goal, plan, trace, paused }: RunState): boolean {
  const running = new Set(trace.steps.flatMap(({ id, state }) => (state === 'running' ? [id] : [])))
  if (paused !== null && running.size === 0) return true
  const isOpenVote = goal.collaboration?.participants.some(({ voter }) => voter === traderVoter) === true
  const waits = (action: string) => action === 'review' || (action === 'decide' && isOpenVote)
  return plan.steps.some(({ id, action }) => waits(action) && running.has(id))
}

type StepRecord = Extract<
  DeskRecord,
  { kind: 'stepStarted' | 'stepRetried' | 'stepSucceeded' | 'stepFailed' | 'stepSkipped' | 'stepCancelled' }
>

function trace(memory: RunState, record: StepRecord): void {
  const known = memory.trace.steps.find(({ id }) => id === record.data.stepId)
  // A journal is read whatever is in it: what fits no plan changes no trace.
  if (known === undefined || isFinalStep(known.state)) return
  memory.trace = traceEvent(memory.trace, { ...record, at: Math.round(memory.time?.at ?? record.at) })
}

/** What is put to the vote: the trade that the strategist thinks best, against holding; to hold when it sees none. */
export function questionOf({
  proposals,
  chosen = null,
}: {
  readonly proposals: readonly Proposal[]
  readonly chosen?: string | null
}): Proposal | undefined {
  const competed = proposals.find(({ id }) => id === chosen)
  if (competed !== undefined) return competed
  return proposals.find(({ action }) => action !== 'hold') ?? proposals[0]
}

/** The ballots on what is put to the vote: those on another proposal that competed are kept, and count for nothing. */
export function ballotsOnQuestion(memory: Pick<RunState, 'proposals' | 'chosen' | 'ballots'>): readonly Ballot[] {
  const question = questionOf(memory)
  return question === undefined ? memory.ballots : memory.ballots.filter(({ proposalId }) => proposalId === question.id)
}

/** Until when the run's vote is open, and may be carried out: counted from the first proposal; null where nobody set a deadline. */
export function voteDeadlines({ goal, proposedAt }: Pick<RunState, 'goal' | 'proposedAt'>): PlanDeadlines | null {
  if (goal.collaboration === undefined) return null
  const { proposeBy, voteBy, executeBy } = goal.collaboration.deadlines
  const from = proposedAt ?? proposeBy
  return { proposeBy, voteBy: from + voteBy - proposeBy, executeBy: from + executeBy - proposeBy }
}

/** How often it was revised and voted on again so far. */
export function roundsOf({ replans }: Pick<RunState, 'replans'>): number {
  return replans.filter(({ strategy }) => strategy === 'revision').length
}
