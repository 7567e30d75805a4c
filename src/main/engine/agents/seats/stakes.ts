import { roundTripShare } from '#engine/agents/costs.ts'
import { readMarket } from '#engine/agents/market-read.ts'
import type { ProposalBriefing } from '#engine/agents/seat.ts'
import { directionOf, lossBetween } from '#engine/agents/sizes.ts'
import { figure, percent } from '#engine/agents/wording.ts'
import { type Deal, type Issue, type Party, sampleDeals } from '#engine/consensus/negotiation-deals.ts'
import { normalCdf } from '#engine/portfolio/statistics.ts'
import { multiply, toNumber } from '#shared/lib/decimal.ts'
import { weighBook } from './assess-allocation.ts'
import { orderCosts } from './assess-execution.ts'
import { dayRisk } from './assess-risk.ts'

/** The seats that have a model of their own by which terms are better or worse to them. */
const stakeholders = ['strategist', 'risk', 'optimizer', 'executor'] as const
export type Stakeholder = (typeof stakeholders)[number]

/** What a seat has at stake in the terms of an entry. */
export interface Stake {
  readonly seat: Stakeholder
  readonly party: Party
  /** What is wrong with the terms as proposed, in a sentence; null where the seat is content with them. */
  readonly objection: string | null
  /** True where there are terms that it would sign: else there is nothing to bargain over, and its vote says so. */
  readonly signs: boolean
  /** What the terms mean to the seat, in words that follow a colon. */
  readonly words: (terms: Deal) => string
}

/** What the terms of an entry are: shares of the proposed size, stop distance and horizon. */
export const termIssues: readonly Issue[] = [
  { kind: 'range', name: 'size', min: 0.1, max: 1, step: 0.05 },
  { kind: 'range', name: 'stop', min: 0.5, max: 1.5, step: 0.1 },
  { kind: 'range', name: 'horizon', min: 0.25, max: 1, step: 0.25 },
]
const asProposed: Deal = { size: 1, stop: 1, horizon: 1 }
const everyTerms = sampleDeals(termIssues)

/** Above this share of its limits used up the risk manager would rather have less; below it of their best, the others. */
const comfortable = 0.5
/** Below these the parties walk away, and below those they do not go by themselves: as shares of what each wants. */
const strategistLeast = { reservation: 0.25, holdsOut: 0.6 }
const guardLeast = { reservation: 0, holdsOut: 0.3 }

/** A term of a deal, as a number. */
export const termOf = (terms: Deal, name: 'size' | 'stop' | 'horizon') => Number(terms[name])

/**
 * What each seat has at stake in an entry, the strategist first; empty where its own stake cannot be read, and without
 * those whose cannot: a missing input is no preference. All read the terms by the models that they vote by.
 */
export function stakesIn(briefing: ProposalBriefing): Stake[] {
  const strategist = strategistStake(briefing)
  if (strategist === null) return []
  const others = [riskStake(briefing), optimizerStake(briefing), executorStake(briefing)]
  return [strategist, ...others.filter((stake) => stake !== null)]
}

/**
 * The strategist values the expected gain, which a nearer stop makes less likely (the chance that a walk without drift
 * touches it, by reflection) and a shorter horizon smaller.
 */
function strategistStake(briefing: ProposalBriefing): Stake | null {
  const { proposal, quote, outcomes } = briefing
  const { volatility, barMs } = readMarket(briefing)
  const { action, stop, entry, horizonMs } = proposal
  if (action === 'hold' || stop === null) return null
  if (volatility === null || !(barMs > 0) || !(horizonMs > 0)) return null
  const price = toNumber(entry)
  const distance = toNumber(lossBetween(action, entry, stop))
  const expectedGain = directionOf(action) * proposal.expectedReturn
  const cost = roundTripShare(quote, outcomes)
  if (!(distance > 0)) return null
  const touched = (terms: Deal) => {
    const deviation = price * volatility * Math.sqrt((termOf(terms, 'horizon') * horizonMs) / barMs)
    return 2 * (1 - normalCdf((termOf(terms, 'stop') * distance) / deviation))
  }
  const gain = (terms: Deal) =>
    termOf(terms, 'size') * ((1 - touched(terms)) * expectedGain * termOf(terms, 'horizon') - cost)
  const wanted = gain(asProposed)
  const unit = wanted > 0 ? wanted : Math.abs(expectedGain)
  if (!(unit > 0)) return null
  return {
    seat: 'strategist',
    party: { name: 'strategist', utility: (terms) => gain(terms) / unit, ...strategistLeast },
    objection: null,
    signs: true,
    words: (terms) =>
      wanted > 0
        ? `${percent(gain(terms) / wanted, 0)} of the expected gain is left`
        : `it would bring ${percent(gain(terms), 2)} of the proposed notional`,
  }
}

/** The risk manager values what is left of its limits on the loss at the stop and on a day's shortfall. */
function riskStake(briefing: ProposalBriefing): Stake | null {
  const { proposal, account, profile, mandate } = briefing
  const { technicals } = readMarket(briefing)
  const tail = dayRisk(briefing)
  const { action, stop, entry, quantity } = proposal
  if (stop === null || account.equity === null || tail === null || technicals.atr === null) return null
  const price = toNumber(entry)
  const distance = toNumber(lossBetween(action, entry, stop))
  const equity = toNumber(account.equity)
  const dailyLoss = toNumber(mandate.maximumDailyLoss)
  if (!(equity > 0) || !(dailyLoss > 0)) return null
  const { atr } = technicals
  const strain = (terms: Deal) => {
    // A stop within the noise is no stop.
    if (termOf(terms, 'stop') * distance < atr / 2) return 2
    const size = termOf(terms, 'size') * toNumber(quantity)
    return Math.max(
      (size * termOf(terms, 'stop') * distance) / (equity * profile.riskPerTrade),
      (size * price * tail.shortfall * Math.sqrt(termOf(terms, 'horizon'))) / dailyLoss,
    )
  }
  const used = strain(asProposed)
  return {
    seat: 'risk',
    party: { name: 'risk', utility: (terms) => 1 - strain(terms), ...guardLeast },
    objection:
      used > comfortable
        ? `The ${action === 'sell' ? 'short sale' : 'purchase'} uses up ${percent(used, 0)} of a risk limit; the risk manager prefers at most ${percent(comfortable, 0)}.`
        : null,
    signs: true,
    words: (terms) => `it uses up ${percent(strain(terms), 0)} of a risk limit`,
  }
}

/**
 * The portfolio optimizer values how much of what the best trade of the instrument would be worth to the book the purchase
 * brings, for as long as it is held.
 */
function optimizerStake(briefing: ProposalBriefing): Stake | null {
  const book = weighBook(briefing)
  if (typeof book === 'string') return null
  const { question, asset, equity, trade } = book
  const held = question.current[asset] as number
  const { action, quantity } = briefing.proposal
  const added = (directionOf(action) * toNumber(multiply(quantity, briefing.quote.last))) / equity
  const after = (terms: Deal) => held + termOf(terms, 'size') * added
  const best = trade.gain(trade.best)
  const words = (terms: Deal) => `the weight becomes ${percent(after(terms))}, and ${percent(trade.best)} is best`
  const utility = (terms: Deal) => termOf(terms, 'horizon') * (best > 0 ? trade.gain(after(terms)) / best : -1)
  return guardStake('optimizer', utility, words, (told) => `For the portfolio optimizer ${told}.`)
}

/**
 * The executor values the share of the expected gain that getting in and out leaves: a larger size walks further into the
 * book, and a shorter horizon has less to pay for it. A size that the book does not hold it does not sign.
 */
function executorStake(briefing: ProposalBriefing): Stake | null {
  const { proposal } = briefing
  const gainBps = directionOf(proposal.action) * proposal.expectedReturn * 10_000
  const costs = orderCosts(briefing)
  if (costs === null || !(gainBps > 0)) return null
  const known = new Map<number, number | null>()
  const costOf = (terms: Deal): number | null => {
    const size = termOf(terms, 'size')
    const before = known.get(size)
    if (before !== undefined) return before
    const { walkedBps, complete, feeBps, exitBps } = costs(size * toNumber(proposal.quantity))
    const cost = walkedBps === null || !complete ? null : walkedBps + feeBps + exitBps
    known.set(size, cost)
    return cost
  }
  const expected = (terms: Deal) => gainBps * termOf(terms, 'horizon')
  const utility = (terms: Deal) => {
    const cost = costOf(terms)
    return cost === null ? -1 : Math.max(-1, 1 - cost / expected(terms))
  }
  const words = (terms: Deal) => {
    const cost = costOf(terms)
    return cost === null
      ? 'the book is too thin for the size'
      : `the round trip costs ${figure(cost, 3)} of the ${figure(expected(terms), 3)} bp expected`
  }
  return guardStake('executor', utility, words, (told) => `For the executor ${told}.`)
}

/** A seat is at odds with terms that give it less than half of what its best would. */
function guardStake(
  seat: 'optimizer' | 'executor',
  utility: Party['utility'],
  words: Stake['words'],
  objecting: (told: string) => string,
): Stake {
  const best = Math.max(...everyTerms.map(utility))
  const signs = best > guardLeast.reservation
  const isAtOdds = signs && utility(asProposed) < comfortable * best
  return {
    seat,
    party: { name: seat, utility, ...guardLeast, holdsOut: Math.min(guardLeast.holdsOut, Math.max(0, best)) },
    objection: isAtOdds ? objecting(words(asProposed)) : null,
    signs,
    words,
  }
}
