import { type PlanSchedule, planSchedule } from '#engine/planning/schedule-plan.ts'
import type { Sha256 } from '#engine/ports.ts'
import type { Seat } from '#shared/domain/agent.ts'
import type { Plan, Step } from '#shared/domain/plan.ts'
import type { PlanningConfig, Profile } from '#shared/domain/profile.ts'
import type { Goal } from '#shared/domain/run.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** The seats that vote on a proposal; the risk manager has spoken before them, since it sets the size. */
export const voters = [
  'analyst',
  'bull',
  'bear',
  'strategist',
  'optimizer',
  'privacy',
  'executor',
  'evaluator',
] as const

/** A decision made as a plan, with the schedule that says in which order its steps matter. */
export interface DecidePlan {
  readonly plan: Plan
  readonly schedule: PlanSchedule
}

const agentTimeoutMs = 20_000
/** Research waits for slots; what agents think does not. */
const pools = { research: 'research' } as const

/**
 * Decomposes "decide on this instrument" into steps: research as the profile wants it, validation, analysis, the debate
 * in rounds, proposals, risk, the vote, and carrying out. Throws PROFILE_UNKNOWN_TASK.
 */
export function decidePlan(id: string, goal: Goal, config: PlanningConfig, sha256: Sha256): DecidePlan {
  const profile = config.profiles[goal.profile]
  const tasks = profile.tasks.filter((name) => profile.optionalTasks || config.tasks[name]?.optional !== true)
  const research = tasks.map((name) => researchStep(name, tasks, config))
  const steps: Step[] = [
    ...research,
    ...deliberation(
      profile,
      research.map(({ id: step }) => step),
    ),
  ]
  const schedule = planSchedule(
    steps.map((step) => ({
      id: step.id,
      needs: step.needs,
      seconds: step.estimate.seconds,
      slots: step.slots[pools.research] ?? 0,
    })),
    { slots: profile.parallel },
  )
  const plan: Plan = {
    id,
    goal: `Decide on ${goal.instrument}`,
    hash: sha256(canonicalJson(steps)),
    steps,
    slots: { [pools.research]: profile.parallel },
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
  }
  return { plan, schedule }
}

/** Sums of prices in USD, to a hundredth of a cent. */
function cents(usd: number): number {
  return Math.round(usd * 10_000) / 10_000
}

function researchStep(name: string, tasks: readonly string[], config: PlanningConfig): Step {
  const task = config.tasks[name]
  if (task === undefined) {
    throw new ParleyError(
      'PROFILE_UNKNOWN_TASK',
      `A profile wants the research task "${name}", which is not defined.`,
      {
        wayOut: `Define it under tasks in planning.yaml, or choose from ${Object.keys(config.tasks).join(', ')}.`,
      },
    )
  }
  return {
    id: name,
    title: task.title,
    owner: 'researcher' satisfies Seat,
    action: 'research',
    needs: task.after.filter((needed) => tasks.includes(needed)),
    priority: task.priority,
    // A task that fails leaves its evidence unavailable; what that means is for the validator to say.
    optional: true,
    sources: task.sources,
    estimate: task.estimate,
    timeoutMs: task.timeoutSeconds * 1_000,
    retries: task.retries,
    slots: { [pools.research]: 1 },
  }
}

function deliberation(profile: Profile, research: readonly string[]): Step[] {
  const steps: Step[] = []
  const add = (id: string, title: string, owner: Seat, action: string, needs: readonly string[], optional = false) => {
    steps.push({
      id,
      title,
      owner,
      action,
      needs: [...needs],
      priority: 'critical',
      optional,
      sources: [],
      estimate: { seconds: 0, usd: 0 },
      timeoutMs: agentTimeoutMs,
      retries: 0,
      slots: {},
    })
    return id
  }
  const validated = add('validate', 'Validate the dossier', 'validator', 'validate', research)
  const analysed = add('analyse', 'Analyse the market', 'analyst', 'analyse', [validated], true)
  let said: string[] = [analysed]
  for (let round = 1; round <= profile.debateRounds; round++) {
    // The two sides of a round are heard at the same time; each answers what was said in the round before.
    said = (['bull', 'bear'] as const).map((side) =>
      add(`debate-${round}-${side}`, `Debate, round ${round}`, side, 'argue', said, true),
    )
  }
  const proposed = add('propose', 'Propose', 'strategist', 'propose', [analysed, ...said])
  const sized = add('risk', 'Measure and size the risk', 'risk', 'assess', [proposed], true)
  const assessed = voters.map((seat) => add(`ballot-${seat}`, 'Vote', seat, 'assess', [sized], true))
  const decided = add('decide', 'Count the votes', 'planner', 'decide', [sized, ...assessed])
  const reviewed = add('review', 'Ask the trader where it must', 'planner', 'review', [decided])
  const executed = add('execute', 'Carry it out', 'executor', 'execute', [reviewed])
  add('evaluate', 'Measure the outcome', 'evaluator', 'evaluate', [executed], true)
  return steps.map((step) => ({ ...step, timeoutMs: ownTimeoutMs[step.id] ?? step.timeoutMs }))
}

const ownTimeoutMs: Readonly<Record<string, number>> = {
  // A market order is filled within seconds; what is not by then is left to the order's own life.
  execute: 60_000,
  // Reviews expire by themselves, the longest after a day.
  review: 2 * 86_400_000,
}
