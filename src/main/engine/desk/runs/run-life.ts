import { decidePlan } from '#engine/desk/planning/decide-plan.ts'
import { profileFor } from '#engine/desk/planning/decide-terms.ts'
import { attemptsLearned, type EstimateOf, learnedEstimates } from '#engine/desk/planning/estimates.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import type { RunContext } from '#engine/desk/run/run-context.ts'
import { record } from '#engine/desk/run/run-log.ts'
import { beginRunState, type RunState } from '#engine/desk/run/run-state.ts'
import { leastCostUsd, refuseUnaffordable } from '#engine/desk/run/spending.ts'
import { performRun } from '#engine/desk/steps/table.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { type PlanRun, startPlan } from '#engine/tasks/executor.ts'
import { planHash } from '#engine/tasks/plan-hash.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { type Goal, type RunStatus, runSuspended } from '#shared/domain/run.ts'
import { errorCode, errorMessage, ParleyError } from '#shared/lib/error.ts'
import { type RunMonitor, watchRun } from './monitoring.ts'
import { memoriesOf, type Running, type RunsUnderWay, timeOf } from './runs-under-way.ts'

/** A run that is under way. */
export interface ActiveRun {
  readonly runId: string
  /** Resolves with all that was said and done once the run has ended. */
  readonly ended: Promise<RunState>
}

const system: Actor = { kind: 'system', id: 'desk' }

/** Plans and starts deciding on the goal (see Runs); resolves once the start is durable. */
export async function startRun(runs: RunsUnderWay, goal: Goal, by: Actor): Promise<ActiveRun> {
  const { parts, spending } = runs
  const { feed, latch, ids, planning, sha256, clock, models } = parts
  if (!feed.instruments().some(({ id }) => id === goal.instrument)) throw instrumentMissing(feed, goal.instrument)
  refuseBusy(runs, goal)
  const { state, reason, epoch } = latch.current()
  if (state === 'HALTED') {
    throw new ParleyError('TRADING_HALTED', `The desk is halted: ${reason}.`, {
      wayOut: 'Re-arm the desk first; until then nothing new is decided.',
    })
  }
  const runId = ids.next('run')
  const estimateOf = estimatesOf(parts)
  const { plan } = decidePlan(ids.next('plan'), goal, planning, sha256, { models, estimateOf })
  const leastUsd = leastCostUsd(plan, profileFor(goal, planning).minimumSources)
  refuseUnaffordable(plan, leastUsd, spending.leftFor(runId, memoriesOf(runs)), spending)
  const memory = beginRunState(runId, goal, plan, Math.floor(clock.now()))
  const begun = record({ parts, memory }, by, { kind: 'runStarted', data: { runId, goal, plan } })
  const run = execute(runs, memory, epoch, estimateOf)
  await begun
  return run
}

/** Takes up a run that an earlier process left, from the steps that had not ended. */
export function resumeRun(runs: RunsUnderWay, memory: RunState): ActiveRun {
  const { parts } = runs
  const { runId } = memory
  void record({ parts, memory }, system, { kind: 'runResumed', data: { runId } })
  if (isSamePlan(parts, memory)) return execute(runs, memory, parts.latch.current().epoch, estimatesOf(parts))
  return { runId, ended: end(runs, memory, 'failed', 'Its plan has changed since it was started.') }
}

/** The refusal of an instrument that the feed does not have, with those that it has. */
export function instrumentMissing(feed: Feed, instrument: string): ParleyError {
  const there = feed.instruments().map(({ id }) => id)
  return new ParleyError('INSTRUMENT_NOT_FOUND', `There is no instrument ${instrument} on this desk.`, {
    details: { instruments: there },
    wayOut: `Choose one of ${there.join(', ')}, or import its bars.`,
  })
}

function refuseBusy({ running }: RunsUnderWay, { instrument, collaboration }: Goal): void {
  for (const { memory } of running.values()) {
    // The run of the plan that this one serves waits for it.
    const isParent = memory.goal.collaboration?.planId === collaboration?.parentId
    if (memory.goal.instrument !== instrument || (isParent && collaboration?.parentId !== undefined)) continue
    throw new ParleyError('RUN_ACTIVE', `The desk is already deciding on ${instrument} (${memory.runId}).`, {
      wayOut: 'Wait until that run has ended, or cancel it.',
      details: { runId: memory.runId },
    })
  }
}

function estimatesOf({ history, clock }: DeskParts): EstimateOf {
  return learnedEstimates(history.listAttempts(attemptsLearned), clock.now())
}

/**
 * A run goes on with the plan that it had, as the journal has it, whatever was learned meanwhile; it is never taken up
 * with a plan that somebody changed, nor when the desk's configuration would have it do other steps by now.
 */
function isSamePlan({ planning, sha256, models }: DeskParts, { goal, plan, planned }: RunState): boolean {
  try {
    const again = decidePlan(planned.id, goal, planning, sha256, { models })
    return planHash(plan.steps, sha256) === plan.hash && again.plan.hash === planned.hash
  } catch {
    // It asks for a task that is not defined any more.
    return false
  }
}

function execute(runs: RunsUnderWay, memory: RunState, tradingEpoch: number, estimateOf: EstimateOf): ActiveRun {
  const { parts, running, spending, outcomesOf, reconcile } = runs
  const { runId, goal } = memory
  const ending = Promise.withResolvers<RunState>()
  const work: RunContext = {
    parts,
    memory,
    tradingEpoch,
    outcomes: outcomesOf(goal.instrument),
    plannedRounds: profileFor(goal, parts.planning).debateRounds,
    thinkingAgain: { current: undefined },
    reconcile,
  }
  const entry: Running = {
    memory,
    work,
    controller: new AbortController(),
    plan: undefined,
    monitor: undefined,
    ended: ending.promise,
    seenMs: parts.clock.monotonic(),
  }
  running.set(runId, entry)
  const { signal } = entry.controller
  const spendable = () => spending.leftFor(runId, memoriesOf(runs))
  const monitor = watchRun({
    parts,
    memory,
    estimateOf,
    signal,
    now: () => timeOf(runs, entry),
    spendable,
    revise: (changed, unwanted) => run.revise(changed, unwanted),
  })
  const run = carryOutPlan(work, monitor, signal, spendable)
  entry.plan = run
  entry.monitor = monitor
  monitor.begin()
  void conclude(runs, memory, run, signal)
    .finally(() => monitor.stop())
    .then(ending.resolve)
  return { runId, ended: entry.ended }
}

/** Has the run's plan carried out from where it stands; each event of a step is journalled, and looked at by the monitor. */
function carryOutPlan(work: RunContext, monitor: RunMonitor, signal: AbortSignal, spendable: () => number): PlanRun {
  const { parts, memory } = work
  const { runId, plan, steps, paused } = memory
  return startPlan({
    runId,
    plan,
    perform: performRun(work),
    async record(event) {
      const durable = record(work, system, event)
      if (event.kind === 'stepSkipped' && event.data.reason.startsWith('BUDGET_EXCEEDED'))
        monitor.sayUnaffordable(event.data.stepId)
      if (event.kind === 'stepSucceeded' && isCount(memory, event.data.stepId)) monitor.reconsider()
      if (event.kind !== 'stepStarted') monitor.look()
      await durable
    },
    clock: parts.clock,
    random: parts.random.fork(runId),
    signal,
    importance: new Map(Object.entries(plan.starts)),
    finished: new Map(
      [...steps].map(([id, step]) => [id, 'usd' in step ? { output: null, usd: step.usd } : step] as const),
    ),
    spendable,
    paused: paused !== null,
    onPace: (pace) => monitor.changePace(pace),
  })
}

function isCount({ plan }: RunState, stepId: string): boolean {
  return plan.steps.some(({ id, action }) => id === stepId && action === 'decide')
}

async function conclude(runs: RunsUnderWay, memory: RunState, run: PlanRun, signal: AbortSignal): Promise<RunState> {
  try {
    const { status, reason } = await run.result
    return await end(runs, memory, status, status === 'cancelled' ? String(signal.reason) : reason)
  } catch (error) {
    if (errorCode(error) !== runSuspended) return end(runs, memory, 'failed', errorMessage(error))
    runs.running.delete(memory.runId)
    return memory
  }
}

async function end(
  { parts, running }: RunsUnderWay,
  memory: RunState,
  status: Exclude<RunStatus, 'running'>,
  reason: string | null,
): Promise<RunState> {
  const { runId } = memory
  try {
    await record({ parts, memory }, system, { kind: 'runEnded', data: { runId, status, reason } })
  } catch {
    // A journal that cannot be written halts the desk by itself; the next process takes the run up.
  } finally {
    running.delete(runId)
  }
  return memory
}
