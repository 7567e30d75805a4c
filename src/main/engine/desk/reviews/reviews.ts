import type { Journal } from '#engine/journal/journal.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { ReviewArchive } from '#engine/ports/review-archive.ts'
import type { Sha256 } from '#engine/ports/sha256.ts'
import type { Intent } from '#engine/trading/orders/new-orders.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { Decision } from '#shared/domain/decision.ts'
import type { Denial } from '#shared/domain/denial.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import { executionWords } from '#shared/domain/execution-words.ts'
import type { Actor } from '#shared/domain/journal.ts'
import { isExit, type Order } from '#shared/domain/order.ts'
import { type ExecutionChoice, isAsChosen, type ParentOrder } from '#shared/domain/parent-order.ts'
import {
  type AutomationBias,
  type BlindJudgement,
  type Drill,
  driftBps,
  isClosedReview,
  isJudgedFirst,
  type Override,
  type Review,
  type ReviewOrder,
  type ReviewPolicy,
  type ReviewWords,
  reviewTransitions,
} from '#shared/domain/review.ts'
import { runSuspended } from '#shared/domain/run.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { type Decimal, multiply, negate, subtract, ZERO } from '#shared/lib/decimal.ts'
import { errorCode, ParleyError } from '#shared/lib/error.ts'
import type { Ids } from '#shared/lib/ids.ts'
import type { Random } from '#shared/lib/random.ts'
import { createBiasWatch } from './automation-bias.ts'
import { createDrills, turnedRound } from './oversight-drills.ts'
import { reviewAfter } from './review-fold.ts'

export interface ReviewsOptions {
  readonly journal: Journal
  readonly book: TradingBook
  readonly feed: Feed
  readonly clock: Clock
  readonly ids: Ids
  readonly sha256: Sha256
  readonly archive: ReviewArchive
  readonly policy: ReviewPolicy
  readonly mode: 'paper' | 'live'
  /** By which drills are drawn. */
  readonly random: Random
  /** Milliseconds of the desk's time that go by in one of waiting: above 1 where bars are replayed faster. */
  readonly timeScale: number
  /** False where there is no trader to ask: reviews are opened and not waited for. */
  readonly attended: boolean
  /** Decisions of unfinished runs that went to review, with the reviews that were opened of them. */
  readonly unfinished: readonly { readonly decision: Decision | null; readonly review: Review | null }[]
  /** What the gate would say to the order now. */
  readonly check: (intent: Intent) => Denial | undefined
}

/** What a review is opened with, or shown again with after the agents were asked. */
export type ReviewOpening = Pick<Review, 'rules' | 'disagreement' | 'agreed' | 'horizonMs' | 'epoch' | 'runId'> & {
  readonly order: ReviewOrder
  readonly price: Decimal
}

/** What the trader says with an approval or a rejection. */
export interface ReviewAct {
  readonly words?: ReviewWords | undefined
  /** How long the trader looked at it; the time since it is on show where nobody measured. */
  readonly dwellMs?: number | undefined
}

/** What of an order the trader may change. */
export interface ReviewEdit {
  readonly quantity: Decimal
  /** Null for a market order. */
  readonly limitPrice: Decimal | null
  /** As it is where nothing is said. */
  readonly execution?: ExecutionChoice | undefined
}

/** The decisions that wait for the trader. Every act throws REVIEW_NOT_FOUND, REVIEW_CLOSED and REVIEW_NEEDS_A_PERSON. */
export interface Reviews {
  readonly policy: ReviewPolicy
  readonly attended: boolean
  /** Puts a decision before the trader; resolves once that is durable. */
  open(opening: ReviewOpening): Promise<Review>
  /** Resolves when the review is closed, or the agents are to vote again; when the signal aborts it is voided. */
  answered(reviewId: string, signal: AbortSignal): Promise<Review>
  /** Shows it again after the agents have voted again; null where they do not want it any more. */
  showAgain(reviewId: string, opening: ReviewOpening | null): Promise<void>
  /** Those that are not closed, oldest first. */
  waiting(): readonly Review[]
  /** Milliseconds of waiting until it expires; 0 when it is closed. */
  leftMs(review: Review): number
  /**
   * Lets exactly the order with the hash out. Throws REVIEW_BLIND_FIRST, REVIEW_ORDER_CHANGED, REVIEW_REASON_NEEDED (an
   * approval against the vote is an override), REVIEW_PRICE_MOVED, and ORDER_WOULD_BE_DENIED with what the gate says.
   */
  approve(reviewId: string, orderHash: string, act: ReviewAct, by: Actor): Promise<Review>
  /** Puts another order in its place, with a new hash, to be approved. Throws REVIEW_EDIT_INVALID. */
  edit(reviewId: string, edit: ReviewEdit, words: ReviewWords, by: Actor): Promise<Review>
  reject(reviewId: string, words: ReviewWords, act: ReviewAct, by: Actor): Promise<Review>
  /** Has the agents vote again with the question before them. Throws REVIEW_QUESTIONS_USED_UP. */
  ask(reviewId: string, question: string, by: Actor): Promise<Review>
  /** Puts it aside for so long, at most until it expires. Throws REVIEW_SNOOZE_TOO_LONG. */
  snooze(reviewId: string, forMs: number, by: Actor): Promise<Review>
  /** Records what the trader thinks before the tally is shown. Throws REVIEW_JUDGED. */
  judge(reviewId: string, judgement: Omit<BlindJudgement, 'at'>, by: Actor): Promise<Review>
  /** What the gate would say to the review's order now. */
  denial(review: Review): Denial | undefined
  /** What the desk says to an order that needs an approval, at the moment of sending (HO-6); undefined lets it out. */
  approvalDenial(order: Order | ParentOrder): Denial | undefined
  /** Voids every review that waits (KS-13), or those of one run. */
  voidAll(why: string, runId?: string): void
  /** Looks at clock and market: wakes, expires, voids, measures overrides. To be called often. */
  tick(): void
  /** The known-bad reviews that were put before the trader (HO-12), oldest first. */
  drills(): readonly Drill[]
  /** The last notice that approving may have become a habit, in this session. */
  bias(): AutomationBias | null
}

const system: Actor = { kind: 'system', id: 'reviews' }
/** Closed reviews kept at hand, for the orders that follow from them. */
const closedKept = 100

/** Creates what keeps the decisions that wait for the trader. */
export function createReviews(options: ReviewsOptions): Reviews {
  const { journal, book, feed, clock, ids, sha256, archive, policy } = options
  const reviews = new Map<string, Review>()
  /** Decisions that need an approval. */
  const needed = new Set<string>()
  const byDecision = new Map<string, string>()
  /** When each expires on the clock that never jumps. */
  const deadlines = new Map<string, number>()
  const waiters = new Map<string, Set<(review: Review) => void>>()
  const overrides = new Map<string, Override>(archive.listUnmeasuredOverrides().map((each) => [each.id, each]))
  const biasWatch = createBiasWatch()
  const drills = createDrills(archive.listDrills(), options.mode, policy, options.random)

  /** Time does not go back: a clock that is set back gives no approval its life again (I13). */
  const now = () => Math.max(Math.floor(clock.now()), book.latestAt)

  function keep(review: Review): void {
    const before = reviews.get(review.id)
    reviews.set(review.id, review)
    byDecision.set(review.decisionId, review.id)
    needed.add(review.decisionId)
    if (before?.expiresAt !== review.expiresAt) {
      const left = (review.expiresAt - now()) / options.timeScale
      deadlines.set(review.id, clock.monotonic() + Math.min(review.lifetimeMs, left))
    }
    if (reviews.size <= closedKept) return
    const oldest = [...reviews.values()].find(({ status }) => isClosedReview(status))
    if (oldest !== undefined) reviews.delete(oldest.id)
  }

  for (const { decision, review } of options.unfinished) {
    if (decision?.status === 'review') needed.add(decision.id)
    if (review !== null) keep(review)
  }

  for (const { reviewId, caught } of drills.all()) {
    const review = caught === null ? archive.getReview(reviewId) : undefined
    if (review !== undefined && !isClosedReview(review.status)) keep(review)
  }

  journal.observe((record) => {
    drills.see(record)
    if (record.kind === 'decisionMade' && record.data.decision.status === 'review') needed.add(record.data.decision.id)
    if (record.kind === 'overrideRecorded') overrides.set(record.data.override.id, record.data.override)
    if (record.kind === 'overrideMeasured') overrides.delete(record.data.overrideId)
    const after = reviewAfter((id) => reviews.get(id), record)
    if (after !== undefined) keep(after)
  })

  /** Journals what happened to a review; whoever waits for it goes on when that is durable. */
  async function note(review: Review, by: Actor, ...events: readonly DeskEvent[]): Promise<Review> {
    // A drill is no part of the run that it is made of.
    const belongs = drills.has(review.id) || events.some(({ kind }) => kind === 'drillInjected')
    const correlation = belongs ? {} : { correlationId: review.runId }
    await journal.append(...events.map((event) => ({ ...event, actor: by, ...correlation })))
    const after = reviews.get(review.id) ?? review
    if (isAnswered(after)) {
      for (const resolve of waiters.get(after.id) ?? []) resolve(after)
      waiters.delete(after.id)
    }
    return after
  }

  /** For what nobody waits for; a journal that cannot be written halts the desk by itself. */
  function noteAlone(review: Review, event: DeskEvent): void {
    note(review, system, event).catch(() => {})
  }

  const isOver = (review: Review) =>
    now() >= review.expiresAt || clock.monotonic() >= (deadlines.get(review.id) ?? Number.NEGATIVE_INFINITY)

  /** Basis points from the price that it was shown at; undefined while there is no price. */
  function drift(review: Review): number | undefined {
    const last = feed.quote(review.order.instrument)?.last
    return last === undefined ? undefined : driftBps(review.price, last)
  }

  const hasDrifted = (review: Review) => (drift(review) ?? 0) > review.driftLimitBps

  function expireOrVoid(review: Review): void {
    if (isClosedReview(review.status)) return
    if (isOver(review)) noteAlone(review, { kind: 'reviewExpired', data: { reviewId: review.id } })
    // While the agents vote again the order is another one by the next tick anyway.
    else if (review.status !== 'asked' && hasDrifted(review)) {
      const moved = Math.round(drift(review) ?? 0)
      const why = `The price moved ${moved} basis points since it was shown; more than ${review.driftLimitBps} void it`
      noteAlone(review, { kind: 'reviewVoided', data: { reviewId: review.id, why } })
    }
  }

  function find(reviewId: string): Review {
    const review = reviews.get(reviewId) ?? archive.getReview(reviewId)
    if (review !== undefined) return review
    throw new ParleyError('REVIEW_NOT_FOUND', `There is no review ${reviewId}.`, {
      wayOut: 'Open one from the list of reviews.',
    })
  }

  /** The review that somebody is about to act on: a person, in time. What comes late is recorded, and nothing more (KS-12). */
  function actOn(reviewId: string, act: string, to: Review['status'], by: Actor): Review {
    if (by.kind !== 'human') {
      throw new ParleyError('REVIEW_NEEDS_A_PERSON', `Only a person may ${act} a review, not ${by.kind} ${by.id}.`)
    }
    expireOrVoid(find(reviewId))
    const review = find(reviewId)
    const { status } = review
    if (reviewTransitions[status].includes(to)) return review
    if (isClosedReview(status)) {
      void journal.append({
        kind: 'reviewActedOnLate',
        data: { reviewId, act, status },
        actor: by,
        correlationId: review.runId,
      })
      throw new ParleyError('REVIEW_CLOSED', `The review is ${status} already: ${review.end?.reason ?? ''}.`, {
        details: { status },
        wayOut: 'Nothing was sent for it now. Let the desk decide again for a fresh proposal.',
      })
    }
    throw new ParleyError('REVIEW_BUSY', `A review that is ${status} cannot be told to ${act}.`, {
      retry: 'retryable',
      wayOut: 'Wait until the agents have voted again.',
    })
  }

  function madeNow(opening: ReviewOpening): Omit<Review, 'id' | 'questions' | 'judgement'> {
    const { order, price, disagreement } = opening
    const at = Math.floor(clock.now())
    const lifetimeMs = Math.round(policy.expiresAfterSeconds[options.mode] * 1_000)
    return {
      ...opening,
      decisionId: order.decisionId,
      proposalId: order.proposalId,
      status: 'open',
      deskOrder: order,
      orderHash: hashOf(order),
      price,
      driftLimitBps: policy.driftLimitBps,
      openedAt: at,
      shownAt: at,
      expiresAt: now() + Math.round(lifetimeMs * options.timeScale),
      lifetimeMs,
      difficulty: disagreement > policy.hardAboveDisagreement ? 'hard' : 'usual',
      snoozedUntil: null,
      editWords: null,
      end: null,
    }
  }

  const hashOf = (order: ReviewOrder) => sha256(canonicalJson(order))

  function leftMs({ id, status }: Review): number {
    if (isClosedReview(status)) return 0
    return Math.max(0, Math.round((deadlines.get(id) ?? 0) - clock.monotonic()))
  }

  function dwellOf(review: Review, { dwellMs }: ReviewAct): number {
    const longest = review.lifetimeMs - leftMs(review)
    return Math.round(Math.max(0, Math.min(dwellMs ?? longest, longest)))
  }

  /** The record that the trader acted against the desk, to be measured later. */
  function overrideOf(review: Review, kind: Override['kind'], words: ReviewWords, by: Actor): DeskEvent {
    const desk = review.agreed ? signed(review.deskOrder) : ZERO
    const trader = kind === 'rejected' ? ZERO : signed(review.order)
    const at = Math.floor(clock.now())
    const override: Override = {
      id: ids.next('ovr'),
      reviewId: review.id,
      runId: review.runId,
      decisionId: review.decisionId,
      at,
      by: by.id,
      kind,
      instrument: review.order.instrument,
      price: feed.quote(review.order.instrument)?.last ?? review.price,
      desk,
      trader,
      words,
      dueAt: at + review.horizonMs,
      outcome: null,
    }
    return { kind: 'overrideRecorded', data: { override } }
  }

  async function noticeBias(approved: boolean, dwellMs: number): Promise<void> {
    const notice = biasWatch.add({ approved, dwellMs })
    if (notice !== null) await journal.append({ kind: 'automationBiasNoticed', data: notice, actor: system })
  }

  /** HO-12: on paper, now and then, a review that anybody should reject; nobody waits for it, so nothing can be sent. */
  async function injectAfter(review: Review): Promise<void> {
    if (drills.has(review.id) || !drills.isDue()) return
    const { rules, disagreement, horizonMs, epoch, runId, price } = review
    const order = turnedRound(review.deskOrder, ids.next('dec'))
    const opening = { rules, disagreement, agreed: true, horizonMs, epoch, runId, order, price }
    const drill: Review = { ...madeNow(opening), id: ids.next('rev'), questions: [], judgement: null }
    const flaw = `The order is turned round: the desk would ${review.deskOrder.side}.`
    await note(
      drill,
      system,
      { kind: 'drillInjected', data: { reviewId: drill.id, flaw } },
      { kind: 'reviewOpened', data: { review: drill } },
    )
  }

  function measureOverrides(): void {
    for (const override of overrides.values()) {
      const price = feed.quote(override.instrument)?.last
      if (clock.now() < override.dueAt || price === undefined) continue
      const move = subtract(price, override.price)
      const outcome = {
        at: Math.floor(clock.now()),
        price,
        desk: multiply(override.desk, move),
        trader: multiply(override.trader, move),
      }
      const data = { overrideId: override.id, outcome }
      overrides.delete(override.id)
      void journal.append({ kind: 'overrideMeasured', data, actor: system, correlationId: override.runId })
    }
  }

  return {
    policy,
    attended: options.attended,
    async open(opening) {
      const review: Review = { ...madeNow(opening), id: ids.next('rev'), questions: [], judgement: null }
      return note(review, system, { kind: 'reviewOpened', data: { review } })
    },
    answered(reviewId, signal) {
      return new Promise((resolve, reject) => {
        const review = find(reviewId)
        if (isAnswered(review)) {
          resolve(review)
          return
        }
        const waiting = waiters.get(reviewId) ?? new Set()
        waiters.set(reviewId, waiting)
        const onAbort = () => {
          waiting.delete(onAnswer)
          const still = find(reviewId)
          const why = `The run was ended: ${String(signal.reason)}`
          // It waits on, with the same deadline, for the trader and for the next process (HO-15).
          const goesOn = errorCode(signal.reason) === runSuspended
          if (!goesOn && !isClosedReview(still.status))
            noteAlone(still, { kind: 'reviewVoided', data: { reviewId, why } })
          reject(signal.reason)
        }
        const onAnswer = (answered: Review) => {
          signal.removeEventListener('abort', onAbort)
          resolve(answered)
        }
        waiting.add(onAnswer)
        if (signal.aborted) onAbort()
        else signal.addEventListener('abort', onAbort, { once: true })
      })
    },
    async showAgain(reviewId, opening) {
      const review = find(reviewId)
      if (isClosedReview(review.status)) return
      if (opening === null) {
        const why = 'Asked again, the agents do not want it any more'
        await note(review, system, { kind: 'reviewVoided', data: { reviewId, why } })
        return
      }
      const { id, questions } = review
      const again: Review = { ...madeNow(opening), id, questions, judgement: null, openedAt: review.openedAt }
      await note(review, system, { kind: 'reviewAnswered', data: { review: again } })
    },
    waiting: () => [...reviews.values()].filter(({ status }) => !isClosedReview(status)),
    leftMs,
    async approve(reviewId, orderHash, act, by) {
      const review = actOn(reviewId, 'approve', 'approved', by)
      refuseApproval(review, orderHash, act)
      const words = act.words ?? review.editWords
      const dwellMs = dwellOf(review, act)
      const price = feed.quote(review.order.instrument)?.last ?? review.price
      const isEdited = review.orderHash !== hashOf(review.deskOrder)
      const events: DeskEvent[] = [
        { kind: 'reviewApproved', data: { reviewId, orderHash, price, words: words ?? null, dwellMs } },
      ]
      if (drills.has(reviewId)) events.push({ kind: 'drillAnswered', data: { reviewId, caught: false } })
      else if (words !== null && (isEdited || !review.agreed))
        events.push(overrideOf(review, isEdited ? 'edited' : 'approved', words, by))
      const after = await note(review, by, ...events)
      await noticeBias(true, dwellMs)
      await injectAfter(review)
      return after
    },
    async edit(reviewId, edit, words, by) {
      const review = actOn(reviewId, 'edit', 'edited', by)
      const order = edited(review.order, edit)
      const price = feed.quote(order.instrument)?.last
      const orderHash = hashOf(order)
      const why = wrongEdit(order, price, orderHash === review.orderHash)
      if (price === undefined || why !== undefined) {
        throw new ParleyError('REVIEW_EDIT_INVALID', `The order cannot be changed so: ${why}.`)
      }
      return note(review, by, { kind: 'reviewEdited', data: { reviewId, order, orderHash, price, words } })
    },
    async reject(reviewId, words, act, by) {
      const review = actOn(reviewId, 'reject', 'rejected', by)
      const dwellMs = dwellOf(review, act)
      const events: DeskEvent[] = [{ kind: 'reviewRejected', data: { reviewId, words, dwellMs } }]
      if (drills.has(reviewId)) events.push({ kind: 'drillAnswered', data: { reviewId, caught: true } })
      else if (review.agreed) events.push(overrideOf(review, 'rejected', words, by))
      const after = await note(review, by, ...events)
      await noticeBias(false, dwellMs)
      await injectAfter(review)
      return after
    },
    async ask(reviewId, question, by) {
      const review = actOn(reviewId, 'ask again about', 'asked', by)
      // Nobody votes on a drill again.
      if (drills.has(reviewId) || review.questions.length >= policy.questions) {
        throw new ParleyError('REVIEW_QUESTIONS_USED_UP', `The agents were asked ${policy.questions} times already.`, {
          wayOut: 'Approve, edit or reject it.',
        })
      }
      return note(review, by, { kind: 'reviewAsked', data: { reviewId, question } })
    },
    async snooze(reviewId, forMs, by) {
      const review = actOn(reviewId, 'snooze', 'snoozed', by)
      const until = now() + Math.round(forMs * options.timeScale)
      if (until >= review.expiresAt) {
        throw new ParleyError('REVIEW_SNOOZE_TOO_LONG', 'It would expire before it comes back, which is a rejection.', {
          wayOut: 'Snooze it for less, or reject it.',
        })
      }
      return note(review, by, { kind: 'reviewSnoozed', data: { reviewId, until } })
    },
    async judge(reviewId, { action, confidence }, by) {
      const review = actOn(reviewId, 'judge', 'rejected', by)
      if (review.judgement !== null) {
        throw new ParleyError('REVIEW_JUDGED', 'Your judgement is recorded already, and the tally was shown.')
      }
      const judgement = { action, confidence, at: Math.floor(clock.now()) }
      return note(review, by, { kind: 'blindJudgementRecorded', data: { reviewId, judgement } })
    },
    denial: (review) => (drills.has(review.id) ? undefined : options.check(intentOf(review))),
    drills: () => drills.all(),
    approvalDenial(order) {
      const { decisionId } = order
      if (decisionId === null || !needed.has(decisionId)) return undefined
      if ('contingency' in order && isExit(order)) return undefined
      const review = reviews.get(byDecision.get(decisionId) ?? '')
      if (review?.decisionId !== decisionId || review.status !== 'approved') {
        return { code: 'APPROVAL_MISSING', values: { decision: decisionId, review: review?.status ?? 'none' } }
      }
      if (isOver(review)) return { code: 'APPROVAL_EXPIRED', values: { expiredAt: String(review.expiresAt) } }
      if (hasDrifted(review)) {
        const values = { driftBps: String(Math.round(drift(review) ?? 0)), limitBps: String(review.driftLimitBps) }
        return { code: 'APPROVAL_VOID', values }
      }
      const whole = 'schedule' in order ? order : (book.parents.get(order.sliceOf?.parentId ?? '')?.parent ?? order)
      const sending = hashOf(reviewOrderOf(whole, review.order))
      const schedule = 'schedule' in whole ? whole.schedule : null
      const { execution } = review.order
      if (execution !== undefined && !isAsChosen(schedule, execution)) {
        const values = { approved: executionWords(execution), sending: schedule?.algorithm ?? 'at once' }
        return { code: 'ORDER_NOT_AS_APPROVED', values }
      }
      return sending === review.orderHash
        ? undefined
        : { code: 'ORDER_NOT_AS_APPROVED', values: { approved: review.orderHash, sending } }
    },
    voidAll(why, runId) {
      for (const review of reviews.values()) {
        if (isClosedReview(review.status) || (runId !== undefined && review.runId !== runId)) continue
        noteAlone(review, { kind: 'reviewVoided', data: { reviewId: review.id, why } })
      }
    },
    tick() {
      for (const review of reviews.values()) {
        expireOrVoid(review)
        const { status, snoozedUntil, id } = reviews.get(review.id) ?? review
        if (status !== 'snoozed' || now() < (snoozedUntil ?? 0)) continue
        noteAlone(review, { kind: 'reviewWoken', data: { reviewId: id } })
      }
      measureOverrides()
    },
    bias: () => biasWatch.last(),
  }

  function refuseApproval(review: Review, orderHash: string, act: ReviewAct): void {
    if (isJudgedFirst(review, policy)) {
      throw new ParleyError(
        'REVIEW_BLIND_FIRST',
        'The desk disagrees widely: say first what you think of it yourself.',
        {
          wayOut: 'Record a side and how sure you are; the votes are shown then.',
        },
      )
    }
    if (orderHash !== review.orderHash) {
      throw new ParleyError('REVIEW_ORDER_CHANGED', 'The order is not the one that you were shown any more.', {
        details: { shown: orderHash, now: review.orderHash },
        wayOut: 'Look at it again and approve what it is now.',
      })
    }
    if (!review.agreed && act.words === undefined) {
      throw new ParleyError('REVIEW_REASON_NEEDED', 'The vote did not carry it: approving it is an override.', {
        wayOut: 'Give a reason with the approval.',
      })
    }
    const denial = drills.has(review.id) ? undefined : options.check(intentOf(review))
    if (denial !== undefined) {
      const values = Object.entries(denial.values).map(([name, value]) => `${name} ${value}`)
      throw new ParleyError('ORDER_WOULD_BE_DENIED', `The gate would deny it: ${denial.code} (${values.join(', ')}).`, {
        details: { denial },
        wayOut: 'Edit the order so that it fits the limits, or reject it.',
      })
    }
  }
}

/** True when whoever waits for the trader may go on. */
function isAnswered({ status }: Review): boolean {
  return isClosedReview(status) || status === 'asked'
}

/** The order as the trader changes it. */
function edited(
  { execution: before, ...order }: ReviewOrder,
  { quantity, limitPrice, execution = before }: ReviewEdit,
): ReviewOrder {
  const type = limitPrice === null ? 'MARKET' : 'LIMIT'
  const changed = { ...order, quantity, limitPrice, type } as const
  if (execution === undefined || execution.algorithm === 'auto') return changed
  // At once there is nothing else to choose.
  return { ...changed, execution: execution.algorithm === 'at-once' ? { algorithm: 'at-once' } : execution }
}

function wrongEdit(
  { reduceOnly, execution }: ReviewOrder,
  price: Decimal | undefined,
  isTheSame: boolean,
): string | undefined {
  if (price === undefined) return 'there is no price to judge it by'
  if (reduceOnly && execution?.algorithm === 'iceberg')
    return 'what reduces must not wait in the book, as an iceberg does'
  return isTheSame ? 'it is the order that is there already' : undefined
}

/** The intent that an approved review is carried out by: exactly its order. */
export function intentOf({ order, runId, epoch }: Review): Intent {
  const { type: _type, ...rest } = order
  return { ...rest, runId, by: 'executor', epoch }
}

/** What an order, or the whole that it is a part of, says of what an approval binds to; how it is carried out is as approved. */
function reviewOrderOf(order: Order | ParentOrder, { decisionId, proposalId, execution }: ReviewOrder): ReviewOrder {
  const { instrument, side, type, quantity, limitPrice, timeInForce, reduceOnly } = order
  const exits = 'exits' in order ? order.exits : order.contingency?.kind === 'OTO' ? order.contingency : null
  return {
    decisionId: order.decisionId ?? decisionId,
    proposalId: order.proposalId ?? proposalId,
    instrument,
    side,
    type,
    quantity,
    limitPrice,
    timeInForce,
    reduceOnly,
    ...(exits !== null && { exits: { stopPrice: exits.stopPrice, targetPrice: exits.targetPrice } }),
    ...(execution !== undefined && { execution }),
  }
}

function signed({ side, quantity }: ReviewOrder): Decimal {
  return side === 'buy' ? quantity : negate(quantity)
}
