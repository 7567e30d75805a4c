import { implement } from '@orpc/server'
import { contract } from '#shared/contract/index.ts'
import type { PlanView, ScheduleView } from '#shared/contract/plans.ts'
import type { CollaborativePlan } from '#shared/domain/collaborative-plan.ts'
import type { Schedule } from '#shared/domain/schedule.ts'
import type { CallContext } from './desk.ts'
import { instrumentOn } from './market.ts'
import { type ApiParts, trader } from './parts.ts'

/** Collaborative plans and the templates that they are made from. */
export function plansRoutes({ kernel: { plans, schedules }, queries, feed, settings }: ApiParts) {
  const os = implement(contract.plans).$context<CallContext>()
  const view = (plan: CollaborativePlan): PlanView => ({ ...plan, leftMs: plans.leftMs(plan) })
  const scheduleView = (schedule: Schedule): ScheduleView => ({ ...schedule, nextAt: schedules.nextAt(schedule) })
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
    cancel: os.cancel.handler(async ({ input }) => view(await plans.cancel(input.planId, input.reason, trader))),
  }
}
