import { rootCauses } from '#engine/planning/causal/answers.ts'
import type { CausalPlan } from '#engine/planning/causal/links.ts'
import type { GoalState } from '#shared/domain/monitoring.ts'
import { isFinalStep, type Plan, type StepProgress } from '#shared/domain/plan.ts'

/**
 * How each of the things stands that a plan is for: reached once a step that gives it is done, missed once none can give it
 * any more, and then traced back through what each step needed to the steps that went wrong. None for plans of earlier
 * versions, which do not say what they are for.
 */
export function goalStates(plan: Plan, progress: readonly StepProgress[]): readonly GoalState[] {
  const { causes } = plan
  if (causes === undefined) return []
  const byId = new Map(progress.map((step) => [step.id, step]))
  const isOver = (id: string) => isFinalStep(byId.get(id)?.state ?? 'pending')
  const isDone = (id: string) => {
    const step = byId.get(id)
    return step?.state === 'succeeded' || (step?.state === 'skipped' && step.attempt > 0)
  }
  return causes.goals.map((goal): GoalState => {
    const makers = causes.steps.filter(({ gives }) => gives.includes(goal)).map(({ id }) => id)
    if (makers.some(isDone)) return { goal, state: 'reached', why: null, causes: [] }
    if (makers.some((id) => !isOver(id))) return { goal, state: 'open', why: null, causes: [] }
    const fallen = causes.steps.flatMap(({ id }) => (isOver(id) && !isDone(id) ? [id] : []))
    const roots = rootsOf(plan, new Set(fallen))
    const { causes: found, sentence } = rootCauses(asItWent(plan, causes, roots), roots, goal)
    const steps = found.flatMap((cause) => (cause.kind === 'missing' ? [] : [cause.step]))
    const reasons = steps.flatMap((id) => byId.get(id)?.reason ?? [])
    return { goal, state: 'missed', why: [sentence, ...new Set(reasons)].join(' '), causes: steps }
  })
}

/** Of the steps that were not done, those that no required one took with it, also through others. */
function rootsOf({ steps }: Plan, fallen: ReadonlySet<string>): string[] {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const isTaken = (id: string): boolean =>
    byId.get(id)?.needs.some((need) => fallen.has(need) && (byId.get(need)?.optional === false || isTaken(need))) ===
    true
  return [...fallen].filter((id) => !isTaken(id))
}

/** The plan's causal links; nobody needs what optional steps should have given that went wrong by themselves. */
function asItWent({ steps }: Plan, causes: NonNullable<Plan['causes']>, roots: readonly string[]): CausalPlan {
  const titles = new Map(steps.map(({ id, title }) => [id, title]))
  const optional = new Set(steps.flatMap((step) => (step.optional && roots.includes(step.id) ? [step.id] : [])))
  const doneWithout = new Set(causes.steps.flatMap(({ id, gives }) => (optional.has(id) ? gives : [])))
  return {
    start: [],
    steps: causes.steps.map(({ id, needs, gives }) => ({
      id,
      name: titles.get(id) ?? id,
      preconditions: needs.filter((fact) => !doneWithout.has(fact)),
      adds: gives,
      deletes: [],
    })),
    goals: causes.goals,
  }
}
