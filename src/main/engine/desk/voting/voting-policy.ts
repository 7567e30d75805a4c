import type { SeatModels } from '#engine/agents/models/seat-model.ts'
import { type Experience, learnedFrom, withLearned } from '#engine/consensus/learned-combination.ts'
import { voters } from '#engine/desk/planning/decide-domain.ts'
import type { DeskHistory } from '#engine/ports/desk-history.ts'
import { traderVoter } from '#shared/domain/collaboration.ts'
import type { ConsensusPolicy } from '#shared/domain/consensus-policy.ts'
import { consensusPolicy } from '#shared/domain/consensus-policy.ts'
import { modelVoter } from '#shared/domain/model.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { actions } from '#shared/domain/proposal.ts'
import type { Goal } from '#shared/domain/run.ts'
import type { Clock } from '#shared/lib/clock.ts'

/** Who keeps a trade from being made alone. */
export const vetoHolders = ['risk', 'privacy'] as const

/**
 * How the desk votes on a proposal: every seat with the same weight, the risk manager and the privacy guard with a veto,
 * by the goal's policy; a language model in a seat is one more voter, with no veto. A weighted vote needs the profile's threshold,
 * and weighs by expertise once there is a record. What is not agreed is no trade.
 * A collaborative plan says who votes, with which weight, until when, how much is needed, and how ballots are combined. What is
 * learned is read off the record of scored votes as it is now.
 */
export function votingPolicy(
  goal: Goal,
  profile: Profile,
  models: SeatModels,
  experience: () => Omit<Experience, 'instrument'> = () => ({ record: [], now: 0 }),
): ConsensusPolicy {
  const { collaboration } = goal
  const members = collaboration?.participants ?? ['risk', ...voters].map((voter) => ({ voter, weight: 1 }))
  const modelVoters = [...models]
    .filter(([seat, { uses }]) => uses.includes('ballot') && members.some(({ voter }) => voter === seat))
    .map(([seat]) => ({ voter: modelVoter(seat), weight: 1 }))
  const policy = consensusPolicy(goal.policy, {
    options: [...actions],
    defaultOption: 'hold',
    electorate: [...members, ...modelVoters],
    deadline: collaboration?.deadlines.voteBy ?? null,
    veto: { holders: [...vetoHolders], options: ['hold'] },
  })
  const combination = collaboration === undefined ? 'expertise' : (collaboration.combination ?? 'fixed')
  if (policy.rule.kind === 'weighted') {
    const weighted: ConsensusPolicy = { ...policy, rule: { kind: 'weighted', threshold: profile.threshold } }
    if (combination === 'fixed') return weighted
    const known = { ...experience(), instrument: goal.instrument }
    const learned = learnedFrom(known, weighted.electorate, combination, [traderVoter])
    return collaboration === undefined && learned.decisions === 0 ? weighted : withLearned(weighted, learned)
  }
  const threshold = collaboration?.threshold ?? null
  return policy.rule.kind === 'super-majority' && threshold !== null
    ? { ...policy, rule: { kind: 'super-majority', threshold } }
    : policy
}

/** So many scored votes are learned from. */
const scoresLearned = 500

/** What weights are learned from: the record of scored votes until now. */
export const experienceOf =
  ({ history, clock }: { readonly history: Pick<DeskHistory, 'listScoredVotes'>; readonly clock: Clock }) =>
  () => ({ record: history.listScoredVotes(scoresLearned), now: clock.now() })
