import { useQuery } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatPercent } from '#renderer/ui/format.ts'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { useStatus } from '#renderer/ui/status.ts'
import { plainName } from '#renderer/ui/words.ts'
import type { ReviewView } from '#shared/contract/reviews.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import styles from './review-evidence.module.css'
import { ageWords } from './review-view.ts'

/** What the agents went by, each finding with its age. */
export function ReviewEvidence({ review }: { review: ReviewView }) {
  const { orpc } = useDesk()
  const now = useStatus((status) => Math.floor(status.now / 1_000) * 1_000) ?? 0
  const evidence = useQuery(orpc.runs.evidence.queryOptions({ input: { runId: review.runId } }))
  return (
    <div className={styles.group}>
      <h3>Evidence</h3>
      {evidence.isError ? (
        <ErrorState
          title="The evidence could not be read"
          error={evidence.error}
          effect="The votes were cast on it."
          onRetry={() => void evidence.refetch()}
        />
      ) : evidence.data === undefined ? (
        <LoadingRows rows={4} />
      ) : evidence.data.length === 0 ? (
        <p className={styles.dim}>None.</p>
      ) : (
        <ul className={styles.list} aria-label="Evidence">
          {evidence.data.map((finding) => (
            <li key={finding.id}>
              <span>
                <strong>{plainName(finding.task)}</strong>{' '}
                <span className={styles.dim}>{plainName(finding.source)}</span>
              </span>
              <span className={styles.age}>
                {ageWords(finding, now)}
                {finding.status !== 'unavailable' && (
                  <>
                    {' · '}
                    <Moment at={finding.asOf} as="moment" />
                  </>
                )}
              </span>
              <p>{words(finding)}</p>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function words(finding: Evidence): string {
  if (finding.status === 'unavailable') return finding.reason
  return finding.status === 'value'
    ? `${finding.summary} (quality ${formatPercent(finding.quality, 0, false)})`
    : `${finding.summary} (the source has nothing)`
}
