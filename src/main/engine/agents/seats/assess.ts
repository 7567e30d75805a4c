import type { ProposalBriefing } from '#engine/agents/seat.ts'
import { assessAsEvaluator } from '#engine/agents/trade-record.ts'
import type { VotingSeat } from '#shared/domain/agent.ts'
import { assessAsOptimizer } from './assess-allocation.ts'
import { assessAsExecutor } from './assess-execution.ts'
import { assessAsPrivacy } from './assess-privacy.ts'
import { assessOfPurpose } from './assess-reduction.ts'
import { assessAsRisk } from './assess-risk.ts'
import { assessAsAdvocate, assessAsAnalyst, assessAsStrategist } from './assess-view.ts'
import type { Assess, SeatVerdict } from './verdict.ts'

const assessments: Readonly<Record<VotingSeat, Assess>> = {
  analyst: assessAsAnalyst,
  bull: (briefing) => assessAsAdvocate('bull', briefing),
  bear: (briefing) => assessAsAdvocate('bear', briefing),
  strategist: assessAsStrategist,
  risk: assessAsRisk,
  optimizer: assessAsOptimizer,
  privacy: assessAsPrivacy,
  executor: assessAsExecutor,
  evaluator: assessAsEvaluator,
}

/**
 * What a seat makes of a proposal: a vote for its action, for hold, for the action at a smaller size (`revised`, with a
 * conditional ballot), or an abstention that says which input is unavailable. On a proposal to hold, only hold is voted for.
 * Where a plan asks for less of a position, some seats look at the sale by another model.
 * Outcomes from after the briefing's moment are not looked at.
 */
export function assess(seat: VotingSeat, briefing: ProposalBriefing): SeatVerdict {
  const outcomes = briefing.outcomes.filter(({ at }) => at <= briefing.now)
  const assessing = assessOfPurpose(seat, briefing) ?? assessments[seat]
  return assessing({ ...briefing, outcomes })
}
