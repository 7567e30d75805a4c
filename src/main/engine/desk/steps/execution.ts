import type { Execution } from '#engine/agents/seats/measure-outcome.ts'
import { intentOf } from '#engine/desk/reviews/review-approval.ts'
import { refuseFalseOutcome } from '#engine/desk/run/answer-checks.ts'
import { ask, done, type RunContext, refuseStray } from '#engine/desk/run/run-context.ts'
import { record, said } from '#engine/desk/run/run-log.ts'
import { type RunState, voteDeadlines } from '#engine/desk/run/run-state.ts'
import { orderOf } from '#engine/desk/run/trade-order.ts'
import type { StepContext, StepResult } from '#engine/tasks/executor.ts'
import type { Intent } from '#engine/trading/orders/new-orders.ts'
import type { Seat } from '#shared/domain/agent.ts'
import { ZERO } from '#shared/lib/decimal.ts'
import { errorCode, errorMessage } from '#shared/lib/error.ts'
import { carryOut, orderToSchedule } from './carry-out.ts'

/** What the desk may send: what it agreed on, or what the trader approved. */
function intentToSend({ decision, proposals, review, objections, runId }: RunState, by: Seat): Intent | string {
  const proposal = proposals.find(({ id }) => id === decision?.proposalId)
  if (decision === null || proposal === undefined) return 'Nothing was decided.'
  const { market: decided } = decision
  if (review?.status === 'approved' && review.decisionId === decision.id) return { ...intentOf(review), decided }
  if (review !== null) return review.end?.reason ?? decision.reason
  if (decision.status !== 'agreed' || decision.action === 'hold') return decision.reason
  const objection = objections.at(-1)
  if (objection !== undefined) return `The trader objects: ${objection}`
  const { type: _type, ...order } = orderOf(decision, proposal, decision.action)
  return { ...order, runId, by, decided, epoch: decision.epoch }
}

/** Has the executor carry out what was agreed on or approved. */
export async function doExecute(run: RunContext, context: StepContext, seat: Seat): Promise<StepResult> {
  const { parts, memory } = run
  const intent = intentToSend(memory, seat)
  if (typeof intent === 'string') {
    // What an earlier process had begun to carry out in parts may be objected to by now.
    const begun = [...parts.book.parents.values()].filter(({ parent }) => parent.runId === memory.runId)
    for (const { parent } of begun) await parts.parentOrders.cancel(parent.id, { kind: 'system', id: 'desk' }, intent)
    return { status: 'skipped', reason: intent }
  }
  const endsBy = [memory.review?.expiresAt, voteDeadlines(memory)?.executeBy].filter((at) => at !== undefined)
  const { algorithm } = memory.goal
  const wish = intent.execution ?? (algorithm === undefined ? undefined : { algorithm })
  const order = orderToSchedule(parts, intent, wish, endsBy.length === 0 ? null : Math.min(...endsBy))
  const say = (text: string) => record(run, seat, ...said(run, seat, { kind: 'system', text }))
  const soon = { ...context, step: { ...context.step, timeoutMs: chooseTimeoutMs } }
  const choose = () => ask(run, soon, seat, 'arrange', { order })
  const carried = await carryOut(parts, intent, context.signal, { choose, say }).catch((error: unknown) => {
    if (errorCode(error) === 'EXECUTION_NOT_AS_APPROVED') return errorMessage(error)
    throw error
  })
  if (typeof carried === 'string') {
    await say(carried)
    return { status: 'skipped', reason: carried }
  }
  const { clientOrderId, status, text } = carried
  await say(text)
  return { status: 'succeeded', output: { clientOrderId, status }, usd: 0 }
}

/** How long the executor may think about how to do it. */
const chooseTimeoutMs = 5_000

/** Has the evaluator measure what came of it. */
export async function doEvaluate(run: RunContext, context: StepContext, seat: Seat): Promise<StepResult> {
  const { memory, parts } = run
  const { decision, fills } = memory
  if (decision === null) return { status: 'skipped', reason: 'Nothing was decided.' }
  // What is objected to by now takes nothing back.
  const intent = intentToSend({ ...memory, objections: [] }, seat)
  const carriedOut = typeof intent !== 'string'
  const execution: Execution = {
    runId: memory.runId,
    decisionId: decision.id,
    at: Math.floor(parts.clock.now()),
    action: carriedOut ? intent.side : 'hold',
    quantity: carriedOut ? intent.quantity : ZERO,
    arrivalPrice: decision.price,
    // A stop may have closed some of it already.
    fills: carriedOut ? fills.filter(({ side }) => side === intent.side) : fills,
  }
  const outcome = await ask(run, context, seat, 'evaluate', execution)
  refuseStray(memory, seat, 'The outcome', outcome)
  refuseFalseOutcome(execution, outcome)
  const remarks = outcome.lessons.map((text) => ({ kind: 'analysis' as const, text }))
  await record(run, seat, { kind: 'outcomeMeasured', data: { outcome } }, ...said(run, seat, ...remarks))
  return done
}
