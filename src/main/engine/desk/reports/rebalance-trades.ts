import { percent } from '#engine/agents/wording.ts'
import { rebalance } from '#engine/portfolio/rebalancing.ts'
import type { PortfolioReport } from '#shared/domain/portfolio-report.ts'
import type { SubGoal } from '#shared/domain/sub-goal.ts'
import { toNumber } from '#shared/lib/decimal.ts'

/** What rebalancing comes to: the trades as sub-goals, sales first, and why there are so many. */
export interface WeighedTrades {
  readonly goals: readonly SubGoal[]
  readonly sentence: string
}

/** What a unit of weight costs to trade where the report has no trade to tell it by: half the spread and the fee. */
const usualCost = 0.001

/**
 * Weighs the drift of what is held against what mending it costs. Nothing is traded where less than `leastDrift` of what is
 * weighed would change hands, or it costs more than `mostCost` of that; weights within `band` of their target are left alone.
 */
export function rebalanceTrades(
  { holdings, trades, unavailable, invested, goal, weighed, cashWeight }: PortfolioReport,
  { band = 0.02, leastDrift = 0.05, mostCost = 0.003 }: Readonly<Record<string, number>>,
): WeighedTrades {
  if (unavailable !== null) return { goals: [], sentence: `Nothing can be weighed: ${unavailable}` }
  if (invested === 0 && weighed === 'invested')
    return { goals: [], sentence: 'Nothing is invested, so nothing has drifted.' }
  const costOf = (id: string) => {
    const trade = trades.find(({ instrument }) => instrument === id)
    return trade === undefined || trade.worth === 0 ? usualCost : trade.cost / trade.worth
  }
  const {
    turnover,
    cost,
    trades: changes,
  } = rebalance(
    // Cash is paid with: it costs nothing, and is never left alone.
    Float64Array.of(...holdings.map(({ weight }) => weight), cashWeight?.now ?? 0),
    Float64Array.of(...holdings.map(({ suggested }) => suggested), cashWeight?.suggested ?? 0),
    Float64Array.of(...holdings.map(({ instrument }) => costOf(instrument)), 0),
    band,
  )
  const of = weighed === 'equity' ? 'the equity' : 'what is invested'
  const told = `By ${goal.replaceAll('-', ' ')} ${percent(turnover)} of ${of} is not where it should be; mending it costs ${percent(cost, 2)}.`
  if (turnover < leastDrift) return { goals: [], sentence: `${told} Below ${percent(leastDrift)} it is left alone.` }
  if (cost > mostCost) return { goals: [], sentence: `${told} More than ${percent(mostCost, 2)} is not worth it.` }
  const wanted = new Set(holdings.flatMap(({ instrument }, asset) => (changes[asset] === 0 ? [] : [instrument])))
  const goals = trades
    .filter(({ instrument }) => wanted.has(instrument))
    // What is sold pays for what is bought.
    .toSorted((a, b) => (a.side === b.side ? 0 : a.side === 'sell' ? -1 : 1))
    .map(({ instrument, side, quantity }): SubGoal => {
      const signed = side === 'buy' ? toNumber(quantity) : -toNumber(quantity)
      return { template: 'rebalance-trade', instrument, parameters: { quantity: signed } }
    })
  const names = goals.map(
    ({ instrument, parameters }) =>
      `${(parameters['quantity'] ?? 0) > 0 ? 'buy' : 'sell'} ${Math.abs(parameters['quantity'] ?? 0)} ${instrument}`,
  )
  return {
    goals,
    sentence:
      goals.length === 0 ? `${told} No trade is as large as the venues take.` : `${told} To do: ${names.join(', ')}.`,
  }
}
