import { Link } from '@tanstack/react-router'
import { Gain, Moment } from '#renderer/ui/figures.tsx'
import { PanelBody } from '#renderer/ui/panel.tsx'
import { useStatus } from '#renderer/ui/status.ts'
import { StatusDot, type Tone } from '#renderer/ui/status-dot.tsx'
import type { ReviewItem } from '#shared/contract/reviews.ts'
import type { Override, ReviewStatus } from '#shared/domain/review.ts'
import { statusWords } from '#shared/domain/review-words.ts'
import styles from './review-list.module.css'
import { leftWords, overrideSum, type sortReviews } from './review-view.ts'

const tones: Readonly<Record<ReviewStatus, Tone>> = {
  open: 'warn',
  edited: 'warn',
  snoozed: 'busy',
  asked: 'busy',
  approved: 'good',
  rejected: 'off',
  expired: 'off',
  voided: 'off',
}

interface ReviewListProps extends ReturnType<typeof sortReviews> {
  overrides: readonly Override[]
  shown: string
}

/** What waits, the first to expire first, then what is over; below, what the trader's overrides came to. */
export function ReviewList({ waiting, past, overrides, shown }: ReviewListProps) {
  const habit = useStatus((status) => status.reviews.habit)
  return (
    <div className={styles.list}>
      <PanelBody label="Reviews">
        <h2 className={styles.heading}>Waiting</h2>
        {waiting.length === 0 ? (
          <p className={styles.none}>Nothing is waiting for you.</p>
        ) : (
          <Items items={waiting} shown={shown} />
        )}
        <h2 className={styles.heading}>Past</h2>
        {past.length === 0 ? <p className={styles.none}>None yet.</p> : <Items items={past} shown={shown} />}
      </PanelBody>
      {habit !== undefined && habit !== null && (
        <p className={styles.habit}>
          <StatusDot tone="warn" /> {habit} Read the dissent before the next one.
        </p>
      )}
      <Overrides overrides={overrides} />
    </div>
  )
}

function Items({ items, shown }: { items: readonly ReviewItem[]; shown: string }) {
  return (
    <ul className={styles.items}>
      {items.map((item) => {
        const { id, instrument, status, leftMs, openedAt } = item
        return (
          <li key={id}>
            <Link
              to="/reviews/$reviewId"
              params={{ reviewId: id }}
              className={styles.item}
              data-shown={id === shown || undefined}
            >
              <span className={styles.what}>
                <strong>{item.isBlind ? '?' : item.order.side.toUpperCase()}</strong> {instrument}
              </span>
              <span className={styles.when}>
                {leftMs > 0 ? leftWords(leftMs) : <Moment at={openedAt} as="moment" />}
              </span>
              <span className={styles.status}>
                <StatusDot tone={tones[status]} /> {statusWords[status]}
              </span>
            </Link>
          </li>
        )
      })}
    </ul>
  )
}

/** HO-13: what came of acting against the desk. */
function Overrides({ overrides }: { overrides: readonly Override[] }) {
  const currency = useStatus((status) => status.account.currency) ?? ''
  const sum = overrideSum(overrides)
  if (overrides.length === 0) return null
  return (
    <div className={styles.overrides}>
      <h2>Your overrides</h2>
      {sum === null ? (
        <p className={styles.none}>
          {overrides.length}, none measured yet. Each is measured at the end of its horizon.
        </p>
      ) : (
        <dl>
          <dt>Desk’s choice</dt>
          <dd>
            <Gain value={sum.desk} currency={currency} />
          </dd>
          <dt>Your choice</dt>
          <dd>
            <Gain value={sum.trader} currency={currency} />
          </dd>
          <dt>Measured</dt>
          <dd>
            {sum.count} of {overrides.length}, before costs
          </dd>
        </dl>
      )}
    </div>
  )
}
