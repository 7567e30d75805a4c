import { readMarket } from '#engine/agents/market-read.ts'
import type { ProposalBriefing } from '#engine/agents/seat.ts'
import {
  directionOf,
  entryCaps,
  isEntry,
  lossBetween,
  positionOf,
  type SizeCap,
  tightest,
  worthAfter,
} from '#engine/agents/sizes.ts'
import { count, figure, listWords, moment, percent } from '#engine/agents/wording.ts'
import { usualConfidence } from '#engine/portfolio/confidence-levels.ts'
import { expectedShortfall, valueAtRisk } from '#engine/portfolio/value-at-risk.ts'
import { tradable } from '#shared/domain/instrument.ts'
import {
  absolute,
  compare,
  divide,
  fromNumber,
  maximum,
  minimum,
  multiply,
  sign,
  subtract,
  toNumber,
  ZERO,
} from '#shared/lib/decimal.ts'
import { type AdvisedSize, adviceCaps, sizeAdvice, worthOfSize } from './size-advice.ts'
import { abstain, type SeatVerdict, voteFor, voteForLess } from './verdict.ts'

const dayMs = 86_400_000
const leastReturns = 50
/** A stop nearer than this many ATR is hit by noise. */
const leastStopAtr = 0.5

/** What a day can do to a holding, as fractions of its worth: scaled from bars by the root of time. */
interface DayRisk {
  readonly valueAtRisk: number
  readonly shortfall: number
}

/**
 * The risk manager. It takes an entry, a purchase or a short sale of a perpetual, whose loss at the stop, position, order, exposure and cash stay within profile and
 * mandate, and whose 95 % expected shortfall of a day (historical returns) stays within the mandate's daily loss; it cuts
 * the size where a smaller one does, and votes hold - its veto - where none does, or where the stop is missing, on the
 * wrong side, or within the noise. What reduces what is held only takes risk off. It abstains where the equity, the price
 * range or the returns that it needs are unavailable.
 */
export function assessAsRisk(briefing: ProposalBriefing): SeatVerdict {
  const { action } = briefing.proposal
  if (action === 'hold') return assessHolding(briefing)
  return isEntry(briefing.proposal, positionOf(briefing))
    ? assessEntry(briefing, action)
    : assessWayOut(briefing, action)
}

/**
 * What a day can do to what is held of the instrument, or would be after an entry: a rise to a short position. Null with
 * fewer than fifty returns.
 */
export function dayRisk(briefing: ProposalBriefing): DayRisk | null {
  const { returns, barMs } = readMarket(briefing)
  if (returns.length < leastReturns || !(barMs > 0)) return null
  const side = sign(positionOf(briefing)) || directionOf(briefing.proposal.action) || 1
  const simple = returns.map((value) => side * Math.expm1(value))
  const scale = Math.sqrt(Math.max(1, dayMs / barMs))
  return {
    valueAtRisk: Math.max(0, valueAtRisk(simple, usualConfidence)) * scale,
    shortfall: Math.max(0, expectedShortfall(simple, usualConfidence)) * scale,
  }
}

function tailWords({ valueAtRisk: loss, shortfall }: DayRisk, worth: number, quote: string): string {
  return `One-day VaR (95 %) ${figure(worth * loss)} ${quote} on the ${figure(worth)} then held (${percent(loss)}), expected shortfall ${figure(worth * shortfall)}.`
}

/** What the whole book would risk as proposed, and what the instrument has in it. */
function bookWords({ risk, instrument }: ProposalBriefing, equity: number): string[] {
  if (risk === null) return ['The risk of the book is unavailable: a price or bars of a position are missing.']
  const { before, after, share, worst, bars, to } = risk
  const { quote } = instrument
  return [
    `After the trade, the book's one-day expected shortfall (95 %) is ${figure(after.expectedShortfall)} ${quote}, ${percent(after.expectedShortfall / equity, 2)} of equity (before ${figure(before.expectedShortfall)}); ${instrument.id} contributes ${percent(share, 0)} of it. From ${count(bars, 'bar')} to ${moment(to)}; the worst would have been ${moment(worst.at)}: ${figure(worst.change)} ${quote}.`,
  ]
}

/** What the usual methods of sizing say, for comparison. */
function adviceWords(advice: readonly AdvisedSize[], { proposal, instrument }: ProposalBriefing): string[] {
  if (advice.length === 0) return []
  const told = advice.map((size) => `${figure(worthOfSize(size, proposal))} by ${size.method}`)
  return [`Sizes by other methods, in ${instrument.quote}: ${listWords(told)}.`]
}

function assessHolding(briefing: ProposalBriefing): SeatVerdict {
  const held = absolute(positionOf(briefing))
  if (sign(held) === 0) return voteFor('hold', 1, { reasons: ['No position, no risk.'] })
  const tail = dayRisk(briefing)
  if (tail === null)
    return abstain(`Fewer than ${leastReturns} closed bars: the risk of the position cannot be measured.`)
  const worth = toNumber(multiply(held, briefing.quote.bid))
  const limit = toNumber(briefing.mandate.maximumDailyLoss)
  const share = limit > 0 ? (worth * tail.shortfall) / limit : 1
  const reasons = [tailWords(tail, worth, briefing.instrument.quote)]
  return voteFor('hold', 1 - share / 2, { reasons })
}

function assessWayOut(briefing: ProposalBriefing, action: 'buy' | 'sell'): SeatVerdict {
  const { proposal, instrument, quote } = briefing
  const position = positionOf(briefing)
  // On spot a sale may find nothing that it could sell.
  const held = sign(position) === directionOf(action) ? ZERO : absolute(position)
  const price = action === 'sell' ? quote.bid : quote.ask
  if (sign(held) === 0) return voteFor('hold', 1, { reasons: ['No position, and the account cannot go short.'] })
  if (compare(proposal.quantity, held) > 0) {
    const allowed = tradable(held, price, instrument)
    const reasons = [
      instrument.perpetual === undefined
        ? `Only ${held} ${instrument.base} is held, and the account cannot go short.`
        : `Only ${held} ${instrument.base} can be closed.`,
    ]
    if (sign(allowed) === 0) return voteFor('hold', 1, { reasons })
    return voteForLess(action, 0.9, { quantity: allowed, why: reasons.join(' ') }, { reasons })
  }
  const tail = dayRisk(briefing)
  const left = Math.abs(toNumber(worthAfter(briefing, action, proposal.quantity, price)))
  const what = action === 'sell' ? 'sale' : 'purchase'
  const reasons = [`The ${what} closes ${percent(toNumber(divide(proposal.quantity, held)), 0)} of the position.`]
  if (tail !== null && left > 0) reasons.push(tailWords(tail, left, instrument.quote))
  return voteFor(action, 0.9, { reasons })
}

/** What is wrong with the stop; null where nothing is. */
function stopFault({ proposal, instrument }: ProposalBriefing, atr: number): string | null {
  const { action, entry, stop } = proposal
  const isShort = action === 'sell'
  if (stop === null) return `A ${isShort ? 'short sale' : 'purchase'} without a stop has no limit on its loss.`
  const distance = toNumber(lossBetween(action, entry, stop))
  if (distance <= 0) return `The stop at ${stop} is not ${isShort ? 'above' : 'below'} the entry at ${entry}.`
  if (distance >= leastStopAtr * atr) return null
  return `The stop is ${(distance / atr).toFixed(2)} ATR away, within the noise of ${instrument.id}.`
}

function assessEntry(briefing: ProposalBriefing, action: 'buy' | 'sell'): SeatVerdict {
  const { proposal, account, mandate, instrument, profile } = briefing
  const { entry, stop, quantity } = proposal
  const { atr } = readMarket(briefing).technicals
  const tail = dayRisk(briefing)
  if (account.equity === null) return abstain('The equity is unavailable, so no size can be judged.')
  if (tail === null || atr === null) return abstain(`Fewer than ${leastReturns} closed bars: risk cannot be measured.`)
  const fault = stopFault(briefing, atr)
  if (fault !== null || stop === null) return voteFor('hold', 1, { reasons: [fault ?? ''] })

  const held = absolute(positionOf(briefing))
  const shortfall = fromNumber(tail.shortfall, 12)
  const daily: SizeCap[] =
    sign(shortfall) === 0
      ? []
      : [
          {
            name: "the mandate's daily loss",
            quantity: maximum(ZERO, subtract(divide(divide(mandate.maximumDailyLoss, shortfall), entry), held)),
          },
        ]
  const advice = sizeAdvice(briefing, proposal, briefing.insight)
  const cap = tightest([...(entryCaps(briefing, action, entry, stop) ?? []), ...daily, ...adviceCaps(advice)])
  const allowed = cap === undefined ? ZERO : minimum(quantity, cap.quantity)
  const worth = Math.abs(toNumber(worthAfter(briefing, action, allowed, entry)))
  const equity = toNumber(account.equity)
  const loss = toNumber(multiply(allowed, lossBetween(action, entry, stop)))
  const reasons = [
    `Loss at the stop ${figure(loss)} ${instrument.quote}, ${percent(loss / equity, 2)} of equity; the position would be ${percent(worth / equity)} of equity.`,
    tailWords(tail, worth, instrument.quote),
    ...bookWords(briefing, equity),
    ...adviceWords(advice, briefing),
  ]
  // Sizes fill the smallest cap by design: sureness comes from what can be lost.
  const dailyLoss = toNumber(mandate.maximumDailyLoss)
  const strain = Math.max(
    loss / (equity * profile.riskPerTrade),
    dailyLoss > 0 ? (worth * tail.shortfall) / dailyLoss : 1,
    dailyLoss > 0 && briefing.risk !== null ? briefing.risk.after.expectedShortfall / dailyLoss : 0,
  )
  const used = cap === undefined || sign(cap.quantity) === 0 ? 1 : toNumber(divide(quantity, cap.quantity))
  if (compare(allowed, quantity) === 0) return voteFor(action, 1 - Math.min(1, strain) / 2, { reasons })
  const name = cap?.name ?? 'a limit'
  const smaller = tradable(allowed, entry, instrument)
  if (sign(smaller) === 0) {
    return voteFor('hold', 1, { reasons: [`Veto: ${name} leaves no room for an order that the venue accepts.`] })
  }
  const why = `${quantity} ${instrument.base} is more than ${name} allows: at most ${smaller}.`
  return voteForLess(action, 0.5 + 0.5 / used / 2, { quantity: smaller, why }, { reasons: [why, ...reasons] })
}
