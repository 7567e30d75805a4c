import type { Journal } from '#engine/journal/journal.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { equity, type TradingBook } from '#engine/trading/positions/book.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Clock } from '#shared/lib/clock.ts'

/** What a day is opened with. */
export interface TradingDayParts {
  readonly journal: Pick<Journal, 'append'>
  readonly book: TradingBook
  readonly feed: Feed
  readonly clock: Clock
}

const system: Actor = { kind: 'system', id: 'desk' }
const dayMs = 86_400_000

/** Opens the UTC day with the equity that it begins with, once, as soon as every mark is there. To be called often. */
export function openDay({ journal, book, feed, clock }: TradingDayParts): void {
  const day = Math.floor(clock.now() / dayMs)
  const now = equity(book, marksOf(feed))
  // A clock that is set back opens no day again: that would give back a loss that was used up.
  if (day <= book.day || now === undefined) return
  void journal.append({ kind: 'dayOpened', data: { day, equity: now }, actor: system })
}
