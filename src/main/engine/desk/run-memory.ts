import type { DeskRecord } from '#engine/journal.ts'
import type { Ballot } from '#shared/domain/ballot.ts'
import type { Argument } from '#shared/domain/debate.ts'
import type { Decision } from '#shared/domain/decision.ts'
import type { Evidence, Validation } from '#shared/domain/evidence.ts'
import type { Insight } from '#shared/domain/insight.ts'
import type { Message } from '#shared/domain/message.ts'
import type { Fill } from '#shared/domain/order.ts'
import type { Outcome } from '#shared/domain/outcome.ts'
import type { Plan } from '#shared/domain/plan.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import type { Goal } from '#shared/domain/run.ts'
import type { Tally } from '#shared/domain/tally.ts'

/** How a step of a run ended, as far as the journal knows. */
export type StepEnd =
  | { readonly usd: number }
  | { readonly skipped: string }
  | { readonly failed: { code: string; message: string } }

/** What is known of one run: the fold of its records, so that a run that is taken up again knows all that was said. */
export interface RunMemory {
  readonly runId: string
  readonly goal: Goal
  readonly plan: Plan
  readonly startedAt: number
  evidence: Evidence[]
  validation: Validation | null
  insight: Insight | null
  debate: Argument[]
  proposals: Proposal[]
  ballots: Ballot[]
  tally: Tally | null
  decision: Decision | null
  /** Orders of the run and what was filled of them. */
  orders: string[]
  fills: Fill[]
  outcome: Outcome | null
  messages: Message[]
  /** What the trader holds against carrying the decision out. */
  objections: string[]
  readonly steps: Map<string, StepEnd>
  ended: { readonly status: string; readonly reason: string | null } | null
}

/** The memory of a run at its start. */
export function beginRunMemory(runId: string, goal: Goal, plan: Plan, startedAt: number): RunMemory {
  return {
    runId,
    goal,
    plan,
    startedAt,
    evidence: [],
    validation: null,
    insight: null,
    debate: [],
    proposals: [],
    ballots: [],
    tally: null,
    decision: null,
    orders: [],
    fills: [],
    outcome: null,
    messages: [],
    objections: [],
    steps: new Map(),
    ended: null,
  }
}

/** Folds one of the run's records into its memory, in place. */
export function remember(memory: RunMemory, record: DeskRecord): void {
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
    case 'argumentMade': {
      const { argument } = record.data
      const isSame = (other: Argument) => other.side === argument.side && other.round === argument.round
      memory.debate = [...memory.debate.filter((other) => !isSame(other)), argument]
      return
    }
    case 'messagePosted':
      memory.messages.push(record.data.message)
      return
    case 'traderObjected':
      memory.objections.push(record.data.text)
      return
    case 'proposalMade':
      memory.proposals.push(record.data.proposal)
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
    case 'outcomeMeasured':
      memory.outcome = record.data.outcome
      return
    case 'stepSucceeded':
      memory.steps.set(record.data.stepId, { usd: record.data.usd })
      return
    case 'stepSkipped':
      memory.steps.set(record.data.stepId, { skipped: record.data.reason })
      return
    case 'stepFailed':
      memory.steps.set(record.data.stepId, { failed: { code: record.data.code, message: record.data.message } })
      return
    case 'runEnded':
      memory.ended = { status: record.data.status, reason: record.data.reason }
      return
    default:
  }
}

/** What is put to the vote: the trade that the strategist thinks best, against holding; to hold when it sees none. */
export function questionOf({ proposals }: { readonly proposals: readonly Proposal[] }): Proposal | undefined {
  return proposals.find(({ action }) => action !== 'hold') ?? proposals[0]
}
