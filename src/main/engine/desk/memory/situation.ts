import { knownEvidence, readMarket } from '#engine/agents/market-read.ts'
import { forceOf } from '#engine/agents/pool.ts'
import type { Briefing } from '#engine/agents/seat.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { Insight } from '#shared/domain/insight.ts'
import { heldWithin, type Situation, type SituationFeature } from '#shared/domain/situation.ts'
import { toNumber } from '#shared/lib/decimal.ts'

/** The research tasks whose findings are features. */
const taskOf = {
  sentiment: 'market_sentiment',
  onchain: 'onchain_metrics',
  macro: 'macro_factors',
  liquidity: 'liquidity_analysis',
} as const
const driftBars = 60

/** What the desk is about to decide in, by what it knows at the briefing's moment. */
export function readSituation(briefing: Briefing, insight: Insight | null): Situation {
  const { instrument, now, account, quote } = briefing
  const { technicals, returns, volatility, longVolatility, regime } = readMarket(briefing)
  const evidence = knownEvidence(briefing)
  const equity = account.equity === null ? 0 : toNumber(account.equity)
  const held = account.position === null ? 0 : toNumber(account.position.quantity) * toNumber(quote.last)
  const read: Readonly<Record<SituationFeature, number | null>> = {
    trend: technicals.trend,
    drift: driftOf(returns, volatility),
    volatility: volatility === null || longVolatility === null ? null : Math.log(volatility / longVolatility),
    rsi: technicals.rsi,
    volume: technicals.volumeTrend,
    sentiment: forceOfTask(evidence, taskOf.sentiment),
    onchain: forceOfTask(evidence, taskOf.onchain),
    macro: forceOfTask(evidence, taskOf.macro),
    liquidity: forceOfTask(evidence, taskOf.liquidity),
    conviction: insight === null ? null : convictionOf(insight),
    exposure: equity > 0 ? held / equity : null,
  }
  const features: Situation['features'] = {}
  for (const [name, value] of Object.entries(read)) {
    const feature = name as SituationFeature
    if (value !== null && Number.isFinite(value)) features[feature] = heldWithin(feature, value)
  }
  return { instrument: instrument.id, at: now, regime: regime?.regime ?? null, features }
}

function driftOf(returns: Float64Array, volatility: number | null): number | null {
  if (volatility === null || volatility === 0) return null
  const recent = returns.slice(-driftBars)
  return recent.reduce((sum, value) => sum + value, 0) / (volatility * Math.sqrt(recent.length))
}

/** The mean force of a task's findings; null where none of them is a value. */
function forceOfTask(evidence: readonly Evidence[], task: string): number | null {
  const forces = evidence.flatMap((piece) => (piece.task === task && piece.status === 'value' ? [forceOf(piece)] : []))
  return forces.length === 0 ? null : forces.reduce((sum, force) => sum + force, 0) / forces.length
}

const signs = { up: 1, down: -1, flat: 0 } as const

/** From -1, sure of a fall, to 1, sure of a rise: an even chance is nothing. */
function convictionOf({ direction, confidence }: Insight): number {
  return signs[direction] * Math.max(0, 2 * confidence - 1)
}
