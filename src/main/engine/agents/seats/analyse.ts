import { sourceOf, topicOf } from '#engine/agents/evidence-words.ts'
import { isValue, knownEvidence, type MarketRead, missingPrices, readMarket } from '#engine/agents/market-read.ts'
import { type PooledView, poolSignals } from '#engine/agents/pool.ts'
import type { Briefing, Remark } from '#engine/agents/seat.ts'
import type { ViewRecord } from '#engine/agents/view-record.ts'
import { listWords, percent, span } from '#engine/agents/wording.ts'
import type { Insight } from '#shared/domain/insight.ts'
import { type Regime, regimeWords } from '#shared/domain/situation.ts'
import { describeTempering, temper } from './temper.ts'

export interface Analysis {
  /** Null when the analyst abstains. */
  readonly insight: Insight | null
  readonly remarks: readonly Remark[]
  /** The kind of market and its probability; null where there are too few bars to tell. */
  readonly regime: { readonly name: Regime; readonly confidence: number } | null
}

/** A conviction within it has no direction. */
const flatBelow = 0.1
const shownReasons = 4

/**
 * The market view: all signals pooled (see poolSignals), the expected move being conviction x the mean absolute move of a
 * normal with the realised volatility over the horizon. Confidence is the pooled probability of the direction; for flat,
 * how balanced the evidence is, less where there is little of it. With the agent's record
 * it is tempered to what such statements have been worth; without one given it is what the evidence states. Abstains without price evidence, or below 30 bars.
 */
export function analyse(briefing: Briefing, record: ViewRecord | null = null): Analysis {
  const evidence = knownEvidence(briefing)
  const market = readMarket(briefing)
  const missing = missingPrices(evidence)
  const regime = market.regime === null ? null : { name: market.regime.regime, confidence: market.regime.confidence }
  if (missing !== null || market.volatility === null) {
    const reason = missing ?? `${market.bars.close.length} closed bars are too few to measure volatility`
    const text = `I abstain on ${briefing.instrument.id}: ${reason}.`
    return { insight: null, regime, remarks: [{ kind: 'thought', text, confidence: null, evidence: [] }] }
  }
  const view = poolSignals(evidence.filter(isValue))
  const stated = insightOf(briefing, view, market, market.volatility)
  const insight = record === null ? stated : temper(stated, record)
  const tempering = record === null ? '' : describeTempering(insight, record)
  const unavailable = new Set(evidence.filter(({ status }) => status === 'unavailable').map(sourceOf))
  const gaps = unavailable.size === 0 ? '' : ` Unavailable: ${listWords([...unavailable])}.`
  const state =
    regime === null ? '' : ` The market looks like ${regimeWords[regime.name]} (${percent(regime.confidence, 0)}).`
  const text = `${headline(insight)}${tempering}${state} ${insight.reasons.join(' ')}${gaps}`
  const remark: Remark = { kind: 'analysis', text, confidence: insight.confidence, evidence: insight.evidence }
  return { insight, regime, remarks: [remark] }
}

function insightOf({ instrument }: Briefing, view: PooledView, market: MarketRead, volatility: number): Insight {
  const { conviction, weight, pulls } = view
  const size = Math.abs(conviction)
  const isFlat = size < flatBelow
  const bars = market.barMs > 0 ? market.horizonMs / market.barMs : 0
  const told = pulls.filter((pull) => pull.logOdds * pull.weight !== 0).slice(0, shownReasons)
  return {
    agent: 'analyst',
    instrument: instrument.id,
    direction: isFlat ? 'flat' : conviction > 0 ? 'up' : 'down',
    magnitude: size * Math.sqrt(2 / Math.PI) * volatility * Math.sqrt(bars),
    confidence: isFlat ? (1 - size) * Math.min(1, weight) : (1 + size) / 2,
    horizonMs: Math.round(market.horizonMs),
    reasons: told.map(
      (pull) => `${pull.logOdds > 0 ? 'Up' : 'Down'} on ${topicOf(pull.evidence)}: ${pull.evidence.summary}`,
    ),
    evidence: told.map((pull) => pull.evidence.id),
  }
}

function headline({ instrument, direction, magnitude, confidence, horizonMs, reasons }: Insight): string {
  if (reasons.length === 0) return `No evidence points either way on ${instrument}.`
  const sure = `(confidence ${confidence.toFixed(2)})`
  if (direction === 'flat') return `The evidence on ${instrument} is balanced ${sure}.`
  return `I expect ${instrument} ${direction} ${percent(magnitude, 2)} within ${span(horizonMs)} ${sure}.`
}
