import type { ProposalBriefing } from '#engine/agents/seat.ts'
import { decidePlan } from '#engine/desk/planning/decide-plan.ts'
import { profileFor } from '#engine/desk/planning/decide-terms.ts'
import { attemptsLearned, type EstimateOf, learnedEstimates } from '#engine/desk/planning/estimates.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import type { RunContext, RunUnderWay } from '#engine/desk/run/run-context.ts'
import { beginRunState, type RunState, remember, runTime } from '#engine/desk/run/run-state.ts'
import { createSpending, leastCostUsd, refuseUnaffordable, type Spending } from '#engine/desk/run/spending.ts'
import { performRun } from '#engine/desk/steps/table.ts'
import { compete } from '#engine/desk/voting/competing.ts'
import { resolveRaised } from '#engine/desk/voting/conflict-resolution.ts'
import type { DeskRecord } from '#engine/journal/journal.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { type PlanRun, startPlan } from '#engine/tasks/executor.ts'
import { planHash } from '#engine/tasks/plan-hash.ts'
import type { PlanConflict, RaisedConflict } from '#shared/domain/conflict.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Message } from '#shared/domain/message.ts'
import type { RunForecast } from '#shared/domain/monitoring.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { isClosedReview } from '#shared/domain/review.ts'
import type { Goal, RunStatus } from '#shared/domain/run.ts'
import { runSuspended } from '#shared/domain/run.ts'
import type { TraderProposal } from '#shared/domain/trader-proposal.ts'
import type { TraderRemark } from '#shared/domain/trader-remark.ts'
import { errorCode, errorMessage, ParleyError } from '#shared/lib/error.ts'
import { forecastRun } from './forecast.ts'
import { joinIn } from './joining.ts'
import { type RunMonitor, watchRun } from './monitoring.ts'
import { wantableTask } from './requested-research.ts'

/** A run that is under way. */
export interface ActiveRun {
  readonly runId: string
  /** Resolves with all that was said and done once the run has ended. */
  readonly ended: Promise<RunState>
}

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

interface Running {
  readonly memory: RunState
  readonly work: RunContext
  readonly controller: AbortController
  /** The run as it is steered, once it is under way. */
  plan: PlanRun | undefined
  monitor: RunMonitor | undefined
  readonly ended: Promise<RunState>
  /** The desk's unsettable clock at the last of its records. */
  seenMs: number
}

const system: Actor = { kind: 'system', id: 'desk' }

/** True while nothing was decided that could be on its way: such a run can be left to the next process. */
function canWait({ goal, decision, review }: RunState): boolean {
  if (goal.collaboration === undefined) return false
  return decision === null || (review !== null && review.decisionId === decision.id && !isClosedReview(review.status))
}

function isCount({ plan }: RunState, stepId: string): boolean {
  return plan.steps.some(({ id, action }) => id === stepId && action === 'decide')
}

export interface RunsOptions {
  readonly parts: DeskParts
  /** The outcomes of earlier decisions on an instrument, newest first. */
  readonly outcomesOf: (instrument: string) => ProposalBriefing['outcomes']
  /** Makes what looks for conflicts between the plans that are open. */
  readonly reconcilerOf: (runOf: (runId: string) => RunUnderWay | undefined) => () => void
}

/** Creates the decision runs. */
export function createRuns({ parts, outcomesOf, reconcilerOf }: RunsOptions): Runs {
  const { journal, feed, latch, planning, history, clock, random, ids, sha256 } = parts
  const running = new Map<string, Running>()
  const spending = createSpending(planning.dailyCostLimitUsd, history.spentToday())

  journal.observe((record: DeskRecord) => {
    spending.see(record)
    const run = record.correlationId === null ? undefined : running.get(record.correlationId)
    if (run === undefined) return
    remember(run.memory, record)
    run.seenMs = clock.monotonic()
  })

  const reconcile = reconcilerOf((runId) => {
    const run = running.get(runId)
    return run === undefined ? undefined : { work: run.work, signal: run.controller.signal }
  })
  const memories = () => [...running.values()].map(({ memory }) => memory)
  const learned = () => learnedEstimates(history.listAttempts(attemptsLearned), clock.now())

  async function start(goal: Goal, by: Actor): Promise<ActiveRun> {
    if (!feed.instruments().some(({ id }) => id === goal.instrument)) {
      throw instrumentMissing(feed, goal.instrument)
    }
    for (const { memory } of running.values()) {
      // The run of the plan that this one serves waits for it.
      const isParent = memory.goal.collaboration?.planId === goal.collaboration?.parentId
      if (memory.goal.instrument !== goal.instrument || (isParent && goal.collaboration?.parentId !== undefined))
        continue
      throw new ParleyError('RUN_ACTIVE', `The desk is already deciding on ${goal.instrument} (${memory.runId}).`, {
        wayOut: 'Wait until that run has ended, or cancel it.',
        details: { runId: memory.runId },
      })
    }
    const { state, reason, epoch } = latch.current()
    if (state === 'HALTED') {
      throw new ParleyError('TRADING_HALTED', `The desk is halted: ${reason}.`, {
        wayOut: 'Re-arm the desk first; until then nothing new is decided.',
      })
    }
    const runId = ids.next('run')
    const estimateOf = learned()
    const { plan } = decidePlan(ids.next('plan'), goal, planning, sha256, { models: parts.models, estimateOf })
    const leastUsd = leastCostUsd(plan, profileFor(goal, planning).minimumSources)
    refuseUnaffordable(plan, leastUsd, spending.leftFor(runId, memories()), spending)
    const memory = beginRunState(runId, goal, plan, Math.floor(clock.now()))
    const begun = journal.append({ kind: 'runStarted', data: { runId, goal, plan }, actor: by, correlationId: runId })
    const run = execute(memory, epoch, estimateOf)
    await begun
    return run
  }

  function resume(memory: RunState): ActiveRun {
    const { runId } = memory
    void journal.append({ kind: 'runResumed', data: { runId }, actor: system, correlationId: runId })
    if (isSamePlan(memory)) return execute(memory, latch.current().epoch, learned())
    return { runId, ended: end(memory, 'failed', 'Its plan has changed since it was started.') }
  }

  /**
   * A run goes on with the plan that it had, as the journal has it, whatever was learned meanwhile; it is never taken up
   * with a plan that somebody changed, nor when the desk's configuration would have it do other steps by now.
   */
  function isSamePlan({ goal, plan, planned }: RunState): boolean {
    try {
      const again = decidePlan(planned.id, goal, planning, sha256, { models: parts.models })
      return planHash(plan.steps, sha256) === plan.hash && again.plan.hash === planned.hash
    } catch {
      // It wants a task that is not defined any more.
      return false
    }
  }

  function execute(memory: RunState, epoch: number, estimateOf: EstimateOf): ActiveRun {
    const { runId, plan, goal } = memory
    const controller = new AbortController()
    const ending = Promise.withResolvers<RunState>()
    const work: RunContext = {
      parts,
      memory,
      epoch,
      outcomes: outcomesOf(goal.instrument),
      plannedRounds: profileFor(goal, planning).debateRounds,
      thinkingAgain: { current: undefined },
      reconcile,
    }
    const entry: Running = {
      memory,
      work,
      controller,
      plan: undefined,
      monitor: undefined,
      ended: ending.promise,
      seenMs: clock.monotonic(),
    }
    running.set(runId, entry)
    const spendable = () => spending.leftFor(runId, memories())
    const monitor = watchRun({
      parts,
      memory,
      estimateOf,
      signal: controller.signal,
      now: () => runTime(memory, clock.monotonic() - entry.seenMs),
      spendable,
      revise: (changed, unwanted) => run.revise(changed, unwanted),
    })
    const finished = new Map(
      [...memory.steps].map(([id, step]) => [id, 'usd' in step ? { output: null, usd: step.usd } : step] as const),
    )
    const run = startPlan({
      runId,
      plan,
      perform: performRun(work),
      async record(event) {
        const durable = journal.append({ ...event, actor: system, correlationId: runId })
        if (event.kind === 'stepSkipped' && event.data.reason.startsWith('BUDGET_EXCEEDED'))
          monitor.sayUnaffordable(event.data.stepId)
        if (event.kind === 'stepSucceeded' && isCount(memory, event.data.stepId)) monitor.reconsider()
        if (event.kind !== 'stepStarted') monitor.look()
        await durable
      },
      clock,
      random: random.fork(runId),
      signal: controller.signal,
      importance: new Map(Object.entries(plan.starts)),
      finished,
      spendable,
      paused: memory.paused !== null,
      onPace: (pace) => monitor.changePace(pace),
    })
    entry.plan = run
    entry.monitor = monitor
    monitor.begin()
    void conclude(memory, run, controller.signal)
      .finally(() => monitor.stop())
      .then(ending.resolve)
    return { runId, ended: entry.ended }
  }

  async function conclude(memory: RunState, run: PlanRun, signal: AbortSignal): Promise<RunState> {
    try {
      const { status, reason } = await run.result
      return await end(memory, status, status === 'cancelled' ? String(signal.reason) : reason)
    } catch (error) {
      if (errorCode(error) !== runSuspended) return end(memory, 'failed', errorMessage(error))
      running.delete(memory.runId)
      return memory
    }
  }

  function activeRun(runId: string): Running {
    const run = running.get(runId)
    if (run !== undefined) return run
    throw new ParleyError('RUN_NOT_ACTIVE', `The run ${runId} is not under way.`, {
      wayOut: 'It has ended already: open it from the list of runs.',
    })
  }

  async function end(
    memory: RunState,
    status: Exclude<RunStatus, 'running'>,
    reason: string | null,
  ): Promise<RunState> {
    const { runId } = memory
    try {
      await journal.append({ kind: 'runEnded', data: { runId, status, reason }, actor: system, correlationId: runId })
    } catch {
      // A journal that cannot be written halts the desk by itself; the next process takes the run up.
    } finally {
      running.delete(runId)
    }
    return memory
  }

  function remarkOf(runId: string, by: Actor, text: string): DeskEvent {
    const at = Math.floor(clock.now())
    const about = { id: ids.next('msg'), runId, at, agent: by.id, kind: 'system' as const, text }
    return { kind: 'messagePosted', data: { message: { ...about, confidence: null, evidence: [], replyTo: null } } }
  }

  return {
    start,
    resume,
    reconcile,
    cancel(runId, reason) {
      activeRun(runId).controller.abort(reason)
    },
    async say(runId, remark, by) {
      const { work, controller } = activeRun(runId)
      return joinIn(work, remark, by, controller.signal)
    },
    async resolveConflict(runId, raised, by) {
      const { work, controller } = activeRun(runId)
      return resolveRaised(work, raised, by, controller.signal)
    },
    async propose(runId, wish, by) {
      const { work, controller } = activeRun(runId)
      return compete(work, wish, by, controller.signal)
    },
    async pause(runId, reason, by) {
      const { memory, plan } = activeRun(runId)
      if (memory.paused !== null) return
      plan?.pause()
      const words = `Paused: ${reason} What is under way comes to its end; nothing more is begun.`
      await journal.append(
        ...[{ kind: 'runPaused' as const, data: { runId, reason } }, remarkOf(runId, by, words)].map((event) => ({
          ...event,
          actor: by,
          correlationId: runId,
        })),
      )
    },
    async unpause(runId, by) {
      const { memory, plan } = activeRun(runId)
      if (memory.paused === null) return
      // The record comes first: steps that begin again are recorded after it.
      const durable = journal.append(
        ...[{ kind: 'runContinued' as const, data: { runId } }, remarkOf(runId, by, 'The run goes on.')].map(
          (event) => ({ ...event, actor: by, correlationId: runId }),
        ),
      )
      plan?.resume()
      await durable
    },
    async addResearch(runId, task, by) {
      const { memory, monitor } = activeRun(runId)
      const { title } = wantableTask(memory, planning, task)
      if (memory.plan.steps.some(({ id }) => id === task)) return
      const durable = journal.append(
        ...[
          { kind: 'researchWanted' as const, data: { runId, task } },
          remarkOf(runId, by, `${title} is wanted too.`),
        ].map((event) => ({ ...event, actor: by, correlationId: runId })),
      )
      monitor?.look()
      await durable
    },
    forecast(runId) {
      const entry = running.get(runId)
      if (entry === undefined) return undefined
      return forecastRun(entry.memory, runTime(entry.memory, clock.monotonic() - entry.seenMs), Math.floor(clock.now()))
    },
    cancelAll(reason) {
      for (const { controller } of running.values()) controller.abort(reason)
    },
    close(reason) {
      for (const { memory, plan, controller } of running.values()) {
        if (plan === undefined || !canWait(memory)) {
          controller.abort(reason)
          continue
        }
        const { runId } = memory
        const suspended = new ParleyError(runSuspended, reason)
        const words = `The desk closes: ${reason} The plan goes on when it opens again, unless its deadline has passed by then.`
        const events = [{ kind: 'runSuspended' as const, data: { runId, reason } }, remarkOf(runId, system, words)]
        journal.append(...events.map((event) => ({ ...event, actor: system, correlationId: runId }))).catch(() => {})
        plan.suspend(suspended)
        controller.abort(suspended)
      }
    },
    active: memories,
    spending,
    async drained() {
      while (running.size > 0) await Promise.allSettled([...running.values()].map(({ ended }) => ended))
    },
  }
}

/** The refusal of an instrument that the feed does not have, with those that it has. */
export function instrumentMissing(feed: Feed, instrument: string): ParleyError {
  const there = feed.instruments().map(({ id }) => id)
  return new ParleyError('INSTRUMENT_NOT_FOUND', `There is no instrument ${instrument} on this desk.`, {
    details: { instruments: there },
    wayOut: `Choose one of ${there.join(', ')}, or import its bars.`,
  })
}
