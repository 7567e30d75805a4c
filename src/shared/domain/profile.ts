import { z } from 'zod'

export const profileNames = ['conservative', 'balanced', 'aggressive'] as const
export const profileNameSchema = z.enum(profileNames)
export type ProfileName = z.infer<typeof profileNameSchema>

export const taskPriorities = ['critical', 'high', 'medium', 'low'] as const

/** A research task that a plan may hold. */
export const researchTaskSchema = z.strictObject({
  title: z.string(),
  priority: z.enum(taskPriorities),
  sources: z.array(z.string()).min(1),
  estimate: z.strictObject({ seconds: z.number().positive(), usd: z.number().min(0) }),
  /** Tasks whose findings it needs. */
  after: z.array(z.string()).default([]),
  timeoutSeconds: z.number().positive(),
  retries: z.int().min(0).max(10),
  /** A value older than this is stale. */
  freshForSeconds: z.number().positive(),
})
export type ResearchTask = z.infer<typeof researchTaskSchema>

/** Which research a risk profile runs, how much at once, and what a decision may cost and risk. */
export const profileSchema = z.strictObject({
  tasks: z.array(z.string()).min(1),
  parallel: z.int().min(1).max(64),
  minimumSources: z.int().min(0),
  costLimitUsd: z.number().positive(),
  debateRounds: z.int().min(1).max(5),
  /** Share of equity lost when the stop is hit. */
  riskPerTrade: z.number().gt(0).max(0.1),
  /** Largest share of equity in one position. */
  maximumPosition: z.number().gt(0).max(1),
  /** A decision needs at least this share of the weight behind it. */
  threshold: z.number().gt(0).max(1),
})
export type Profile = z.infer<typeof profileSchema>

/** The whole of planning.yaml: the tasks there are and the profiles that choose from them. */
export const planningConfigSchema = z.strictObject({
  tasks: z.record(z.string(), researchTaskSchema),
  profiles: z.record(profileNameSchema, profileSchema),
})
export type PlanningConfig = z.infer<typeof planningConfigSchema>
