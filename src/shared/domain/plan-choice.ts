import { z } from 'zod'

/** One way to carry out a plan, none other being at least as fast, as cheap and as full. */
export const planChoiceSchema = z.object({
  /** Research tasks to do without. */
  leaveOut: z.array(z.string()),
  /** How many research tasks run at once. */
  slots: z.int(),
  seconds: z.number(),
  usd: z.number(),
  /** Share of the profile's research that is done, weighted by priority as the validator weighs it. */
  coverage: z.number(),
  /** How many distinct sources are asked. */
  sources: z.int(),
  /** What is to be said of it. */
  marks: z.array(z.enum(['profile', 'fastest', 'cheapest'])),
})
export type PlanChoice = z.infer<typeof planChoiceSchema>

/** The choices that a goal leaves open, fastest first. */
export const planChoicesSchema = z.object({
  choices: z.array(planChoiceSchema),
  /** True when every combination was looked at. */
  complete: z.boolean(),
})
export type PlanChoices = z.infer<typeof planChoicesSchema>
