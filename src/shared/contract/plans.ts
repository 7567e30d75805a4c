import { oc } from '@orpc/contract'
import { z } from 'zod'
import { ballotSchema } from '#shared/domain/ballot.ts'
import {
  participantNameSchema,
  participantSchema,
  planSecondsSchema,
  votesAgainSchema,
} from '#shared/domain/collaboration.ts'
import { collaborativePlanSchema, planPrioritySchema } from '#shared/domain/collaborative-plan.ts'
import { combinationSchema } from '#shared/domain/combination.ts'
import { planConflictSchema, raisedConflictSchema } from '#shared/domain/conflict.ts'
import { consensusPresetSchema } from '#shared/domain/consensus-policy.ts'
import { decimalSchema } from '#shared/domain/decimal.ts'
import { evidenceSchema } from '#shared/domain/evidence.ts'
import { insightSchema } from '#shared/domain/insight.ts'
import { planTemplateSchema } from '#shared/domain/plan-template.ts'
import { portfolioGoalSchema } from '#shared/domain/portfolio-goal.ts'
import { profileNameSchema } from '#shared/domain/profile.ts'
import { proposalSchema } from '#shared/domain/proposal.ts'
import { scheduleSchema, scheduleTermsSchema } from '#shared/domain/schedule.ts'
import { traderBallotSchema } from '#shared/domain/trader-ballot.ts'
import { traderProposalSchema } from '#shared/domain/trader-proposal.ts'

const one = z.object({ planId: z.string() })

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

/** A plan as it is shown. */
export const planViewSchema = collaborativePlanSchema.extend({
  /** The time that is left until the next deadline, in milliseconds of waiting; null where none runs. */
  leftMs: z.number().nullable(),
  /** How many conflicts it has or had, within it and with other plans. */
  conflicts: z.int(),
})
export type PlanView = z.infer<typeof planViewSchema>

/** A template as it can be chosen. */
export const templateViewSchema = planTemplateSchema.extend({ name: z.string() })

/** What those who take part in a plan share: the market, the account, and what was found out; a null is unavailable. */
export const planContextSchema = z.object({
  at: z.int(),
  instrument: z.string(),
  price: decimalSchema.nullable(),
  position: decimalSchema,
  cash: decimalSchema,
  equity: decimalSchema.nullable(),
  /** Ten days' expected shortfall (97.5 %) as a share of the equity. */
  portfolioRisk: z.number().nullable(),
  insight: insightSchema.nullable(),
  evidence: z.array(evidenceSchema),
  proposals: z.array(proposalSchema),
})
export type PlanContext = z.infer<typeof planContextSchema>

/** A ballot that was kept, and whether it counts as things are. */
export const keptBallotSchema = z.object({ ballot: ballotSchema, counts: z.boolean(), note: z.string() })
export type KeptBallot = z.infer<typeof keptBallotSchema>

const oneSchedule = z.object({ scheduleId: z.string() })

/** A schedule with its next time, in UTC epoch milliseconds; null where it is off, or falls due no more. */
export const scheduleViewSchema = scheduleSchema.extend({ nextAt: z.int().nullable() })
export type ScheduleView = z.infer<typeof scheduleViewSchema>

export const plansContract = {
  /** Makes a plan and has it begin as soon as it can. Throws TEMPLATE_NOT_FOUND, INSTRUMENT_NOT_FOUND, PLAN_NOT_FOUND, PARAMETER_UNKNOWN, COMBINATION_UNFIT. */
  create: oc.route({ method: 'POST', path: '/plans' }).input(planWishSchema).output(planViewSchema),
  /** Newest first. */
  list: oc
    .route({ method: 'GET', path: '/plans' })
    .input(z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }))
    .output(z.array(planViewSchema)),
  templates: oc.route({ method: 'GET', path: '/plans/templates' }).output(z.array(templateViewSchema)),
  /** Oldest first, those that are off too. */
  schedules: oc.route({ method: 'GET', path: '/plans/schedules' }).output(z.array(scheduleViewSchema)),
  /**
   * Has plans made by themselves at set times; the schedule that is named gets other terms, and is switched on. Throws CRON_INVALID,
   * TIMEZONE_UNKNOWN, SCHEDULE_UNKNOWN, SCHEDULE_NEVER_DUE, and what `create` throws.
   */
  schedule: oc
    .route({ method: 'POST', path: '/plans/schedules' })
    .input(scheduleTermsSchema.extend({ scheduleId: z.string().optional() }))
    .output(scheduleViewSchema),
  /** Switches a schedule off. Throws SCHEDULE_UNKNOWN, SCHEDULE_OFF. */
  unschedule: oc
    .route({ method: 'POST', path: '/plans/schedules/{scheduleId}/off' })
    .input(oneSchedule.extend({ reason: z.string().trim().min(1).max(200).default('Switched off by the trader') }))
    .output(scheduleViewSchema),
  get: oc.route({ method: 'GET', path: '/plans/{planId}' }).input(one).output(planViewSchema),
  /** Has a draft begin. */
  start: oc.route({ method: 'POST', path: '/plans/{planId}/start' }).input(one).output(planViewSchema),
  /** Casts the trader's ballot; until the deadline the last one counts. Throws NOTHING_TO_VOTE_ON. */
  vote: oc
    .route({ method: 'POST', path: '/plans/{planId}/ballots' })
    .input(one.extend({ ballot: traderBallotSchema }))
    .output(keptBallotSchema),
  /** The conflicts of a plan, oldest first: those that were raised, and those that the desk found by itself. */
  conflicts: oc
    .route({ method: 'GET', path: '/plans/{planId}/conflicts' })
    .input(one)
    .output(z.array(planConflictSchema)),
  /** One of them. Throws CONFLICT_UNKNOWN. */
  conflict: oc
    .route({ method: 'GET', path: '/plans/{planId}/conflicts/{conflictId}' })
    .input(one.extend({ conflictId: z.string() }))
    .output(planConflictSchema),
  /**
   * Raises a conflict over what is put to the vote: it is negotiated, mediated, voted on again, and goes to the trader where that
   * settles nothing. Answers when that is over. Throws NOTHING_TO_RESOLVE, RUN_DECIDED.
   */
  resolveConflict: oc
    .route({ method: 'POST', path: '/plans/{planId}/conflicts' })
    .input(one.extend(raisedConflictSchema.shape))
    .output(planConflictSchema),
  /** Has the trader's own proposal compete for the vote. Throws NOTHING_TO_RESOLVE, RUN_DECIDED, PROPOSAL_INVALID. */
  addProposal: oc
    .route({ method: 'POST', path: '/plans/{planId}/proposals' })
    .input(one.extend(traderProposalSchema.shape))
    .output(proposalSchema),
  /** What those who take part share, as it is now. */
  context: oc.route({ method: 'GET', path: '/plans/{planId}/context' }).input(one).output(planContextSchema),
  cancel: oc
    .route({ method: 'POST', path: '/plans/{planId}/cancel' })
    .input(one.extend({ reason: z.string().trim().min(1) }))
    .output(planViewSchema),
}
