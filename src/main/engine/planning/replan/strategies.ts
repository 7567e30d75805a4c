import type { CausalStep } from '#engine/planning/causal/links.ts'
import { applyStep } from '#engine/planning/monitor/plan.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { type BuiltPlan, buildPlan, type Draft } from './build.ts'
import type { ReplanContext, Workshop } from './context.ts'
import { type RepairProblem, repairSteps } from './search.ts'
import { type PlanValue, planValue } from './value.ts'

/** How a plan is changed, the least disturbing first. */
export const replanStrategies = ['repair', 'opportunistic', 'continuation', 'full'] as const
export type ReplanStrategy = (typeof replanStrategies)[number]

/** One way to go on. */
export interface Candidate {
  readonly strategy: ReplanStrategy
  readonly draft: Draft
  readonly built: BuiltPlan
  readonly value: PlanValue
  /** Steps added or dropped; one that stands in for another counts once. */
  readonly changes: number
}

/** Everything that could be done now, strategy by strategy. */
export function candidatesOf(context: ReplanContext, workshop: Workshop): readonly Candidate[] {
  return [
    ...repairs(context, workshop),
    ...opportunistic(context, workshop),
    continuation(context, workshop),
    ...full(context, workshop),
  ]
}

/** As few steps changed as can be: for all goals, and for the required ones alone; then lightened while that is worth it. */
function repairs(context: ReplanContext, workshop: Workshop): Candidate[] {
  const { goals, left } = workshop
  const pool = poolOf(workshop, (id) => workshop.alternativeOf.has(id))
  const required = goals.filter((goal) => goal.required)
  const wanted = required.length < goals.length ? [goals, required] : [goals]
  const repaired = wanted.map(
    (some) => repairSteps(problemOf(workshop, { steps: left, pool, goals: some, changes: 'few' })).steps,
  )
  return repaired
    .filter((steps, index) => repaired.findIndex((other) => isSame(other, steps)) === index)
    .map((steps) => {
      const one = candidate(context, workshop, 'repair', steps)
      return improve(one, (best) => optionalDrops(context, workshop, best), context, workshop)
    })
}

function isSame(a: readonly CausalStep[], b: readonly CausalStep[]): boolean {
  return a.length === b.length && a.every((step, at) => step === b[at])
}

/** From where the run is, the cheapest steps for the goals: finished and running ones stay, all others may go. */
function continuation(context: ReplanContext, workshop: Workshop): Candidate {
  const { goals, left, running } = workshop
  const steps = left.filter(({ id }) => running.has(id))
  const pool = poolOf(workshop, (id) => !running.has(id))
  const repaired = repairSteps(problemOf(workshop, { steps, pool, goals, changes: 'free' }))
  return candidate(context, workshop, 'continuation', repaired.steps)
}

/** The plan as it is, with whatever is better worth it put in the place of steps that have not begun, or with these left out. */
function opportunistic(context: ReplanContext, workshop: Workshop): Candidate[] {
  const { left } = workshop
  const now = candidate(context, workshop, 'opportunistic', left)
  const moves = (best: Candidate) => [...swaps(workshop, best.draft.left), ...idleDrops(workshop, best.draft.left)]
  const better = improve(now, moves, context, workshop)
  return better === now ? [] : [better]
}

/** What a planner makes of the goals afresh, from the facts as they will be when what runs has ended. */
function full(context: ReplanContext, workshop: Workshop): Candidate[] {
  const { left, running, goals, facts } = workshop
  const under = left.filter(({ id }) => running.has(id))
  const later = new Set(facts)
  for (const step of under) applyStep(later, step)
  const fresh = context.planAfresh?.(
    later,
    goals.map(({ fact }) => fact),
  )
  if (fresh === undefined) return []
  const stepOf = new Map(workshop.stepOf)
  for (const step of fresh.steps) {
    if (stepOf.has(step.id))
      throw new ParleyError('REPLAN_INVALID', `The fresh plan has a step "${step.id}", an id that is taken.`)
    stepOf.set(step.id, step)
  }
  const afresh = [...under, ...fresh.causes]
  return isSound(workshop, afresh) ? [candidate(context, { ...workshop, stepOf }, 'full', afresh)] : []
}

function candidate(
  context: ReplanContext,
  workshop: Workshop,
  strategy: ReplanStrategy,
  left: readonly CausalStep[],
): Candidate {
  const facts = new Set(workshop.facts)
  for (const step of left) applyStep(facts, step)
  const gaveUp = workshop.goals.map(({ fact }) => fact).filter((fact) => !facts.has(fact))
  const draft: Draft = { left, standIns: standInsOf(workshop, left), gaveUp }
  const built = buildPlan(context, workshop, draft)
  const changes = changesOf(workshop, draft)
  return { strategy, draft, built, changes, value: planValue(context, workshop, left, built.plan, changes) }
}

/** An alternative stands in for its step when that one is not there, and it is the first of those that are. */
function standInsOf({ alternativeOf, finished }: Workshop, left: readonly CausalStep[]): Map<string, string> {
  const ids = new Set(left.map(({ id }) => id))
  const over = new Set(finished.map(({ id }) => id))
  const standIns = new Map<string, string>()
  for (const { id } of left) {
    const instead = alternativeOf.get(id)?.instead
    if (instead === null || instead === undefined || standIns.has(instead)) continue
    if (over.has(instead) || !ids.has(instead)) standIns.set(instead, id)
  }
  return standIns
}

function changesOf(workshop: Workshop, { left, standIns }: Draft): number {
  const before = new Set(workshop.left.map(({ id }) => id))
  const after = new Set(left.map(({ id }) => id))
  const added = [...after].filter((id) => !before.has(id)).length
  const dropped = [...before].filter((id) => !after.has(id) && !standIns.has(id)).length
  return added + dropped
}

/** Takes the best of the moves as long as one makes the plan worth more. */
function improve(
  first: Candidate,
  movesOf: (best: Candidate) => readonly (readonly CausalStep[])[],
  context: ReplanContext,
  workshop: Workshop,
): Candidate {
  let best = first
  for (;;) {
    const next = movesOf(best)
      .map((left) => candidate(context, workshop, best.strategy, left))
      .filter(({ draft }) => requiredLost(workshop, draft.gaveUp) <= requiredLost(workshop, best.draft.gaveUp))
      .reduce((a, b) => (b.value.usd > a.value.usd + 1e-9 ? b : a), best)
    if (next === best) return best
    best = next
  }
}

function requiredLost({ goals }: Workshop, gaveUp: readonly string[]): number {
  return goals.filter(({ fact, required }) => required && gaveUp.includes(fact)).length
}

/**
 * The plan without one of its optional steps, where all others can be done all the same. As long as deadline and cost limit
 * are kept, leaving a step out saves no more than its cost and its own duration, so most need not be tried.
 */
function optionalDrops(
  { worth }: ReplanContext,
  workshop: Workshop,
  { draft, value }: Candidate,
): readonly (readonly CausalStep[])[] {
  const { goals, stepOf } = workshop
  return drops(workshop, draft.left, ({ id, adds }) => {
    const step = stepOf.get(id)
    if (step?.optional !== true) return false
    const lost = goals.filter(
      ({ fact }) => adds.includes(fact) && !draft.left.some((other) => other.id !== id && other.adds.includes(fact)),
    )
    const lostUsd = lost.reduce((sum, { fact, worthUsd }) => sum + worthUsd * (value.goals.get(fact) ?? 0), 0)
    return (
      !value.isKept || step.estimate.usd + worth.usdPerSecond * step.estimate.seconds > lostUsd + worth.usdPerChange
    )
  })
}

/** The plan without a step whose effects hold already. */
function idleDrops(workshop: Workshop, left: readonly CausalStep[]): readonly (readonly CausalStep[])[] {
  return drops(workshop, left, ({ adds }) => adds.length > 0 && adds.every((fact) => workshop.facts.has(fact)))
}

function drops(
  workshop: Workshop,
  left: readonly CausalStep[],
  may: (step: CausalStep) => boolean,
): readonly (readonly CausalStep[])[] {
  return left
    .filter((step) => !workshop.running.has(step.id) && may(step))
    .map((step) => left.filter((other) => other !== step))
    .filter((rest) => isSound(workshop, rest))
}

/** The plan with an alternative in the place of a step that has not begun. */
function swaps(workshop: Workshop, left: readonly CausalStep[]): readonly (readonly CausalStep[])[] {
  const { alternativeOf, causesOf, running } = workshop
  const present = new Set(left.map(({ id }) => id))
  return [...alternativeOf.values()].flatMap(({ step, instead }) => {
    const at = left.findIndex(({ id }) => id === instead)
    const causes = causesOf.get(step.id)
    if (at < 0 || causes === undefined || present.has(step.id) || running.has(left[at]?.id ?? '')) return []
    const swapped = left.with(at, causes)
    return isSound(workshop, swapped) ? [swapped] : []
  })
}

/** True when every step can be done where it stands, and comes after all that it must. */
function isSound({ facts, running, earlier }: Workshop, steps: readonly CausalStep[]): boolean {
  const now = new Set(facts)
  return steps.every((step, at) => {
    const can = running.has(step.id) || step.preconditions.every((fact) => now.has(fact))
    applyStep(now, step)
    return can && !steps.slice(at + 1).some(({ id }) => earlier.get(step.id)?.has(id) === true)
  })
}

function poolOf({ causesOf, stepOf, finished }: Workshop, may: (id: string) => boolean): RepairProblem['pool'] {
  const over = new Set(finished.map(({ id }) => id))
  return [...causesOf.values()]
    .filter(({ id }) => !over.has(id) && may(id))
    .map((causes) => ({ causes, usd: stepOf.get(causes.id)?.estimate.usd ?? 0 }))
}

function problemOf(
  { facts, running, earlier }: Workshop,
  given: Pick<RepairProblem, 'steps' | 'pool' | 'goals' | 'changes'>,
): RepairProblem {
  return { start: facts, running, earlier, ...given }
}
