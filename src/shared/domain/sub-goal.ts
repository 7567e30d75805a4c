import { z } from 'zod'

/** What a plan is to reach by a plan of its own, made from a template. */
export const subGoalSchema = z.strictObject({
  template: z.string().min(1),
  /** The parent's own when left out. */
  instrument: z.string().min(1).optional(),
  parameters: z.record(z.string(), z.number()).default({}),
})
export type SubGoal = z.infer<typeof subGoalSchema>

/** A plan that serves another one, and what became of it; `state` is null while it has not ended. */
export interface SubPlan {
  readonly planId: string
  readonly goal: SubGoal
  readonly state: string | null
  readonly traded: boolean
  readonly reason: string | null
}
