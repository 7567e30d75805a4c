import type { SeatModels } from '#engine/agents/models/seat-model.ts'
import { defaultReviewThresholds, needsReview } from '#engine/consensus/review-rules.ts'
import { seatTitles } from '#shared/domain/agent.ts'
import type { ConsensusPolicy } from '#shared/domain/consensus-policy.ts'
import { consensusPolicy } from '#shared/domain/consensus-policy.ts'
import type { Decision } from '#shared/domain/decision.ts'
import type { Validation } from '#shared/domain/evidence.ts'
import { modelVoter } from '#shared/domain/model.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { type Action, actions, type Proposal } from '#shared/domain/proposal.ts'
import type { Goal } from '#shared/domain/run.ts'
import type { Tally } from '#shared/domain/tally.ts'
import { voters } from './decide-domain.ts'

const vetoHolders = ['risk', 'privacy'] as const

/**
 * How the desk votes on a proposal: every seat with the same weight, the risk manager and the privacy guard with a veto,
 * by the goal's policy; a language model in a seat is one more voter, with no veto. A weighted vote needs the profile's threshold. What is not agreed is no trade.
 */
export function votingPolicy(goal: Goal, profile: Profile, models: SeatModels): ConsensusPolicy {
  const modelVoters = [...models].filter(([, { uses }]) => uses.includes('ballot')).map(([seat]) => modelVoter(seat))
  const policy = consensusPolicy(goal.policy, {
    options: [...actions],
    defaultOption: 'hold',
    electorate: ['risk', ...voters, ...modelVoters].map((voter) => ({ voter, weight: 1 })),
    deadline: null,
    veto: { holders: [...vetoHolders], options: ['hold'] },
  })
  return policy.rule.kind === 'weighted'
    ? { ...policy, rule: { kind: 'weighted', threshold: profile.threshold } }
    : policy
}

/** What the tally decides. Whatever sends a decision to the trader keeps it from being carried out. */
export function decide(
  made: Pick<Decision, 'id' | 'runId' | 'at' | 'epoch' | 'price'>,
  proposal: Proposal | undefined,
  tally: Tally,
  validation: Validation | null,
  profile: Profile,
  objections: readonly string[],
): Decision {
  const action = actionOf(tally.outcome)
  const agreed = tally.status === 'agreed' && action !== 'hold'
  const reasons = agreed ? needsReview(tally, defaultReviewThresholds).map(({ sentence }) => sentence) : []
  if (agreed && validation?.sufficient !== true) reasons.push(insufficient(validation, profile))
  if (agreed && action !== proposal?.action) reasons.push(`Nobody proposed to ${action}.`)
  if (agreed) reasons.push(...objections.map((objection) => `The trader objects: ${objection}`))
  // Silence is no consent: an agent that hangs must not lose the desk its veto.
  const silent = vetoHolders.filter((holder) => tally.absent.includes(holder)).map((holder) => seatTitles[holder])
  if (agreed && silent.length > 0)
    reasons.push(`Without a ballot from ${silent.join(' and ')} there was no chance of a veto.`)
  return {
    ...made,
    proposalId: proposal?.id ?? null,
    action,
    status: reasons.length > 0 ? 'review' : agreed ? 'agreed' : 'noTrade',
    rule: reasons.length > 0 ? 'REVIEW_NEEDED' : tally.rule.code,
    reason: [tally.rule.sentence, ...reasons].join(' '),
    confidence: tally.confidence,
    agreement: tally.agreement,
  }
}

function actionOf(outcome: string): Action {
  return actions.find((action) => action === outcome) ?? 'hold'
}

function insufficient(validation: Validation | null, profile: Profile): string {
  if (validation === null) return 'The dossier was not validated.'
  const missing = validation.missing.map(({ task }) => task.replaceAll('_', ' ')).join(', ')
  const sources = `${validation.sources} of ${profile.minimumSources} wanted sources answered`
  return `The dossier is not sufficient: ${sources}${missing === '' ? '' : `; missing: ${missing}`}.`
}
