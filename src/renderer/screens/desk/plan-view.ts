import { isFinalStep, type StepState } from '#shared/domain/plan.ts'
import type { Run } from '#shared/domain/run.ts'

/** One step of a plan as a row. */
export interface PlanRow {
  readonly id: string
  readonly title: string
  readonly owner: string
  readonly state: StepState
  /** Time spent over time estimated, 0 to 1, while it runs; null otherwise. Says nothing of the work left. */
  readonly spent: number | null
  readonly elapsedMs: number | null
  readonly attempt: number
  readonly reason: string | null
}

/** The steps in the plan's order, with their progress at a moment. */
export function planRows(run: Run, now: number): PlanRow[] {
  const progress = new Map(run.steps.map((step) => [step.id, step]))
  return run.plan.steps.map(({ id, title, owner, estimate }) => {
    const step = progress.get(id)
    const startedAt = step?.startedAt ?? null
    const elapsedMs = startedAt === null ? null : Math.max(0, (step?.endedAt ?? Math.max(now, startedAt)) - startedAt)
    const running = step?.state === 'running' || step?.state === 'waiting'
    return {
      id,
      title,
      owner,
      state: step?.state ?? 'pending',
      spent: running && elapsedMs !== null ? Math.min(1, elapsedMs / Math.max(1, estimate.seconds * 1_000)) : null,
      elapsedMs,
      attempt: step?.attempt ?? 0,
      // What ended the run is said once, above the steps.
      reason: step?.state === 'cancelled' && step.reason === run.reason ? null : (step?.reason ?? null),
    }
  })
}

/** How far a run is: steps that came to their end of all, time of the estimate, dollars of the limit. */
export interface RunProgress {
  readonly done: number
  readonly total: number
  readonly elapsedMs: number
  readonly estimateMs: number
  readonly usd: number
  readonly limitUsd: number
}

export function planHead(run: Run, now: number): RunProgress {
  return {
    done: run.steps.filter(({ state }) => isFinalStep(state) && state !== 'cancelled').length,
    total: run.plan.steps.length,
    elapsedMs: Math.max(0, (run.endedAt ?? Math.max(now, run.startedAt)) - run.startedAt),
    estimateMs: run.plan.estimate.seconds.parallel * 1_000,
    usd: run.usd,
    limitUsd: run.plan.costLimitUsd,
  }
}
