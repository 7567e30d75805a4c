import { readHddl } from '#engine/planning/lab/hddl/reader.ts'
import { solveHddl } from '#engine/planning/lab/search/solve.ts'
import type { Clock } from '#shared/lib/clock.ts'

/** What `parley lab htn` prints: the plan as [action, argument, ...], empty unless solved, and how long it took. */
export interface LabHtnResult {
  readonly status: 'solved' | 'unsolvable' | 'unknown'
  readonly plan: readonly (readonly string[])[]
  readonly ms: number
}

/**
 * Plans for an HDDL domain and problem within a number of seconds. Throws a ParleyError (HDDL_...) with line and column
 * when a text is not right.
 */
export function labHtn(
  domainText: string,
  problemText: string,
  options: { readonly seconds: number },
  clock: Clock,
): LabHtnResult {
  const started = clock.monotonic()
  const elapsed = () => clock.monotonic() - started
  const problem = readHddl(domainText, problemText)
  const result = solveHddl(problem, { stop: () => elapsed() > options.seconds * 1000 })
  const plan = result.status === 'solved' ? result.plan.map(({ name, args }) => [name, ...args]) : []
  return { status: result.status, plan, ms: elapsed() }
}
