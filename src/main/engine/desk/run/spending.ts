import type { DeskRecord } from '#engine/journal/journal.ts'
import type { ExecutionTrace } from '#engine/planning/monitor/trace.ts'
import { isFinalStep, type Plan } from '#shared/domain/plan.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** What the desk spends on its decisions, by the trading day: it begins with the day's `dayOpened` record. All in USD. */
export interface Spending {
  readonly limitUsd: number
  /** Spent on steps that have ended. */
  today(): number
  /** Takes over a record of the journal. */
  see(record: DeskRecord): void
  /**
   * What a run may still spend today beside what it has under way itself: the limit less what was spent, less what the steps
   * under way of all other runs may cost.
   */
  leftFor(runId: string, running: readonly RunSpending[]): number
}

/** A run under way, as far as its money goes. */
interface RunSpending {
  readonly runId: string
  readonly trace: ExecutionTrace
}

/** The spending of a day of which so much is spent already. */
export function createSpending(limitUsd: number, spentUsd: number): Spending {
  let spent = spentUsd
  return {
    limitUsd,
    today: () => spent,
    see(record) {
      spent = record.kind === 'dayOpened' ? 0 : spent + spentBy(record)
    },
    leftFor: (runId, running) =>
      running.reduce((left, run) => left - openUsd(run.trace, run.runId !== runId), limitUsd - spent),
  }
}

/** What a record says was spent, in USD: what a step came to at its end. */
export function spentBy(record: DeskRecord): number {
  switch (record.kind) {
    case 'stepSucceeded':
    case 'stepFailed':
    case 'stepCancelled':
      // Journals from before cancelled steps told their cost say nothing here.
      return record.data.usd ?? 0
    default:
      return 0
  }
}

/** What steps that have not ended have cost so far, and, for those of others, may cost. */
function openUsd({ steps }: ExecutionTrace, withReserved: boolean): number {
  return steps.reduce((sum, { state, usd, expected }) => {
    if (isFinalStep(state)) return sum
    return sum + usd + (withReserved && state === 'running' ? expected.usd : 0)
  }, 0)
}

/**
 * What a decision costs at least, in USD: all required steps, its critical research, and the cheapest of the rest until as
 * many sources are asked as the profile wants.
 */
export function leastCostUsd({ steps }: Plan, minimumSources: number): number {
  const research = steps.filter(({ action }) => action === 'research')
  const isNeeded = ({ action, optional, priority }: Plan['steps'][number]) =>
    action === 'research' ? priority === 'critical' : !optional
  const needed = steps.filter(isNeeded)
  const sources = new Set(needed.flatMap((step) => step.sources))
  let usd = needed.reduce((sum, { estimate }) => sum + estimate.usd, 0)
  for (const step of research.filter((one) => !isNeeded(one)).sort((a, b) => a.estimate.usd - b.estimate.usd)) {
    if (sources.size >= minimumSources) break
    if (step.sources.every((source) => sources.has(source))) continue
    usd += step.estimate.usd
    for (const source of step.sources) sources.add(source)
  }
  return Math.round(usd * 1e6) / 1e6
}

/** Throws BUDGET_TOO_SMALL for a decision that costs more than one may, and DAILY_BUDGET_SPENT where the day's money is short. */
export function refuseUnaffordable(plan: Plan, leastUsd: number, leftUsd: number, spending: Spending): void {
  const dollars = (usd: number) => `$${Math.max(0, usd).toFixed(2)}`
  if (leastUsd > plan.costLimitUsd + 1e-9) {
    throw new ParleyError(
      'BUDGET_TOO_SMALL',
      `The research that this decision needs costs ${dollars(leastUsd)}, and one decision may cost ${dollars(plan.costLimitUsd)}.`,
      {
        details: { neededUsd: leastUsd, limitUsd: plan.costLimitUsd },
        wayOut: 'Choose another profile, or raise its costLimitUsd in planning.yaml.',
      },
    )
  }
  if (leastUsd > leftUsd + 1e-9) {
    throw new ParleyError(
      'DAILY_BUDGET_SPENT',
      `The research that this decision needs costs ${dollars(leastUsd)}, and ${dollars(leftUsd)} of the day's ${dollars(spending.limitUsd)} is left.`,
      {
        details: { neededUsd: leastUsd, leftUsd, spentUsd: spending.today(), limitUsd: spending.limitUsd },
        wayOut: 'Wait for the next UTC day or for the runs under way, or raise dailyCostLimitUsd in planning.yaml.',
      },
    )
  }
}
