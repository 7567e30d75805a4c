import { tally as count } from '#engine/consensus/tally.ts'
import { voters } from '#engine/desk/planning/decide-domain.ts'
import { profileFor, votersOf } from '#engine/desk/planning/decide-terms.ts'
import type { ReviewOpening } from '#engine/desk/reviews/review-opening.ts'
import type { DeskParts } from '#engine/desk/run/desk-parts.ts'
import { ballotsOnQuestion, questionOf, type RunState, voteDeadlines } from '#engine/desk/run/run-state.ts'
import { orderOf } from '#engine/desk/run/trade-order.ts'
import { decide } from '#engine/desk/voting/decision.ts'
import type { ReviewWork } from '#engine/desk/voting/review-grounds.ts'
import { groundsOf, type ReviewGrounds, reviewRules, tradeRecordOf } from '#engine/desk/voting/review-grounds.ts'
import { experienceOf, votingPolicy } from '#engine/desk/voting/voting-policy.ts'
import type { StepContext, StepResult } from '#engine/tasks/executor.ts'
import type { Decision } from '#shared/domain/decision.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { EvidenceValue } from '#shared/domain/evidence.ts'
import { touchOf } from '#shared/domain/quote.ts'
import type { Review } from '#shared/domain/review.ts'
import type { Tally } from '#shared/domain/tally.ts'
import { errorCode } from '#shared/lib/error.ts'

/** How the step has agents vote: one seat, under its own time limit. */
export type AssessAgain = (seat: 'risk' | (typeof voters)[number], context: StepContext) => Promise<unknown>
/** How the step journals and says what the desk itself does. */
export type Note = (text: string, ...events: readonly DeskEvent[]) => Promise<unknown>

/** How long one agent has to vote again. */
const assessTimeoutMs = 20_000

/**
 * Waits for the trader where the decision needs one: skipped at once where it does not, done when the review is closed.
 * A question has the agents vote again with it among the evidence. Taken up by a new process, it goes on with the same
 * review and the same deadline (HO-15).
 */
export async function awaitReview(
  work: ReviewWork,
  context: StepContext,
  assess: AssessAgain,
  note: Note,
): Promise<StepResult> {
  const { parts, memory, tradingEpoch } = work
  const { reviews } = parts
  const { decision } = memory
  if (decision?.status !== 'review') return { status: 'skipped', reason: 'The decision needs nobody to look at it.' }
  const record = await tradeRecordOf(work)
  if (context.signal.aborted) return { status: 'skipped', reason: String(context.signal.reason) }
  if (memory.review === null) {
    const opening = openingOf(work, record, false)
    if (opening === undefined) return { status: 'skipped', reason: 'There is no order to put before the trader.' }
    await reviews.open(opening)
  }
  let review = memory.review
  if (review === null) return { status: 'skipped', reason: 'The review was not opened.' }
  if (!reviews.attended) {
    const reason = `Nobody is here to ask. On a desk it waits ${Math.round(review.lifetimeMs / 1_000)} s for the trader, and is rejected then.`
    return { status: 'skipped', reason }
  }
  for (;;) {
    review = await reviews.answered(review.id, context.signal)
    if (review.status !== 'asked') break
    await askAgain(review)
  }
  await note(sentenceOf(review))
  return { status: 'succeeded', output: { reviewId: review.id, status: review.status }, usd: 0 }

  async function askAgain({ id, questions }: Review): Promise<void> {
    const question = questions.at(-1) ?? ''
    const at = Math.floor(parts.clock.now())
    const source = `trader, question ${questions.length}`
    const evidence: EvidenceValue = {
      id: parts.ids.next('ev'),
      runId: memory.runId,
      task: 'trader_question',
      source,
      at,
      asOf: at,
      status: 'value',
      summary: question,
      figures: {},
      quality: 1,
    }
    await note(`The trader asks: ${question}`, { kind: 'evidenceGathered', data: { evidence } })
    const again: StepContext = { ...context, step: { ...context.step, timeoutMs: assessTimeoutMs } }
    // An agent that fails keeps its earlier ballot out: what it said before was about another moment.
    const silent = new Set<string>()
    const vote = (seat: Parameters<AssessAgain>[0]) =>
      assess(seat, again).catch((error: unknown) => {
        if (errorCode(error) === 'ANSWER_LATE') throw error
        silent.add(seat)
      })
    await vote('risk')
    const { collaboration } = memory.goal
    await Promise.all((collaboration === undefined ? voters : votersOf(collaboration.participants)).map(vote))
    const tally = countAgain(silent)
    const made = decideAgain(tally)
    await note(
      `The agents have voted again. ${made.reason}`,
      { kind: 'tallyTaken', data: { runId: memory.runId, tally } },
      { kind: 'decisionMade', data: { decision: made } },
    )
    await reviews.showAgain(id, made.status === 'review' ? (openingOf(work, record, true) ?? null) : null)
  }

  function countAgain(silent: ReadonlySet<string>): Tally {
    const ballots = ballotsOnQuestion(memory).filter(({ voter }) => !silent.has(voter))
    // A question opens the vote again, for as long as the plan may be carried out.
    const deadline = voteDeadlines(memory)?.executeBy ?? null
    return count(
      { ...votingPolicy(memory.goal, profileOf(parts, memory), parts.models, experienceOf(parts)), deadline },
      ballots,
      Math.floor(parts.clock.now()),
    )
  }

  function decideAgain(tally: Tally): Decision {
    const quote = parts.feed.quote(memory.goal.instrument)
    const market = quote === undefined ? null : touchOf(quote)
    const at = Math.floor(parts.clock.now())
    const made = {
      id: parts.ids.next('dec'),
      runId: memory.runId,
      at,
      epoch: tradingEpoch,
      price: quote?.last ?? null,
      market,
    }
    const again = decide(
      made,
      questionOf(memory),
      tally,
      memory.validation,
      profileOf(parts, memory),
      groundsOf(parts, memory, record),
    )
    if (again.status !== 'agreed') return again
    // Whoever asked gets the answer: the desk does not act on it by itself.
    return { ...again, status: 'review', rule: 'REVIEW_NEEDED', reason: `${again.reason} ${askedAgain.sentence}` }
  }
}

const askedAgain = { code: 'ASKED_AGAIN', sentence: 'The trader had the agents vote again.' } as const

function profileOf({ planning }: DeskParts, { goal }: RunState) {
  return profileFor(goal, planning)
}

/** The order of the decision as it would be sent, and why it goes to the trader. */
function openingOf(
  { parts, memory }: ReviewWork,
  record: ReviewGrounds['record'],
  again: boolean,
): ReviewOpening | undefined {
  const { decision, tally, runId } = memory
  const proposal = memory.proposals.find(({ id }) => id === decision?.proposalId)
  const price = decision?.price ?? parts.feed.quote(memory.goal.instrument)?.last
  if (decision === null || tally === null || proposal === undefined || price === undefined) return undefined
  if (decision.action === 'hold') return undefined
  const agreed = tally.status === 'agreed' && tally.outcome === decision.action
  const order = orderOf(decision, proposal, decision.action)
  const { algorithm = 'auto' } = memory.goal
  const isPossible = algorithm !== 'auto' && !(order.reduceOnly && algorithm === 'iceberg')
  const rules = reviewRules(
    proposal,
    tally,
    memory.validation,
    profileOf(parts, memory),
    price,
    groundsOf(parts, memory, record),
  )
  return {
    runId,
    order: isPossible ? { ...order, execution: { algorithm } } : order,
    price,
    rules: again || rules.length === 0 ? [...rules, askedAgain] : rules,
    disagreement: tally.disagreement,
    agreed,
    horizonMs: proposal.horizonMs,
    epoch: decision.epoch,
  }
}

function sentenceOf({ status, end }: Review): string {
  return status === 'approved' ? 'The trader approved it.' : `Nothing is sent: the review is ${status}. ${end?.reason}.`
}
