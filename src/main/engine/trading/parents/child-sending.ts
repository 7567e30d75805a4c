import type { Intent } from '#engine/trading/orders/new-orders.ts'
import type { DenialCode } from '#shared/domain/denial.ts'
import { isClosed, type Order } from '#shared/domain/order.ts'
import type { ParentOrder } from '#shared/domain/parent-order.ts'
import type { NextChild } from './next-child.ts'
import { endParent } from './parent-ends.ts'
import type { ParentsState } from './parents-state.ts'

type ChildToSend = Extract<NextChild, { do: 'send' }>

/** What may be otherwise at the next look. */
const passing: readonly DenialCode[] = ['RATE_LIMIT_EXCEEDED', 'QUOTE_STALE', 'QUOTE_UNAVAILABLE']
const stopping: readonly DenialCode[] = ['TRADING_HALTED', 'STOPPED_SINCE_DECISION']

/** Sends a part of a parent order, its stops and targets aside where it reduces; a denial that will not pass ends the whole. */
export async function sendChild(state: ParentsState, parent: ParentOrder, next: ChildToSend): Promise<void> {
  const { book, orders, protection, life } = state
  const protectAgain = parent.reduceOnly ? await protection.standDown(parent.instrument, life) : () => {}
  try {
    if (!book.parents.has(parent.id)) return
    const sent = await orders.submit(childIntent(parent, next))
    if (sent.status === 'DENIED') await onDenied(state, parent, sent)
    // Protection stands aside until nothing more can come of the part.
    else if (parent.reduceOnly && !isClosed(sent.status)) await orders.closed(sent.clientOrderId, life)
  } finally {
    protectAgain()
  }
}

async function onDenied(state: ParentsState, parent: ParentOrder, { reason }: Order): Promise<void> {
  const code = reason?.split(' ')[0] as DenialCode | undefined
  if (code !== undefined && passing.includes(code)) return
  const isStop = code !== undefined && stopping.includes(code)
  await endParent(state, parent.id, isStop ? 'stopped' : 'denied', `A part of it was held back: ${reason}`)
}

function childIntent(parent: ParentOrder, next: ChildToSend): Intent {
  const { runId, proposalId, decisionId, by, instrument, side, reduceOnly, exits, epoch, benchmark } = parent
  return {
    runId,
    proposalId,
    decisionId,
    by,
    instrument,
    side,
    quantity: next.quantity,
    limitPrice: next.limitPrice,
    timeInForce: next.timeInForce,
    reduceOnly,
    ...(exits !== null && { exits }),
    sliceOf: { parentId: parent.id, index: next.index },
    decided: benchmark.decided,
    epoch,
  }
}
