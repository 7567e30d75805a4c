import type { ProposalBriefing } from '#engine/agents/seat.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import type { RunContext } from '#engine/desk/run/run-context.ts'
import { type RunState, remember, runTime } from '#engine/desk/run/run-state.ts'
import { createSpending, type Spending } from '#engine/desk/run/spending.ts'
import type { PlanRun } from '#engine/tasks/executor.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { RunMonitor } from './monitoring.ts'

/** A run that is carried out by this process. */
export interface Running {
  readonly memory: RunState
  readonly work: RunContext
  readonly controller: AbortController
  /** The run as it is steered, once it is under way. */
  plan: PlanRun | undefined
  monitor: RunMonitor | undefined
  /** Resolves with all that was said and done once the run has ended. */
  readonly ended: Promise<RunState>
  /** The desk's unsettable clock at the last of its records. */
  seenMs: number
}

/** The runs of this process, and what they may spend. */
export interface RunsUnderWay {
  readonly parts: DeskParts
  readonly running: Map<string, Running>
  readonly spending: Spending
  /** The outcomes of earlier decisions on an instrument, newest first. */
  readonly outcomesOf: (instrument: string) => ProposalBriefing['outcomes']
  /** Looks for conflicts between the plans that are open. */
  readonly reconcile: () => void
}

/** No run under way yet; from now on each one remembers what the journal records of it. */
export function noRunsUnderWay(
  parts: DeskParts,
  outcomesOf: RunsUnderWay['outcomesOf'],
  reconcilerOf: (running: ReadonlyMap<string, Running>) => () => void,
): RunsUnderWay {
  const { journal, planning, history, clock } = parts
  const running = new Map<string, Running>()
  const spending = createSpending(planning.dailyCostLimitUsd, history.spentToday())
  journal.observe((record) => {
    spending.see(record)
    const run = record.correlationId === null ? undefined : running.get(record.correlationId)
    if (run === undefined) return
    remember(run.memory, record)
    run.seenMs = clock.monotonic()
  })
  return { parts, running, spending, outcomesOf, reconcile: reconcilerOf(running) }
}

/** What is known of each run under way. */
export function memoriesOf({ running }: RunsUnderWay): readonly RunState[] {
  return [...running.values()].map(({ memory }) => memory)
}

/** The run's own time now, in epoch milliseconds. */
export function timeOf({ parts }: RunsUnderWay, { memory, seenMs }: Pick<Running, 'memory' | 'seenMs'>): number {
  return runTime(memory, parts.clock.monotonic() - seenMs)
}

/** The run under way; throws RUN_NOT_ACTIVE where there is none. */
export function activeRun({ running }: RunsUnderWay, runId: string): Running {
  const run = running.get(runId)
  if (run !== undefined) return run
  throw new ParleyError('RUN_NOT_ACTIVE', `The run ${runId} is not under way.`, {
    wayOut: 'It has ended already: open it from the list of runs.',
  })
}
