import { roundTripShare } from '#engine/agents/costs.ts'
import type { ProposalBriefing, SideArgument } from '#engine/agents/seat.ts'
import { heldQuantity } from '#engine/agents/sizes.ts'
import { percent, signedPercent, span } from '#engine/agents/wording.ts'
import type { Insight } from '#shared/domain/insight.ts'
import type { Action } from '#shared/domain/proposal.ts'
import { sign } from '#shared/lib/decimal.ts'
import type { DebateSide } from './argue.ts'
import { debateStrengths } from './propose.ts'
import { abstain, type SeatVerdict, voteFor } from './verdict.ts'

/** What a view asks for: a fall asks to sell what is held, or of a perpetual to sell short, and else for nothing. */
function wanted(direction: Insight['direction'], briefing: ProposalBriefing): Action {
  if (direction === 'flat') return 'hold'
  if (direction === 'up') return 'buy'
  return briefing.instrument.perpetual !== undefined || sign(heldQuantity(briefing)) > 0 ? 'sell' : 'hold'
}

/**
 * The analyst votes for the action that its view asks for, as sure as it is of the view, and against any other; without a
 * view it abstains.
 */
export function assessAsAnalyst(briefing: ProposalBriefing): SeatVerdict {
  const { proposal, insight } = briefing
  if (insight === null) return abstain('The market view is unavailable.')
  const { direction, confidence, reasons, evidence } = insight
  const [first = 'No evidence has a direction.'] = reasons
  const grounds = { reasons: [`The view is ${direction} (${confidence.toFixed(2)}).`, first], evidence }
  const action = wanted(direction, briefing)
  if (proposal.action === 'hold') return voteFor('hold', action === 'hold' ? confidence : 1 - confidence, grounds)
  return voteFor(action === proposal.action ? action : 'hold', confidence, grounds)
}

/** A side gives up its own where its case is less than half as strong as the other's. */
const concedesBelow = 0.5

/**
 * The bull favours buying and holding on, the bear selling and holding off. Each votes its side unless its case ended less
 * than half as strong as the other's; its confidence is its share of both strengths (or the other's, where it concedes).
 */
export function assessAsAdvocate(side: DebateSide, briefing: ProposalBriefing): SeatVerdict {
  const { proposal, debate } = briefing
  const strengths = debateStrengths(debate)
  const own = side === 'bull' ? strengths.bull : strengths.bear
  const other = side === 'bull' ? strengths.bear : strengths.bull
  if (debate.length === 0) return abstain('The debate was not held.')
  if (own + other === 0) return abstain('Neither side had a case: no evidence points either way.')
  const share = own / (own + other)
  const best = bestPoint(side, debate)
  const score = `Debate: bull ${strengths.bull.toFixed(2)}, bear ${strengths.bear.toFixed(2)}.`
  const grounds = { reasons: best === undefined ? [score] : [best.text, score], evidence: best?.evidence ?? [] }
  const { action } = proposal
  if (action === 'hold') {
    const isMine = wanted(side === 'bull' ? 'up' : 'down', briefing) === 'hold'
    return voteFor('hold', isMine ? share : 1 - share, grounds)
  }
  const mine = (side === 'bull') === (action === 'buy') ? action : 'hold'
  if (own >= concedesBelow * other) return voteFor(mine, share, grounds)
  const conceded = { reasons: [`Conceded. ${score}`], evidence: [] }
  return voteFor(mine === 'hold' ? action : 'hold', 1 - share, conceded)
}

function bestPoint(side: DebateSide, debate: readonly SideArgument[]) {
  const points = debate.filter((argument) => argument.side === side).flatMap((argument) => argument.points)
  return points
    .filter(({ answers }) => answers === null)
    .reduce<(typeof points)[number] | undefined>((best, point) => {
      return best === undefined || point.strength > best.strength ? point : best
    }, undefined)
}

/** The strategist stands by a trade that pays for going in and out and that the debate did not turn against. */
export function assessAsStrategist(briefing: ProposalBriefing): SeatVerdict {
  const { proposal, insight, debate, quote, outcomes } = briefing
  if (insight === null) return abstain('The market view is unavailable.')
  const { action, expectedReturn, horizonMs, evidence } = proposal
  const { bull, bear } = debateStrengths(debate)
  const cost = roundTripShare(quote, outcomes)
  const gain = action === 'sell' ? -expectedReturn : expectedReturn
  const sum = `Expected move ${signedPercent(expectedReturn, 2)} within ${span(horizonMs)}; round-trip cost ${percent(cost, 2)}.`
  if (action === 'hold') {
    const isRight = Math.abs(gain) <= cost || wanted(insight.direction, briefing) === 'hold'
    return voteFor('hold', isRight ? insight.confidence : 1 - insight.confidence, { reasons: [sum], evidence })
  }
  const [own, other] = action === 'buy' ? [bull, bear] : [bear, bull]
  const debated = `Debate: bull ${bull.toFixed(2)}, bear ${bear.toFixed(2)}.`
  const isWorthIt = gain > cost && own >= other
  const confidence = isWorthIt ? insight.confidence : Math.max(0.5, 1 - insight.confidence)
  return voteFor(isWorthIt ? action : 'hold', confidence, { reasons: [sum, debated], evidence })
}
