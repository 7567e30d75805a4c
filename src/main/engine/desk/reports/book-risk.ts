import type { BriefingRisk } from '#engine/agents/seat.ts'
import { worthAfter } from '#engine/agents/sizes.ts'
import { bookProfits, tailOfProfits } from '#engine/portfolio/book-tail.ts'
import { componentTail } from '#engine/portfolio/component-risk.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { createTailReader, type TailReader } from '#engine/trading/gate/tail-reader.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { multiply, toNumber } from '#shared/lib/decimal.ts'

/**
 * What a day may cost the whole book (95 %, historical simulation), as it is and with a proposal carried out, and what the proposal's
 * instrument adds to it. Null where a price is missing, or too few bars are shared by all of it.
 */
export function riskWith(
  {
    feed,
    book,
    now,
    tails = createTailReader(feed),
  }: {
    readonly feed: Feed
    readonly book: TradingBook
    readonly now: number
    readonly tails?: TailReader
  },
  { action, quantity }: Pick<Proposal, 'action' | 'quantity'>,
  instrument: Instrument,
): BriefingRisk | null {
  const { id } = instrument
  const mark = marksOf(feed)
  const price = mark(id)
  if (price === undefined) return null
  const before = new Map<string, number>()
  for (const { instrument: held, quantity: size } of book.positions.values()) {
    const own = mark(held)
    if (own === undefined) return null
    const worth = toNumber(multiply(size, own))
    if (worth !== 0) before.set(held, worth)
  }
  const position = book.positions.get(id) ?? null
  const after = new Map(before)
  after.set(id, toNumber(worthAfter({ account: { position }, instrument }, action, quantity, price)))
  const { timeframe, shared } = tails.returns([...after.keys()], now)
  const barMs = timeframeMs[timeframe]
  const profits = bookProfits(shared, after)
  const [tailBefore, tailAfter] = [tailOfProfits(bookProfits(shared, before), barMs), tailOfProfits(profits, barMs)]
  const [from, to] = [shared.times[0], shared.times.at(-1)]
  if (tailBefore === null || tailAfter === null || from === undefined || to === undefined) return null
  const worths = Float64Array.from(shared.instruments, (held) => after.get(held) ?? 0)
  const asset = shared.instruments.indexOf(id)
  const share = componentTail(shared.returns, worths).expectedShortfall.shares[asset] as number
  const worst = profits.indexOf(Math.min(...profits))
  return {
    before: tailBefore,
    after: tailAfter,
    share: Number.isFinite(share) ? share : 0,
    worst: { at: shared.times[worst + 1] as number, change: profits[worst] as number },
    bars: shared.times.length,
    from,
    to,
  }
}
