import type { TradingBook } from '#engine/trading/positions/book.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** What the account holds is unknown, never flat (OL-15): throws POSITIONS_UNKNOWN, saying why, until the trader re-arms. */
export function requireKnownAccount(book: TradingBook): void {
  if (book.doubt === null) return
  throw new ParleyError('POSITIONS_UNKNOWN', `What the account holds is unknown: ${book.doubt}.`, {
    wayOut: 'Look at orders and positions at the broker, and re-arm the desk once they are as it says then.',
  })
}
