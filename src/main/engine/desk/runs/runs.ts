import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import type { RunUnderWay } from '#engine/desk/run/run-context.ts'
import type { RunState } from '#engine/desk/run/run-state.ts'
import type { Spending } from '#engine/desk/run/spending.ts'
import { compete } from '#engine/desk/voting/competing.ts'
import { resolveRaised } from '#engine/desk/voting/conflict-resolution.ts'
import type { PlanConflict, RaisedConflict } from '#shared/domain/conflict.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Message } from '#shared/domain/message.ts'
import type { RunForecast } from '#shared/domain/monitoring.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import type { Goal } from '#shared/domain/run.ts'
import type { TraderProposal } from '#shared/domain/trader-proposal.ts'
import type { TraderRemark } from '#shared/domain/trader-remark.ts'
import { forecastRun } from './forecast.ts'
import { joinIn } from './joining.ts'
import { type ActiveRun, resumeRun, startRun } from './run-life.ts'
import { addResearch, closeRuns, pauseRun, unpauseRun } from './run-steering.ts'
import { activeRun, memoriesOf, noRunsUnderWay, type RunsUnderWay, timeOf } from './runs-under-way.ts'

/** The decision runs of the desk. */
export interface Runs {
  /**
   * Plans and starts deciding on the goal; resolves once the start is durable. Throws INSTRUMENT_NOT_FOUND, RUN_ACTIVE, TRADING_HALTED,
   * BUDGET_TOO_SMALL, DAILY_BUDGET_SPENT.
   */
  start(goal: Goal, by: Actor): Promise<ActiveRun>
  /** Takes up a run that an earlier process left, from the steps that had not ended. */
  resume(memory: RunState): ActiveRun
  /** Throws RUN_NOT_ACTIVE. */
  cancel(runId: string, reason: string): void
  cancelAll(reason: string): void
  /**
   * Ends the work of this process: the run of a collaborative plan that has decided nothing yet, or waits for the trader, is
   * left to the next one, as a kill would leave it; every other one is cancelled.
   */
  close(reason: string): void
  /** Begins nothing more of a run until it is unpaused; resolves once that is durable. Rejects with RUN_NOT_ACTIVE. */
  pause(runId: string, reason: string, by: Actor): Promise<void>
  /** Lets a paused run go on. Rejects with RUN_NOT_ACTIVE. */
  unpause(runId: string, by: Actor): Promise<void>
  /**
   * Adds a research task to a run under way, as a goal that its plan is changed for; resolves once that is durable. Rejects with
   * RUN_NOT_ACTIVE, TASK_UNKNOWN, and RESEARCH_OVER once the dossier is being validated.
   */
  addResearch(runId: string, task: string, by: Actor): Promise<void>
  /** What a run under way is going to come to; undefined for any other. */
  forecast(runId: string): RunForecast | undefined
  /** The trader joins in (see joinIn); rejects with RUN_NOT_ACTIVE, RUN_DECIDED. */
  say(runId: string, remark: TraderRemark, by: Actor): Promise<readonly Message[]>
  /** Resolves a conflict (see resolveRaised); rejects with RUN_NOT_ACTIVE too. */
  resolveConflict(runId: string, raised: RaisedConflict, by: Actor): Promise<PlanConflict>
  /** Has the trader's proposal compete (see compete); rejects with RUN_NOT_ACTIVE too. */
  propose(runId: string, wish: TraderProposal, by: Actor): Promise<Proposal>
  /** Looks for conflicts between the plans that are open (see createReconciler). */
  reconcile(): void
  active(): readonly RunState[]
  /** What decisions have cost today, of what they may. */
  readonly spending: Pick<Spending, 'today' | 'limitUsd'>
  /** Resolves when no run is active. */
  drained(): Promise<void>
}

export interface RunsOptions {
  readonly parts: DeskParts
  readonly outcomesOf: RunsUnderWay['outcomesOf']
  /** Makes what looks for conflicts between the plans that are open. */
  readonly reconcilerOf: (runOf: (runId: string) => RunUnderWay | undefined) => () => void
}

/** Creates the decision runs. */
export function createRuns({ parts, outcomesOf, reconcilerOf }: RunsOptions): Runs {
  const runs = noRunsUnderWay(parts, outcomesOf, (running) =>
    reconcilerOf((runId) => {
      const run = running.get(runId)
      return run === undefined ? undefined : { work: run.work, signal: run.controller.signal }
    }),
  )
  const { running, spending, reconcile } = runs
  return {
    start: (goal, by) => startRun(runs, goal, by),
    resume: (memory) => resumeRun(runs, memory),
    reconcile,
    cancel: (runId, reason) => activeRun(runs, runId).controller.abort(reason),
    async say(runId, remark, by) {
      const { work, controller } = activeRun(runs, runId)
      return joinIn(work, remark, by, controller.signal)
    },
    async resolveConflict(runId, raised, by) {
      const { work, controller } = activeRun(runs, runId)
      return resolveRaised(work, raised, by, controller.signal)
    },
    async propose(runId, wish, by) {
      const { work, controller } = activeRun(runs, runId)
      return compete(work, wish, by, controller.signal)
    },
    pause: async (runId, reason, by) => pauseRun(activeRun(runs, runId), reason, by),
    unpause: async (runId, by) => unpauseRun(activeRun(runs, runId), by),
    addResearch: async (runId, task, by) => addResearch(activeRun(runs, runId), task, by),
    forecast(runId) {
      const run = running.get(runId)
      if (run === undefined) return undefined
      return forecastRun(run.memory, timeOf(runs, run), Math.floor(parts.clock.now()))
    },
    cancelAll(reason) {
      for (const { controller } of running.values()) controller.abort(reason)
    },
    close: (reason) => closeRuns(runs, reason),
    active: () => memoriesOf(runs),
    spending,
    async drained() {
      while (running.size > 0) await Promise.allSettled([...running.values()].map(({ ended }) => ended))
    },
  }
}
