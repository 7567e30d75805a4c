import type { Decision } from '#shared/domain/decision.ts'
import type { Validation } from '#shared/domain/evidence.ts'
import type { Profile } from '#shared/domain/profile.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import type { Tally } from '#shared/domain/tally.ts'
import { actionOf, type ReviewGrounds, reviewRules } from './review-grounds.ts'

/** What the tally decides. Whatever sends a decision to the trader keeps it from being carried out by itself. */
export function decide(
  made: Pick<Decision, 'id' | 'runId' | 'at' | 'epoch' | 'price' | 'market'>,
  proposal: Proposal | undefined,
  tally: Tally,
  validation: Validation | null,
  profile: Profile,
  grounds: ReviewGrounds,
): Decision {
  const action = actionOf(tally.outcome)
  const agreed = tally.status === 'agreed' && action !== 'hold'
  const rules = reviewRules(proposal, tally, validation, profile, made.price, grounds)
  const sentences = new Set([tally.rule.sentence, ...rules.map(({ sentence }) => sentence)])
  return {
    ...made,
    proposalId: proposal?.id ?? null,
    action: rules.length > 0 && !agreed ? (proposal?.action ?? action) : action,
    status: rules.length > 0 ? 'review' : agreed ? 'agreed' : 'noTrade',
    rule: rules.length > 0 ? 'REVIEW_NEEDED' : tally.rule.code,
    reason: [...sentences].join(' '),
    confidence: tally.confidence,
    agreement: tally.agreement,
  }
}
