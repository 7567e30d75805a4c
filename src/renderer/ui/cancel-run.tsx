import { Button, Tooltip } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { toProblem } from './problem.ts'

/** Cancels a run under way; a failed attempt says why and may be made again. */
export function CancelRun({ runId }: { runId: string }) {
  const { client } = useDesk()
  const cancel = useMutation({ mutationFn: () => client.runs.cancel({ runId, reason: 'Cancelled by the trader' }) })
  return (
    <Tooltip label={cancel.isError ? toProblem(cancel.error).message : 'Ends this run. Orders already sent stay.'}>
      <Button onClick={() => cancel.mutate()} loading={cancel.isPending}>
        {cancel.isError ? 'Cancel failed, try again' : 'Cancel run'}
      </Button>
    </Tooltip>
  )
}
