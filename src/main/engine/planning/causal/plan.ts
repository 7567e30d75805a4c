import type { PlannedStep, PlanningProblem } from '#engine/planning/htn/decompose.ts'
import type { Condition } from '#engine/planning/htn/domain.ts'
import { itemText, task } from '#engine/planning/htn/network.ts'
import type { State } from '#engine/planning/htn/state.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { CausalPlan, CausalStep } from './links.ts'

/**
 * The causal shape of a plan that decompose found: its steps are done once more, and every condition of any step, or
 * of the goals, is looked at before and after each step. Numeric conditions are facts like any other. Throws
 * CAUSAL_PLAN_INVALID when a step cannot be done.
 */
export function causalPlan<Profile>(
  problem: Pick<PlanningProblem<Profile>, 'domain' | 'state' | 'profile'>,
  steps: readonly PlannedStep[],
  goals: readonly Condition[] = [],
): CausalPlan {
  const operators = new Map(problem.domain.operators.map((operator) => [operator.name, operator]))
  const conditions = new Map(goals.map((condition) => [condition.text, condition]))
  const states: State[] = [problem.state]
  const preconditions = steps.map((step) => {
    const operator = operators.get(step.operator)
    const before = states.at(-1) ?? problem.state
    const needed = operator?.conditions?.(before, step.args, problem.profile) ?? []
    const after = operator?.apply(before, step.args, problem.profile)
    if (after === undefined) {
      throw new ParleyError('CAUSAL_PLAN_INVALID', `Step ${step.id}, ${step.operator}, cannot be done.`)
    }
    for (const condition of needed) conditions.set(condition.text, condition)
    states.push(after)
    return needed.map((condition) => condition.text)
  })
  const all = [...conditions.values()]
  const truths = states.map((state) => new Set(all.filter((one) => one.holds(state)).map((one) => one.text)))
  return {
    start: [...(truths[0] ?? [])],
    goals: goals.map((condition) => condition.text),
    steps: steps.map((step, index): CausalStep => {
      const before = truths[index] ?? new Set()
      const after = truths[index + 1] ?? new Set()
      return {
        id: step.id,
        name: itemText(task(step.operator, ...step.args)),
        preconditions: preconditions[index] ?? [],
        adds: [...after].filter((fact) => !before.has(fact)),
        deletes: [...before].filter((fact) => !after.has(fact)),
      }
    }),
  }
}
