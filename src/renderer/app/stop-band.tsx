import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { Moment } from '#renderer/ui/figures.tsx'
import { IconCheck } from '#renderer/ui/icons.ts'
import { toProblem } from '#renderer/ui/problem.ts'
import { useStatus } from '#renderer/ui/status.ts'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import type { Status } from '#shared/contract/system.ts'
import type { StopProgress } from '#shared/domain/trading-state.ts'
import { usePendingStop, useShell } from './shell.tsx'
import { isAllClear } from './stop.ts'
import styles from './stop-band.module.css'

/** The band under the bar while trading is not ACTIVE or a stop is on its way; it stays until trading is re-armed. */
export function StopBand() {
  const status = useStatus()
  const pending = usePendingStop()
  if (pending !== null) {
    return (
      <section className={styles.band} data-state="HALTED" role="alert">
        <StatusDot tone="bad" />
        <strong>{pending.error === null ? 'Stopping…' : 'STOP IS NOT CONFIRMED'}</strong>
        <span>
          {pending.error === null
            ? `Level ${pending.level} sent; waiting for the engine.`
            : `${toProblem(pending.error).message} It is sent again as soon as the engine answers. To be sure, run “parley stop” in a terminal.`}
        </span>
      </section>
    )
  }
  if (status === undefined || status.latch.state === 'ACTIVE') return null
  return <Latched status={status} />
}

function Latched({ status: { latch, stop } }: { status: Status }) {
  const { client, orpc } = useDesk()
  const { setRearming } = useShell()
  const cache = useQueryClient()
  const reduce = useMutation({
    mutationFn: () => client.trading.reduce({ reason: 'The trader closes by hand' }),
    onSuccess: (next) =>
      cache.setQueryData(orpc.system.status.queryKey(), (old: Status | undefined) => old && { ...old, latch: next }),
  })
  return (
    <section className={styles.band} data-state={latch.state} aria-label="Trading state">
      <StatusDot tone={latch.state === 'HALTED' ? 'bad' : 'warn'} />
      <strong>{latch.state}</strong>
      <span className={styles.words}>
        {latch.state === 'HALTED' ? 'Only cancels are sent' : 'Positions can be closed, not opened'}
        {latch.level !== null && ` · level ${latch.level}`} · since <Moment at={latch.at} /> · {latch.by}:{' '}
        {latch.reason}
      </span>
      {stop !== null && <Progress progress={stop} />}
      <span className={styles.actions}>
        {reduce.isError && <span>{toProblem(reduce.error).message}</span>}
        {latch.state === 'HALTED' && (
          <Button onClick={() => reduce.mutate()} loading={reduce.isPending}>
            Allow closing by hand
          </Button>
        )}
        <Button onClick={() => setRearming(true)}>Re-arm…</Button>
      </span>
    </section>
  )
}

function Progress({ progress }: { progress: StopProgress }) {
  const { cancelsRequested, cancelsConfirmed, cancelsFailed, unknown, stillLive, unprotected } = progress
  return (
    <span className={styles.progress} role="status">
      <span>
        {cancelsRequested === 0
          ? 'No orders to cancel'
          : `Cancels: ${cancelsRequested} requested, ${cancelsConfirmed} confirmed`}
      </span>
      <span data-bad={cancelsFailed > 0}>{cancelsFailed} failed</span>
      <span data-bad={unknown > 0}>{unknown} unknown</span>
      <span data-bad={stillLive.length > 0} title={stillLive.join(', ')}>
        {stillLive.length} still live
      </span>
      <span data-bad={unprotected.length > 0} title={unprotected.join(', ')}>
        {unprotected.length} unprotected
      </span>
      {isAllClear(progress) && (
        <strong className={styles.clear}>
          <IconCheck size={14} aria-hidden /> All clear
        </strong>
      )}
    </span>
  )
}
