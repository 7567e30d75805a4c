import { isFinalStep, type Plan, type StepState } from '#shared/domain/plan.ts'
import type { Run, RunSummary } from '#shared/domain/run.ts'

/** A stretch of time in seconds from the start of the run. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** One step, what was planned beside what happened. */
export interface StepView {
  readonly id: string
  readonly title: string
  readonly owner: string
  readonly action: string
  readonly state: StepState
  readonly attempt: number
  readonly attemptsAllowed: number
  readonly optional: boolean
  readonly reason: string | null
  readonly usd: number
  readonly estimateUsd: number
  readonly estimateSeconds: number
  /** What the estimate was learned from; null for one that is as configured. */
  readonly basis: NonNullable<Plan['steps'][number]['estimate']['basis']> | null
  /** Null where the plan does not say when the step starts. */
  readonly planned: Stretch | null
  /** Until now while the step runs; null before it started. */
  readonly actual: Stretch | null
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly critical: boolean
  readonly needs: readonly string[]
  readonly neededBy: readonly string[]
  readonly sources: readonly string[]
  readonly slots: Readonly<Record<string, number>>
  readonly timeoutMs: number
  /** What it is there for and what is lost if it fails; null where the plan does not say. */
  readonly reasons: { readonly why: string; readonly falls: string } | null
}

/**
 * The steps in the order of their planned starts, with their progress at a moment (UTC epoch milliseconds). `path` is the
 * plan's critical path.
 */
export function stepViews(run: Run, path: readonly string[], now: number): StepView[] {
  const { plan } = run
  const progress = new Map(run.steps.map((step) => [step.id, step]))
  const critical = new Set(path)
  const neededBy = dependents(plan)
  const seconds = (at: number) => (at - run.startedAt) / 1_000
  return inPlannedOrder(plan).map((step) => {
    const { state, attempt, startedAt, endedAt, usd, reason } = progress.get(step.id) ?? untouched
    const start = plan.starts[step.id]
    const end = endedAt ?? run.endedAt ?? Math.max(now, startedAt ?? now)
    return {
      id: step.id,
      title: step.title,
      owner: step.owner,
      action: step.action,
      state,
      attempt,
      attemptsAllowed: step.retries + 1,
      optional: step.optional,
      reason,
      usd,
      estimateUsd: step.estimate.usd,
      estimateSeconds: step.estimate.seconds,
      basis: step.estimate.basis ?? null,
      planned: start === undefined ? null : { from: start, to: start + step.estimate.seconds },
      actual: startedAt === null ? null : { from: seconds(startedAt), to: Math.max(seconds(startedAt), seconds(end)) },
      startedAt,
      endedAt,
      critical: critical.has(step.id),
      needs: step.needs,
      neededBy: neededBy.get(step.id) ?? [],
      sources: step.sources,
      slots: step.slots,
      timeoutMs: step.timeoutMs,
      reasons: plan.reasons?.[step.id] ?? null,
    }
  })
}

const untouched = { state: 'pending', attempt: 0, startedAt: null, endedAt: null, usd: 0, reason: null } as const

/** Milliseconds that a step has run, or null before it started. */
export function elapsedMs({ actual }: Pick<StepView, 'actual'>): number | null {
  return actual === null ? null : (actual.to - actual.from) * 1_000
}

/** True while somebody works on the step or it waits in the middle of its work. */
export function isOpenStep(state: StepState): boolean {
  return state === 'running' || state === 'waiting'
}

function inPlannedOrder({ steps, starts }: Plan): Plan['steps'] {
  const startOf = (id: string) => starts[id] ?? Number.POSITIVE_INFINITY
  return steps
    .map((step, index) => ({ step, index }))
    .sort((a, b) => {
      const [first, second] = [startOf(a.step.id), startOf(b.step.id)]
      return first === second ? a.index - b.index : first - second
    })
    .map(({ step }) => step)
}

function dependents({ steps }: Plan): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>(steps.map(({ id }) => [id, []]))
  for (const step of steps) for (const need of step.needs) found.get(need)?.push(step.id)
  return found
}

/** A run in sums, what was planned beside what happened; milliseconds and USD. */
export interface RunTotals {
  readonly done: number
  readonly total: number
  readonly elapsedMs: number
  readonly plannedMs: number
  /** No schedule with these slots is shorter. */
  readonly lowerBoundMs: number
  readonly usd: number
  readonly plannedUsd: number
  readonly limitUsd: number
  /** How many times faster than one step after the other. */
  readonly plannedSpeedup: number
  /** The same of what has run so far: time worked over time passed; null before anything has. */
  readonly actualSpeedup: number | null
}

/** Sums of a run at a moment, over its steps as `stepViews` gives them. */
export function runTotals(run: Run, steps: readonly StepView[], now: number): RunTotals {
  const elapsed = Math.max(0, (run.endedAt ?? Math.max(now, run.startedAt)) - run.startedAt)
  const worked = steps.reduce((sum, step) => sum + (elapsedMs(step) ?? 0), 0)
  const { estimate, costLimitUsd } = run.plan
  return {
    done: steps.filter(({ state }) => isFinalStep(state)).length,
    total: steps.length,
    elapsedMs: elapsed,
    plannedMs: estimate.seconds.parallel * 1_000,
    lowerBoundMs: estimate.seconds.lowerBound * 1_000,
    usd: run.usd,
    plannedUsd: estimate.usd,
    limitUsd: costLimitUsd,
    plannedSpeedup: estimate.speedup,
    actualSpeedup: worked > 0 && elapsed > 0 ? worked / elapsed : null,
  }
}

/** A pool of slots: how many there are and how many are taken by steps that run. */
export interface PoolUse {
  readonly pool: string
  readonly slots: number
  readonly taken: number
}

/** The pools of a plan with what running steps take of them; a waiting step holds none. */
export function poolUses(plan: Plan, steps: readonly StepView[]): PoolUse[] {
  return Object.entries(plan.slots).map(([pool, slots]) => ({
    pool,
    slots,
    taken: steps.reduce((sum, step) => sum + (step.state === 'running' ? (step.slots[pool] ?? 0) : 0), 0),
  }))
}

/** The run to show when none is named: the one under way, else the newest. */
export function currentRun<Summary extends Pick<RunSummary, 'status' | 'startedAt'>>(
  runs: readonly Summary[],
): Summary | null {
  const running = runs.find(({ status }) => status === 'running')
  return running ?? [...runs].sort((a, b) => b.startedAt - a.startedAt)[0] ?? null
}
