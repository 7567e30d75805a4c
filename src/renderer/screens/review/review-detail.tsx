import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { formatDuration, formatNumber, formatPercent } from '#renderer/ui/format.ts'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import type { ReviewView, ShownReview } from '#shared/contract/reviews.ts'
import { type Drill, isClosedReview, type Override } from '#shared/domain/review.ts'
import { orderWords, statusWords } from '#shared/domain/review-words.ts'
import { BlindForm } from './blind-form.tsx'
import { ReviewActs } from './review-acts.tsx'
import styles from './review-detail.module.css'
import type { Act } from './review-dialogs.tsx'
import { ReviewDialogs } from './review-dialogs.tsx'
import { ReviewEvidence } from './review-evidence.tsx'
import { ReviewFactsTable } from './review-facts.tsx'
import { leftWords } from './review-view.ts'
import { ReviewVotes } from './review-votes.tsx'

/** The keys that work while the focus is inside the review; approving only opens its question (HO-18). */
const keys: Readonly<Record<string, Act>> = { e: 'edit', r: 'reject', a: 'ask', s: 'snooze' }

/** One review: what would be sent, what speaks against it, what it does, and what can be done with it. */
export function ReviewDetail({ reviewId, overrides }: { reviewId: string; overrides: readonly Override[] }) {
  const { orpc } = useDesk()
  const [act, setAct] = useState<Act | null>(null)
  const openedAt = useRef(performance.now())
  const query = useQuery({
    ...orpc.reviews.get.queryOptions({ input: { reviewId } }),
    refetchInterval: ({ state }) => (state.data !== undefined && isClosedReview(state.data.status) ? false : 1_000),
  })
  if (query.isError && query.data === undefined) {
    return (
      <ErrorState
        title="The review could not be read"
        error={query.error}
        effect="Nothing is sent without you."
        onRetry={() => void query.refetch()}
      />
    )
  }
  const review = query.data
  if (review === undefined) return <LoadingRows rows={12} />
  const closed = isClosedReview(review.status)
  const { isBlind: blind } = review
  const can = (wanted: Act) =>
    !closed && review.status !== 'asked' && !(blind && (wanted === 'approve' || wanted === 'edit'))
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its keys are those of the buttons at its end
    <section
      className={styles.detail}
      aria-label={`Review: ${titleOf(review)}`}
      onKeyDown={(event) => {
        // Dialogs stand elsewhere on the page, though their events come by here.
        if (!event.currentTarget.contains(event.target as Node)) return
        const wanted =
          event.key === 'Enter' && (event.ctrlKey || event.metaKey)
            ? 'approve'
            : event.altKey
              ? keys[event.key.toLowerCase()]
              : undefined
        if (wanted === undefined || !can(wanted)) return
        event.preventDefault()
        setAct(wanted)
      }}
    >
      <Head review={review} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={styles.body} tabIndex={0} role="region" aria-label="Review details">
        <div className={styles.against}>
          {review.isBlind ? <WhyBlind questions={review.questions} /> : <Why review={review} />}
          {review.isBlind ? <BlindForm review={review} /> : <ReviewVotes review={review} />}
        </div>
        <div className={styles.order}>
          {!review.isBlind && <ReviewFactsTable review={review} overrides={overrides} />}
          <ReviewEvidence review={review} />
        </div>
      </div>
      <ReviewActs review={review} can={can} onAct={setAct} />
      <ReviewDialogs
        review={review}
        act={act}
        dwellMs={() => performance.now() - openedAt.current}
        onDone={() => setAct(null)}
      />
    </section>
  )
}

/** HO-12: what a known-bad review was, once it is over. */
function drillWords({ flaw, caught }: Drill): string {
  const what = caught === null ? 'Nobody answered it.' : caught ? 'You caught it.' : 'You missed it; nothing was sent.'
  return `This was a drill. ${flaw} ${what}`
}

/** What it is about; which side the desk takes is not told before the trader has (HO-10). */
function titleOf(review: ReviewView): string {
  return review.isBlind ? `A decision on ${review.instrument}` : orderWords(review.order)
}

function Head({ review }: { review: ReviewView }) {
  const { instrument, status, leftMs, lifetimeMs, driftLimitBps, runId } = review
  const drift = review.isBlind ? review.driftBps : review.facts.driftBps
  const closed = isClosedReview(status)
  return (
    <header className={styles.head}>
      <div className={styles.title}>
        <h2>{titleOf(review)}</h2>
        <span data-status={status} className={styles.status}>
          {statusWords[status]}
        </span>
        <Link to="/desk" search={{ symbol: instrument, run: runId }} className={styles.link}>
          Run on the Desk ›
        </Link>
        <Link to="/plans/$runId" params={{ runId }} className={styles.link}>
          Plan ›
        </Link>
      </div>
      {closed && !review.isBlind ? (
        <Ending review={review} />
      ) : (
        <div className={styles.limits}>
          <Gauge
            label={`${leftWords(leftMs)}, then rejected`}
            share={leftMs / lifetimeMs}
            title="Nothing is sent unless you approve it in time."
          />
          <Gauge
            label={`price moved ${formatNumber(drift, { places: 1 })} bp, limit ${driftLimitBps} bp`}
            share={(drift ?? 0) / driftLimitBps}
            title="Beyond the limit the review is void and nothing is sent."
          />
        </div>
      )}
    </header>
  )
}

/** What became of it. */
function Ending({ review: { drill, end } }: { review: ShownReview }) {
  return (
    <p className={styles.end}>
      {drill !== null && `${drillWords(drill)} `}
      {end?.reason}
      {end?.words && end.words.words !== end.reason && ` · “${end.words.words}”`}
      {end?.dwellMs !== undefined && end.dwellMs !== null && ` · viewed for ${formatDuration(end.dwellMs)}`}
    </p>
  )
}

/** A calm line that fills or empties; the words say it all. */
function Gauge({ label, share, title }: { label: string; share: number; title: string }) {
  return (
    <div className={styles.gauge} title={title}>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.fill} style={{ transform: `scaleX(${Math.min(1, Math.max(0, share))})` }} />
      </span>
      <span>{label}</span>
    </div>
  )
}

/** Why the votes are kept back, and what to do about it. */
function WhyBlind({ questions }: { questions: readonly string[] }) {
  return (
    <div className={styles.why}>
      <h3>Why you are asked</h3>
      <p>
        The agents disagree widely. Give your own view first, from the chart and the evidence. Then the order, the votes
        and the conversation are shown.
      </p>
      {questions.map((question) => (
        <p key={question}>You asked: “{question}”</p>
      ))}
    </div>
  )
}

/** The rules that sent it here. */
function Why({ review }: { review: ShownReview }) {
  const { rules, disagreement, questions, judgement, status } = review
  const isSaid = rules.some(({ code }) => code === 'DISAGREEMENT')
  return (
    <div className={styles.why}>
      <h3>{isClosedReview(status) ? 'Why you were asked' : 'Why you are asked'}</h3>
      <ul>
        {rules.map(({ code, sentence }) => (
          <li key={`${code} ${sentence}`}>
            {sentence} <span className="mono">{code}</span>
          </li>
        ))}
      </ul>
      {!isSaid && <p className={styles.dim}>Disagreement is {formatPercent(disagreement, 0, false)}.</p>}
      {judgement !== null && (
        <p className={styles.dim}>
          Your view before the votes: {judgement.action.toUpperCase()}, confidence{' '}
          {Math.round(judgement.confidence * 100)} %.
        </p>
      )}
      {questions.map((question) => (
        <p key={question}>You asked: “{question}”</p>
      ))}
    </div>
  )
}
