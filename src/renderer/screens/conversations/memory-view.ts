import { formatDuration, formatNumber, formatPercent, unavailable } from '#renderer/ui/format.ts'
import {
  type Episode,
  type MemoryKind,
  type MemoryTier,
  memoryKinds,
  memoryTiers,
  type Recalled,
} from '#shared/domain/memory.ts'
import { featureNames, type Regime, regimes, type Situation, type SituationFeature } from '#shared/domain/situation.ts'

/** What each kind of memory is called. */
export const kindWords: Readonly<Record<MemoryKind, string>> = {
  knew: 'known',
  decided: 'decided',
  learned: 'learned',
}

/** What each regime is called by itself. */
export const regimeTitles: Readonly<Record<Regime, string>> = {
  'trend up': 'Up trend',
  'trend down': 'Down trend',
  range: 'Range',
  crisis: 'Crisis',
}

/** What each tier is called. */
export const tierWords: Readonly<Record<MemoryTier, string>> = {
  run: 'under way',
  recent: 'recent',
  archive: 'in the archive',
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

export const kindChoices = memoryKinds.map((value) => ({ value, label: capital(kindWords[value]) }))
export const regimeChoices = regimes.map((value) => ({ value, label: regimeTitles[value] }))
export const tierChoices = memoryTiers.map((value) => ({ value, label: capital(tierWords[value]) }))

/** True when a search leaves anything out. */
export function isFiltered(search: Readonly<Record<string, string | undefined>>): boolean {
  return Object.values(search).some((value) => value !== undefined && value !== '')
}

const featureWords: Readonly<Record<SituationFeature, string>> = {
  trend: 'Trend of the averages',
  drift: 'Drift over 60 bars',
  volatility: 'Volatility against usual',
  rsi: 'RSI',
  volume: 'Volume against 20 bars',
  sentiment: 'Sentiment',
  onchain: 'On-chain',
  macro: 'Macro',
  liquidity: 'Liquidity',
  conviction: 'The analyst’s view',
  exposure: 'Position, share of equity',
}

/** A situation's features in words and numbers, all of them: what is unavailable says so by its dash. */
export function featureRows({ features }: Situation): { name: string; value: string }[] {
  return featureNames.map((feature) => ({
    name: featureWords[feature],
    value: featureText(feature, features[feature]),
  }))
}

/** No digit more than is worth reading: what is nearly nothing shows as 0. */
function rounded(value: number, places = 2): number {
  return Number(value.toFixed(places))
}

/** How far apart two situations are. */
export function distanceText(distance: number | null): string {
  return distance === null ? unavailable : distance.toFixed(2)
}

function featureText(feature: SituationFeature, value: number | undefined): string {
  if (value === undefined) return unavailable
  switch (feature) {
    case 'volatility':
      return formatPercent(rounded(Math.exp(value) - 1), 0)
    case 'volume':
    case 'exposure':
      return formatPercent(rounded(value), 0)
    case 'rsi':
      return formatNumber(value, { places: 0 })
    case 'drift':
      return `${formatNumber(rounded(value, 1), { places: 1, signed: true })} σ`
    default:
      return formatNumber(rounded(value), { places: 2, signed: true })
  }
}

const dayMs = 86_400_000

/** How long a move took; in days from two on. */
export function spanWords(ms: number): string {
  return ms >= 2 * dayMs ? `${Math.round(ms / dayMs)} days` : formatDuration(ms)
}

const done = { buy: 'Bought', sell: 'Sold', hold: 'Held' } as const
const wanted = { buy: 'Buy, not filled', sell: 'Sell, not filled', hold: 'Held' } as const

/** What the desk did, or only wanted to do. */
export function deedOf({ action, filled }: Pick<Recalled, 'action' | 'filled'>): string {
  return filled ? done[action] : wanted[action]
}

/** How a decision came out, in one word or two. */
export function decisionTitle({ decision }: Episode): string {
  if (decision === null) return 'Not decided'
  if (decision.status === 'noTrade') return 'No trade'
  return decision.status === 'review' ? `Sent to you: ${decision.action}` : `Agreed: ${decision.action}`
}
