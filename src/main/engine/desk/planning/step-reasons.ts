import { listSomeWords, whatFalls, whyStep } from '#engine/planning/causal/answers.ts'
import { type CausalPlan, causalLinks, planGoal } from '#engine/planning/causal/links.ts'
import type { Plan, Step } from '#shared/domain/plan.ts'

/**
 * Why each step is in the plan, and what falls if it fails, off the plan's causal links. A step that is optional is waited
 * for and done without: what it should have given is lost, and those that wanted it go on. What a required step takes with
 * it falls whole.
 */
export function stepReasons(causal: CausalPlan, steps: readonly Step[]): NonNullable<Plan['reasons']> {
  const names = new Map(causal.steps.map(({ id, name }) => [id, name ?? id]))
  const links = causalLinks(causal)
  return Object.fromEntries(
    steps.map((step) => {
      const why = whyStep(causal, step.id).sentence
      if (!step.optional) return [step.id, { why, falls: whatFalls(causal, [step.id]).sentence }]
      const users = links.filter(({ from, to }) => from === step.id && to !== planGoal)
      const goOn = [...new Set(users.map(({ to }) => names.get(to) ?? to))]
      const without =
        goOn.length === 0 ? '' : ` ${listSomeWords(goOn)} ${goOn.length === 1 ? 'goes' : 'go'} on without it.`
      return [step.id, { why, falls: `${whatFalls(doneWithout(causal, step.id), [step.id]).sentence}${without}` }]
    }),
  )
}

/** The plan as if nobody needed what a step gives. */
function doneWithout(causal: CausalPlan, id: string): CausalPlan {
  const given = new Set(causal.steps.find((step) => step.id === id)?.adds)
  const steps = causal.steps.map((step) => ({
    ...step,
    preconditions: step.preconditions.filter((fact) => !given.has(fact)),
  }))
  return { ...causal, steps }
}
