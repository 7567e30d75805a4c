import type { Step } from '#shared/domain/plan.ts'
import { ParleyError } from '#shared/lib/error.ts'

/**
 * Nests steps under a step of a plan: they are called `outer/inner`, start after what the outer step needs, and the
 * outer step runs after all of them, so that it can gather their outputs and its dependents need not know. They share
 * the plan's slots, budget and journal; under an optional step they are optional. Throws PLAN_INVALID when there is no
 * such step.
 */
export function nestSteps(steps: readonly Step[], outerId: string, inner: readonly Step[]): readonly Step[] {
  const outer = steps.find(({ id }) => id === outerId)
  if (outer === undefined) throw new ParleyError('PLAN_INVALID', `There is no step "${outerId}" to nest steps under.`)
  const nameOf = (id: string) => `${outerId}/${id}`
  const nested = inner.map((step) => ({
    ...step,
    id: nameOf(step.id),
    needs: step.needs.length > 0 ? step.needs.map(nameOf) : outer.needs,
    optional: step.optional || outer.optional,
  }))
  const gathering = { ...outer, needs: [...outer.needs, ...nested.map(({ id }) => id)] }
  return steps.flatMap((step) => (step === outer ? [...nested, gathering] : [step]))
}
