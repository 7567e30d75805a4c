import { amount, count, percent, signedPercent } from '#engine/agents/wording.ts'
import type { SourceData } from '#engine/ports/research-sources.ts'
import {
  coverage,
  deviationOf,
  type Finding,
  inDeviations,
  knownFigures,
  meanOf,
  type Nothing,
  type ReadContext,
  signalOf,
  significance,
  type TaskReaders,
} from './reading.ts'

const recentDays = 7
const leastDays = 21

/** How far the mean of the last days stands from the mean of those before, in standard errors of that difference. */
function shift(values: readonly number[]): { readonly change: number; readonly deviations: number } {
  const recent = values.slice(-recentDays)
  const before = values.slice(0, -recentDays)
  const difference = meanOf(recent) - meanOf(before)
  const error = deviationOf(before) * Math.sqrt(1 / recent.length + 1 / before.length)
  return { change: difference, deviations: inDeviations(difference, error) }
}

/** Busier chains and coins leaving exchanges are bullish, in equal parts; either counts by how unusual it is. */
function signalOfChain(
  addresses: number,
  netflow: number | undefined,
): { readonly signal: number; readonly strength: number } {
  const deviations = netflow === undefined ? addresses : (addresses - netflow) / Math.SQRT2
  return { signal: signalOf(deviations), strength: significance(deviations) }
}

function readOnChain(data: SourceData['onchain'], { instrument, now }: ReadContext): Finding | Nothing {
  const days = data.filter(({ at }) => at <= now)
  if (days.length < leastDays) {
    return {
      nothing: `${count(days.length, 'day')} of on-chain counts of ${instrument}; a comparison needs ${leastDays}.`,
    }
  }
  const actives = days.map((day) => day.activeAddresses)
  const addresses = shift(actives.map((value) => Math.log(Math.max(1, value))))
  const flows = days.flatMap((day) => day.exchangeNetflow ?? [])
  const transactions = shift(days.map((day) => Math.log(Math.max(1, day.transactions))))
  const flow = flows.length === days.length ? readFlow(flows) : undefined
  return {
    summary: `Active addresses averaged ${amount(meanOf(actives.slice(-recentDays)))} over a week, ${signedPercent(Math.expm1(addresses.change))} on the weeks before (${addresses.deviations.toFixed(1)} standard errors); ${flow?.words ?? 'exchange flows are unavailable'}.`,
    figures: {
      ...knownFigures({
        addressGrowth: Math.expm1(addresses.change),
        addressDeviations: addresses.deviations,
        transactionGrowth: Math.expm1(transactions.change),
        weekNetflow: flow?.week ?? null,
        netflowDeviations: flow?.deviations ?? null,
        days: days.length,
      }),
      ...signalOfChain(addresses.deviations, flow?.deviations),
    },
    // Without the flows, half of what is wanted is there.
    quality: coverage(days.length, leastDays / 2) * (flow === undefined ? 0.5 : 1),
  }
}

function readFlow(flows: readonly number[]) {
  const { deviations } = shift(flows)
  const week = flows.slice(-recentDays).reduce((sum, flow) => sum + flow, 0)
  const moved = `${amount(Math.abs(week))} coins net ${week > 0 ? 'went onto' : 'left'} exchanges`
  return { week, deviations, words: `${moved} (${deviations.toFixed(1)} standard errors on the usual flow)` }
}

/** Size and turnover say how easily a coin trades, not where it goes. */
function readFundamentals(data: SourceData['coingecko'], { instrument }: ReadContext): Finding | Nothing {
  const { marketCapUsd, volume24hUsd, circulating, rank } = data
  if (!(marketCapUsd > 0)) return { nothing: `No market capitalisation is known for ${instrument}.` }
  const turnover = volume24hUsd / marketCapUsd
  const wanted = [marketCapUsd, volume24hUsd, circulating, rank]
  return {
    summary: `${instrument} ranks ${rank} with a market capitalisation of $${amount(marketCapUsd)}; $${amount(volume24hUsd)}, ${percent(turnover)} of it, traded in 24 hours.`,
    figures: { ...knownFigures({ marketCapUsd, volume24hUsd, circulating, rank, turnover }), signal: 0, strength: 0 },
    quality: wanted.filter((value) => value > 0).length / wanted.length,
  }
}

/** What the chain's own counts and the coin's size say. */
export const onchainMetrics: TaskReaders = { readers: { onchain: readOnChain, coingecko: readFundamentals } }
