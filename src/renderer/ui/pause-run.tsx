import { Button, Tooltip } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { toProblem } from './problem.ts'

/** Pauses a run under way and lets it go on; a failed attempt says why and may be made again. */
export function PauseRun({ runId }: { runId: string }) {
  const { client, orpc } = useDesk()
  const monitor = useQuery(orpc.runs.monitor.queryOptions({ input: { runId } }))
  const paused = monitor.data?.paused ?? null
  const isPaused = paused !== null
  const turn = useMutation({
    mutationFn: () =>
      isPaused ? client.runs.resume({ runId }) : client.runs.pause({ runId, reason: 'Paused by the trader.' }),
    onSettled: () => monitor.refetch(),
  })
  const does = isPaused
    ? 'Continues this run from where it paused.'
    : 'Steps in progress finish. No new step starts until you resume.'
  return (
    <Tooltip label={turn.isError ? toProblem(turn.error).message : does}>
      <Button onClick={() => turn.mutate()} loading={turn.isPending} variant={isPaused ? 'filled' : 'default'}>
        {`${isPaused ? 'Resume' : 'Pause'}${turn.isError ? ' failed, try again' : ''}`}
      </Button>
    </Tooltip>
  )
}
