import { z } from 'zod'
import { participantNameSchema, participantSchema, planSecondsSchema, votesAgainSchema } from './collaboration.ts'
import { planPrioritySchema } from './collaborative-plan.ts'
import { combinationSchema } from './combination.ts'
import { consensusPresetSchema } from './consensus-policy.ts'
import { portfolioGoalSchema } from './portfolio-goal.ts'
import { profileNameSchema } from './profile.ts'

/** A plan that is asked for: what is left out comes from the template, or from a plan made by hand. */
export const planWishSchema = z.object({
  instrument: z.string(),
  /** The template's name; left out for a plan made by hand. */
  template: z.string().optional(),
  title: z.string().trim().min(1).max(200).optional(),
  profile: profileNameSchema.optional(),
  priority: planPrioritySchema.optional(),
  policy: consensusPresetSchema.optional(),
  threshold: z.number().gt(0).max(1).optional(),
  seconds: planSecondsSchema.partial().optional(),
  combination: combinationSchema.optional(),
  votesAgain: votesAgainSchema.optional(),
  weights: portfolioGoalSchema.optional(),
  /** Takes the place of the template's. */
  objectives: z.array(z.string().trim().min(1)).min(1).optional(),
  /** Who takes part besides, or with another weight. */
  participants: z.array(participantSchema).optional(),
  without: z.array(participantNameSchema).optional(),
  parameters: z.record(z.string(), z.number()).optional(),
  /** The plan that it serves: what is under way for that one does not hold it up. */
  parentId: z.string().optional(),
  /** True leaves it a draft until it is called. */
  draft: z.boolean().optional(),
})

export type PlanWish = z.infer<typeof planWishSchema>
