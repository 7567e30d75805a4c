import type { Plans } from '#engine/desk/plans/plans.ts'
import type { Reviews } from '#engine/desk/reviews/reviews.ts'
import { record } from '#engine/desk/run/run-log.ts'
import type { RunState } from '#engine/desk/run/run-state.ts'
import type { Runs } from '#engine/desk/runs/runs.ts'
import type { Journal } from '#engine/journal/journal.ts'
import type { DeskLatch } from '#engine/trading/gate/latch.ts'
import type { ParentOrders } from '#engine/trading/parents/parent-orders.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Actor } from '#shared/domain/journal.ts'

/** What runs are taken up with. */
export interface TakingUp {
  readonly journal: Pick<Journal, 'append'>
  readonly book: Pick<TradingBook, 'parents'>
  readonly latch: Pick<DeskLatch, 'current'>
  readonly reviews: Pick<Reviews, 'voidAll'>
  readonly plans: Pick<Plans, 'hasEnded'>
  readonly runs: Pick<Runs, 'resume' | 'active'>
  readonly parentOrders: Pick<ParentOrders, 'cancel'>
}

const system: Actor = { kind: 'system', id: 'desk' }

/** Takes up the runs that an earlier process left, or ends them; what those had begun and nobody waits for is ended too. */
export async function takeUpRuns(desk: TakingUp, unfinished: readonly RunState[]): Promise<void> {
  const { latch, plans, runs, book, parentOrders } = desk
  for (const memory of unfinished) {
    // KS-10: a desk that starts halted takes no run up again.
    if (latch.current().state === 'HALTED') await abandon(desk, memory, 'The desk was started again while halted')
    else if (plans.hasEnded(memory.goal)) await abandon(desk, memory, 'Its plan has ended')
    else runs.resume(memory)
  }
  const active = new Set(runs.active().map(({ runId }) => runId))
  const lost = unfinished.map(({ runId }) => runId).filter((runId) => !active.has(runId))
  for (const { parent } of book.parents.values()) {
    if (parent.runId !== null && lost.includes(parent.runId))
      await parentOrders.cancel(parent.id, system, 'Its run was not taken up again.')
  }
}

function abandon(parts: TakingUp, memory: RunState, reason: string): Promise<unknown> {
  const { runId } = memory
  parts.reviews.voidAll(reason, runId)
  return record({ parts, memory }, system, { kind: 'runEnded', data: { runId, status: 'cancelled', reason } })
}
