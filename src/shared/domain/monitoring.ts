import { z } from 'zod'
import { planSchema } from './plan.ts'

/** Why a running plan is thought over. */
export const planTriggerSchema = z.object({
  kind: z.enum(['failure', 'divergence', 'deadline', 'opportunity', 'goal', 'periodic']),
  /** The step, measure or fact that it is about; null for the plan as a whole. */
  about: z.string().nullable(),
  sentence: z.string(),
})
export type PlanTrigger = z.infer<typeof planTriggerSchema>

/** One change of a running plan. */
export const planChangeSchema = z.object({
  kind: z.enum(['added', 'dropped', 'replaced']),
  step: z.string(),
  /** The step that it stands in for. */
  instead: z.string().nullable(),
  sentence: z.string(),
})
export type PlanChange = z.infer<typeof planChangeSchema>

/** A change of a running plan: what led to it, what was changed, and what came of that. */
export const replanSchema = z.object({
  /** A revision is one more round of voting on a proposal that was rejected and made smaller. */
  strategy: z.enum(['repair', 'opportunistic', 'continuation', 'full', 'revision']),
  triggers: z.array(planTriggerSchema),
  changes: z.array(planChangeSchema),
  /** The steps that are not wanted any more, with the reason. */
  unwanted: z.record(z.string(), z.string()),
  /** What it is worth beside going on as before, in USD as the desk values steps and seconds. */
  gainUsd: z.number(),
  /** Seconds from the start of the run to its end as foreseen, going on as before and from now on. */
  secondsBefore: z.number(),
  secondsAfter: z.number(),
  /** What was changed and why, in a sentence. */
  sentence: z.string(),
})
export type Replan = z.infer<typeof replanSchema>

/** A run that goes otherwise than planned, and that the desk kept its plan all the same or changed it. */
export const divergenceSchema = z.object({
  triggers: z.array(planTriggerSchema),
  /** What is done about it. */
  answer: z.string(),
})
export type PlanDivergence = z.infer<typeof divergenceSchema>

/** A run that is called out, since a value lies over its threshold. */
export const runAlertSchema = z.object({
  kind: z.enum(['failures', 'time', 'cost', 'timeouts']),
  value: z.number(),
  threshold: z.number(),
  sentence: z.string(),
})
export type RunAlert = z.infer<typeof runAlertSchema>

/** How many slots of a pool a run gives out at most, since a source asks to be asked less often. */
export const paceSchema = z.object({ pool: z.string(), limit: z.int(), most: z.int() })
export type Pace = z.infer<typeof paceSchema>

/** An alert as lists show it. */
export const raisedAlertSchema = runAlertSchema.extend({
  /** The seq of its record in the journal. */
  seq: z.int(),
  runId: z.string(),
  instrument: z.string(),
  at: z.int(),
})
export type RaisedAlert = z.infer<typeof raisedAlertSchema>

const timed = { at: z.int() }

/** What watching over a run has brought to light so far, oldest first. */
export const runWatchSchema = z.object({
  divergences: z.array(divergenceSchema.extend(timed)),
  replans: z.array(replanSchema.extend({ ...timed, plan: planSchema.pick({ id: true, hash: true }) })),
  alerts: z.array(raisedAlertSchema),
  /** The pools that give out fewer slots than the plan has now. */
  pace: z.array(paceSchema),
  /** Since when and why nothing more of the run is begun; null when it is not paused. */
  paused: z.object({ ...timed, reason: z.string() }).nullable(),
})
export type RunWatch = z.infer<typeof runWatchSchema>

/** What a run is going to come to, as it is foreseen now. */
export const runForecastSchema = z.object({
  ...timed,
  /** In epoch milliseconds; null while it is paused or the trader is asked. */
  endsAt: z.int().nullable(),
  usd: z.number(),
  /** The steps that the end hangs on: none of them can take longer without the run taking longer. */
  hangsOn: z.array(z.string()),
})
export type RunForecast = z.infer<typeof runForecastSchema>

/** One of the things that a run is for, and how it stands. */
export const goalStateSchema = z.object({
  goal: z.string(),
  state: z.enum(['reached', 'open', 'missed']),
  /** Of a goal that was missed, why, back to where it went wrong; null otherwise. */
  why: z.string().nullable(),
  /** The steps where it went wrong. */
  causes: z.array(z.string()),
})
export type GoalState = z.infer<typeof goalStateSchema>

/** A run beside its plan: what watching over it has brought to light, how it stands, and how it will end. */
export const runMonitorSchema = runWatchSchema.extend({
  /** Null for a run that is over. */
  forecast: runForecastSchema.nullable(),
  goals: z.array(goalStateSchema),
})
export type RunMonitoring = z.infer<typeof runMonitorSchema>

/** What was learned of a research task asked at its sources, beside what is configured. */
export const learnedTaskSchema = z.object({
  task: z.string(),
  sources: z.array(z.string()),
  /** How many attempts were seen. */
  attempts: z.int(),
  configured: z.object({ seconds: z.number(), usd: z.number() }),
  /** Nine times in ten the next one lies between low and high. */
  seconds: z.object({ value: z.number(), low: z.number(), high: z.number() }),
  /** The mean cost of an attempt, with the bounds between which it lies nine times in ten. */
  usd: z.object({ value: z.number(), low: z.number(), high: z.number() }),
  /** The share of attempts that succeed, likewise. */
  success: z.object({ value: z.number(), low: z.number(), high: z.number() }),
})
export type LearnedTask = z.infer<typeof learnedTaskSchema>
