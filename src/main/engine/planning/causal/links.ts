import { ParleyError } from '#shared/lib/error.ts'

/** A step as far as causes go: what must hold before it, what it makes true, what it makes false. */
export interface CausalStep {
  readonly id: string
  /** What people call the step; the id when left out. */
  readonly name?: string
  readonly preconditions: readonly string[]
  readonly adds: readonly string[]
  readonly deletes: readonly string[]
}

/** Steps in an order in which they can be done, with what holds before the first and what shall hold after the last. */
export interface CausalPlan {
  readonly start: readonly string[]
  readonly steps: readonly CausalStep[]
  readonly goals: readonly string[]
}

/** Stands for the facts that hold before the first step. */
export const planStart = '(start)'
/** Stands for the goals. */
export const planGoal = '(goal)'

/** One step makes a fact true for another one. From can be planStart, to can be planGoal. */
export interface CausalLink {
  readonly from: string
  readonly fact: string
  readonly to: string
}

/** A step that would break a link if it came between its ends, and on which side of the link it stays. */
export interface Threat {
  readonly step: string
  readonly link: CausalLink
  readonly order: 'before' | 'after'
}

/**
 * Which step each precondition and goal is owed to: the one that made the fact true the last time it became true. A
 * fact that nothing makes true has no link. Throws CAUSAL_PLAN_INVALID when two steps have the same id.
 */
export function causalLinks(plan: CausalPlan): CausalLink[] {
  indexOfSteps(plan)
  const maker = new Map(plan.start.map((fact) => [fact, planStart]))
  const links: CausalLink[] = []
  const demand = (facts: readonly string[], to: string) => {
    for (const fact of new Set(facts)) {
      const from = maker.get(fact)
      if (from !== undefined) links.push({ from, fact, to })
    }
  }
  for (const step of plan.steps) {
    demand(step.preconditions, step.id)
    const adds = new Set(step.adds)
    for (const fact of step.deletes) if (!adds.has(fact)) maker.delete(fact)
    for (const fact of adds) if (!maker.has(fact)) maker.set(fact, step.id)
  }
  demand(plan.goals, planGoal)
  return links
}

/** The steps that delete a fact which another link carries, with the side of the link on which the plan keeps them. */
export function threats(plan: CausalPlan, links: readonly CausalLink[] = causalLinks(plan)): Threat[] {
  const index = indexOfSteps(plan)
  const deleters = new Map<string, CausalStep[]>()
  for (const step of plan.steps) {
    for (const fact of new Set(step.deletes)) {
      if (!step.adds.includes(fact)) deleters.set(fact, [...(deleters.get(fact) ?? []), step])
    }
  }
  return links.flatMap((link) => {
    const from = index.get(link.from) ?? -1
    return (deleters.get(link.fact) ?? [])
      .filter((step) => step.id !== link.from && step.id !== link.to)
      .map(
        (step): Threat => ({
          step: step.id,
          link,
          order: (index.get(step.id) ?? 0) < from ? 'before' : 'after',
        }),
      )
  })
}

/**
 * The steps that each step has to wait for, in the plan's order: whoever makes something true for it, and whoever it
 * would break otherwise. Only direct waits are listed (transitive reduction), so steps that do not wait for each other,
 * directly or not, can be done at the same time.
 */
export function dependencies(plan: CausalPlan): ReadonlyMap<string, readonly string[]> {
  const index = indexOfSteps(plan)
  const waits: Set<number>[] = plan.steps.map(() => new Set())
  const wait = (later: string, earlier: string) => {
    const at = index.get(earlier)
    if (at !== undefined) waits[index.get(later) ?? -1]?.add(at)
  }
  const links = causalLinks(plan)
  for (const { from, to } of links) wait(to, from)
  for (const { step, link, order } of threats(plan, links)) {
    if (order === 'before') wait(link.from, step)
    else wait(step, link.to)
  }
  const words = (plan.steps.length + 31) >> 5
  const reachable: Int32Array[] = []
  const reduced = new Map<string, readonly string[]>()
  for (const [at, step] of plan.steps.entries()) {
    const behind = new Int32Array(words)
    const direct: number[] = []
    // Nearest first: what a nearer one waits for anyway is not listed.
    for (const earlier of [...(waits[at] ?? [])].sort((a, b) => b - a)) {
      if (((behind[earlier >> 5] ?? 0) >>> (earlier & 31)) & 1) continue
      direct.push(earlier)
      const further = reachable[earlier] ?? behind
      for (let word = 0; word < words; word++) behind[word] = (behind[word] ?? 0) | (further[word] ?? 0)
      behind[earlier >> 5] = (behind[earlier >> 5] ?? 0) | (1 << (earlier & 31))
    }
    reachable.push(behind)
    reduced.set(
      step.id,
      direct.reverse().map((earlier) => plan.steps[earlier]?.id ?? ''),
    )
  }
  return reduced
}

/** The place of each step in the plan. */
function indexOfSteps(plan: CausalPlan): Map<string, number> {
  const index = new Map(plan.steps.map((step, at) => [step.id, at]))
  if (index.size === plan.steps.length) return index
  throw new ParleyError('CAUSAL_PLAN_INVALID', 'Two steps of the plan have the same id.', {
    wayOut: 'Give every step an id of its own.',
  })
}
