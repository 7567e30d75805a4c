import { z } from 'zod'
import {
  type PlanTask,
  participantSchema,
  planSecondsSchema,
  planTaskSchema,
  planTasks,
  purposeSchema,
  votesAgainSchema,
} from './collaboration.ts'
import { planPrioritySchema } from './collaborative-plan.ts'
import { combinationSchema } from './combination.ts'
import { consensusPresetSchema } from './consensus-policy.ts'
import { portfolioGoalSchema } from './portfolio-goal.ts'
import { profileNameSchema } from './profile.ts'
import { subGoalSchema } from './sub-goal.ts'

const inOrder = (tasks: readonly PlanTask[]) =>
  tasks.every((task, index) => index === 0 || planTasks.indexOf(task) > planTasks.indexOf(tasks[index - 1] ?? task))

/**
 * What may start a plan, and the parameters that it looks at: the portfolio's risk or the drawdown of the equity passing a share,
 * a price that moves by more than a share within so many seconds, a market that turns, a position's stop that is moved.
 */
const triggerParameters = {
  portfolioRisk: ['above'],
  drawdown: ['above'],
  priceMove: ['move', 'withinSeconds'],
  regimeChange: [],
  stopMoved: [],
} as const
export type TriggerKind = keyof typeof triggerParameters
const triggerKinds = Object.keys(triggerParameters) as [TriggerKind, ...TriggerKind[]]

/** After the plan has ended it rests for so long. */
const triggerSchema = z.strictObject({
  kind: z.enum(triggerKinds, { error: `must be one of ${triggerKinds.join(', ')}` }),
  restSeconds: z.number({ error: 'must be from 1 to 604800 s (a week)' }).min(1).max(604_800),
})

/** A named method for making a collaborative plan, as a file of resources/templates or of the data folder has it. */
export const planTemplateSchema = z
  .strictObject({
    title: z.string().min(1),
    description: z.string().min(1),
    purpose: purposeSchema,
    /** The method: what the plan does, in order. */
    tasks: z
      .array(planTaskSchema)
      .min(1)
      .refine(inOrder, { error: `must be in this order, each at most once: ${planTasks.join(', ')}` }),
    priority: planPrioritySchema,
    objectives: z.array(z.string().min(1)).min(1),
    participants: z
      .array(participantSchema)
      .min(2)
      .refine((all) => new Set(all.map(({ voter }) => voter)).size === all.length, { error: 'names somebody twice' }),
    policy: consensusPresetSchema,
    threshold: z
      .number({ error: 'must be more than 0 and at most 1 (0.6 is 60 %)' })
      .gt(0)
      .max(1)
      .nullable()
      .default(null),
    /** The risk profile; the trader's own choice when left out. */
    profile: profileNameSchema.optional(),
    seconds: planSecondsSchema,
    /** How ballots are combined: fixed (when left out), hedge or opinion-pool; the latter need the policy `weighted`. */
    combination: combinationSchema.optional(),
    /** How often it may be revised and voted on again before the trader is asked; as in planning.yaml when left out. */
    votesAgain: votesAgainSchema.optional(),
    /** What the weights are chosen for that a rebalancing goes to; risk parity when left out. */
    weights: portfolioGoalSchema.optional(),
    /** Research tasks of planning.yaml; the profile's when left out. */
    research: z.array(z.string().min(1)).optional(),
    /** What starts it by itself; nobody but the trader does where it is left out. */
    trigger: triggerSchema.optional(),
    /** What it has plans of its own for: it waits for all of them. */
    subGoals: z.array(subGoalSchema).default([]),
    /** Numbers that the purpose asks for. */
    parameters: z.record(z.string(), z.number()).default({}),
  })
  .check(({ value: { combination, policy }, issues }) => {
    if (combination === undefined || combination === 'fixed' || policy === 'weighted') return
    const message = `"${combination}" weighs ballots: it needs the policy "weighted"`
    issues.push({ code: 'custom', path: ['combination'], message, input: combination })
  })
  .check(({ value: { trigger, parameters }, issues }) => {
    const missing = trigger && triggerParameters[trigger.kind].find((name) => parameters[name] === undefined)
    if (missing === undefined) return
    const message = `the trigger "${trigger?.kind}" looks at the parameter "${missing}"`
    issues.push({ code: 'custom', path: ['parameters'], message, input: parameters })
  })
export type PlanTemplate = z.infer<typeof planTemplateSchema> & { readonly name: string }
