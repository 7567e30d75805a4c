import type { Feed } from '#engine/ports/feed.ts'
import { applyFill, flatPosition, undoFill } from '#engine/trading/positions/positions.ts'
import type { FundingPayment } from '#shared/domain/funding.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Fill } from '#shared/domain/order.ts'
import type { Position } from '#shared/domain/position.ts'
import { markOf } from '#shared/domain/quote.ts'
import { type Decimal, sign } from '#shared/lib/decimal.ts'

/** The positions in perpetuals of a paper account, and the funding that was paid for them. */
export interface Contracts {
  readonly feed: Feed
  /** What positions are opened at: their worth for each unit of margin. */
  readonly leverage: number
  /** By instrument; one that was closed stays, flat. */
  readonly positions: Map<string, Position>
  /** All payments so far, as they were made. */
  readonly paid: FundingPayment[]
  /** Funding up to this moment is paid, by instrument. */
  readonly settledUntil: Map<string, number>
  /** How many positions the venue has closed. */
  liquidations: number
}

/** The contracts of an account that holds none. */
export function createContracts(feed: Feed, leverage: number): Contracts {
  return { feed, leverage, positions: new Map(), paid: [], settledUntil: new Map(), liquidations: 0 }
}

/** Books a trade, or takes it back. */
export function bookContract({ feed, positions, settledUntil }: Contracts, fill: Fill, times: 1 | -1): void {
  const { instrument, at } = fill
  const before = positions.get(instrument) ?? flatPosition(instrument, at)
  if (sign(before.quantity) === 0) {
    const now = feed.quote(instrument)?.at ?? at
    settledUntil.set(instrument, Math.max(settledUntil.get(instrument) ?? 0, now, at))
  }
  positions.set(instrument, times === 1 ? applyFill(before, fill) : undoFill(before, fill, at))
}

/** The positions that are not flat. */
export function heldContracts({ positions }: Contracts): readonly Position[] {
  return [...positions.values()].filter(({ quantity }) => sign(quantity) !== 0)
}

/** Of the instrument of an id; undefined where it is not traded here. */
export function listed(feed: Feed, id: string): Instrument | undefined {
  return feed.instruments().find((instrument) => instrument.id === id)
}

/** The mark that a perpetual is valued at; undefined while there is none. */
export function contractMark({ feed }: Contracts, id: string): Decimal | undefined {
  const quote = feed.quote(id)
  return quote && markOf(quote)
}
