import { roundTripShare } from '#engine/agents/costs.ts'
import type { BriefingPortfolio, StandingView } from '#engine/agents/seat.ts'
import { leastTailBars } from '#engine/portfolio/book-tail.ts'
import { type MarketModel, readMarketModel } from '#engine/portfolio/book-target.ts'
import type { DeskHistory } from '#engine/ports/desk-history.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { createTailReader, type ReadReturns, type TailReader } from '#engine/trading/gate/tail-reader.ts'
import { equity, type TradingBook } from '#engine/trading/positions/book.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import { multiply, sign, toNumber } from '#shared/lib/decimal.ts'

/** What the book as a whole is read off. */
export interface BookParts {
  readonly feed: Feed
  readonly book: TradingBook
  readonly history: Pick<DeskHistory, 'listViews'>
  readonly now: number
  readonly tails?: TailReader
}

/** The feed's own instruments are taken in up to so many; with more the weights would take longer than a turn may. */
const mostAssets = 8

/** Instruments that share enough bars, with their returns. */
export interface SharedUniverse {
  readonly read: ReadReturns
  readonly without: BriefingPortfolio['without']
}

/**
 * The instruments that a book is modelled over: those that have to be there, and then the feed's own (no perpetuals: they are bets
 * on what is there, not parts of it; nor another instrument on a coin that is there: the two would be set against each other
 * as if they could part), each with a price and enough closed bars. Undefined without any.
 */
export function readUniverse(
  feed: Feed,
  now: number,
  needed: readonly string[],
  tails = createTailReader(feed),
): SharedUniverse | undefined {
  const wanted = new Set(needed)
  const coins = new Set(feed.instruments().flatMap(({ id, base }) => (wanted.has(id) ? [base] : [])))
  for (const { id, base } of feed.instruments()) {
    if (wanted.size < mostAssets && !isPerpetual(id) && !coins.has(base)) wanted.add(id)
  }
  const barsOf = (id: string) => tails.returns([id], now).shared.times.length
  const whyNot = (id: string) =>
    feed.quote(id) === undefined
      ? 'it has no price'
      : `it has ${barsOf(id)} closed bars, ${leastTailBars + 1} are needed`
  const enough = [...wanted].filter((id) => barsOf(id) > leastTailBars && feed.quote(id) !== undefined)
  const without = [...wanted]
    .filter((id) => !enough.includes(id))
    .map((instrument) => ({ instrument, why: whyNot(instrument) }))
  const [first, ...others] = enough
  if (first === undefined) return undefined
  const read = tails.returns(enough, now)
  if (read.shared.times.length > leastTailBars) return { read, without }
  const why = `it shares ${read.shared.times.length} closed bars with the others, ${leastTailBars + 1} are needed`
  const alone = tails.returns([first], now)
  return { read: alone, without: [...without, ...others.map((instrument) => ({ instrument, why }))] }
}

/** The newest views on some instruments, where their horizon has not passed. */
function standingViews(
  { history, now }: Pick<BookParts, 'history' | 'now'>,
  instruments: readonly string[],
): StandingView[] {
  return instruments.flatMap((id) =>
    history.listViews(id, 1).filter(({ at, insight }) => at <= now && at + insight.horizonMs > now),
  )
}

// Every ballot of a vote asks for the same bars.
const models = new WeakMap<Feed, { readonly key: string; readonly model: MarketModel | undefined }>()

function modelOf(feed: Feed, { timeframe, shared: { instruments, times, returns } }: ReadReturns) {
  const sum = returns.reduce((total, series) => series.reduce((part, value) => part + value, total), 0)
  const key = [timeframe, ...instruments, times[0], times.at(-1), sum].join(' ')
  const known = models.get(feed)
  if (known?.key === key) return known.model
  const model = readMarketModel(returns)
  models.set(feed, { key, model })
  return model
}

/** The whole book as the optimizer sees it. Null where the equity, or the bars of the instrument, are unavailable. */
export function bookPortfolio(parts: BookParts, instrument: string, maximumPosition: number): BriefingPortfolio | null {
  const held = [...parts.book.positions.values()].filter(({ quantity }) => sign(quantity) !== 0)
  const { feed, now, tails } = parts
  const universe = readUniverse(feed, now, [instrument, ...held.map((position) => position.instrument)], tails)
  if (universe === undefined || !universe.read.shared.instruments.includes(instrument)) return null
  const portfolio = portfolioOf(parts, universe, maximumPosition)
  return portfolio === null
    ? null
    : { ...portfolio, views: portfolio.views.filter(({ insight }) => insight.instrument !== instrument) }
}

/** A book over a universe, with every standing view on it. Null where the equity is unavailable, or something does not move. */
export function portfolioOf(
  parts: BookParts,
  { read, without }: SharedUniverse,
  maximumPosition: number,
): BriefingPortfolio | null {
  const { feed, book } = parts
  const { instruments, times } = read.shared
  const mark = marksOf(feed)
  const wealth = equity(book, mark)
  const model = modelOf(feed, read)
  if (wealth === undefined || sign(wealth) <= 0 || model === undefined) return null
  const weightOf = (id: string) => {
    const quantity = book.positions.get(id)?.quantity
    const price = mark(id)
    return quantity === undefined || price === undefined ? 0 : toNumber(multiply(quantity, price)) / toNumber(wealth)
  }
  return {
    assets: instruments.flatMap((id, asset) => {
      const quote = feed.quote(id)
      if (quote === undefined) return []
      const ceiling = maximumPosition * (model.calm[asset] as number)
      return [{ instrument: id, weight: weightOf(id), ceiling, cost: roundTripShare(quote) / 2 }]
    }),
    covariances: model.covariances,
    prior: model.prior,
    barMs: timeframeMs[read.timeframe],
    bars: times.length,
    from: times[0] as number,
    to: times.at(-1) as number,
    views: standingViews(parts, instruments),
    without,
    elsewhere: without.reduce((sum, left) => sum + Math.max(0, weightOf(left.instrument)), 0),
  }
}
