import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useDesk } from '#renderer/client.ts'
import { Screen } from '#renderer/ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { useStatus } from '#renderer/ui/status.ts'
import { ReviewDetail } from './review-detail.tsx'
import { ReviewList } from './review-list.tsx'
import styles from './review-screen.module.css'
import { sortReviews } from './review-view.ts'

/** The decisions that wait for the trader, with everything that one is judged by, and what became of earlier ones. */
export function ReviewScreen() {
  const { orpc } = useDesk()
  const { reviewId } = useParams({ strict: false })
  const waitingCount = useStatus((status) => status.reviews.waiting) ?? 0
  const reviews = useQuery({
    ...orpc.reviews.list.queryOptions({ input: { limit: 200 } }),
    refetchInterval: waitingCount > 0 ? 1_000 : false,
  })
  const overrides = useQuery(orpc.reviews.overrides.queryOptions({ input: { limit: 500 } })).data ?? []
  const { waiting, past } = sortReviews(reviews.data ?? [])
  const shown = reviewId ?? waiting[0]?.id ?? past[0]?.id
  return (
    <Screen title="Review">
      {reviews.isError ? (
        <ErrorState
          title="The reviews could not be read"
          error={reviews.error}
          effect="Nothing that needs your approval is sent without it."
          onRetry={() => void reviews.refetch()}
        />
      ) : reviews.data === undefined ? (
        <LoadingRows rows={12} />
      ) : shown === undefined ? (
        <EmptyState title="Nothing is waiting for you">
          A decision comes here when the agents disagree, one of them vetoes it, the vote is close to a tie, or the
          dossier is thin. Nothing is sent without you. Unanswered, it is rejected.
        </EmptyState>
      ) : (
        <div className={styles.columns}>
          <ReviewList waiting={waiting} past={past} overrides={overrides} shown={shown} />
          <ReviewDetail key={shown} reviewId={shown} overrides={overrides} />
        </div>
      )}
    </Screen>
  )
}
