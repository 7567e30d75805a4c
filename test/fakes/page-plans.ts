import { implement, ORPCError } from '@orpc/server'
import { draftPlan } from '#engine/desk/plans/plan-making.ts'
import { readTemplates } from '#main/config/templates.ts'
import { contract } from '#shared/contract/index.ts'
import type { PlanView, ScheduleView } from '#shared/contract/plans.ts'
import type { PlanState } from '#shared/domain/collaborative-plan.ts'
import { defaultSettings } from '#shared/domain/settings.ts'

/** The plans of a desk for looking at the page: they can be made, begun and cancelled, and nothing is decided. */
export function createPagePlans(changed: () => void) {
  const os = implement(contract).plans
  const templates = readTemplates(undefined).value
  const plans: PlanView[] = []
  const schedules: ScheduleView[] = []

  function find(planId: string): PlanView {
    const plan = plans.find(({ id }) => id === planId)
    if (plan !== undefined) return plan
    throw new ORPCError('PLAN_UNKNOWN', {
      status: 404,
      message: `There is no plan ${planId}.`,
      data: { retry: 'definitive', wayOut: 'Choose one from the list of plans.', details: {} },
    })
  }

  function tooEarly(code: string, planId: string): never {
    throw new ORPCError(code, {
      status: 409,
      message: `Nothing has been proposed in ${find(planId).id} yet.`,
      data: { retry: 'retryable', wayOut: 'Wait until the plan is being voted on.', details: {} },
    })
  }

  function move(plan: PlanView, state: PlanState, reason: string | null): PlanView {
    const at = Date.now()
    const after = { ...plan, state, reason, called: true, moves: [...plan.moves, { state, at, reason }] }
    plans[plans.indexOf(plan)] = {
      ...after,
      endedAt: state === 'cancelled' ? at : null,
      leftMs: state === 'proposing' ? plan.seconds.propose * 1_000 : null,
    }
    changed()
    return find(plan.id)
  }

  return {
    create: os.create.handler(({ input }) => {
      const template = templates.find(({ name }) => name === input.template)
      const made = { id: `plan_${plans.length + 1}`, at: Date.now(), by: { kind: 'human', id: 'trader' } as const }
      const plan: PlanView = { ...draftPlan(input, template, defaultSettings, made), leftMs: null, conflicts: 0 }
      plans.push(plan)
      changed()
      return input.draft === true ? plan : move(plan, 'proposing', null)
    }),
    list: os.list.handler(({ input }) => plans.toReversed().slice(0, input.limit)),
    templates: os.templates.handler(() => [...templates]),
    schedules: os.schedules.handler(() => schedules),
    schedule: os.schedule.handler(({ input: { scheduleId, ...terms } }) => {
      const index = schedules.findIndex(({ id }) => id === scheduleId)
      const madeAt = Date.now()
      const schedule: ScheduleView = {
        ...terms,
        id: scheduleId ?? `sch_${schedules.length + 1}`,
        isOn: true,
        offReason: null,
        by: { kind: 'human', id: 'trader' },
        madeAt,
        doneUntil: madeAt,
        last: null,
        missed: null,
        nextAt: madeAt + 86_400_000,
      }
      schedules.splice(index < 0 ? schedules.length : index, 1, schedule)
      changed()
      return schedule
    }),
    unschedule: os.unschedule.handler(({ input: { scheduleId, reason } }) => {
      const index = schedules.findIndex(({ id }) => id === scheduleId)
      const before = schedules[index]
      if (before === undefined) throw new ORPCError('SCHEDULE_UNKNOWN', { status: 404 })
      const after = { ...before, isOn: false, offReason: reason, nextAt: null }
      schedules[index] = after
      changed()
      return after
    }),
    get: os.get.handler(({ input }) => find(input.planId)),
    start: os.start.handler(({ input }) => move(find(input.planId), 'proposing', null)),
    vote: os.vote.handler(({ input }) => tooEarly('NOTHING_TO_VOTE_ON', input.planId)),
    conflicts: os.conflicts.handler(() => []),
    conflict: os.conflict.handler(({ input }) => tooEarly('CONFLICT_UNKNOWN', input.planId)),
    resolveConflict: os.resolveConflict.handler(({ input }) => tooEarly('NOTHING_TO_RESOLVE', input.planId)),
    addProposal: os.addProposal.handler(({ input }) => tooEarly('NOTHING_TO_RESOLVE', input.planId)),
    context: os.context.handler(({ input }) => tooEarly('NOTHING_TO_RESOLVE', input.planId)),
    cancel: os.cancel.handler(({ input }) => move(find(input.planId), 'cancelled', input.reason)),
  }
}
