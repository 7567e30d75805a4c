import { roundTripShare } from '#engine/agents/costs.ts'
import type { Argument, ProposalBriefing } from '#engine/agents/seat.ts'
import { percent, signedPercent, span } from '#engine/agents/wording.ts'
import type { Side } from './argue.ts'
import { debateStrengths } from './propose.ts'
import { abstain, type SeatVerdict, voteFor } from './verdict.ts'

const wayOf = { buy: 'up', sell: 'down', hold: 'flat' } as const

/** The analyst votes for the action that its view points to, as sure as it is of the view; without a view it abstains. */
export function assessAsAnalyst({ proposal, insight }: ProposalBriefing): SeatVerdict {
  if (insight === null) return abstain('The market view is unavailable.')
  const { direction, confidence, reasons, evidence } = insight
  const [first = 'Nothing gathered has a direction.'] = reasons
  const grounds = { reasons: [`The view is ${direction} (${percent(confidence, 0)}).`, first], evidence }
  if (proposal.action === 'hold') return voteFor('hold', direction === 'flat' ? confidence : 1 - confidence, grounds)
  return voteFor(direction === wayOf[proposal.action] ? proposal.action : 'hold', confidence, grounds)
}

/** A side gives up its own where its case is less than half as strong as the other's. */
const concedesBelow = 0.5

/**
 * The bull favours buying and holding on, the bear selling and holding off. Each votes its side unless its case ended less
 * than half as strong as the other's; its confidence is its share of both strengths (or the other's, where it concedes).
 */
export function assessAsAdvocate(side: Side, { proposal, debate }: ProposalBriefing): SeatVerdict {
  const strengths = debateStrengths(debate)
  const own = side === 'bull' ? strengths.bull : strengths.bear
  const other = side === 'bull' ? strengths.bear : strengths.bull
  if (debate.length === 0) return abstain('The debate was not held.')
  if (own + other === 0) return abstain('Neither side had a case: no evidence points either way.')
  const share = own / (own + other)
  const best = bestPoint(side, debate)
  const score = `My case stands at ${own.toFixed(2)}, the other side's at ${other.toFixed(2)}.`
  const grounds = { reasons: best === undefined ? [score] : [score, best.text], evidence: best?.evidence ?? [] }
  const { action } = proposal
  if (action === 'hold') return voteFor('hold', 1 - Math.abs(2 * share - 1), grounds)
  const mine = (side === 'bull') === (action === 'buy') ? action : 'hold'
  if (own >= concedesBelow * other) return voteFor(mine, share, grounds)
  const conceded = { reasons: [`I concede. ${score}`], evidence: [] }
  return voteFor(mine === 'hold' ? action : 'hold', 1 - share, conceded)
}

function bestPoint(side: Side, debate: readonly Argument[]) {
  const points = debate.filter((argument) => argument.side === side).flatMap((argument) => argument.points)
  return points
    .filter(({ answers }) => answers === null)
    .reduce<(typeof points)[number] | undefined>((best, point) => {
      return best === undefined || point.strength > best.strength ? point : best
    }, undefined)
}

/** The strategist stands by a trade that pays for going in and out and that the debate did not turn against. */
export function assessAsStrategist({ proposal, insight, debate, quote, outcomes }: ProposalBriefing): SeatVerdict {
  if (insight === null) return abstain('The market view is unavailable.')
  const { action, expectedReturn, horizonMs, evidence } = proposal
  const { bull, bear } = debateStrengths(debate)
  const cost = roundTripShare(quote, outcomes)
  const gain = action === 'sell' ? -expectedReturn : expectedReturn
  const sum = `The price is expected to move ${signedPercent(expectedReturn, 2)} within ${span(horizonMs)}; in and out costs ${percent(cost, 2)}.`
  if (action === 'hold') {
    return voteFor('hold', Math.abs(gain) <= cost ? insight.confidence : 1 - insight.confidence, {
      reasons: [sum],
      evidence,
    })
  }
  const [own, other] = action === 'buy' ? [bull, bear] : [bear, bull]
  const debated = `The debate ended ${bull.toFixed(2)} for the bull and ${bear.toFixed(2)} for the bear.`
  const isWorthIt = gain > cost && own >= other
  const confidence = isWorthIt ? insight.confidence : Math.max(0.5, 1 - insight.confidence)
  return voteFor(isWorthIt ? action : 'hold', confidence, { reasons: [sum, debated], evidence })
}
