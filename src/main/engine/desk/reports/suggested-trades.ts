import { roundTripShare } from '#engine/agents/costs.ts'
import { rebalance, wholeLots } from '#engine/portfolio/rebalancing.ts'
import type { PortfolioReport } from '#shared/domain/portfolio-report.ts'
import { absolute, compare, fromNumber, multiply, roundToStep, sign, toNumber, ZERO } from '#shared/lib/decimal.ts'
import type { ReportParts } from './held-book.ts'

/** A weight nearer to its target than this is left alone: trading it costs more than it mends. */
export const tradeBand = 0.02

/** The trades to target weights, in whole lots; those within the band and below what the venue takes are left out. */
export function tradesTo(
  { feed, book }: Pick<ReportParts, 'feed' | 'book'>,
  base: number,
  instruments: readonly string[],
  weights: Float64Array,
  target: Float64Array,
): PortfolioReport['trades'] {
  const traded = instruments.flatMap((id, asset) => {
    const instrument = feed.instruments().find((each) => each.id === id)
    const quote = feed.quote(id)
    return instrument === undefined || quote === undefined ? [] : [{ id, asset, instrument, quote }]
  })
  const of = (values: Float64Array) => Float64Array.from(traded, ({ asset }) => values[asset] as number)
  const costs = Float64Array.from(traded, ({ quote }) => roundTripShare(quote) / 2)
  const { trades: changes } = rebalance(of(weights), of(target), costs, tradeBand)
  const lots = wholeLots(
    of(weights).map((weight, row) => Math.max(0, weight + (changes[row] as number))),
    Float64Array.from(traded, ({ quote }) => toNumber(quote.last)),
    Float64Array.from(traded, ({ instrument }) => toNumber(instrument.quantityStep)),
    base,
  )
  return traded.flatMap(({ id, instrument, quote }, row): PortfolioReport['trades'] => {
    if (changes[row] === 0) return []
    const held = book.positions.get(id)?.quantity ?? ZERO
    const wanted = fromNumber((lots.quantities[row] as number) - toNumber(held), 12)
    const quantity = roundToStep(absolute(wanted), instrument.quantityStep, 'down')
    const notional = multiply(quantity, quote.last)
    if (sign(quantity) === 0 || compare(notional, instrument.minimumNotional) < 0) return []
    const worth = toNumber(notional)
    const side = sign(wanted) > 0 ? 'buy' : 'sell'
    return [{ instrument: id, side, quantity, worth, cost: worth * (costs[row] as number) }]
  })
}
