import { z } from 'zod'
import { taskPriorities } from './profile.ts'

export const stepStates = [
  'pending',
  'ready',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
] as const
export const stepStateSchema = z.enum(stepStates)
export type StepState = z.infer<typeof stepStateSchema>

/** The only ways a step may go from one state to another. */
export const stepTransitions: Readonly<Record<StepState, readonly StepState[]>> = {
  pending: ['ready', 'skipped', 'cancelled'],
  // A plan that is changed may give it something to wait for.
  ready: ['pending', 'running', 'skipped', 'cancelled'],
  // A running step is skipped when it finds that it is not needed.
  running: ['waiting', 'succeeded', 'failed', 'skipped', 'cancelled', 'ready'],
  waiting: ['running', 'ready', 'failed', 'cancelled'],
  succeeded: [],
  failed: [],
  skipped: [],
  cancelled: [],
}

export function isFinalStep(state: StepState): boolean {
  return stepTransitions[state].length === 0
}

const range = z.object({ low: z.number(), high: z.number() })

/** How many attempts an estimate was learned from, and between which bounds the next one lies nine times in ten. */
export const estimateBasisSchema = z.object({
  attempts: z.int(),
  seconds: range,
  usd: range,
  /** The share of attempts that succeed. */
  success: z.number(),
})

/** One unit of a plan: who does what, after which other steps, at what estimated cost. */
export const stepSchema = z.object({
  id: z.string(),
  title: z.string(),
  owner: z.string(),
  /** What kind of work it is: the performer is found by it. */
  action: z.string(),
  needs: z.array(z.string()),
  priority: z.enum(taskPriorities),
  /** The run goes on without it. */
  optional: z.boolean(),
  sources: z.array(z.string()),
  estimate: z.object({
    seconds: z.number(),
    usd: z.number(),
    /** What the estimate was learned from; not there for one that is as configured. */
    basis: estimateBasisSchema.optional(),
  }),
  timeoutMs: z.int(),
  retries: z.int(),
  /** The reusable slots it takes while it runs, by pool; for instance { research: 1 }. */
  slots: z.record(z.string(), z.int()),
})
export type Step = z.infer<typeof stepSchema>

export const planSchema = z.object({
  id: z.string(),
  goal: z.string(),
  /** SHA-256 over what the steps do, without what they are estimated to take: a run is never resumed with another plan. */
  hash: z.string(),
  steps: z.array(stepSchema),
  /** How many of each slot there are. */
  slots: z.record(z.string(), z.int()),
  costLimitUsd: z.number(),
  estimate: z.object({
    usd: z.number(),
    seconds: z.object({ sequential: z.number(), parallel: z.number(), lowerBound: z.number() }),
    speedup: z.number(),
  }),
  /** When the schedule starts each step, in seconds from the start of the run. */
  starts: z.record(z.string(), z.number()),
  /** Steps level by level: each level needs only earlier ones. For people; the executor has no such barriers. */
  levels: z.array(z.array(z.string())),
  /**
   * What the plan is for, and by step, in an order in which they can be done, the facts that it needs and gives. Plans of
   * earlier versions have none.
   */
  causes: z
    .object({
      goals: z.array(z.string()),
      steps: z.array(z.object({ id: z.string(), needs: z.array(z.string()), gives: z.array(z.string()) })),
    })
    .optional(),
  /** In sentences, by step: what it is there for, and what is lost if it fails. Plans of earlier versions have none. */
  reasons: z.record(z.string(), z.object({ why: z.string(), falls: z.string() })).optional(),
})
export type Plan = z.infer<typeof planSchema>

export const stepProgressSchema = z.object({
  id: z.string(),
  state: stepStateSchema,
  attempt: z.int(),
  startedAt: z.int().nullable(),
  endedAt: z.int().nullable(),
  usd: z.number(),
  /** Why it failed or was skipped. */
  reason: z.string().nullable(),
})
export type StepProgress = z.infer<typeof stepProgressSchema>
