import type { Feed } from '#engine/ports/feed.ts'
import { markOf } from '#shared/domain/quote.ts'
import type { Decimal } from '#shared/lib/decimal.ts'

/** Reads what positions are valued at: of a perpetual its mark, else the last price; undefined while there is none. */
export function marksOf(feed: Pick<Feed, 'quote'>): (instrument: string) => Decimal | undefined {
  return (instrument) => {
    const quote = feed.quote(instrument)
    return quote && markOf(quote)
  }
}
