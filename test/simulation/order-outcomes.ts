import { expect } from 'vitest'
import type { DeskRecord } from '#engine/journal/journal.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import { isClosed } from '#shared/domain/order.ts'

/** An order as the venue has it, with quantities as numbers to eight places. */
export interface VenueOrder {
  readonly id: string
  readonly filled: number
  readonly isWorking: boolean
}

/** What the venue has of a desk's account: every order that ever arrived, once, and what its trades come to. */
export interface VenueAccount {
  readonly orders: readonly VenueOrder[]
  /** Bought less sold. */
  readonly bought: number
}

/** What a desk has in the end of a run. */
export interface DeskAccount {
  readonly book: TradingBook
  readonly records: readonly DeskRecord[]
  readonly instrument: string
  /** True where the run was stopped at level 3. */
  readonly isStopped: boolean
}

/**
 * No order is lost and none is sent twice (OL-1, OL-3, OL-9, OL-17, KS-14): both sides have the same orders, filled to the
 * same quantity and working or not; each trade is booked once; the position is the sum of the venue's trades; after a full
 * stop nothing works. What never reached the venue is DENIED or REJECTED here.
 */
export function expectNoneLostNoneTwice(desk: DeskAccount, venue: VenueAccount): void {
  const known = [...desk.book.orders.values(), ...desk.book.closed.values()]
  const ours = known
    .filter(({ status, filledQuantity }) => !/^(DENIED|REJECTED)$/.test(status) || filledQuantity !== '0')
    .map(({ clientOrderId, filledQuantity, status }) => ({
      id: clientOrderId,
      filled: Number(filledQuantity),
      isWorking: !isClosed(status),
    }))
  expect(ours.toSorted(byId)).toEqual(venue.orders.toSorted(byId))
  expect(new Set(venue.orders.map(({ id }) => id)).size).toBe(venue.orders.length)
  const trades = desk.records.flatMap((record) =>
    record.kind === 'orderFilled' ? [`${record.data.fill.clientOrderId}|${record.data.fill.tradeId}`] : [],
  )
  expect(new Set(trades).size).toBe(trades.length)
  expect(Number(desk.book.positions.get(desk.instrument)?.quantity ?? 0)).toBeCloseTo(venue.bought, 8)
  if (desk.isStopped) expect(venue.orders.filter(({ isWorking }) => isWorking)).toEqual([])
}

function byId(a: VenueOrder, b: VenueOrder): number {
  return a.id.localeCompare(b.id)
}
