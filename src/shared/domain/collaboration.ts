import { z } from 'zod'
import { votingSeats } from './agent.ts'
import { combinationSchema } from './combination.ts'
import { portfolioGoalSchema } from './portfolio-goal.ts'
import { subGoalSchema } from './sub-goal.ts'

/**
 * What a plan is for: to decide on an instrument, to get out of a position, to bring a risk down that is too high, to look
 * back at what was decided, to bring the weights of the portfolio back, or one weight of it.
 */
export const purposes = ['decide', 'exit', 'mitigate', 'review', 'rebalance', 'shift'] as const
export const purposeSchema = z.enum(purposes)
export type Purpose = z.infer<typeof purposeSchema>

/** The tasks of a decision, in the only order in which they make sense. */
export const decisionTasks = [
  'gather',
  'validate',
  'analyse',
  'debate',
  'propose',
  'size',
  'negotiate',
  'vote',
  'count',
  'ask the trader',
  'carry out',
  'measure',
] as const

/**
 * The tasks that a method of a plan may consist of, in the only order in which they make sense: those of a decision, and to
 * look back, to weigh the portfolio, to pursue goals by plans of their own, and to conclude what came of it.
 */
export const planTasks = [...decisionTasks, 'look back', 'weigh', 'pursue', 'conclude'] as const
export const planTaskSchema = z.enum(planTasks)
export type PlanTask = z.infer<typeof planTaskSchema>

/** The name under which the trader votes. */
export const traderVoter = 'trader'

/** Who may take part in a plan: the seats that vote, and the trader. */
export const participantNames = [...votingSeats, traderVoter] as const
export const participantNameSchema = z.enum(participantNames)

/** Somebody who takes part in a plan, and the most that the vote can weigh. */
export const participantSchema = z.strictObject({
  voter: participantNameSchema,
  weight: z.number({ error: 'must be more than 0 and at most 10' }).gt(0).max(10).default(1),
})
export type Participant = z.infer<typeof participantSchema>

const within = z.number({ error: 'must be from 1 to 604800 s (a week)' }).min(1).max(604_800)

/** How long a plan may take, in seconds: to propose from its start, then to vote, then to be carried out. */
export const planSecondsSchema = z.strictObject({ propose: within, vote: within, execute: within })
export type PlanSeconds = z.infer<typeof planSecondsSchema>

/** Until when a plan is to be proposed, voted on and carried out: UTC epoch milliseconds on the desk's clock, themselves in time. */
export const planDeadlinesSchema = z.object({ proposeBy: z.int(), voteBy: z.int(), executeBy: z.int() })
export type PlanDeadlines = z.infer<typeof planDeadlinesSchema>

/** How often a question that was not agreed on may be revised and voted on again before the trader is asked. */
export const votesAgainSchema = z.int({ error: 'must be a whole number from 0 to 5' }).min(0).max(5)

/** What a collaborative plan adds to the goal of its run. */
export const collaborationSchema = z.object({
  planId: z.string(),
  purpose: purposeSchema,
  tasks: z.array(planTaskSchema),
  participants: z.array(participantSchema),
  /** Share of the weight or of the heads that is needed; null leaves it to the policy and the profile. */
  threshold: z.number().gt(0).max(1).nullable(),
  seconds: planSecondsSchema,
  deadlines: planDeadlinesSchema,
  /** How ballots are combined; by fixed weights when left out. */
  combination: combinationSchema.optional(),
  /** How often it may be revised and voted on again; the desk's own number when left out. */
  votesAgain: votesAgainSchema.optional(),
  /** What the weights are chosen for that a rebalancing goes to; risk parity when left out. */
  weights: portfolioGoalSchema.optional(),
  /** Research to do; the profile's when left out. */
  research: z.array(z.string()).optional(),
  /** What the purpose asks for, for instance the share of a position to close. */
  parameters: z.record(z.string(), z.number()),
  /** The plan that this one serves, and what this one has plans of its own for. */
  parentId: z.string().optional(),
  subGoals: z.array(subGoalSchema).optional(),
})
export type Collaboration = z.infer<typeof collaborationSchema>
