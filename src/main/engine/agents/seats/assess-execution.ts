import { spreadShare, takerFee } from '#engine/agents/costs.ts'
import { numericBook } from '#engine/agents/numeric-book.ts'
import type { ProposalBriefing } from '#engine/agents/seat.ts'
import { directionOf, isEntry, positionOf } from '#engine/agents/sizes.ts'
import { figure, percent, span } from '#engine/agents/wording.ts'
import { readLiquidity } from '#engine/market/liquidity.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { abstain, type SeatVerdict, voteFor } from './verdict.ts'

const bps = 10_000

/** What an order costs against the mid price, in basis points; `walkedBps` is null where its side of the book is empty. */
interface OrderCosts {
  readonly walkedBps: number | null
  /** False where the book holds only `filled` of it. */
  readonly complete: boolean
  readonly filled: number
  /** A side. */
  readonly feeBps: number
  /** Getting out again; 0 for what reduces, which is the way out. */
  readonly exitBps: number
}

/** What an order of a size costs as the briefing's proposal would trade; null without a book of its moment. */
export function orderCosts(briefing: ProposalBriefing): ((size: number) => OrderCosts) | null {
  const { proposal, quote, now, outcomes } = briefing
  if (briefing.book === null || briefing.book.at > now) return null
  const book = numericBook(briefing.book)
  const feeBps = takerFee(outcomes) * bps
  const exitBps = isEntry(proposal, positionOf(briefing)) ? (spreadShare(quote) * bps) / 2 + feeBps : 0
  return (size) => {
    const read = readLiquidity(book, size)
    const { costBps, complete, filled } = proposal.action === 'buy' ? read.buy : read.sell
    return { walkedBps: costBps, complete, filled, feeBps, exitBps }
  }
}

/**
 * The executor: whether the order can be done for less than it is expected to bring. Going in costs what walking the book
 * costs against the mid price, going out half the spread, and both a fee; what reduces is only the way out. Votes hold where the
 * book does not hold the size, the quote is older than the mandate allows, or the costs are not covered; abstains without a
 * book, and on hold.
 */
export function assessAsExecutor(briefing: ProposalBriefing): SeatVerdict {
  const { proposal, quote, mandate, now, instrument } = briefing
  const { action } = proposal
  if (action === 'hold') return abstain('Nothing to execute.')
  const ageMs = now - quote.at
  if (ageMs > mandate.maximumQuoteAgeMs) {
    return voteFor('hold', 1, { reasons: [`The quote is ${span(ageMs)} old, too old to price an order on.`] })
  }
  const costs = orderCosts(briefing)
  if (costs === null) return abstain(`There is no order book of ${instrument.id}: depth and slippage are unavailable.`)
  const { walkedBps, complete, filled, feeBps, exitBps } = costs(toNumber(proposal.quantity))
  if (walkedBps === null) return abstain(`The order book of ${instrument.id} has an empty side.`)
  if (!complete) {
    const reason = `The book shows ${figure(filled)} of the ${proposal.quantity} ${instrument.base}; the rest would move the price.`
    return voteFor('hold', 0.9, { reasons: [reason] })
  }
  const costBps = walkedBps + feeBps + exitBps
  const gainBps = directionOf(action) * proposal.expectedReturn * bps
  const reason = `Spread ${figure(spreadShare(quote) * bps, 2)} bp, slippage ${figure(walkedBps, 2)} bp into the book, fees ${figure(feeBps, 2)} bp a side: total ${figure(costBps, 3)} bp against ${figure(gainBps, 3)} bp expected (${percent(gainBps / bps, 2)}).`
  const isCovered = gainBps > costBps
  const larger = Math.max(Math.abs(gainBps), costBps)
  const confidence = larger > 0 ? 0.5 + Math.min(1, Math.abs(gainBps - costBps) / (2 * larger)) / 2 : 0.5
  return voteFor(isCovered ? action : 'hold', confidence, { reasons: [reason] })
}
