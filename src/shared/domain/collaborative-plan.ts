import { z } from 'zod'
import {
  participantSchema,
  planDeadlinesSchema,
  planSecondsSchema,
  planTaskSchema,
  purposeSchema,
  votesAgainSchema,
} from './collaboration.ts'
import { combinationSchema } from './combination.ts'
import { consensusPresetSchema } from './consensus-policy.ts'
import { actorSchema } from './journal.ts'
import { portfolioGoalSchema } from './portfolio-goal.ts'
import { profileNameSchema } from './profile.ts'
import { actionSchema } from './proposal.ts'
import { subGoalSchema } from './sub-goal.ts'

const planStates = [
  'draft',
  'proposing',
  'voting',
  'inReview',
  'approved',
  'rejected',
  'expired',
  'executing',
  'completed',
  'failed',
  'cancelled',
] as const
export const planStateSchema = z.enum(planStates)
export type PlanState = z.infer<typeof planStateSchema>

/** The only ways a collaborative plan may go from one state to another. */
export const planTransitions: Readonly<Record<PlanState, readonly PlanState[]>> = {
  draft: ['proposing', 'expired', 'failed', 'cancelled'],
  // What puts nothing to the vote ends without one.
  proposing: ['voting', 'rejected', 'expired', 'completed', 'failed', 'cancelled'],
  // What carries nothing out ends with the vote.
  voting: ['inReview', 'approved', 'rejected', 'expired', 'completed', 'failed', 'cancelled'],
  inReview: ['approved', 'rejected', 'expired', 'failed', 'cancelled'],
  approved: ['executing', 'expired', 'completed', 'failed', 'cancelled'],
  executing: ['completed', 'failed', 'cancelled'],
  rejected: [],
  expired: [],
  completed: [],
  failed: [],
  cancelled: [],
}

/** True when nothing more can become of it. */
export function isEndedPlan(state: PlanState): boolean {
  return planTransitions[state].length === 0
}

/** How urgent a plan is, from the least to the most; an emergency goes before a decision that is under way. */
export const planPriorities = ['low', 'medium', 'high', 'critical', 'emergency'] as const
export const planPrioritySchema = z.enum(planPriorities)

/** One state that a plan was in, since when and why. */
const planMoveSchema = z.object({ state: planStateSchema, at: z.int(), reason: z.string().nullable() })

/** What several agents, and perhaps the trader, are to do together about an instrument, and what became of it. */
export const collaborativePlanSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** The template it was made from; null for one made by hand. */
  template: z.string().nullable(),
  purpose: purposeSchema,
  tasks: z.array(planTaskSchema),
  instrument: z.string(),
  profile: profileNameSchema,
  priority: planPrioritySchema,
  initiator: actorSchema,
  /** What it was made for by itself; null where somebody asked for it. */
  occasion: z.string().nullable(),
  participants: z.array(participantSchema),
  objectives: z.array(z.string()),
  policy: consensusPresetSchema,
  /** Share that is needed to agree; null leaves it to the policy and the profile. */
  threshold: z.number().nullable(),
  seconds: planSecondsSchema,
  /** How ballots are combined; by fixed weights when left out. */
  combination: combinationSchema.optional(),
  /** How often it may be revised and voted on again; the desk's own number when left out. */
  votesAgain: votesAgainSchema.optional(),
  /** What the weights are chosen for that a rebalancing goes to; risk parity when left out. */
  weights: portfolioGoalSchema.optional(),
  research: z.array(z.string()).nullable(),
  parameters: z.record(z.string(), z.number()),
  /** The plan that this one serves, and what this one has plans of its own for. */
  parentId: z.string().optional(),
  subGoals: z.array(subGoalSchema).optional(),
  /** True when it is to begin as soon as it can; a draft that nobody has called waits for somebody to. */
  called: z.boolean(),
  state: planStateSchema,
  createdAt: z.int(),
  /** Null before it begins. */
  deadlines: planDeadlinesSchema.nullable(),
  /** What is put to the vote; null before anything is. */
  question: z.object({ proposalId: z.string(), action: actionSchema }).nullable(),
  /** The run that carries it out. */
  runId: z.string().nullable(),
  /** True once something of it was traded. */
  traded: z.boolean(),
  endedAt: z.int().nullable(),
  /** Why it is in its state, in a sentence. */
  reason: z.string().nullable(),
  /** Every state it was in, oldest first. */
  moves: z.array(planMoveSchema),
})
export type CollaborativePlan = z.infer<typeof collaborativePlanSchema>
