import type { Plan, Step } from '#shared/domain/plan.ts'

const nearly = 1e-6

/**
 * The chain of steps that makes the planned run as long as it is, first to last: from the step that ends last back over
 * what kept each from starting sooner, a step it needs or one that held its slot. Where several did, the one with the
 * longest chain behind it. Empty where the plan does not say when its steps start.
 */
export function criticalPath({ steps, starts }: Pick<Plan, 'steps' | 'starts'>): string[] {
  const timed = steps.filter(({ id }) => starts[id] !== undefined)
  const byId = new Map(timed.map((step) => [step.id, step]))
  const depths = depthsOf(timed)
  const startOf = ({ id }: Step) => starts[id] ?? 0
  const endOf = (step: Step) => startOf(step) + step.estimate.seconds
  const later = (a: Step, b: Step) => endOf(b) - endOf(a) || (depths.get(b.id) ?? 0) - (depths.get(a.id) ?? 0)

  const path: string[] = []
  const seen = new Set<string>()
  let step = [...timed].sort(later)[0]
  while (step !== undefined && !seen.has(step.id)) {
    const { needs, slots } = step
    const start = startOf(step)
    seen.add(step.id)
    path.unshift(step.id)
    if (start <= nearly && needs.length === 0) break
    const endsHere = (other: Step) => Math.abs(endOf(other) - start) < nearly && !seen.has(other.id)
    const needed = needs.flatMap((id) => byId.get(id) ?? []).filter(endsHere)
    const holders = timed.filter((other) => endsHere(other) && sharesPool(other.slots, slots))
    step = (needed.length > 0 ? needed : holders).sort(later)[0]
  }
  return path
}

function sharesPool(a: Step['slots'], b: Step['slots']): boolean {
  return Object.entries(a).some(([pool, slots]) => slots > 0 && (b[pool] ?? 0) > 0)
}

/** How many steps stand before each in its longest chain of needs; steps in a circle count as none. */
function depthsOf(steps: readonly Step[]): ReadonlyMap<string, number> {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const depths = new Map<string, number>()
  const visit = (id: string): number => {
    const known = depths.get(id)
    if (known !== undefined) return known
    depths.set(id, 0)
    const needs = (byId.get(id)?.needs ?? []).filter((need) => byId.has(need))
    const depth = needs.reduce((deepest, need) => Math.max(deepest, visit(need) + 1), 0)
    depths.set(id, depth)
    return depth
  }
  for (const { id } of steps) visit(id)
  return depths
}
