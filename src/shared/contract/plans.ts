import { oc } from '@orpc/contract'
import { z } from 'zod'
import { collaborativePlanSchema } from '#shared/domain/collaborative-plan.ts'
import { planConflictSchema, raisedConflictSchema } from '#shared/domain/conflict.ts'
import { decimalSchema } from '#shared/domain/decimal.ts'
import { evidenceSchema } from '#shared/domain/evidence.ts'
import { insightSchema } from '#shared/domain/insight.ts'
import { planTemplateSchema } from '#shared/domain/plan-template.ts'
import { planWishSchema } from '#shared/domain/plan-wish.ts'
import { proposalSchema } from '#shared/domain/proposal.ts'
import { scheduleSchema, scheduleTermsSchema } from '#shared/domain/schedule.ts'
import { keptBallotSchema, traderBallotSchema } from '#shared/domain/trader-ballot.ts'
import { traderProposalSchema } from '#shared/domain/trader-proposal.ts'

const one = z.object({ planId: z.string() })

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
