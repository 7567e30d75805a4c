import type { SeatModels } from '#engine/agents/models/seat-model.ts'
import { type Experience, learnedFrom, withLearned } from '#engine/consensus/learned-combination.ts'
import { defaultReviewThresholds, needsReview } from '#engine/consensus/review-rules.ts'
import { voters } from '#engine/desk/planning/decide-domain.ts'
import type { DeskHistory } from '#engine/ports/desk-history.ts'
import { seatTitles } from '#shared/domain/agent.ts'
import { traderVoter } from '#shared/domain/collaboration.ts'
import type { ConsensusPolicy } from '#shared/domain/consensus-policy.ts'
import { consensusPolicy } from '#shared/domain/consensus-policy.ts'
import type { Decision } from '#shared/domain/decision.ts'
import type { Validation } from '#shared/domain/evidence.ts'
import { modelVoter } from '#shared/domain/model.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { type Action, actions, type Proposal } from '#shared/domain/proposal.ts'
import type { ReviewRule } from '#shared/domain/review.ts'
import type { Goal } from '#shared/domain/run.ts'
import type { Tally } from '#shared/domain/tally.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { compare, type Decimal, multiply } from '#shared/lib/decimal.ts'
import type { ReviewGrounds } from './review-grounds.ts'

const vetoHolders = ['risk', 'privacy'] as const

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

/** The desk was right less often than it said by more than this share: its confidence is not to be relied on. */
const mostOverconfidence = 0.25
const leastTrades = 10

/**
 * Every rule that sends the result of a vote to the trader, gravest first (HO-3); empty where it needs nobody: it is
 * agreed beyond doubt, or nobody would trade. A veto, a tie, a missed quorum and a vote that no revision brought to agreement
 * are reviewed where the trade leads or ties without it.
 */
export function reviewRules(
  proposal: Proposal | undefined,
  tally: Tally,
  validation: Validation | null,
  profile: Profile,
  price: Decimal | null,
  { objections, conflicts, enters, aboveNotional, record, rounds }: ReviewGrounds,
): ReviewRule[] {
  const action = actionOf(tally.outcome)
  const agreed = tally.status === 'agreed' && action !== 'hold'
  if (!agreed && !isContested(proposal, tally, rounds > 0)) return []
  const rules: ReviewRule[] = needsReview(tally, defaultReviewThresholds).map(({ code, sentence }) => ({
    code,
    sentence,
  }))
  const add = (code: ReviewRule['code'], sentence: string) => rules.push({ code, sentence })
  if (!agreed && rounds > 0) {
    const times = rounds === 1 ? 'once' : `${rounds} times`
    add('NO_AGREEMENT', `It was revised and voted on again ${times}, and is still not agreed: the trader decides.`)
  }
  if (validation?.sufficient !== true) add('DOSSIER_INSUFFICIENT', insufficient(validation, profile))
  if (agreed && action !== proposal?.action) add('NOT_PROPOSED', `Nobody proposed to ${action}.`)
  // What only brings risk down is not held back because the desk was too sure of itself (HO-8).
  if (agreed && enters && record !== null && record.count >= leastTrades) {
    const { count, hits, stated } = record
    if (stated - hits / count > mostOverconfidence)
      add(
        'LOW_CALIBRATION',
        `${hits} of ${count} earlier trades were right where ${Math.round(100 * stated)} % were stated; more than ${100 * mostOverconfidence} points too sure is reviewed.`,
      )
  }
  // Silence is no consent: an agent that hangs must not lose the desk its veto.
  const silent = vetoHolders.filter((holder) => tally.absent.includes(holder)).map((holder) => seatTitles[holder])
  for (const objection of objections) add('OBJECTION', `The trader objects: ${objection}`)
  for (const conflict of conflicts) add('CONFLICT', conflict)
  if (silent.length > 0) {
    add('VETO_HOLDER_SILENT', `Without a ballot from ${silent.join(' and ')} there was no chance of a veto.`)
  }
  if (
    agreed &&
    enters &&
    action === proposal?.action &&
    proposal !== undefined &&
    price !== null &&
    aboveNotional !== null
  ) {
    const notional = multiply(proposal.quantity, price)
    if (compare(notional, aboveNotional) > 0)
      add('LARGE_ORDER', `It is worth ${notional}; above ${aboveNotional} the trader is asked.`)
  }
  return rules
}

/** True where a veto, a tie or too few voters alone kept the proposed trade from being agreed, or all rounds of revising did not help. */
function isContested(proposal: Proposal | undefined, { status, shares }: Tally, revised: boolean): boolean {
  if (proposal === undefined || proposal.action === 'hold') return false
  const contested: readonly Tally['status'][] = [
    'vetoed',
    'tie',
    'quorum-missed',
    ...(revised ? ['no-agreement' as const] : []),
  ]
  if (!contested.includes(status)) return false
  const share = shares.find(({ option }) => option === proposal.action)?.share ?? 0
  return share > 0 && shares.every((other) => other.share <= share)
}

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

function actionOf(outcome: string): Action {
  return actions.find((action) => action === outcome) ?? 'hold'
}

function insufficient(validation: Validation | null, profile: Profile): string {
  if (validation === null) return 'The dossier was not validated.'
  const missing = validation.missing.map(({ task }) => task.replaceAll('_', ' ')).join(', ')
  const sources = `${validation.sources} of ${profile.minimumSources} wanted sources answered`
  return `The dossier is not sufficient: ${sources}${missing === '' ? '' : `; missing: ${missing}`}.`
}
