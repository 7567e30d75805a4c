import type { DeskRecord } from '#engine/journal/journal.ts'
import {
  type CollaborativePlan,
  isEndedPlan,
  type PlanState,
  planTransitions,
} from '#shared/domain/collaborative-plan.ts'
import type { Proposal } from '#shared/domain/proposal.ts'

/** How plans are found: by their id, and by the run that carries them out. */
export interface KnownPlans {
  readonly byId: (planId: string) => CollaborativePlan | undefined
  readonly byRun: (runId: string) => CollaborativePlan | undefined
}

/**
 * The plan as it is after a record; undefined for a record that changes none, or that would lead where no plan can go: what
 * has ended stays so. What happens in a plan's run moves the plan, so no record of a state of its own can disagree with it.
 */
export function planAfter(known: KnownPlans, record: DeskRecord): CollaborativePlan | undefined {
  switch (record.kind) {
    case 'collaborativePlanDrafted':
      return known.byId(record.data.plan.id) === undefined ? record.data.plan : undefined
    case 'collaborativePlanCalled': {
      const plan = known.byId(record.data.planId)
      return plan?.state === 'draft' && !plan.called ? { ...plan, called: true } : undefined
    }
    case 'collaborativePlanCancelled':
      return moved(known.byId(record.data.planId), 'cancelled', record.at, record.data.reason)
    case 'collaborativePlanExpired':
      return moved(known.byId(record.data.planId), 'expired', record.at, record.data.reason)
    case 'collaborativePlanFailed':
      return moved(known.byId(record.data.planId), 'failed', record.at, record.data.reason)
    case 'runStarted': {
      const { goal, runId } = record.data
      if (goal.collaboration === undefined) return undefined
      const { planId, deadlines } = goal.collaboration
      const after = moved(known.byId(planId), 'proposing', record.at, null)
      return after && { ...after, runId, deadlines }
    }
    default: {
      const plan = record.correlationId === null ? undefined : known.byRun(record.correlationId)
      return plan === undefined || isEndedPlan(plan.state) ? undefined : afterStep(plan, record)
    }
  }
}

/** What a record of the plan's run makes of it. */
function afterStep(plan: CollaborativePlan, record: DeskRecord): CollaborativePlan | undefined {
  const to = (state: PlanState, reason: string | null) => moved(plan, state, record.at, reason)
  switch (record.kind) {
    case 'proposalMade':
      return asked(opened(plan, record.at) ?? plan, record.data.proposal)
    case 'questionChosen': {
      const { proposalId, action } = record.data
      return { ...plan, question: { proposalId, action } }
    }
    case 'decisionMade': {
      const { status, rule, reason } = record.data.decision
      if (plan.state !== 'voting' || !carriesOut(plan) || status === 'review') return undefined
      if (status === 'agreed') return to('approved', reason)
      return to(rule === 'DEADLINE_PASSED' ? 'expired' : 'rejected', reason)
    }
    case 'reviewOpened':
      return to('inReview', record.data.review.rules.map(({ sentence }) => sentence).join(' '))
    case 'reviewApproved':
      return to('approved', 'The trader approved it.')
    case 'reviewRejected':
      return to('rejected', record.data.words.words)
    case 'reviewExpired':
      return to('expired', 'Nobody answered the review in time.')
    case 'reviewVoided':
      // What voided it may also end the run: the plan ends with that, rejected or cancelled.
      return plan.state === 'inReview' ? { ...plan, reason: record.data.why } : undefined
    case 'stepStarted':
      return record.data.stepId === 'execute' && plan.state === 'approved' ? to('executing', null) : undefined
    case 'orderFilled':
      return plan.traded ? undefined : { ...plan, traded: true }
    case 'runEnded': {
      const { status, reason } = record.data
      if (status !== 'completed') return to(status, reason)
      if (plan.state === 'proposing' && plan.tasks.includes('propose')) return to('failed', 'Nothing was proposed.')
      if (plan.traded || !carriesOut(plan)) return to('completed', null)
      if (plan.state === 'executing') return to('failed', 'Nothing was filled.')
      return (
        to('rejected', plan.state === 'inReview' ? plan.reason : 'Nobody approved it.') ??
        to('failed', 'It ended before it was carried out.')
      )
    }
    default:
      return undefined
  }
}

/** The vote begins with the first proposal: what was left of the time for proposals is not added to it. */
function opened(plan: CollaborativePlan, at: number): CollaborativePlan | undefined {
  const after = moved(plan, 'voting', at, null)
  if (after === undefined || plan.deadlines === null) return after
  const { proposeBy, voteBy, executeBy } = plan.deadlines
  return { ...after, deadlines: { proposeBy, voteBy: at + voteBy - proposeBy, executeBy: at + executeBy - proposeBy } }
}

/** What is put to the vote is the first trade that is proposed, else to hold. */
function asked(plan: CollaborativePlan, { id, action }: Proposal): CollaborativePlan {
  const keeps = plan.question !== null && (plan.question.action !== 'hold' || action === 'hold')
  return keeps ? plan : { ...plan, question: { proposalId: id, action } }
}

/** True when the plan's method ends in an order. */
export function carriesOut({ tasks }: Pick<CollaborativePlan, 'tasks'>): boolean {
  return tasks.includes('carry out')
}

function moved(
  plan: CollaborativePlan | undefined,
  state: PlanState,
  at: number,
  reason: string | null,
): CollaborativePlan | undefined {
  if (plan === undefined || !planTransitions[plan.state].includes(state)) return undefined
  return {
    ...plan,
    state,
    reason,
    endedAt: isEndedPlan(state) ? at : null,
    moves: [...plan.moves, { state, at, reason }],
  }
}
