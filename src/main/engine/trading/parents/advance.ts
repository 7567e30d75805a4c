import type { ParentOrder } from '#shared/domain/parent-order.ts'
import { type Decimal, sum } from '#shared/lib/decimal.ts'
import { sendChild } from './child-sending.ts'
import { type NextChild, nextChild, type ParentNow } from './next-child.ts'
import { endParent } from './parent-ends.ts'
import type { ChildOrder, WorkedParent } from './parent-order-fold.ts'
import { executionsActor, type ParentsState, recordParent, touchNow } from './parents-state.ts'

/**
 * Does what a parent order needs now: ends it where the desk was stopped, pauses it while nothing may be sent, and else does
 * what follows from how things stand, once the venue has said how much of every part is filled. One look at a time.
 */
export async function advance(state: ParentsState, parentId: string): Promise<void> {
  const { book, busy, latch } = state
  const worked = book.parents.get(parentId)
  if (worked === undefined || busy.has(parentId)) return
  const { parent } = worked
  const { state: trading, epoch, reason } = latch.current()
  if (trading === 'HALTED' || epoch !== parent.epoch) {
    await endParent(state, parentId, 'stopped', `The desk turned ${trading}: ${reason}`)
    return
  }
  const isOver = elapsedMs(state, parent) >= parent.schedule.due.length * parent.schedule.intervalMs
  const obstacle = isOver ? undefined : obstacleTo(state, parent)
  if (obstacle !== undefined) {
    if (parent.status === 'working')
      await recordParent(state, parent, { kind: 'parentOrderPaused', data: { parentId, reason: obstacle } })
    return
  }
  busy.add(parentId)
  try {
    if (parent.status === 'paused' && !isOver)
      await recordParent(state, parent, { kind: 'parentOrderContinued', data: { parentId } })
    await doNext(state, worked)
  } finally {
    busy.delete(parentId)
  }
}

/** How long a parent order has been under way: of one that an earlier process left the wall clock tells, and never less than the journal knows. */
function elapsedMs({ clock, book, origins }: ParentsState, { id, startedAt }: ParentOrder): number {
  const before = Math.max(0, Math.max(clock.now(), book.latestAt) - startedAt)
  const origin = origins.get(id) ?? { elapsedMs: before, monotonic: clock.monotonic() }
  origins.set(id, origin)
  return origin.elapsedMs + clock.monotonic() - origin.monotonic
}

/** Why nothing may be sent just now. */
function obstacleTo({ orders, feed, clock, mandate }: ParentsState, { instrument }: ParentOrder): string | undefined {
  const { connected, compared } = orders.link()
  if (!connected || !compared) return 'There is no link to the broker, or what happened meanwhile is not compared yet.'
  const quote = feed.quote(instrument)
  if (quote === undefined) return `There is no price for ${instrument}.`
  return Math.abs(clock.now() - quote.at) > mandate.maximumQuoteAgeMs
    ? `The price of ${instrument} is too old to trade on.`
    : undefined
}

async function doNext(state: ParentsState, { parent, children }: WorkedParent): Promise<void> {
  for (const child of children) if (!(await isCertain(state, child))) return
  const worked = state.book.parents.get(parent.id)
  const instrument = state.feed.instruments().find((each) => each.id === parent.instrument)
  if (worked === undefined || instrument === undefined) return
  const others = volumeOfOthers(state, parent, sum(worked.children.map(({ filled }) => filled)))
  const touch = touchNow(state, parent.instrument)
  await carryOut(state, parent, nextChild({ worked, elapsedMs: elapsedMs(state, parent), instrument, touch, others }))
}

/** True once nothing of what is filled of a part that has ended can be news: after a restart all of them are asked after. */
async function isCertain({ orders, confirmed }: ParentsState, { clientOrderId, status }: ChildOrder): Promise<boolean> {
  const mayHaveMore = status === 'CANCELED' || status === 'EXPIRED' || status === 'REJECTED'
  if (!mayHaveMore || confirmed.has(clientOrderId)) return true
  if (!(await orders.confirm(clientOrderId))) return false
  confirmed.add(clientOrderId)
  return true
}

function volumeOfOthers(
  { followed }: ParentsState,
  { id, instrument, schedule }: ParentOrder,
  filled: Decimal,
): ParentNow['others'] {
  if (schedule.participation === null) return { volume: 0, sinceFilled: filled }
  const counted = followed.get(id) ?? { instrument, sinceFilled: filled, volume: 0 }
  followed.set(id, counted)
  return counted
}

async function carryOut(state: ParentsState, parent: ParentOrder, next: NextChild): Promise<void> {
  switch (next.do) {
    case 'wait':
      return
    case 'end':
      await endParent(state, parent.id, next.status, next.reason)
      return
    case 'cancel':
      await state.orders.cancel(next.child.clientOrderId, executionsActor)
      return
    case 'send':
      await sendChild(state, parent, next)
  }
}
