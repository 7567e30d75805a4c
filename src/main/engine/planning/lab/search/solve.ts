import { ground } from '#engine/planning/lab/hddl/ground.ts'
import type { HddlProblem } from '#engine/planning/lab/hddl/model.ts'
import type { HtnProblem, Label } from './model.ts'
import { PartialOrderSearch } from './partial.ts'
import { decompositionOf, type HtnPlan, planOf } from './plan.ts'
import { prune } from './prune.ts'
import { type SearchOutcome, TotalOrderSearch, type Trace } from './total.ts'

/** A plan, the certainty that there is none, or neither within the bounds. */
export type HtnResult =
  | { readonly status: 'solved'; readonly plan: readonly Label[]; decomposition(): HtnPlan }
  | { readonly status: 'unsolvable' }
  | { readonly status: 'unknown' }

export interface SolveBounds {
  /** Asked often; answers true when the time is over. */
  readonly stop: () => boolean
  /** Bytes the searches may hold before they give up; default 1.5 GB. */
  readonly memory?: number
}

interface Search {
  readonly bytes: number
  run(stop: () => boolean): SearchOutcome
}

/** Questions to stop that the first turn of a search lasts; each further turn lasts twice as long. */
const firstTurn = 256
/** How many times longer a turn of the first search is, since it finds most plans, and finds them at once. */
const headStart = 8

/**
 * Plans for an HDDL problem: grounds it, leaves out what cannot matter, and searches. Depth-first and best-first search
 * on the order in which methods list their subtasks take turns, joined by partial-order search where that order is only
 * one of several. Same input, same plan, whatever the time it takes.
 */
export function solveHddl(problem: HddlProblem, bounds: SolveBounds): HtnResult {
  const raw = ground(problem, bounds.stop)
  if (raw === undefined) return { status: 'unknown' }
  const grounded = prune(raw)
  if (grounded === undefined) return { status: 'unsolvable' }
  return solveGrounded(grounded, bounds)
}

function solveGrounded(problem: HtnProblem, bounds: SolveBounds): HtnResult {
  // The last one is complete: when it has tried everything there is no plan.
  let searches: Search[] = [new TotalOrderSearch(problem, 'depth'), new TotalOrderSearch(problem, 'best')]
  if (!problem.totallyOrdered) searches.push(new PartialOrderSearch(problem))
  const [first] = searches
  const complete = searches.at(-1)
  const memory = bounds.memory ?? 1.5e9
  for (let turn = firstTurn; searches.length > 0; turn *= 2) {
    for (const search of searches) {
      let asked = 0
      let over = false
      const outcome = search.run(() => {
        over = bounds.stop() || search.bytes > memory / 2
        return over || ++asked > (search === first ? turn * headStart : turn)
      })
      if (outcome.status === 'solved') return solved(problem, outcome.trace)
      if (outcome.status === 'exhausted') {
        if (search === complete) return { status: 'unsolvable' }
        searches = searches.filter((other) => other !== search)
      }
      if (bounds.stop()) return { status: 'unknown' }
      if (over) searches = searches.filter((other) => other !== search)
    }
  }
  return { status: 'unknown' }
}

function solved(problem: HtnProblem, trace: Trace): HtnResult {
  return { status: 'solved', plan: planOf(problem, trace), decomposition: () => decompositionOf(problem, trace) }
}
