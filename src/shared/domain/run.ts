import { z } from 'zod'
import { collaborationSchema } from './collaboration.ts'
import { consensusPresetSchema } from './consensus-policy.ts'
import { executionWishSchema } from './parent-order.ts'
import { planSchema, stepProgressSchema } from './plan.ts'
import { profileNameSchema } from './profile.ts'
import { actionSchema } from './proposal.ts'

export const runStatusSchema = z.enum(['running', 'completed', 'failed', 'cancelled'])
export type RunStatus = z.infer<typeof runStatusSchema>

/** What a run is asked to decide. */
export const goalSchema = z.object({
  instrument: z.string(),
  profile: profileNameSchema,
  policy: consensusPresetSchema,
  /** How long deciding may take; where nothing is said, as long as a run may before the trader is alerted. */
  deadlineSeconds: z.number().min(1).max(86_400).optional(),
  /** Research tasks of the profile to do without; none of them critical. */
  leaveOut: z.array(z.string()).optional(),
  /** How many research tasks run at once; the profile's number when left out. */
  slots: z.int().min(1).max(64).optional(),
  /** How the order is to be carried out; what planning.yaml says when left out. */
  algorithm: executionWishSchema.optional(),
  /** What the collaborative plan that the run carries out adds; not there for a decision by itself. */
  collaboration: collaborationSchema.optional(),
})
export type Goal = z.infer<typeof goalSchema>

/** One execution of a plan, as lists show it. */
export const runSummarySchema = z.object({
  id: z.string(),
  goal: goalSchema,
  status: runStatusSchema,
  startedAt: z.int(),
  endedAt: z.int().nullable(),
  usd: z.number(),
  stepsDone: z.int(),
  stepsTotal: z.int(),
  outcome: actionSchema.nullable(),
  /** Why it failed or was cancelled, or how the vote ended, in a sentence. */
  reason: z.string().nullable(),
})
export type RunSummary = z.infer<typeof runSummarySchema>

/** A run with its plan and the progress of each step. */
export const runSchema = runSummarySchema.extend({ plan: planSchema, steps: z.array(stepProgressSchema) })
export type Run = z.infer<typeof runSchema>

/** The code that what is under way in a run is given up with where the next process goes on with it. */
export const runSuspended = 'RUN_SUSPENDED'
