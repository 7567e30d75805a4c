import type { CausalStep } from '#engine/planning/causal/links.ts'
import { applyStep, type PlanGoal } from '#engine/planning/monitor/plan.ts'

/** A step that may be put into the plan. */
interface PoolStep {
  readonly causes: CausalStep
  readonly usd: number
}

/** What is to be made whole: steps in an order, some of which may no longer be possible, and what they are for. */
export interface RepairProblem {
  readonly start: ReadonlySet<string>
  readonly steps: readonly CausalStep[]
  /** Steps under way: they stay, whatever they needed. */
  readonly running: ReadonlySet<string>
  readonly pool: readonly PoolStep[]
  readonly goals: readonly PlanGoal[]
  /** The steps that must come before each step where both are in the plan. */
  readonly earlier: ReadonlyMap<string, ReadonlySet<string>>
  /** Whether few changes count more than a low cost, or nothing. */
  readonly changes: 'few' | 'free'
}

/** Steps in an order in which all can be done. */
export interface RepairedSteps {
  readonly steps: readonly CausalStep[]
  readonly gaveUp: readonly string[]
  /** True when it is the best there is; false when the search met its bound and took the first way out from there. */
  readonly isBest: boolean
}

const NODES = 2_000

interface Node {
  readonly steps: readonly CausalStep[]
  readonly gaveUp: readonly string[]
  /** Compared one after another: required goals given up, worth of the others given up, changes, USD. */
  readonly cost: readonly number[]
}

type Flaw =
  | { readonly kind: 'step'; readonly at: number; readonly fact: string }
  | { readonly kind: 'goal'; readonly goal: PlanGoal }

/**
 * Makes steps possible again by a uniform-cost search over flaws: what the first step that cannot be done misses is made
 * true by a step from the pool, or the step is dropped; a goal that is missed is made true by one, or given up. The first
 * plan without flaws gives up the fewest required goals, then the least worth in others, then changes the fewest steps
 * (plan stability: Fox, Gerevini, Long and Serina 2006), then costs least.
 */
export function repairSteps(problem: RepairProblem): RepairedSteps {
  const first: Node = { steps: problem.steps, gaveUp: [], cost: [0, 0, 0, 0] }
  const open = [first]
  const seen = new Set<string>()
  for (let nodes = 0; nodes < NODES; nodes++) {
    const node = takeCheapest(open)
    if (node === undefined) break
    const key = [...node.steps.map(({ id }) => id), '', ...node.gaveUp].join('\n')
    if (seen.has(key)) continue
    seen.add(key)
    const flaw = firstFlaw(problem, node)
    if (flaw === undefined) return { steps: node.steps, gaveUp: node.gaveUp, isBest: true }
    open.push(...resolve(problem, node, flaw))
  }
  // Dropping and giving up always come to an end; that way out is the first one.
  let node = takeCheapest(open) ?? first
  for (let flaw = firstFlaw(problem, node); flaw !== undefined; flaw = firstFlaw(problem, node)) {
    node = resolve(problem, node, flaw)[0] ?? node
  }
  return { steps: node.steps, gaveUp: node.gaveUp, isBest: false }
}

function firstFlaw({ start, running, goals }: RepairProblem, { steps, gaveUp }: Node): Flaw | undefined {
  const facts = new Set(start)
  for (const [at, step] of steps.entries()) {
    const fact = running.has(step.id) ? undefined : step.preconditions.find((one) => !facts.has(one))
    if (fact !== undefined) return { kind: 'step', at, fact }
    applyStep(facts, step)
  }
  const goal = goals.find(({ fact }) => !facts.has(fact) && !gaveUp.includes(fact))
  return goal === undefined ? undefined : { kind: 'goal', goal }
}

/** The ways out of a flaw: first to drop the step or give the goal up, then to put a step in, the likeliest last. */
function resolve(problem: RepairProblem, node: Node, flaw: Flaw): Node[] {
  const [required = 0, others = 0, changes = 0, usd = 0] = node.cost
  const before = flaw.kind === 'step' ? flaw.at : node.steps.length
  const fact = flaw.kind === 'step' ? flaw.fact : flaw.goal.fact
  const change = problem.changes === 'few' ? 1 : 0
  const made = insertions(problem, node.steps, fact, before)
    .map(({ steps, added }): Node => ({ ...node, steps, cost: [required, others, changes + change, usd + added.usd] }))
    .reverse()
  if (flaw.kind === 'goal') {
    const { goal } = flaw
    const cost = goal.required ? [required + 1, others, changes, usd] : [required, others + goal.worthUsd, changes, usd]
    return [{ steps: node.steps, gaveUp: [...node.gaveUp, fact], cost }, ...made]
  }
  const dropped = node.steps.toSpliced(flaw.at, 1)
  return [{ ...node, steps: dropped, cost: [required, others, changes + change, usd] }, ...made]
}

/** The ways to put a step in that makes the fact true and keeps it so until the given place. */
function insertions(
  { pool, earlier }: RepairProblem,
  steps: readonly CausalStep[],
  fact: string,
  before: number,
): { readonly steps: readonly CausalStep[]; readonly added: PoolStep }[] {
  const present = new Set(steps.map(({ id }) => id))
  return pool
    .filter(({ causes }) => causes.adds.includes(fact) && !present.has(causes.id))
    .flatMap((added) => {
      const { causes } = added
      let low = 0
      let high = before
      for (const [at, { id }] of steps.entries()) {
        if (earlier.get(causes.id)?.has(id) === true) low = Math.max(low, at + 1)
        if (earlier.get(id)?.has(causes.id) === true) high = Math.min(high, at)
      }
      const places: number[] = []
      for (let at = high; at >= low; at--) {
        if (steps.slice(at, before).some((step) => undoes(step, fact))) break
        // As late as can be, or just before somebody undoes what it needs.
        const next = steps[at]
        if (at === high || causes.preconditions.some((needed) => next !== undefined && undoes(next, needed)))
          places.push(at)
      }
      return places.map((at) => ({ steps: steps.toSpliced(at, 0, causes), added }))
    })
}

function undoes({ adds, deletes }: CausalStep, fact: string): boolean {
  return deletes.includes(fact) && !adds.includes(fact)
}

function takeCheapest(open: Node[]): Node | undefined {
  let best = 0
  for (let index = 1; index < open.length; index++) {
    if (compare((open[index] as Node).cost, (open[best] as Node).cost) <= 0) best = index
  }
  return open.splice(best, 1)[0]
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0)
    if (Math.abs(difference) > 1e-9) return difference
  }
  return 0
}
