import type { Feed } from '#engine/ports/feed.ts'
import { equity, type TradingBook } from '#engine/trading/positions/book.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import type { Mandate } from '#shared/domain/mandate.ts'
import type { Position } from '#shared/domain/position.ts'
import { markOf } from '#shared/domain/quote.ts'
import { type Decimal, multiply, toNumber, ZERO } from '#shared/lib/decimal.ts'

/** What the reports on risk and allocation are read off. */
export interface ReportParts {
  readonly book: TradingBook
  readonly mandate: Mandate
  readonly feed: Feed
  readonly now: number
}

/** A position at its mark; what no price can be had for has no worth. */
export interface HeldPosition {
  readonly position: Position
  readonly mark: Decimal | null
  readonly markedAt: number | null
  /** Signed, in the account's currency. */
  readonly worth: number | null
  readonly runId: string | null
}

/** What is held now, and the equity where every mark is there. */
export function heldBook({ book, feed }: ReportParts): {
  readonly held: readonly HeldPosition[]
  readonly equity: Decimal | null
} {
  const held = [...book.positions.values()]
    .filter(({ quantity }) => quantity !== ZERO)
    .map((position): HeldPosition => {
      const quote = feed.quote(position.instrument)
      return {
        position,
        mark: quote === undefined ? null : markOf(quote),
        markedAt: quote?.at ?? null,
        worth: quote === undefined ? null : toNumber(multiply(position.quantity, markOf(quote))),
        runId: book.openedBy.get(position.instrument) ?? null,
      }
    })
  return { held, equity: equity(book, marksOf(feed)) ?? null }
}
