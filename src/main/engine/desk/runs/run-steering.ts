import { record, said } from '#engine/desk/run/run-log.ts'
import type { RunState } from '#engine/desk/run/run-state.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { isClosedReview } from '#shared/domain/review.ts'
import { runSuspended } from '#shared/domain/run.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { requestableTask } from './requested-research.ts'
import type { Running, RunsUnderWay } from './runs-under-way.ts'

const system: Actor = { kind: 'system', id: 'desk' }

/** Begins nothing more of the run until it is unpaused; resolves once that is durable. */
export async function pauseRun({ work, memory, plan }: Running, reason: string, by: Actor): Promise<void> {
  if (memory.paused !== null) return
  plan?.pause()
  const { runId } = memory
  const text = `Paused: ${reason} What is under way comes to its end; nothing more is begun.`
  await record(work, by, { kind: 'runPaused', data: { runId, reason } }, ...said(work, by.id, { kind: 'system', text }))
}

/** Lets a paused run go on. */
export async function unpauseRun({ work, memory, plan }: Running, by: Actor): Promise<void> {
  if (memory.paused === null) return
  const { runId } = memory
  const words = said(work, by.id, { kind: 'system', text: 'The run goes on.' })
  // The record comes first: steps that begin again are recorded after it.
  const durable = record(work, by, { kind: 'runContinued', data: { runId } }, ...words)
  plan?.resume()
  await durable
}

/** Adds a research task to the run, as a goal that its plan is changed for; throws what requestableTask does. */
export async function addResearch({ work, memory, monitor }: Running, task: string, by: Actor): Promise<void> {
  const { title } = requestableTask(memory, work.parts.planning, task)
  if (memory.plan.steps.some(({ id }) => id === task)) return
  const { runId } = memory
  const words = said(work, by.id, { kind: 'system', text: `${title} is wanted too.` })
  const durable = record(work, by, { kind: 'researchWanted', data: { runId, task } }, ...words)
  monitor?.look()
  await durable
}

/** Ends the work of this process (see Runs). */
export function closeRuns({ running }: RunsUnderWay, reason: string): void {
  for (const { work, memory, plan, controller } of running.values()) {
    if (plan === undefined || !canWait(memory)) {
      controller.abort(reason)
      continue
    }
    const { runId } = memory
    const suspended = new ParleyError(runSuspended, reason)
    const text = `The desk closes: ${reason} The plan goes on when it opens again, unless its deadline has passed by then.`
    const words = said(work, system.id, { kind: 'system', text })
    record(work, system, { kind: 'runSuspended', data: { runId, reason } }, ...words).catch(() => {})
    plan.suspend(suspended)
    controller.abort(suspended)
  }
}

/** True while nothing was decided that could be on its way: such a run can be left to the next process. */
function canWait({ goal, decision, review }: RunState): boolean {
  if (goal.collaboration === undefined) return false
  return decision === null || (review !== null && review.decisionId === decision.id && !isClosedReview(review.status))
}
