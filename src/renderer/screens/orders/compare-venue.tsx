import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { toProblem } from '#renderer/ui/problem.ts'
import styles from './orders-screen.module.css'
import { venueComparisonWords } from './orders-view.ts'

/** Compares orders, fills and positions with the venue when asked, and says in one line what came of it. */
export function CompareVenue() {
  const { client } = useDesk()
  const compare = useMutation({ mutationFn: () => client.trading.reconcile() })
  return (
    <>
      <span className={styles.compared} role="status">
        {compare.isError
          ? `Not compared: ${toProblem(compare.error).message}`
          : compare.data !== undefined && venueComparisonWords(compare.data)}
      </span>
      <Button size="compact-sm" variant="subtle" loading={compare.isPending} onClick={() => compare.mutate()}>
        Compare with the venue
      </Button>
    </>
  )
}
