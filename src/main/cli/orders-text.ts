import type { Comparison } from '#shared/domain/comparison.ts'
import { isClosed, type Order } from '#shared/domain/order.ts'
import type { ParentOrderView } from '#shared/domain/parent-order.ts'
import type { PositionView } from '#shared/domain/position.ts'

const timeOf = (at: number) => new Date(at).toISOString()

/** The rows of a list of orders, newest first; what goes out in parts is one row, with its parts below it. */
export function orderRows(
  orders: readonly Order[],
  parents: readonly ParentOrderView[],
): readonly (readonly string[])[] {
  const inParts = new Set(parents.map(({ id }) => id))
  const alone = orders.filter(({ sliceOf }) => sliceOf === null || !inParts.has(sliceOf.parentId))
  return [
    ...alone.map((order) => ({ at: order.createdAt, rows: [orderRow(order)] })),
    ...parents.map((parent) => ({ at: parent.startedAt, rows: [parentRow(parent), ...parent.children.map(partRow)] })),
  ]
    .toSorted((a, b) => b.at - a.at)
    .flatMap(({ rows }) => rows)
}

function parentRow(parent: ParentOrderView): readonly string[] {
  const { id, updatedAt, status, side, instrument, quantity, filledQuantity, schedule, limitPrice, reason, by } = parent
  const { algorithm, due, intervalMs } = schedule
  const limit = limitPrice === null ? '' : ` limit ${limitPrice}`
  return [
    id,
    timeOf(updatedAt),
    status.toUpperCase(),
    `${side} ${instrument} ${algorithm}${limit}, ${due.length} checks ${intervalMs / 1_000} s apart`,
    `${filledQuantity} of ${quantity}`,
    reason ?? `by ${by}${parent.runId === null ? '' : ` in ${parent.runId}`}`,
  ]
}

function partRow(part: Order): readonly string[] {
  const [id = '', ...rest] = orderRow(part)
  return [`  ${id}`, ...rest]
}

/** An order as a row of a table: id, when, status, what, how much of it is filled at which price, what it is part of. */
function orderRow(order: Order): readonly string[] {
  const { clientOrderId, updatedAt, status, side, instrument, quantity, filledQuantity, averagePrice } = order
  const filled = `${filledQuantity} of ${quantity}${averagePrice === null ? '' : ` at ${averagePrice}`}`
  return [
    clientOrderId,
    timeOf(updatedAt),
    status,
    `${side} ${instrument} ${termsText(order)}`,
    filled,
    partText(order),
  ]
}

function termsText({ type, limitPrice, stopPrice, trailing, timeInForce, reduceOnly, postOnly }: Order): string {
  return [
    type,
    ...(stopPrice === null ? [] : [`stop ${stopPrice}`]),
    ...(limitPrice === null ? [] : [`limit ${limitPrice}`]),
    ...(trailing === null ? [] : [`trailing ${trailing.offset}${trailing.kind === 'absolute' ? '' : ' bp'}`]),
    timeInForce,
    ...(reduceOnly ? ['reduce-only'] : []),
    ...(postOnly ? ['post-only'] : []),
  ].join(' ')
}

function partText({ contingency, reason, by, runId }: Order): string {
  if (contingency?.kind === 'OCO') return `${contingency.leg} of ${contingency.parentId}`
  return reason ?? `by ${by}${runId === null ? '' : ` in ${runId}`}`
}

/** Those of the orders that work at the venue, or whose fate is not known. */
export function workingOnly(orders: readonly Order[]): readonly Order[] {
  return orders.filter(({ status }) => !isClosed(status))
}

/** A position as a row of a table: what is held at which price, where the market is, what it is worth since, what was earned. */
export function positionRow({
  instrument,
  quantity,
  averagePrice,
  mark,
  markedAt,
  unrealised,
  realised,
  fees,
}: PositionView) {
  const marked = mark === null || markedAt === null ? 'mark unavailable' : `mark ${mark} of ${timeOf(markedAt)}`
  return [
    instrument,
    `${quantity} at ${averagePrice ?? 'no price'}`,
    marked,
    `unrealised ${unrealised ?? 'unavailable'}`,
    `realised ${realised}`,
    `fees ${fees}`,
  ]
}

/** What comparing with the venue came to, line by line. */
export function comparisonLines({ at, matched, adjusted, inDoubt, positions }: Comparison): readonly string[] {
  return [
    `Compared with the venue at ${timeOf(at)}: ${matched} working ${matched === 1 ? 'order matches' : 'orders match'}.`,
    ...adjusted.map((what) => `  adjusted: ${what}`),
    ...inDoubt.map((id) => `  in doubt, asking the venue: ${id}`),
    ...(positions === null
      ? ['Positions at the venue are unknown: it did not report them.']
      : positions.map(({ instrument, desk, venue, agrees }) =>
          agrees
            ? `  ${instrument}: ${desk} on both sides`
            : `  ${instrument}: ${desk} here, ${venue} at the venue: they DIFFER`,
        )),
    ...(positions?.length === 0 ? ['No positions on either side.'] : []),
  ]
}
