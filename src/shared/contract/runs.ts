import { oc } from '@orpc/contract'
import { z } from 'zod'
import { ballotSchema } from '#shared/domain/ballot.ts'
import { consensusPolicySchema } from '#shared/domain/consensus-policy.ts'
import { decisionSchema } from '#shared/domain/decision.ts'
import { evidenceSchema } from '#shared/domain/evidence.ts'
import { messageSchema } from '#shared/domain/message.ts'
import { learnedTaskSchema, runMonitorSchema } from '#shared/domain/monitoring.ts'
import { outcomeSchema } from '#shared/domain/outcome.ts'
import { planChoicesSchema } from '#shared/domain/plan-choice.ts'
import { proposalSchema } from '#shared/domain/proposal.ts'
import { goalSchema, runSchema, runSummarySchema } from '#shared/domain/run.ts'
import { tallySchema } from '#shared/domain/tally.ts'

const one = z.object({ runId: z.string() })

export const runsContract = {
  /** Starts deciding on an instrument and answers at once; what is left out comes from the settings. */
  start: oc
    .route({ method: 'POST', path: '/runs' })
    .input(goalSchema.partial({ profile: true, policy: true }))
    .output(runSummarySchema),
  /** The ways to carry out a decision on a goal; a run is started with one by its `leaveOut` and `slots`. */
  choices: oc
    .route({ method: 'GET', path: '/choices' })
    .input(goalSchema.pick({ instrument: true, profile: true }).partial({ profile: true }))
    .output(planChoicesSchema),
  list: oc
    .route({ method: 'GET', path: '/runs' })
    .input(z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }))
    .output(z.array(runSummarySchema)),
  get: oc.route({ method: 'GET', path: '/runs/{runId}' }).input(one).output(runSchema),
  cancel: oc
    .route({ method: 'POST', path: '/runs/{runId}/cancel' })
    .input(one.extend({ reason: z.string().min(1) }))
    .output(runSummarySchema),
  /** Throws REVIEW_BLIND_FIRST while the trader is to judge the decision before it is told what was said (HO-10). */
  messages: oc
    .route({ method: 'GET', path: '/runs/{runId}/messages' })
    .input(one.extend({ after: z.string().optional(), limit: z.coerce.number().int().min(1).max(2_000).default(500) }))
    .output(z.array(messageSchema)),
  evidence: oc.route({ method: 'GET', path: '/runs/{runId}/evidence' }).input(one).output(z.array(evidenceSchema)),
  /** Begins nothing more of a run until it is resumed; what is under way comes to its end. */
  pause: oc
    .route({ method: 'POST', path: '/runs/{runId}/pause' })
    .input(one.extend({ reason: z.string().min(1) }))
    .output(runSummarySchema),
  resume: oc.route({ method: 'POST', path: '/runs/{runId}/resume' }).input(one).output(runSummarySchema),
  /** Adds a research task to a run under way: its plan is changed for it, or it is said why not. */
  addResearch: oc
    .route({ method: 'POST', path: '/runs/{runId}/research' })
    .input(one.extend({ task: z.string().min(1) }))
    .output(runSummarySchema),
  /**
   * How a run has gone otherwise than planned, what was changed for it, how it was called out, when it will end, and which of
   * its goals were missed and why.
   */
  monitor: oc.route({ method: 'GET', path: '/runs/{runId}/monitor' }).input(one).output(runMonitorSchema),
  /** What the desk has learned of its research tasks: how long they take, what they cost, how often they succeed. */
  estimates: oc.route({ method: 'GET', path: '/estimates' }).output(z.array(learnedTaskSchema)),
  vote: oc
    .route({ method: 'GET', path: '/runs/{runId}/vote' })
    .input(one)
    .output(
      z.object({
        /** How the votes are counted. */
        policy: consensusPolicySchema,
        /** True while the trader is to judge the decision before the votes are told (HO-10): the rest is then empty. */
        isBlind: z.boolean(),
        proposals: z.array(proposalSchema),
        ballots: z.array(ballotSchema),
        tally: tallySchema.nullable(),
        decision: decisionSchema.nullable(),
        outcome: outcomeSchema.nullable(),
      }),
    ),
}
