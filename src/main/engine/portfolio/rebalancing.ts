import { ParleyError } from '#shared/lib/error.ts'

export interface Rebalance {
  /** Change of each weight; 0 where it stays within its band. */
  readonly trades: Float64Array
  /** Sum of |trades| / 2: the share of the portfolio that changes hands. */
  readonly turnover: number
  /** Cost as a share of the equity. */
  readonly cost: number
}

/**
 * Trades from present to target weights. An asset within `band` (absolute weight) of its target is left alone; costs
 * are a unit of weight traded, an asset.
 */
export function rebalance(current: Float64Array, target: Float64Array, costs: Float64Array, band = 0): Rebalance {
  let turnover = 0
  let cost = 0
  const trades = target.map((weight, asset) => {
    const change = weight - (current[asset] as number)
    if (Math.abs(change) <= band) return 0
    turnover += Math.abs(change) / 2
    cost += Math.abs(change) * (costs[asset] as number)
    return change
  })
  return { trades, turnover, cost }
}

export interface WholeLots {
  /** Quantity of each asset: a whole number of its lots. */
  readonly quantities: Float64Array
  /** Equity that is left over. */
  readonly cash: number
  /** Root mean square gap between the weights had and the weights wanted. */
  readonly error: number
}

/**
 * Turns long weights into whole lots that cost at most the equity: rounded down first, then lot by lot to the asset
 * that is furthest below its weight and can be afforded. Prices and lot sizes must be above zero; throws
 * LOTS_INPUT_INVALID.
 */
export function wholeLots(
  weights: Float64Array,
  prices: Float64Array,
  lotSizes: Float64Array,
  equity: number,
): WholeLots {
  if (weights.some((weight) => !(weight >= 0)) || [...prices, ...lotSizes].some((value) => !(value > 0))) {
    throw new ParleyError(
      'LOTS_INPUT_INVALID',
      'Whole lots need weights of zero or more, and prices and lots above zero.',
    )
  }
  const lotCosts = prices.map((price, asset) => price * (lotSizes[asset] as number))
  const lots = weights.map((weight, asset) => Math.floor((weight * equity) / (lotCosts[asset] as number) + 1e-9))
  let cash = equity - lots.reduce((sum, count, asset) => sum + count * (lotCosts[asset] as number), 0)
  const short = (asset: number) =>
    (weights[asset] as number) - ((lots[asset] as number) * (lotCosts[asset] as number)) / equity
  for (;;) {
    let pick = -1
    for (let asset = 0; asset < weights.length; asset++) {
      const cost = lotCosts[asset] as number
      // Another lot must bring the asset nearer to its weight.
      if (cost > cash || short(asset) <= cost / equity / 2) continue
      if (pick < 0 || short(asset) > short(pick)) pick = asset
    }
    if (pick < 0) break
    lots[pick] = (lots[pick] as number) + 1
    cash -= lotCosts[pick] as number
  }
  const squares = weights.reduce((sum, _, asset) => sum + short(asset) ** 2, 0)
  return {
    quantities: lots.map((count, asset) => count * (lotSizes[asset] as number)),
    cash,
    error: Math.sqrt(squares / Math.max(1, weights.length)),
  }
}
