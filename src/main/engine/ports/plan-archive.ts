import type { CollaborativePlan } from '#shared/domain/collaborative-plan.ts'
import type { Schedule } from '#shared/domain/schedule.ts'
import type { Regime } from '#shared/domain/situation.ts'

/** What is remembered of collaborative plans for good: what is durable. */
export interface PlanArchive {
  getPlan(planId: string): CollaborativePlan | undefined
  /** Those that have not ended, oldest first. */
  listOpenPlans(): readonly CollaborativePlan[]
  /** The newest plan that was made from a template. */
  lastPlanOf(template: string): CollaborativePlan | undefined
  /** The schedules that plans are made by, those that are off too; oldest first. */
  listSchedules(): readonly Schedule[]
  /** The regime that the environment watcher saw last, by instrument. */
  lastRegimes(): ReadonlyMap<string, Regime>
}
