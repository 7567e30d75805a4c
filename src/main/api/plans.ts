import { implement } from '@orpc/server'
import { portfolioRisk } from '#engine/desk/reports/portfolio-risk.ts'
import { contract } from '#shared/contract/index.ts'
import type { PlanContext, PlanView, ScheduleView } from '#shared/contract/plans.ts'
import type { CollaborativePlan } from '#shared/domain/collaborative-plan.ts'
import type { Schedule } from '#shared/domain/schedule.ts'
import { ZERO } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createBlind } from './blind.ts'
import type { CallContext } from './desk.ts'
import { instrumentOn } from './market.ts'
import { type ApiParts, trader } from './parts.ts'

/** Collaborative plans and the templates that they are made from. */
export function plansRoutes({ kernel, queries, feed, settings, clock }: ApiParts) {
  const { plans, schedules } = kernel
  const os = implement(contract.plans).$context<CallContext>()
  const blind = createBlind(kernel.reviews)
  const isBlind = ({ runId }: Pick<CollaborativePlan, 'runId'>) => runId !== null && blind.reviewOf(runId) !== undefined
  const view = (plan: CollaborativePlan): PlanView => ({
    ...(isBlind(plan) ? withoutVerdict(plan) : plan),
    leftMs: plans.leftMs(plan),
    conflicts: conflictsOf(plan.id).length,
  })
  const scheduleView = (schedule: Schedule): ScheduleView => ({ ...schedule, nextAt: schedules.nextAt(schedule) })
  function conflictsOf(planId: string) {
    const plan = plans.get(planId)
    return isBlind(plan) ? [] : [...queries.listPlanConflicts(planId, plan.runId)]
  }

  /** As the run has it while it is under way; afterwards without the view, which was of its moment. */
  function contextOf(plan: CollaborativePlan): PlanContext {
    const { instrument, runId } = plan
    const isKeptBack = isBlind(plan)
    const { book } = kernel
    const at = Math.floor(clock.now())
    const memory = kernel.runs.active().find((one) => one.runId === runId)
    return {
      at,
      instrument,
      price: feed.quote(instrument)?.last ?? null,
      position: book.positions.get(instrument)?.quantity ?? ZERO,
      cash: book.cash,
      equity: kernel.equity() ?? null,
      portfolioRisk: portfolioRisk(book, feed, at)?.share ?? null,
      insight: isKeptBack ? null : (memory?.insight ?? null),
      evidence: [...(memory?.evidence ?? queries.listEvidence(runId ?? ''))],
      proposals: isKeptBack ? [] : [...(memory?.proposals ?? queries.getVote(runId ?? '').proposals)],
    }
  }

  return {
    create: os.create.handler(async ({ input }) => {
      const wish = { ...input, instrument: instrumentOn(feed, input.instrument).id }
      return view(await plans.create(wish, settings.load(), trader))
    }),
    list: os.list.handler(({ input }) => queries.listPlans(input.limit).map(view)),
    templates: os.templates.handler(() => [...plans.templates]),
    schedules: os.schedules.handler(() => schedules.list().map(scheduleView)),
    schedule: os.schedule.handler(async ({ input: { scheduleId, ...terms } }) => {
      const instrument = instrumentOn(feed, terms.instrument).id
      return scheduleView(await schedules.set(scheduleId, { ...terms, instrument }, trader))
    }),
    unschedule: os.unschedule.handler(async ({ input: { scheduleId, reason } }) =>
      scheduleView(await schedules.switchOff(scheduleId, reason, trader)),
    ),
    get: os.get.handler(({ input }) => view(plans.get(input.planId))),
    start: os.start.handler(async ({ input }) => view(await plans.start(input.planId, trader))),
    vote: os.vote.handler(({ input }) => plans.vote(input.planId, input.ballot, trader)),
    conflicts: os.conflicts.handler(({ input }) => conflictsOf(input.planId)),
    conflict: os.conflict.handler(({ input: { planId, conflictId } }) => {
      const found = conflictsOf(planId).find(({ id }) => id === conflictId)
      if (found !== undefined) return found
      throw new ParleyError('CONFLICT_UNKNOWN', `The plan ${planId} has no conflict ${conflictId}.`, {
        wayOut: 'Choose one from the list of its conflicts.',
      })
    }),
    resolveConflict: os.resolveConflict.handler(({ input: { planId, between, kind, description } }) =>
      plans.resolveConflict(planId, between, kind, description, trader),
    ),
    addProposal: os.addProposal.handler(({ input: { planId, ...wish } }) => plans.propose(planId, wish, trader)),
    context: os.context.handler(({ input }) => contextOf(plans.get(input.planId))),
    cancel: os.cancel.handler(async ({ input }) => view(await plans.cancel(input.planId, input.reason, trader))),
  }
}

/** HO-10: the plan without what is put to the vote, and why it is where it is. */
function withoutVerdict(plan: CollaborativePlan): CollaborativePlan {
  const reason = 'You are to say what you think first.'
  return { ...plan, question: null, reason, moves: plan.moves.map((move) => ({ ...move, reason: null })) }
}
