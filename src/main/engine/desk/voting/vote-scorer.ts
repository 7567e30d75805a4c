import { closeAt } from '#engine/agents/view-record.ts'
import { record } from '#engine/desk/run/run-log.ts'
import type { Journal } from '#engine/journal/journal.ts'
import type { DeskHistory } from '#engine/ports/desk-history.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { closedBars } from '#engine/trading/positions/closed-bars.ts'
import { firstChoices } from '#shared/domain/ballot.ts'
import { barSeries } from '#shared/domain/bar.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import type { ScoredVote } from '#shared/domain/scored-vote.ts'
import type { Tally } from '#shared/domain/tally.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { compare, type Decimal, fromNumber } from '#shared/lib/decimal.ts'

export interface VoteScorerOptions {
  readonly journal: Journal
  readonly feed: Feed
  readonly clock: Clock
  readonly history: Pick<DeskHistory, 'getVote' | 'listUnscoredVotes'>
}

const system: Actor = { kind: 'system', id: 'votes' }
/** So soon after the horizon the price of now is that of then. */
const soonMs = 60_000
/** So many earlier decisions are looked at when the desk starts. */
const lookedBack = 200

/**
 * Creates what scores the ballots of a decision once the horizon of its proposal is over, by where the price went, and
 * journals it: what voters' weights are learned from. `tick` is to be called often. What no price is known of is not scored.
 */
export function createVoteScorer({ journal, feed, clock, history }: VoteScorerOptions): { tick(): void } {
  /** When the vote of each run can be scored; null where that is yet to be read. */
  const pending = new Map<string, number | null>(history.listUnscoredVotes(lookedBack).map((runId) => [runId, null]))
  journal.observe((record) => {
    if (record.kind === 'decisionMade') pending.set(record.data.decision.runId, null)
  })

  function dueOf(runId: string): number | null {
    const { decision, proposals, tally } = history.getVote(runId)
    // Not durable yet.
    if (decision === null) return null
    const proposal = proposals.find(({ id }) => id === decision.proposalId)
    const isTrade = proposal !== undefined && proposal.action !== 'hold' && decision.price !== null && tally !== null
    return isTrade ? decision.at + proposal.horizonMs : Number.POSITIVE_INFINITY
  }

  function score(runId: string, dueAt: number): void {
    const { decision, proposals, tally } = history.getVote(runId)
    const proposal = proposals.find(({ id }) => id === decision?.proposalId)
    if (decision === null || proposal === undefined || tally === null || decision.price === null) return
    const after = priceAt(proposal.instrument, dueAt)
    if (after === null) return
    const scored = scoreOf(proposal, decision.id, tally, { price: decision.price, priceAfter: after, dueAt })
    if (scored === null) return
    const run = { parts: { journal }, memory: { runId } }
    void record(run, system, { kind: 'voteScored', data: { score: scored } })
  }

  /** Null where neither a quote of that moment nor a bar that closed then is there. */
  function priceAt(instrument: string, at: number): Decimal | null {
    const quote = feed.quote(instrument)
    if (quote !== undefined && clock.now() - at <= soonMs) return quote.last
    const now = Math.floor(clock.now())
    const bars = barSeries([...(closedBars(feed, [instrument], now).bars.get(instrument) ?? [])])
    const close = closeAt(bars, at)
    return close === null ? null : fromNumber(close, 18)
  }

  return {
    tick() {
      for (const [runId, dueAt] of pending) {
        const due = dueAt ?? dueOf(runId)
        if (due === null || due > clock.now()) {
          if (due === Number.POSITIVE_INFINITY) pending.delete(runId)
          else if (due !== dueAt) pending.set(runId, due)
          continue
        }
        pending.delete(runId)
        score(runId, due)
      }
    },
  }
}

/** The ballots that counted, scored; null for a proposal to hold, and where the price is what it was. */
export function scoreOf(
  { action, instrument, runId }: Pick<Proposal, 'action' | 'instrument' | 'runId'>,
  decisionId: string,
  { support, dissent }: Pick<Tally, 'support' | 'dissent'>,
  { price, priceAfter, dueAt }: Pick<ScoredVote, 'price' | 'priceAfter' | 'dueAt'>,
): ScoredVote | null {
  const moved = compare(priceAfter, price)
  if (action === 'hold' || moved === 0) return null
  const right = moved > 0 === (action === 'buy')
  const ballots = [...support, ...dissent].map(({ ballot: { voter, choice, confidence } }) => {
    const isFor = firstChoices(choice).includes(action)
    const chance = isFor ? confidence : 1 - confidence
    return { voter, isFor, confidence, loss: (chance - (right ? 1 : 0)) ** 2 }
  })
  const inOrder = ballots.toSorted((a, b) => (a.voter < b.voter ? -1 : 1))
  return { runId, decisionId, instrument, action, price, priceAfter, dueAt, right, ballots: inOrder }
}
