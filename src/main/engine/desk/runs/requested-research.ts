import { type DecideTerms, deskStep } from '#engine/desk/planning/decide-domain.ts'
import { type EstimateOf, withEstimates } from '#engine/desk/planning/estimates.ts'
import type { RunState } from '#engine/desk/run/run-state.ts'
import type { Alternative, PlanGoal } from '#engine/planning/monitor/plan.ts'
import type { Plan } from '#shared/domain/plan.ts'
import type { PlanningConfig, ResearchTask } from '#shared/domain/profile.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** A research task that a run can still take in; throws TASK_UNKNOWN, and RESEARCH_OVER once its dossier is being validated. */
export function requestableTask(
  { runId, plan, trace }: RunState,
  planning: PlanningConfig,
  task: string,
): ResearchTask {
  const definition = planning.tasks[task]
  if (definition === undefined) {
    const known = Object.keys(planning.tasks)
    throw new ParleyError('TASK_UNKNOWN', `There is no research task "${task}".`, {
      details: { tasks: known },
      wayOut: `Choose one of ${known.join(', ')}.`,
    })
  }
  const validating = plan.steps.find(({ action }) => action === 'validate')
  const isBegun = trace.steps.some(({ id, attempts }) => id === validating?.id && attempts.length > 0)
  if (validating !== undefined && !isBegun && planning.enabled) return definition
  throw new ParleyError('RESEARCH_OVER', `Nothing can be added to the research of ${runId} any more.`, {
    wayOut: 'Tell the desk what you know as a fact, or decide again with that task in the profile.',
  })
}

/** Research that the trader asked for and that is not in the plan, as goals and as what reaches them. */
export function requestedResearch(
  requested: readonly string[],
  plan: Plan,
  terms: DecideTerms,
  estimateOf: EstimateOf,
): { readonly goals: PlanGoal[]; readonly alternatives: Alternative[] } {
  const planned = new Set(plan.steps.map(({ id }) => id))
  const learned = withEstimates(terms, estimateOf)
  const missing = [...new Set(requested)].flatMap((name) => {
    const made = planned.has(name) ? undefined : deskStep('research', [name], learned)
    return made === undefined ? [] : [{ name, made }]
  })
  return {
    goals: missing.map(({ name }) => ({ fact: `${name} done`, worthUsd: 1, required: true })),
    alternatives: missing.map(({ name, made }) => ({
      step: { ...made, needs: (terms.tasks[name]?.after ?? []).filter((before) => planned.has(before)) },
      instead: null,
      causes: { id: name, name, preconditions: [], adds: [`${name} done`], deletes: [] },
    })),
  }
}
