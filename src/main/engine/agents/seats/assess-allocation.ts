import type { BriefingPortfolio, ProposalBriefing } from '#engine/agents/seat.ts'
import { worthAfter } from '#engine/agents/sizes.ts'
import { count, listWords, moment, percent, signedPercent, span } from '#engine/agents/wording.ts'
import {
  type AssetTrade,
  type BookQuestion,
  type BookTarget,
  bookTarget,
  tradeOf,
} from '#engine/portfolio/book-target.ts'
import type { Insight } from '#shared/domain/insight.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { errorCode, errorMessage } from '#shared/lib/error.ts'
import { bookQuestion } from './book-question.ts'
import { abstain, type SeatVerdict, voteFor } from './verdict.ts'

/** How many other weights and views are told. */
const toldMost = 3

/** The book as the optimizer weighs it, with the trade of the briefing's instrument that would bring the most. */
export interface WeighedBook {
  readonly portfolio: BriefingPortfolio
  readonly question: BookQuestion
  readonly target: BookTarget
  /** The row of the instrument. */
  readonly asset: number
  readonly equity: number
  readonly trade: AssetTrade
}

/**
 * The book with the equilibrium's returns, the desk's standing views (Black and Litterman), the profile's aversion to risk and largest
 * position, and costs; else why it cannot be weighed, in a sentence.
 */
export function weighBook(briefing: ProposalBriefing): WeighedBook | string {
  const { insight, account, portfolio, profile, quote, now, runId } = briefing
  if (insight === null) return 'The market view is unavailable, so the expected return is too.'
  if (account.equity === null) return 'The equity is unavailable, so no weight can be computed.'
  if (portfolio === null) return 'The volatility is unavailable: there are too few bars that move.'
  const equity = toNumber(account.equity)
  if (!(equity > 0)) return 'There is no equity to allocate.'
  const asset = portfolio.assets.findIndex(({ instrument }) => instrument === briefing.instrument.id)
  const horizonMs = Math.max(portfolio.barMs, insight.horizonMs)
  const views = [{ runId, at: now, insight }, ...portfolio.views]
  const asked = bookQuestion(portfolio, views, { now, horizonMs, riskAversion: profile.riskAversion })
  const held = toNumber(worthAfter(briefing, 'hold', briefing.proposal.quantity, quote.last)) / equity
  const question = { ...asked, current: asked.current.with(asset, held) }
  try {
    const target = bookTarget(question)
    return {
      portfolio,
      question,
      target,
      asset,
      equity,
      trade: tradeOf(asset, question, target),
    }
  } catch (error) {
    if (errorCode(error) === 'PORTFOLIO_INFEASIBLE') return errorMessage(error)
    throw error
  }
}

/**
 * The portfolio optimizer, at the level of the book: the weights of everything that is held, discussed or traded here. It votes for
 * the action where the book after it is worth more than as it is, in certain return after costs, else for hold; surer the
 * more of what a trade of this instrument can bring it brings. Abstains where the view, the equity or the bars are
 * unavailable, and where the limits contradict each other.
 */
export function assessAsOptimizer(briefing: ProposalBriefing): SeatVerdict {
  const book = weighBook(briefing)
  if (typeof book === 'string') return abstain(book)
  const { insight, profile, proposal, quote } = briefing
  const { portfolio, question, asset, equity, trade } = book
  const after = toNumber(worthAfter(briefing, proposal.action, proposal.quantity, quote.last)) / equity
  const gain = trade.gain(after)
  const best = trade.gain(trade.best)
  const reasons = [
    weightsTold(book, after, profile.maximumPosition),
    ...(insight === null ? [] : [expectationTold(book, insight)]),
    proposal.action === 'hold'
      ? `The best trade in it would add ${signedPercent(best, 3)} of equity after costs.`
      : `The trade adds ${signedPercent(gain, 3)} of equity after costs; the best trade in it ${signedPercent(best, 3)}.`,
    ...leftOutTold(portfolio, briefing.instrument.id),
  ]
  const grounds = { reasons, evidence: insight?.evidence ?? [] }
  if (proposal.action === 'hold') {
    // What being wrong by a whole position would cost.
    const variance = question.covariances[asset]?.[asset] as number
    const whole = (profile.riskAversion / 2) * profile.maximumPosition ** 2 * variance
    return voteFor('hold', 1 - best / Math.max(best, whole), grounds)
  }
  if (gain > 0) return voteFor(proposal.action, 0.5 + Math.min(1, gain / best) / 2, grounds)
  return voteFor('hold', 0.5 + (gain === 0 ? 0 : -gain / (best - gain)) / 2, grounds)
}

function weightsTold({ portfolio, question, target, asset }: WeighedBook, after: number, most: number): string {
  const { assets, bars, to } = portfolio
  const { current, upper } = question
  const { weights } = target
  const own = assets[asset]?.instrument ?? ''
  const shown = [...assets.keys()]
    .filter(
      (other) =>
        other !== asset && Math.max(Math.abs(weights[other] as number), Math.abs(current[other] as number)) >= 0.005,
    )
    .sort((a, b) => (weights[b] as number) - (weights[a] as number))
    .slice(0, toldMost)
    .map((other) => `${percent(weights[other] as number)} of ${assets[other]?.instrument}`)
  const beside = shown.length === 0 ? '' : ` beside ${listWords(shown)}`
  const basis = `From ${count(bars, 'bar')} to ${moment(to)} of ${assets.length === 1 ? own : count(assets.length, 'instrument')}.`
  return `Target weight ${percent(weights[asset] as number)} of ${own}${beside} (at most ${percent(upper[asset] as number)} at today's volatility, ${percent(most)} in calm); now ${percent(current[asset] as number)}${after === current[asset] ? '' : `, after the trade ${percent(after)}`}. ${basis}`
}

function expectationTold({ portfolio, question, target, asset }: WeighedBook, insight: Insight): string {
  const { views, barMs } = portfolio
  const horizonMs = Math.max(barMs, insight.horizonMs)
  const others = views
    .filter(({ insight: other }) => other.direction !== 'flat')
    .slice(0, toldMost)
    .map(
      ({ at, runId, insight: { instrument, direction, magnitude, confidence } }) =>
        `${instrument} ${direction} ${percent(magnitude, 2)} (confidence ${confidence.toFixed(2)}, ${moment(at)}, ${runId})`,
    )
  const also = others.length === 0 ? '' : ` It also counts ${listWords(others)}.`
  return `Expected return within ${span(horizonMs)}: ${signedPercent(target.expected[asset] as number, 2)}; market drift gives ${signedPercent(question.prior[asset] as number, 2)}, the views the rest (this one at confidence ${insight.confidence.toFixed(2)}).${also}`
}

function leftOutTold({ assets, without, elsewhere }: BriefingPortfolio, instrument: string): string[] {
  const told = without.map((left) => `${left.instrument} (${left.why})`)
  const kept = elsewhere > 0 ? `; ${percent(elsewhere)} of equity is in them and stays there` : ''
  return [
    ...(told.length === 0 ? [] : [`Unavailable: ${listWords(told)}${kept}.`]),
    ...(assets.length > 1 ? [] : [`Only ${instrument} and cash are weighed.`]),
  ]
}
