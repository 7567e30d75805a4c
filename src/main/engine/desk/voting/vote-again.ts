import { revise } from '#engine/agents/seats/revise.ts'
import { isEntry } from '#engine/agents/sizes.ts'
import { tally } from '#engine/consensus/tally.ts'
import { profileFor } from '#engine/desk/planning/decide-terms.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import { questionOf, type RunState, roundsOf, voteDeadlines } from '#engine/desk/run/run-state.ts'
import { nestSteps } from '#engine/tasks/nested-steps.ts'
import { planHash } from '#engine/tasks/plan-hash.ts'
import type { Ballot } from '#shared/domain/ballot.ts'
import type { PlanChange, Replan } from '#shared/domain/monitoring.ts'
import type { Plan, Step } from '#shared/domain/plan.ts'
import type { PlanningConfig } from '#shared/domain/profile.ts'
import type { Goal } from '#shared/domain/run.ts'
import { ZERO } from '#shared/lib/decimal.ts'
import { experienceOf, votingPolicy } from './voting-policy.ts'

/** Seats that weigh how large a trade is, besides the risk manager, which has set the size before. */
const sizeSeats = ['optimizer', 'executor']
/** The step that waits for the trader: what is voted on again comes before it. */
const outerId = 'review'

/** How a run goes on after a vote that rejected its proposal. */
export interface VoteAgain {
  readonly plan: Plan
  readonly replan: Replan
}

/**
 * The plan with one more round of voting nested before the trader is asked: the strategist concedes size, the risk manager
 * looks again, every seat votes again, and the votes are counted again. Undefined where the trade was agreed, where size
 * was not what it failed for (with the votes of those that weigh it, it would still not be agreed), where no smaller size is
 * worth an order, where the time to vote is nearly over, and once it was voted on again as often as may be. `passed` is in
 * seconds since the run began.
 */
export function voteAgain(parts: DeskParts, memory: RunState, passed: number): VoteAgain | undefined {
  const { planning, feed, book, sha256, clock } = parts
  const round = 2 + roundsOf(memory)
  const most = 1 + mostVotesAgain(memory.goal, planning)
  if (!planning.enabled || round > most || !isForSize(parts, memory)) return undefined
  if (!isTimeToVote(memory, clock.now())) return undefined
  const proposal = questionOf(memory)
  const instrument = feed.instruments().find(({ id }) => id === memory.goal.instrument)
  const quote = feed.quote(memory.goal.instrument)
  if (proposal === undefined || instrument === undefined || quote === undefined) return undefined
  const revision = revise(proposal, {
    instrument,
    quote,
    account: { position: book.positions.get(instrument.id) ?? null },
  })
  const { plan: before } = memory
  if (revision === null || !before.steps.some(({ id }) => id === outerId)) return undefined
  const inner = roundOf(before, round)
  const steps = nestSteps(before.steps, outerId, inner).map((step) => ({ ...step, needs: [...step.needs] }))
  const added = inner.map(({ id }) => `${outerId}/${id}`)
  const why = `The proposal was rejected for its size: it is made smaller and voted on again, round ${round}.`
  const falls = 'Its round goes on without it; without a count nothing is decided, and nothing is sent.'
  const plan: Plan = {
    ...before,
    steps,
    starts: { ...before.starts, ...Object.fromEntries(added.map((id) => [id, passed])) },
    reasons: { ...before.reasons, ...Object.fromEntries(added.map((id) => [id, { why, falls }])) },
    hash: planHash(steps, sha256),
  }
  const sentence = `Replanned: ${proposal.action} of ${proposal.quantity} ${instrument.base} was not agreed, and its size is what stands in the way, so the strategist makes it smaller and the desk votes again, round ${round} of at most ${most}.`
  const seconds = { secondsBefore: passed, secondsAfter: passed }
  return {
    plan,
    replan: {
      strategy: 'revision',
      triggers: [{ kind: 'goal', about: proposal.id, sentence: 'The proposal was rejected for its size.' }],
      changes: added.map((step): PlanChange => ({ kind: 'added', step, instead: null, sentence: why })),
      unwanted: {},
      gainUsd: 0,
      ...seconds,
      sentence,
    },
  }
}

/** How often the run's question may be revised and voted on again: as its plan says, else as the desk is configured. */
export function mostVotesAgain({ collaboration }: Goal, { replanning }: Pick<PlanningConfig, 'replanning'>): number {
  return collaboration?.votesAgain ?? replanning.votesAgain
}

/** The last quarter of the time to vote is no time for another round: its ballots would come late. */
export function isTimeToVote(memory: Pick<RunState, 'goal' | 'proposedAt'>, now: number): boolean {
  const deadlines = voteDeadlines(memory)
  if (deadlines === null) return true
  return now < deadlines.voteBy - (deadlines.voteBy - (memory.proposedAt ?? deadlines.proposeBy)) / 4
}

/** True where the trade was not agreed and would have been, had those that weigh its size voted for it. */
function isForSize({ planning, models, book, history, clock }: DeskParts, memory: RunState): boolean {
  const { tally: counted, goal, ballots } = memory
  const proposal = questionOf(memory)
  if (counted === null || proposal === undefined) return false
  if (!isEntry(proposal, book.positions.get(proposal.instrument)?.quantity ?? ZERO)) return false
  if (counted.status === 'agreed' && counted.outcome === proposal.action) return false
  const turned = ballots.map((ballot): Ballot => {
    if (!sizeSeats.includes(ballot.voter)) return ballot
    return { ...ballot, choice: { kind: 'option', option: proposal.action } }
  })
  const policy = votingPolicy(goal, profileFor(goal, planning), models, experienceOf({ history, clock }))
  const supposed = tally(policy, turned, counted.at)
  return supposed.status === 'agreed' && supposed.outcome === proposal.action
}

/** The steps of one more round: copies of those that vote and count, after the strategist has revised. */
function roundOf({ steps }: Plan, round: number): Step[] {
  const named = (id: string) => `${id}-${round}`
  const first = steps.filter(({ id, action }) => (action === 'assess' || action === 'decide') && !id.includes('/'))
  const within = new Set(first.map(({ id }) => id))
  const count = first.find(({ action }) => action === 'decide')
  if (count === undefined) return []
  const revising: Step = {
    ...count,
    id: named('revise'),
    title: `Revise, round ${round}`,
    owner: 'strategist',
    action: 'revise',
    needs: [],
  }
  return [
    revising,
    ...first.map((step) => {
      const needs = step.needs.filter((need) => within.has(need)).map(named)
      return {
        ...step,
        id: named(step.id),
        title: `${step.title}, round ${round}`,
        needs: needs.length === 0 || step === count ? [revising.id, ...needs] : needs,
      }
    }),
  ]
}
