import { type DecideTerms, deskStep } from '#engine/desk/planning/decide-domain.ts'
import { type EstimateOf, withEstimates } from '#engine/desk/planning/estimates.ts'
import { type Alternative, alternativeTo, type MonitoredPlan, type PlanGoal } from '#engine/planning/monitor/plan.ts'
import { type ExecutionTrace, isDone } from '#engine/planning/monitor/trace.ts'
import { isFinalStep, type Plan, type Step } from '#shared/domain/plan.ts'
import { taskPriorities } from '#shared/domain/profile.ts'

/** What stand-ins are looked for in. */
export interface StandInSearch {
  readonly plan: Plan
  readonly trace: ExecutionTrace
  readonly causal: MonitoredPlan['causal']
  readonly terms: DecideTerms
  /** Tasks that the trader does without. */
  readonly leftOut: readonly string[]
  /** Sources that could not be asked in this run. */
  readonly unavailable: ReadonlySet<string>
  readonly estimateOf: EstimateOf
}

/**
 * Research that could take the place of research that failed: configured tasks that are not in the plan and have a source
 * that could be asked so far, the more important first, one for each failed step. None once the dossier is being validated.
 */
export function standInsFor({
  plan,
  trace,
  causal,
  terms,
  leftOut,
  unavailable,
  estimateOf,
}: StandInSearch): Alternative[] {
  const traces = new Map(trace.steps.map((step) => [step.id, step]))
  const isTooLate = plan.steps.some(({ id, action }) => action === 'validate' && traces.get(id)?.attempts.length !== 0)
  const taken = new Set([...plan.steps.map(({ id }) => id), ...leftOut])
  const failed = plan.steps.filter(({ id, action }) => action === 'research' && traces.get(id)?.state === 'failed')
  if (isTooLate || failed.length === 0) return []
  const free = Object.entries(terms.tasks)
    .filter(([name, { sources }]) => !taken.has(name) && sources.some((source) => !unavailable.has(source)))
    .toSorted(([, a], [, b]) => rank(a.priority) - rank(b.priority) || a.estimate.usd - b.estimate.usd)
  const learned = withEstimates(terms, estimateOf)
  return failed.flatMap((step, index) => {
    const [name] = free[index] ?? []
    const made = name === undefined ? undefined : deskStep('research', [name], learned)
    if (name === undefined || made === undefined) return []
    const needs = (terms.tasks[name]?.after ?? []).filter((before) => traces.has(before))
    return alternativeTo(causal, step.id, { ...made, needs })
  })
}

function rank(priority: Step['priority']): number {
  return taskPriorities.indexOf(priority)
}

/**
 * The goals with as much research required as a decision needs: that of the critical tasks, and of the others, most worth
 * first, until as many sources are asked as the profile wants. Research that came to nothing is required no more.
 */
export function requireEnough(
  goals: readonly PlanGoal[],
  causal: MonitoredPlan['causal'],
  plan: Plan,
  trace: ExecutionTrace,
  minimumSources: number,
): PlanGoal[] {
  const traces = new Map(trace.steps.map((step) => [step.id, step]))
  const facts = new Map(causal.steps.map(({ id, adds }) => [id, adds]))
  const hopeful = plan.steps.filter(({ id, action }) => {
    const step = traces.get(id)
    return action === 'research' && (step === undefined || isDone(step) || !isFinalStep(step.state))
  })
  const isBegun = ({ id }: Step) => (traces.get(id)?.attempts.length ?? 0) > 0
  const byNeed = hopeful.toSorted(
    (a, b) =>
      Number(b.priority === 'critical') - Number(a.priority === 'critical') ||
      Number(isBegun(b)) - Number(isBegun(a)) ||
      rank(a.priority) - rank(b.priority),
  )
  const sources = new Set<string>()
  const required = new Set<string>()
  for (const step of byNeed) {
    if (step.priority !== 'critical' && sources.size >= minimumSources) break
    for (const source of step.sources) sources.add(source)
    for (const fact of facts.get(step.id) ?? []) required.add(fact)
  }
  return goals.map((goal) => (required.has(goal.fact) ? { ...goal, required: true } : goal))
}
