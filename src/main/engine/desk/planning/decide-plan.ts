import type { SeatModels } from '#engine/agents/models/seat-model.ts'
import { type CausalPlan, dependencies } from '#engine/planning/causal/links.ts'
import { causalPlan } from '#engine/planning/causal/plan.ts'
import { decompose, type PlannedStep, type PlanningProblem } from '#engine/planning/htn/decompose.ts'
import { task } from '#engine/planning/htn/network.ts'
import { type PlanSchedule, planSchedule } from '#engine/planning/schedule/plan.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import { planHash } from '#engine/tasks/plan-hash.ts'
import type { Seat } from '#shared/domain/agent.ts'
import type { Purpose } from '#shared/domain/collaboration.ts'
import type { ModelUse } from '#shared/domain/model.ts'
import type { Plan, Step } from '#shared/domain/plan.ts'
import type { PlanningConfig } from '#shared/domain/profile.ts'
import type { Goal } from '#shared/domain/run.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { type DecideTerms, decideDomain, decideGoals, deskStep, nothingYet, researchSlots } from './decide-domain.ts'
import { decideTerms, profileFor } from './decide-terms.ts'
import { type EstimateOf, withEstimates } from './estimates.ts'
import { stepReasons } from './step-reasons.ts'

/** A decision made as a plan, with the schedule that says in which order its steps matter. */
export interface DecidePlan {
  readonly plan: Plan
  readonly schedule: PlanSchedule
  /** What each step needs and makes true: what the plan's order was read off. */
  readonly causal: CausalPlan
}

/**
 * Decomposes "decide on this instrument" by the methods of decide-domain.ts into steps, reads off what they need which of
 * them wait for which, and schedules them. The goal may leave tasks out and say how many run at once.
 * What was learned of a task takes the place of its configured estimate. Throws
 * PLAN_NOT_FOUND with the task, the condition and the method that it failed at, and TASK_NOT_OPTIONAL.
 */
export function decidePlan(
  id: string,
  goal: Goal,
  config: PlanningConfig,
  sha256: Sha256,
  { models = new Map(), estimateOf }: { readonly models?: SeatModels; readonly estimateOf?: EstimateOf } = {},
): DecidePlan {
  const terms = withEstimates(decideTerms(goal, config), estimateOf)
  const { steps: planned, causal } = decomposed(terms)
  const steps = planned.map((step) => withModel(step, models))
  const profile = profileFor(goal, config)
  const slots = config.enabled ? (goal.slots ?? profile.parallel) : 1
  const schedule = planSchedule(
    steps.map((step) => ({
      id: step.id,
      needs: step.needs,
      seconds: step.estimate.seconds,
      slots: step.slots[researchSlots] ?? 0,
    })),
    { slots },
  )
  const plan: Plan = {
    id,
    goal: `${purposeWords[goal.collaboration?.purpose ?? 'decide']} ${goal.instrument}`,
    hash: planHash(steps, sha256),
    steps,
    slots: { [researchSlots]: slots },
    costLimitUsd: profile.costLimitUsd,
    estimate: {
      usd: cents(steps.reduce((total, step) => total + step.estimate.usd, 0)),
      seconds: {
        sequential: schedule.sequentialSeconds,
        parallel: schedule.makespanSeconds,
        lowerBound: schedule.lowerBoundSeconds,
      },
      speedup: schedule.speedup,
    },
    starts: Object.fromEntries(schedule.starts),
    levels: schedule.levels.map((level) => [...level]),
    causes: {
      goals: [...causal.goals],
      steps: causal.steps.map(({ id, preconditions, adds }) => ({ id, needs: [...preconditions], gives: [...adds] })),
    },
    reasons: stepReasons(causal, steps),
  }
  return { plan, schedule, causal }
}

/** What a plan is for, before the name of its instrument. */
const purposeWords: Readonly<Record<Purpose, string>> = {
  decide: 'Decide on',
  exit: 'Get out of',
  mitigate: 'Bring down the risk of',
  review: 'Look back at',
  rebalance: 'Rebalance, beginning with',
  shift: 'Bring to its weight',
}

/** The use that a seat's model has in a step of each kind. */
const modelUseOf: Readonly<Record<string, ModelUse>> = { argue: 'words', assess: 'ballot' }

/** The step with the most that its seat's language model can cost and take. */
function withModel(step: Step, models: SeatModels): Step {
  const given = models.get(step.owner as Seat)
  const use = modelUseOf[step.action]
  if (given === undefined || use === undefined || !given.uses.includes(use)) return step
  const { seconds, usd } = step.estimate
  return { ...step, estimate: { seconds, usd: usd + given.model.mostUsd } }
}

/** Sums of prices in USD, to a hundredth of a cent. */
function cents(usd: number): number {
  return Math.round(usd * 10_000) / 10_000
}

function decomposed(terms: DecideTerms): { readonly steps: Step[]; readonly causal: CausalPlan } {
  const problem: PlanningProblem<DecideTerms> = {
    domain: decideDomain,
    state: nothingYet,
    todo: [task('decide on', terms.instrument)],
    profile: terms,
  }
  const found = decompose(problem)
  if (found.status !== 'solved') {
    const [failure] = found.failures
    throw new ParleyError(
      'PLAN_NOT_FOUND',
      `There is no plan to decide on ${terms.instrument}. ${failure?.message ?? ''}`,
      {
        details: { failures: found.failures },
        wayOut: `Correct planning.yaml; the tasks that it defines are ${Object.keys(terms.tasks).join(', ')}.`,
      },
    )
  }
  const planned = found.steps.flatMap((step): { planned: PlannedStep; step: Omit<Step, 'needs'> }[] => {
    const made = deskStep(step.operator, step.args, terms)
    return made === undefined ? [] : [{ planned: { ...step, id: made.id }, step: made }]
  })
  const causes = causalPlan(
    problem,
    planned.map((one) => one.planned),
    decideGoals(terms),
  )
  const waits = dependencies(causes)
  const steps = planned.map(({ step }): Step => ({ ...step, needs: [...(waits.get(step.id) ?? [])] }))
  const titles = new Map(planned.map(({ step }) => [step.id, nameOf(step)]))
  return {
    steps,
    causal: { ...causes, steps: causes.steps.map((step) => ({ ...step, name: titles.get(step.id) ?? step.id })) },
  }
}

/** What people call a step; of those that are alike, each by its owner too. */
function nameOf({ title, action, owner }: Pick<Step, 'title' | 'action' | 'owner'>): string {
  return action === 'argue' || title === 'Vote' ? `${title} (${owner})` : title
}
