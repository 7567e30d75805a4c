import { Button } from '@mantine/core'
import type { ReviewView } from '#shared/contract/reviews.ts'
import { isClosedReview } from '#shared/domain/review.ts'
import styles from './review-acts.module.css'
import type { Act } from './review-dialogs.tsx'

interface ReviewActsProps {
  review: ReviewView
  can: (act: Act) => boolean
  onAct: (act: Act) => void
}

/** What the trader can do, each with its key; none of them sends anything by itself (HO-4, HO-18). */
export function ReviewActs({ review, can, onAct }: ReviewActsProps) {
  const { status, questions, policy } = review
  if (isClosedReview(status)) return null
  const left = policy.questions - questions.length
  return (
    <footer className={styles.acts}>
      {status === 'asked' ? (
        <p>The agents are voting again. The result comes back here.</p>
      ) : (
        <>
          <Act act="reject" label="Reject…" shortcut="Alt+R" {...{ can, onAct }} />
          <Act act="snooze" label="Snooze…" shortcut="Alt+S" {...{ can, onAct }} />
          <Act
            act="ask"
            label={left > 0 ? 'Ask again…' : 'No questions left'}
            shortcut="Alt+A"
            can={(act) => left > 0 && can(act)}
            onAct={onAct}
          />
          <Act act="edit" label="Edit…" shortcut="Alt+E" {...{ can, onAct }} />
          <span className={styles.gap} />
          <Act act="approve" label="Approve…" shortcut="Control+Enter" primary {...{ can, onAct }} />
        </>
      )}
    </footer>
  )
}

interface ActProps extends Pick<ReviewActsProps, 'can' | 'onAct'> {
  act: Act
  label: string
  shortcut: string
  primary?: boolean
}

function Act({ act, label, shortcut, primary = false, can, onAct }: ActProps) {
  return (
    <Button
      size="sm"
      variant={primary ? 'filled' : 'default'}
      disabled={!can(act)}
      onClick={() => onAct(act)}
      aria-keyshortcuts={shortcut}
      rightSection={<kbd className={styles.key}>{shortcut.replace('Control', 'Ctrl')}</kbd>}
    >
      {label}
    </Button>
  )
}
