import type { CausalPlan, CausalStep } from '#engine/planning/causal/links.ts'
import type { Plan, Step } from '#shared/domain/plan.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { type ExecutionTrace, isDone } from './trace.ts'

/** Something that could be done and is not in the plan. */
export interface Alternative {
  /** Its id is not in the plan. */
  readonly step: Step
  /** What it needs and makes true; the same id. */
  readonly causes: CausalStep
  /** The step whose work it can do; null when it is there for its facts alone. */
  readonly instead: string | null
}

/** A fact that the plan is for. */
export interface PlanGoal {
  readonly fact: string
  /** What it is worth to have it, in USD. */
  readonly worthUsd: number
  /** Whether the plan has failed without it. */
  readonly required: boolean
}

/** A plan under way and what is known besides its trace. */
export interface MonitoredPlan {
  readonly plan: Plan
  /** What the plan's steps need and make true, all of them, in an order in which they can be done. */
  readonly causal: CausalPlan
  readonly goals: readonly PlanGoal[]
  /** Goals that were asked for after the plan was made. */
  readonly newGoals: readonly PlanGoal[]
  readonly alternatives: readonly Alternative[]
  /** The facts that were seen to hold; null when nobody looked, and the steps are believed. */
  readonly facts: readonly string[] | null
  /** When it shall be over, in epoch milliseconds; null when it may take its time. */
  readonly deadlineAt: number | null
  /** Failed steps that need no further answer. */
  readonly answered: readonly string[]
  /** When it was last looked at as a matter of course, in epoch milliseconds. */
  readonly lookedAt: number
}

/** What it is worth to have a step done, in USD. */
export interface GoalWorth {
  readonly required: number
  readonly optional: Readonly<Record<Step['priority'], number>>
}

/** The situation of a plan about whose steps no more is known than which need which, as it begins. */
export function situationOf(plan: Plan, worth: GoalWorth, now: number): MonitoredPlan {
  return {
    plan,
    causal: causalOfNeeds(plan),
    goals: plan.steps.map(({ id, optional, priority }) => ({
      fact: doneFact(id),
      worthUsd: optional ? worth.optional[priority] : worth.required,
      required: !optional,
    })),
    newGoals: [],
    alternatives: [],
    facts: null,
    deadlineAt: null,
    answered: [],
    lookedAt: now,
  }
}

/**
 * The causal shape of a plan that knows only needs: each step makes it true that it is done, and misses what a required
 * step did not do, also when only optional steps lie between (as the executor has it). The goals are that the required
 * steps are done. Throws PLAN_INVALID for needs in a circle.
 */
export function causalOfNeeds(plan: Plan): CausalPlan {
  const byId = new Map(plan.steps.map((step) => [step.id, step]))
  const demands = new Map<string, ReadonlySet<string>>()
  const steps = byNeeds(plan.steps).map((step): CausalStep => {
    const preconditions = new Set<string>()
    for (const need of step.needs) {
      if (byId.get(need)?.optional === false) preconditions.add(doneFact(need))
      else for (const fact of demands.get(need) ?? []) preconditions.add(fact)
    }
    demands.set(step.id, preconditions)
    return { id: step.id, name: step.id, preconditions: [...preconditions], adds: [doneFact(step.id)], deletes: [] }
  })
  const goals = plan.steps.filter(({ optional }) => !optional).map(({ id }) => doneFact(id))
  return { start: [], steps, goals }
}

/** Another way to do a step of the plan: it needs and makes true what that one does. Throws REPLAN_INVALID without that step. */
export function alternativeTo(causal: CausalPlan, instead: string, step: Step): Alternative {
  const replaced = causal.steps.find(({ id }) => id === instead)
  if (replaced === undefined) {
    throw new ParleyError('REPLAN_INVALID', `"${step.id}" cannot stand in for "${instead}", which is not in the plan.`)
  }
  return { step, instead, causes: { ...replaced, id: step.id, name: step.id } }
}

/** The facts that hold now: those that were seen, or else what the steps that are done have made of the first ones. */
export function factsNow(
  { causal, facts }: Pick<MonitoredPlan, 'causal' | 'facts'>,
  trace: ExecutionTrace,
): Set<string> {
  return facts === null ? factsAfter(causal, doneInOrder(trace)) : new Set(facts)
}

/** The facts after the given steps of the plan, in the order in which they are given. */
export function factsAfter(causal: CausalPlan, done: readonly string[]): Set<string> {
  const byId = new Map(causal.steps.map((step) => [step.id, step]))
  const facts = new Set(causal.start)
  for (const id of done) applyStep(facts, byId.get(id))
  return facts
}

/** Lets a step change the facts: it deletes, then it adds. */
export function applyStep(facts: Set<string>, step: CausalStep | undefined): void {
  for (const fact of step?.deletes ?? []) facts.delete(fact)
  for (const fact of step?.adds ?? []) facts.add(fact)
}

/** The steps so that each comes after all it needs, otherwise in the order given. Throws PLAN_INVALID for a circle. */
export function byNeeds(steps: readonly Step[]): Step[] {
  const ids = new Set(steps.map(({ id }) => id))
  const placed = new Set<string>()
  const ordered: Step[] = []
  let left = [...steps]
  while (left.length > 0) {
    const stuck: Step[] = []
    for (const step of left) {
      if (step.needs.some((need) => ids.has(need) && !placed.has(need))) stuck.push(step)
      else {
        placed.add(step.id)
        ordered.push(step)
      }
    }
    if (stuck.length === left.length) {
      throw new ParleyError('PLAN_INVALID', `The needs of step "${stuck[0]?.id}" lead to a circle.`)
    }
    left = stuck
  }
  return ordered
}

function doneInOrder(trace: ExecutionTrace): string[] {
  return trace.steps
    .filter(isDone)
    .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
    .map(({ id }) => id)
}

function doneFact(id: string): string {
  return `${id} done`
}
