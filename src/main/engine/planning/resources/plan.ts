import { createScheduleProblem, type ScheduleProblem } from '#engine/planning/schedule/problem.ts'
import { ParleyError } from '#shared/lib/error.ts'

/**
 * Something a plan has only so much of. Reusable: steps hold it and give it back (slots, capital). Consumable: used up
 * (a budget, an API quota). Producible: used up as well, but steps also make it (data).
 */
export interface Resource {
  readonly id: string
  readonly kind: 'consumable' | 'reusable' | 'producible'
  /** Capacity of a reusable resource, first level of the others; not negative, at most six decimals. */
  readonly amount: number
}

/** What a step needs: taken for good when it starts or ends, or held while it runs and then given back. */
interface ResourceNeed {
  readonly resource: string
  readonly amount: number
  readonly when: 'start' | 'end' | 'running'
}

/** A step with its needs; it gives what it produces when it ends. */
interface ResourceStep {
  readonly id: string
  /** Ids of the steps that must have ended before. */
  readonly after: readonly string[]
  /** Whole time units. */
  readonly duration: number
  readonly needs: readonly ResourceNeed[]
  readonly gives?: readonly { readonly resource: string; readonly amount: number }[]
}

export interface ResourcePlan {
  readonly resources: readonly Resource[]
  readonly steps: readonly ResourceStep[]
}

/**
 * Turns a plan into whole numbers for the scheduler; reusable resources that are held become capacities, everything
 * else stocks, in the order of `resources`. Throws RESOURCE_INVALID for an unknown or doubly named resource or step, a
 * reusable resource that is taken for good, or an amount that is negative.
 */
export function toScheduleProblem(plan: ResourcePlan): ScheduleProblem {
  const { steps } = plan
  const indexes = new Map(steps.map((step, index) => [step.id, index]))
  if (indexes.size < steps.length) throw invalid('two steps have the same id')
  if (new Set(plan.resources.map((resource) => resource.id)).size < plan.resources.length) {
    throw invalid('two resources have the same id')
  }
  for (const step of steps) checkStep(plan, step)
  const successors: number[][] = steps.map(() => [])
  for (const [index, step] of steps.entries()) {
    for (const id of step.after) {
      const before = indexes.get(id)
      if (before === undefined) throw invalid(`step ${step.id} comes after ${id}, which is not in the plan`)
      successors[before]?.push(index)
    }
  }
  const reusable = plan.resources.filter((resource) => resource.kind === 'reusable')
  const stocks = plan.resources.filter((resource) => resource.kind !== 'reusable')
  const scales = new Map(plan.resources.map((resource) => [resource.id, scaleOf(plan, resource)]))
  const scaled = (resource: Resource, amount: number) => Math.round(amount * (scales.get(resource.id) ?? 1))
  const sum = (step: ResourceStep, resource: Resource, ...when: ResourceNeed['when'][]) =>
    step.needs
      .filter((need) => need.resource === resource.id && when.includes(need.when))
      .reduce((total, need) => total + scaled(resource, need.amount), 0)
  const given = (step: ResourceStep, resource: Resource) =>
    (step.gives ?? [])
      .filter((gift) => gift.resource === resource.id)
      .reduce((total, gift) => total + scaled(resource, gift.amount), 0)
  return createScheduleProblem({
    durations: steps.map((step) => step.duration),
    successors,
    capacities: reusable.map((resource) => scaled(resource, resource.amount)),
    demands: steps.map((step) => reusable.map((resource) => sum(step, resource, 'running'))),
    stocks: stocks.map((resource) => scaled(resource, resource.amount)),
    atStart: steps.map((step) => stocks.map((resource) => -sum(step, resource, 'start', 'running'))),
    atEnd: steps.map((step) =>
      stocks.map((resource) => given(step, resource) + sum(step, resource, 'running') - sum(step, resource, 'end')),
    ),
  })
}

/** What one unit of a resource is in the scheduler's whole numbers: the least power of ten that keeps all amounts whole. */
export function scaleOf(plan: ResourcePlan, resource: Resource): number {
  const amounts = plan.steps.flatMap((step) =>
    [...step.needs, ...(step.gives ?? [])].filter((need) => need.resource === resource.id).map((need) => need.amount),
  )
  amounts.push(resource.amount)
  let scale = 1
  while (scale < 1_000_000 && amounts.some((amount) => Math.abs(amount * scale - Math.round(amount * scale)) > 1e-7)) {
    scale *= 10
  }
  return scale
}

function checkStep(plan: ResourcePlan, step: ResourceStep): void {
  for (const need of [...step.needs, ...(step.gives ?? [])]) {
    const resource = plan.resources.find((candidate) => candidate.id === need.resource)
    if (resource === undefined) throw invalid(`step ${step.id} names ${need.resource}, which is not a resource`)
    if (!(need.amount >= 0)) throw invalid(`step ${step.id} has the amount ${need.amount} of ${need.resource}`)
    if (resource.kind === 'reusable' && !('when' in need && need.when === 'running')) {
      throw invalid(`step ${step.id} takes or makes ${need.resource} for good, but it is reusable`)
    }
  }
}

function invalid(why: string): ParleyError {
  return new ParleyError('RESOURCE_INVALID', `The plan's resources do not add up: ${why}.`, {
    wayOut: 'Correct the step or the resource and plan again.',
  })
}
