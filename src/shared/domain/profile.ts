import { z } from 'zod'

export const profileNames = ['conservative', 'balanced', 'aggressive'] as const
export const profileNameSchema = z.enum(profileNames)
export type ProfileName = z.infer<typeof profileNameSchema>

export const taskPriorities = ['critical', 'high', 'medium', 'low'] as const

/** A number within a range, which its refusal names with the unit. */
function between(low: number, high: number, unit: string) {
  const error = `must be from ${low} to ${high}${unit === '' ? '' : ` ${unit}`}`
  return z.number({ error }).min(low, { error }).max(high, { error })
}

/** A whole number within a range. */
function count(low: number, high: number) {
  const error = `must be a whole number from ${low} to ${high}`
  return z.int({ error }).min(low, { error }).max(high, { error })
}

const share = () => between(0, 1, '(0.3 is 30 %)')
const positiveShare = (most: number) => {
  const error = `must be more than 0 and at most ${most} (0.3 is 30 %)`
  return z.number({ error }).gt(0, { error }).max(most, { error })
}

/** A research task that a plan may hold. */
export const researchTaskSchema = z.strictObject({
  title: z.string().min(1),
  priority: z.enum(taskPriorities),
  /** A profile without optional tasks leaves it out. */
  optional: z.boolean().default(false),
  sources: z.array(z.string()).min(1),
  estimate: z.strictObject({ seconds: between(0.001, 3_600, 's'), usd: between(0, 1_000, 'USD') }),
  /** Tasks whose findings it needs. */
  after: z.array(z.string()).default([]),
  timeoutSeconds: between(0.001, 3_600, 's'),
  retries: count(0, 10),
  /** A value older than this is stale. */
  freshForSeconds: between(1, 1e9, 's'),
})
export type ResearchTask = z.infer<typeof researchTaskSchema>

/** Which research a risk profile runs, how much at once, and what a decision may cost and risk. */
export const profileSchema = z.strictObject({
  tasks: z.array(z.string()).min(1, { error: 'must name at least one task' }),
  /** Whether those of its tasks run that are marked optional. */
  optionalTasks: z.boolean(),
  parallel: count(1, 64),
  minimumSources: count(0, 100),
  /** Hard limit of one decision. */
  costLimitUsd: between(0.0001, 1_000, 'USD'),
  debateRounds: count(1, 5),
  /** Share of equity lost when the stop is hit. */
  riskPerTrade: positiveShare(0.1),
  /** Largest share of equity in one position. */
  maximumPosition: positiveShare(1),
  /** A decision needs at least this share of the weight behind it. */
  threshold: positiveShare(1),
})
export type Profile = z.infer<typeof profileSchema>

/** From where on the trader is alerted about a run. */
const alertsSchema = z.strictObject({
  /** Share of the steps that failed. */
  failedShare: share(),
  /** Since the run began. */
  seconds: between(1, 86_400, 's'),
  usd: between(0, 1_000, 'USD'),
  /** Share of the attempts that timed out. */
  timeoutShare: share(),
})

/** When and how often a running plan is made anew. */
const replanningSchema = z.strictObject({
  /** In one run; 0 switches it off. */
  maxReplans: count(0, 20),
  /** How far a run may stray from its plan before it is planned anew: a share. */
  divergence: positiveShare(1),
  checkEverySeconds: between(1, 3_600, 's'),
})

/** The whole of planning.yaml: the tasks there are, the profiles that choose from them, and what watches their runs. */
export const planningConfigSchema = z.strictObject({
  tasks: z.record(z.string(), researchTaskSchema),
  profiles: z.record(profileNameSchema, profileSchema),
  /** False: the tasks run one after another, in order of priority. */
  enabled: z.boolean(),
  alerts: alertsSchema,
  /** Hard limit over all decisions of a UTC day. */
  dailyCostLimitUsd: between(0, 100_000, 'USD'),
  replanning: replanningSchema,
})
export type PlanningConfig = z.infer<typeof planningConfigSchema>
