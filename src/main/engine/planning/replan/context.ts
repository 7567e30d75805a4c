import type { CausalStep } from '#engine/planning/causal/links.ts'
import {
  type Alternative,
  byNeeds,
  factsNow,
  type MonitoredPlan,
  type PlanGoal,
} from '#engine/planning/monitor/plan.ts'
import { type ExecutionTrace, isDone } from '#engine/planning/monitor/trace.ts'
import { isFinalStep, type Step } from '#shared/domain/plan.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** What a plan is worth, in USD. */
export interface ReplanWorth {
  /** What a second is worth. */
  readonly usdPerSecond: number
  /** What it costs to add, replace or drop a step: how much a plan is to be left as it is. */
  readonly usdPerChange: number
  /** A new plan is taken only when it is worth so much more. */
  readonly leastGainUsd: number
}

/** A plan made afresh from the facts as they are: its steps and what they need and make true, in an order in which they can be done. */
export interface FreshPlan {
  readonly steps: readonly Step[]
  readonly causes: readonly CausalStep[]
}

/** All that `replan` goes by. */
export interface ReplanContext {
  readonly situation: MonitoredPlan
  readonly trace: ExecutionTrace
  /** Epoch milliseconds. */
  readonly now: number
  readonly worth: ReplanWorth
  /** Probability of success by step, retries included; a step that is not named counts as certain. */
  readonly successRates: Readonly<Record<string, number>>
  /** How often the plan was changed before, and how often it may be. */
  readonly replans: { readonly done: number; readonly most: number }
  /** Plans afresh for the goals; undefined when there is no plan, left out when nobody can. Its ids are new. */
  readonly planAfresh?: (facts: ReadonlySet<string>, goals: readonly string[]) => FreshPlan | undefined
  /** SHA-256 of a text, for the plan's hash. */
  readonly sha256: (text: string) => string
}

/** What there is to build a plan of, from where the run is. */
export interface Workshop {
  readonly facts: ReadonlySet<string>
  readonly finished: readonly Step[]
  readonly running: ReadonlySet<string>
  /** What has not ended, in an order in which it can be done. */
  readonly left: readonly CausalStep[]
  readonly goals: readonly PlanGoal[]
  readonly stepOf: ReadonlyMap<string, Step>
  readonly causesOf: ReadonlyMap<string, CausalStep>
  readonly alternativeOf: ReadonlyMap<string, Alternative>
  /** The steps that must come before each step. */
  readonly earlier: ReadonlyMap<string, ReadonlySet<string>>
}

/**
 * The context with every step that was skipped for want of something, or cancelled before it began, taken as one that has
 * not begun: there is nothing of it to change.
 */
export function reopen(context: ReplanContext): ReplanContext {
  const { situation, trace } = context
  const facts = factsNow(situation, trace)
  const causesOf = new Map(situation.causal.steps.map((step) => [step.id, step]))
  const steps = trace.steps.map((step) => {
    const { id, state, attempts } = step
    if (!isFinalStep(state) || attempts.length > 0) return step
    const missesSomething = causesOf.get(id)?.preconditions.some((fact) => !facts.has(fact)) === true
    if (state !== 'cancelled' && !missesSomething) return step
    return { ...step, state: 'pending' as const, endedAt: null, usd: 0, reason: null }
  })
  return { ...context, trace: { ...trace, steps } }
}

/** Lays out what there is. Throws REPLAN_INVALID for an alternative whose id is taken or differs from that of its causes. */
export function openWorkshop({ situation, trace }: ReplanContext): Workshop {
  const { plan, causal, alternatives } = situation
  const stepOf = new Map(plan.steps.map((step) => [step.id, step]))
  const causesOf = new Map(causal.steps.map((step) => [step.id, step]))
  const alternativeOf = new Map<string, Alternative>()
  for (const alternative of alternatives) {
    const { step, causes } = alternative
    if (stepOf.has(step.id) || causes.id !== step.id) {
      throw new ParleyError('REPLAN_INVALID', `The alternative "${step.id}" has an id that is taken, or two of them.`)
    }
    stepOf.set(step.id, step)
    causesOf.set(step.id, causes)
    alternativeOf.set(step.id, alternative)
  }
  const states = new Map(trace.steps.map(({ id, state }) => [id, state]))
  const finished = plan.steps.filter(({ id }) => isFinalStep(states.get(id) ?? 'pending'))
  const over = new Set(finished.map(({ id }) => id))
  const earlier = precedence(plan.steps, alternatives)
  return {
    facts: factsNow(situation, trace),
    finished,
    running: new Set(trace.steps.filter(({ state }) => state === 'running' || state === 'waiting').map(({ id }) => id)),
    left: inOrder(
      causal.steps.filter(({ id }) => !over.has(id)),
      earlier,
    ),
    goals: goalsLeft(situation, trace),
    stepOf,
    causesOf,
    alternativeOf,
    earlier,
  }
}

/** The goals that still matter: an optional one whose step failed only while some step that waited for it has not begun. */
function goalsLeft({ goals, newGoals, causal, plan }: MonitoredPlan, trace: ExecutionTrace): PlanGoal[] {
  const traces = new Map(trace.steps.map((step) => [step.id, step]))
  const all = [...goals, ...newGoals.filter(({ fact }) => !goals.some((goal) => goal.fact === fact))]
  return all.filter(({ fact, required }) => {
    const makers = causal.steps.filter(({ adds }) => adds.includes(fact)).map(({ id }) => id)
    const lost = makers.filter((id) => {
      const trace = traces.get(id)
      return trace !== undefined && isFinalStep(trace.state) && !isDone(trace)
    })
    if (required || makers.length === 0 || lost.length < makers.length) return true
    return plan.steps.some(
      ({ id, needs }) => traces.get(id)?.state === 'pending' && needs.some((need) => lost.includes(need)),
    )
  })
}

/** Who must come before whom, by the needs of the plan; an alternative takes the place of the step it stands in for. */
function precedence(steps: readonly Step[], alternatives: readonly Alternative[]): Map<string, ReadonlySet<string>> {
  const earlier = new Map<string, Set<string>>()
  const standIns = new Map<string, string[]>()
  for (const { step, instead } of alternatives) {
    if (instead !== null) standIns.set(instead, [...(standIns.get(instead) ?? []), step.id])
  }
  const reach = (needs: readonly string[]) => {
    const all = new Set<string>()
    for (const need of needs) {
      for (const id of [need, ...(standIns.get(need) ?? []), ...(earlier.get(need) ?? [])]) all.add(id)
    }
    return all
  }
  for (const step of byNeeds(steps)) earlier.set(step.id, reach(step.needs))
  for (const { step, instead } of alternatives) {
    earlier.set(step.id, reach([...step.needs, ...(instead === null ? [] : (earlier.get(instead) ?? []))]))
  }
  return earlier
}

/** The steps so that each comes after those that must be before it, otherwise in the order given. */
function inOrder(steps: readonly CausalStep[], earlier: ReadonlyMap<string, ReadonlySet<string>>): CausalStep[] {
  const ordered: CausalStep[] = []
  let left = [...steps]
  while (left.length > 0) {
    const next = left.find(
      ({ id }) => !left.some((other) => other.id !== id && earlier.get(id)?.has(other.id) === true),
    )
    if (next === undefined) throw new ParleyError('REPLAN_INVALID', 'The needs of the plan lead to a circle.')
    ordered.push(next)
    left = left.filter((step) => step !== next)
  }
  return ordered
}
