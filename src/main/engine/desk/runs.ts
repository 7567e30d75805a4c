import type { ProposalBriefing } from '#engine/agents/seat.ts'
import type { DeskRecord } from '#engine/journal.ts'
import { executePlan } from '#engine/tasks/executor.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Message } from '#shared/domain/message.ts'
import type { Goal, RunStatus } from '#shared/domain/run.ts'
import type { TraderRemark } from '#shared/domain/trader-remark.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { decidePlan } from './decide-plan.ts'
import { joinIn } from './joining.ts'
import type { DeskParts } from './parts.ts'
import { performRun, type RunWork } from './perform.ts'
import { beginRunMemory, type RunMemory, remember } from './run-memory.ts'

/** A run that is under way. */
export interface ActiveRun {
  readonly runId: string
  /** Resolves with all that was said and done once the run has ended. */
  readonly ended: Promise<RunMemory>
}

/** The decision runs of the desk. */
export interface Runs {
  /** Plans and starts deciding on the goal; resolves once the start is durable. Throws INSTRUMENT_NOT_FOUND, RUN_ACTIVE, TRADING_HALTED. */
  start(goal: Goal, by: Actor): Promise<ActiveRun>
  /** Takes up a run that an earlier process left, from the steps that had not ended. */
  resume(memory: RunMemory): ActiveRun
  /** Throws RUN_NOT_ACTIVE. */
  cancel(runId: string, reason: string): void
  cancelAll(reason: string): void
  /** The trader joins in (see joinIn); rejects with RUN_NOT_ACTIVE, RUN_DECIDED. */
  say(runId: string, remark: TraderRemark, by: Actor): Promise<readonly Message[]>
  active(): readonly RunMemory[]
  /** Resolves when no run is active. */
  drained(): Promise<void>
}

interface Running {
  readonly memory: RunMemory
  readonly work: RunWork
  readonly controller: AbortController
  readonly ended: Promise<RunMemory>
}

const system: Actor = { kind: 'system', id: 'desk' }

/**
 * Creates the decision runs. `outcomesOf` gives the outcomes of earlier decisions on an instrument, newest first.
 */
export function createRuns(parts: DeskParts, outcomesOf: (instrument: string) => ProposalBriefing['outcomes']): Runs {
  const { journal, feed, latch, planning, clock, random, ids, sha256 } = parts
  const running = new Map<string, Running>()

  journal.observe((record: DeskRecord) => {
    const run = record.correlationId === null ? undefined : running.get(record.correlationId)
    if (run !== undefined) remember(run.memory, record)
  })

  async function start(goal: Goal, by: Actor): Promise<ActiveRun> {
    if (!feed.instruments().some(({ id }) => id === goal.instrument)) {
      const there = feed.instruments().map(({ id }) => id)
      throw new ParleyError('INSTRUMENT_NOT_FOUND', `There is no instrument ${goal.instrument} on this desk.`, {
        details: { instruments: there },
        wayOut: `Choose one of ${there.join(', ')}, or import its bars.`,
      })
    }
    for (const { memory } of running.values()) {
      if (memory.goal.instrument !== goal.instrument) continue
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
    const { plan, schedule } = decidePlan(ids.next('plan'), goal, planning, sha256, parts.models)
    const memory = beginRunMemory(runId, goal, plan, Math.floor(clock.now()))
    const begun = journal.append({ kind: 'runStarted', data: { runId, goal, plan }, actor: by, correlationId: runId })
    const run = execute(memory, epoch, schedule.starts)
    await begun
    return run
  }

  function resume(memory: RunMemory): ActiveRun {
    const { runId } = memory
    void journal.append({ kind: 'runResumed', data: { runId }, actor: system, correlationId: runId })
    const starts = startsAgain(memory)
    if (starts !== undefined) return execute(memory, latch.current().epoch, starts)
    return { runId, ended: end(memory, 'failed', 'Its plan has changed since it was started.') }
  }

  /** The plan is made again: a run is never taken up with another plan than it had. */
  function startsAgain({ goal, plan }: RunMemory): ReadonlyMap<string, number> | undefined {
    try {
      const again = decidePlan(plan.id, goal, planning, sha256, parts.models)
      return again.plan.hash === plan.hash ? again.schedule.starts : undefined
    } catch {
      // It wants a task that is not defined any more.
      return undefined
    }
  }

  function execute(memory: RunMemory, epoch: number, importance: ReadonlyMap<string, number>): ActiveRun {
    const { runId, plan, goal } = memory
    const controller = new AbortController()
    const finished = new Map(
      [...memory.steps].map(([id, step]) => [id, 'usd' in step ? { output: null, usd: step.usd } : step] as const),
    )
    const work: RunWork = {
      parts,
      memory,
      epoch,
      outcomes: outcomesOf(goal.instrument),
      plannedRounds: planning.profiles[goal.profile].debateRounds,
      thinkingAgain: { current: undefined },
    }
    const ended = (async () => {
      let status: Exclude<RunStatus, 'running'> = 'failed'
      let reason: string | null
      try {
        const result = await executePlan({
          runId,
          plan,
          perform: performRun(work),
          record: async (event) => {
            await journal.append({ ...event, actor: system, correlationId: runId })
          },
          clock,
          random: random.fork(runId),
          signal: controller.signal,
          importance,
          finished,
        })
        status = result.status
        reason = result.reason
      } catch (error) {
        reason = errorMessage(error)
      }
      return await end(memory, status, status === 'cancelled' ? String(controller.signal.reason) : reason)
    })()
    running.set(runId, { memory, work, controller, ended })
    return { runId, ended }
  }

  function activeRun(runId: string): Running {
    const run = running.get(runId)
    if (run !== undefined) return run
    throw new ParleyError('RUN_NOT_ACTIVE', `The run ${runId} is not under way.`, {
      wayOut: 'It has ended already: open it from the list of runs.',
    })
  }

  async function end(
    memory: RunMemory,
    status: Exclude<RunStatus, 'running'>,
    reason: string | null,
  ): Promise<RunMemory> {
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

  return {
    start,
    resume,
    cancel(runId, reason) {
      activeRun(runId).controller.abort(reason)
    },
    async say(runId, remark, by) {
      const { work, controller } = activeRun(runId)
      return joinIn(work, remark, by, controller.signal)
    },
    cancelAll(reason) {
      for (const { controller } of running.values()) controller.abort(reason)
    },
    active: () => [...running.values()].map(({ memory }) => memory),
    async drained() {
      while (running.size > 0) await Promise.allSettled([...running.values()].map(({ ended }) => ended))
    },
  }
}
