import { Modal, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import type { PlanView } from '#shared/contract/plans.ts'
import { conflictSentence } from '#shared/domain/conflict.ts'
import styles from './desk-plans.module.css'

/** What those who take part in a plan are at odds over, and what it is at odds with other plans over; null closes it. */
export function PlanConflicts({ plan, onDone }: { plan: PlanView | null; onDone: () => void }) {
  return (
    <Modal
      opened={plan !== null}
      onClose={onDone}
      title={`Conflicts: ${plan?.title ?? ''}`}
      yOffset={96}
      centered={false}
    >
      {plan !== null && (
        <Stack gap="md">
          <KnownConflicts planId={plan.id} />
        </Stack>
      )}
    </Modal>
  )
}

/** The conflicts of a plan in sentences, oldest first. */
export function KnownConflicts({ planId }: { planId: string }) {
  const { orpc } = useDesk()
  const known = useQuery(orpc.plans.conflicts.queryOptions({ input: { planId } }))
  if (known.isError) {
    return (
      <ErrorState
        title="The conflicts could not be read"
        error={known.error}
        effect="The plan continues."
        onRetry={() => void known.refetch()}
      />
    )
  }
  if (known.data === undefined) return <LoadingRows rows={2} />
  return known.data.map((conflict) => (
    <p key={conflict.id} className={styles.about}>
      {conflict.settled === null
        ? `${conflict.description} It is being resolved.`
        : conflictSentence({ ...conflict, settled: conflict.settled })}
    </p>
  ))
}
