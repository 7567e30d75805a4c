import { roundTripShare } from '#engine/agents/costs.ts'
import { readMarket } from '#engine/agents/market-read.ts'
import type { Briefing, SideArgument } from '#engine/agents/seat.ts'
import { entryCaps, exitPrice, lossBetween, positionOf, tightest } from '#engine/agents/sizes.ts'
import { figure, listWords, percent, signedPercent, span } from '#engine/agents/wording.ts'
import { atrExits } from '#engine/portfolio/sizing.ts'
import type { Insight } from '#shared/domain/insight.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import { tradable } from '#shared/domain/instrument.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { absolute, fromNumber, multiply, sign, toNumber, ZERO } from '#shared/lib/decimal.ts'
import type { Ids } from '#shared/lib/ids.ts'
import { adviceCaps, sizeAdvice } from './size-advice.ts'

/** The last word of each side; 0 for one that said nothing. */
export function debateStrengths(debate: readonly SideArgument[]): { readonly bull: number; readonly bear: number } {
  const last = (side: SideArgument['side']) => debate.findLast((argument) => argument.side === side)?.strength ?? 0
  return { bull: last('bull'), bear: last('bear') }
}

/** The insight's expected move of the price over its horizon, signed. */
export function expectedMove(insight: Insight | null): number {
  if (insight === null || insight.direction === 'flat') return 0
  return insight.direction === 'up' ? insight.magnitude : -insight.magnitude
}

/**
 * The strategist's proposals, the preferred one first and hold always among them. An entry: to buy where the view is up, and to
 * sell short a perpetual where it is down (a size that loses the profile's risk per trade at a stop two ATR away, within
 * every cap of profile, cash and mandate, rounded down to the lot; target three ATR away). The way out: to sell what is
 * held where the view is down, to buy a short position back where it is up; only what is flat is turned round. A trade is preferred to holding where the
 * expected move pays for going in and out, the debate does not favour the other side, and the validator does not call the
 * dossier too thin. `expectedReturn` is the price's expected move, signed, whatever the action.
 */
export function propose(
  briefing: Briefing,
  insight: Insight | null,
  debate: readonly SideArgument[],
  ids: Ids,
): readonly Proposal[] {
  const action = insight === null ? null : ({ up: 'buy', down: 'sell', flat: null } as const)[insight.direction]
  const trade =
    insight === null || action === null
      ? undefined
      : (wayOutProposal(briefing, insight, action, debate, ids) ??
        entryProposal(briefing, insight, action, debate, ids))
  const trades = trade === undefined ? [] : [trade]
  const [wanted] = trades
  const why = wanted === undefined ? reasonForNone(briefing, insight) : reasonAgainst(wanted, briefing, debate)
  const hold = holdProposal(briefing, insight, why, ids)
  return why === null ? [...trades, hold] : [hold, ...trades]
}

function common({ runId, instrument, now, quote }: Briefing, insight: Insight | null, ids: Ids, horizonMs: number) {
  return {
    id: ids.next('prop'),
    runId,
    by: 'strategist',
    at: now,
    instrument: instrument.id,
    horizonMs: Math.round(insight?.horizonMs ?? horizonMs),
    expectedReturn: expectedMove(insight),
    entry: quote.last,
    stop: null,
    target: null,
    riskAtStop: null,
    evidence: [...(insight?.evidence ?? [])],
  }
}

/** A few places finer than the tick: what floats add of themselves must not move a price to the next one. */
function exitPlaces(priceStep: Instrument['priceStep']): number {
  return Math.min(20, Math.max(12, (priceStep.split('.')[1]?.length ?? 0) + 3))
}

/** The words of a side: what it does, which way it looks, whose case is against it. */
const sideWords = {
  buy: { against: 'bear', beyond: 'below', view: 'up' },
  sell: { against: 'bull', beyond: 'above', view: 'down' },
} as const

function entryProposal(
  briefing: Briefing,
  insight: Insight,
  action: 'buy' | 'sell',
  debate: readonly SideArgument[],
  ids: Ids,
): Proposal | undefined {
  const { instrument, quote } = briefing
  const market = readMarket(briefing)
  const { atr } = market.technicals
  if (action === 'sell' && instrument.perpetual === undefined) return undefined
  // What is held the other way is closed first.
  if (sign(positionOf(briefing)) === (action === 'buy' ? -1 : 1)) return undefined
  if (atr === null || !(atr > 0) || mandateForbids(briefing) !== null) return undefined
  const entry = action === 'buy' ? quote.ask : quote.bid
  const price = toNumber(entry)
  const exits = atrExits(action === 'buy' ? 'long' : 'short', price, atr)
  const stop = exitPrice(action, fromNumber(exits.stop, exitPlaces(instrument.priceStep)), instrument)
  const target = exitPrice(action, fromNumber(exits.target, exitPlaces(instrument.priceStep)), instrument)
  const caps = entryCaps(briefing, action, entry, stop)
  const advised = adviceCaps(sizeAdvice(briefing, { action, entry, stop, target }, insight))
  const cap = caps === null ? undefined : tightest([...caps, ...advised])
  const quantity = cap === undefined ? ZERO : tradable(cap.quantity, entry, instrument)
  if (sign(quantity) === 0 || cap === undefined || sign(stop) <= 0 || sign(target) <= 0) return undefined
  const riskAtStop = multiply(quantity, lossBetween(action, entry, stop))
  const { against, beyond, view } = sideWords[action]
  return {
    ...common(briefing, insight, ids, market.horizonMs),
    action,
    quantity,
    entry,
    stop,
    target,
    riskAtStop,
    objectives: [
      `Gain ${percent(insight.magnitude, 2)} within ${span(insight.horizonMs)}; the target at ${figure(toNumber(target), 6)} pays ${exits.rewardRisk.toFixed(1)} times the risk.`,
      `Lose no more than ${figure(toNumber(riskAtStop))} ${instrument.quote} at the stop; size limited by ${cap.name}.`,
    ],
    risks: [
      `The stop at ${figure(toNumber(stop), 6)} is ${percent(Math.abs(1 - exits.stop / price))} away (two ATR); one bad bar can gap through it.`,
      `The ${against}'s case is at ${debateStrengths(debate)[against].toFixed(2)}.`,
      ...(action === 'sell' ? ['A rise has no limit, and a short loses whatever the stop does not catch.'] : []),
    ],
    changesMyMind: `A close of ${instrument.id} ${beyond} ${figure(levelOf(briefing, action, atr) ?? exits.stop, 6)}, or a view that is no longer ${view}.`,
  }
}

/** The support below a purchase, or the resistance above a sale, that is not within the noise. */
function levelOf(briefing: Briefing, action: 'buy' | 'sell', atr: number): number | null {
  const { support, resistance } = readMarket(briefing).technicals
  const { bid, ask } = briefing.quote
  if (action === 'buy') return support !== null && support.price < toNumber(bid) - atr ? support.price : null
  return resistance !== null && resistance.price > toNumber(ask) + atr ? resistance.price : null
}

function wayOutProposal(
  briefing: Briefing,
  insight: Insight,
  action: 'buy' | 'sell',
  debate: readonly SideArgument[],
  ids: Ids,
): Proposal | undefined {
  const { instrument, quote } = briefing
  const position = positionOf(briefing)
  if (sign(position) !== (action === 'sell' ? 1 : -1)) return undefined
  const entry = action === 'sell' ? quote.bid : quote.ask
  const quantity = tradable(absolute(position), entry, instrument)
  if (sign(quantity) === 0) return undefined
  const market = readMarket(briefing)
  const { resistance, support, atr } = market.technicals
  const price = toNumber(entry)
  const turn = action === 'sell' ? resistance : support
  const away = (action === 'sell' ? 2 : -2) * (atr ?? 0)
  const isBeyond = turn !== null && (action === 'sell' ? turn.price > price : turn.price < price)
  const { bull, bear } = debateStrengths(debate)
  return {
    ...common(briefing, insight, ids, market.horizonMs),
    action,
    quantity,
    entry,
    objectives: [
      `Be out of ${instrument.id} before an expected ${signedPercent(expectedMove(insight), 2)} within ${span(insight.horizonMs)}.`,
    ],
    risks: [
      action === 'sell'
        ? `Missing a rise: the bull's case is at ${bull.toFixed(2)}.`
        : `Missing a fall: the bear's case is at ${bear.toFixed(2)}.`,
    ],
    changesMyMind: `A close of ${instrument.id} ${action === 'sell' ? 'above' : 'below'} ${figure(isBeyond ? turn.price : price + away, 6)}, or a view that is no longer ${sideWords[action].view}.`,
  }
}

function holdProposal(briefing: Briefing, insight: Insight | null, why: string | null, ids: Ids): Proposal {
  const market = readMarket(briefing)
  const { support, resistance, atr } = market.technicals
  const price = toNumber(briefing.quote.last)
  const top = resistance !== null && resistance.price > price ? resistance.price : price + 2 * (atr ?? 0)
  const floor = support !== null && support.price < price ? support.price : price - 2 * (atr ?? 0)
  const cost = percent(roundTripShare(briefing.quote), 2)
  return {
    ...common(briefing, insight, ids, market.horizonMs),
    action: 'hold',
    quantity: ZERO,
    objectives: [why ?? 'Hold and wait for a better price.'],
    risks: ['Missing the move.'],
    changesMyMind:
      atr === null
        ? `${figure(30)} closed bars of ${briefing.instrument.id}, to set a stop from.`
        : `A close of ${briefing.instrument.id} outside ${figure(floor, 6)} to ${figure(top, 6)}, or an expected move above the round-trip cost of ${cost}.`,
  }
}

function mandateForbids({ mandate, instrument, now }: Briefing): string | null {
  if (mandate.expiresAt !== null && now >= mandate.expiresAt) return 'the mandate has expired'
  if (mandate.instruments.length > 0 && !mandate.instruments.includes(instrument.id)) {
    return `the mandate does not cover ${instrument.id}`
  }
  return null
}

/** Why there is nothing to trade. */
function reasonForNone(briefing: Briefing, insight: Insight | null): string {
  if (insight === null) return 'Hold: without a market view there is nothing to act on.'
  if (insight.direction === 'flat') return 'Hold: the view has no direction.'
  if (insight.direction === 'down' && briefing.instrument.perpetual === undefined)
    return 'Hold: the view is down, and there is nothing to sell that the venue accepts.'
  const { account } = briefing
  const reasons = [
    mandateForbids(briefing),
    account.equity === null ? 'the equity is unavailable' : null,
    readMarket(briefing).technicals.atr === null ? 'there are too few bars to set a stop' : null,
  ].filter((reason) => reason !== null)
  return `Hold: ${reasons.length > 0 ? listWords(reasons) : 'no size within the limits is worth an order'}.`
}

/** Why holding is preferred to a trade; null where it is not. */
function reasonAgainst(trade: Proposal, { quote, dossier }: Briefing, debate: readonly SideArgument[]): string | null {
  const { bull, bear } = debateStrengths(debate)
  const cost = roundTripShare(quote)
  const gain = Math.abs(trade.expectedReturn)
  if (dossier.validation?.sufficient === false) return 'Hold: the validator finds the dossier too thin to decide on.'
  if (gain <= cost) {
    return `Hold: the expected ${percent(gain, 2)} does not cover the round-trip cost of ${percent(cost, 2)}.`
  }
  const [own, other] = trade.action === 'buy' ? [bull, bear] : [bear, bull]
  if (other > own) return `Hold: the debate went against it, ${other.toFixed(2)} to ${own.toFixed(2)}.`
  return null
}
