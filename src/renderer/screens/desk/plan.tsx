import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { memo, useEffect, useRef } from 'react'
import { useDesk } from '#renderer/client.ts'
import { AgentName } from '#renderer/ui/agent.tsx'
import { CancelRun } from '#renderer/ui/cancel-run.tsx'
import { formatDuration, formatUsd } from '#renderer/ui/format.ts'
import { IconCheck, IconCross, IconSkip } from '#renderer/ui/icons.ts'
import { Panel, PanelBody } from '#renderer/ui/panel.tsx'
import { PauseRun } from '#renderer/ui/pause-run.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { useEngineNow } from '#renderer/ui/status.ts'
import { isFinalStep, type StepState } from '#shared/domain/plan.ts'
import type { Run } from '#shared/domain/run.ts'
import styles from './plan.module.css'
import { type PlanRow, planHead, planRows } from './plan-view.ts'

/** The plan of a run: what was intended, by whom, and how far it is. */
export function PlanPane({ runId, className }: { runId: string | null; className?: string | undefined }) {
  const { orpc } = useDesk()
  const run = useQuery({ ...orpc.runs.get.queryOptions({ input: { runId: runId ?? '' } }), enabled: runId !== null })
  const now = useEngineNow(run.data?.status === 'running')
  const steps = useFollowing(run.data?.steps.filter(({ state }) => isFinalStep(state)).length)
  return (
    <Panel
      title="Plan"
      className={className}
      about={run.data && <Head run={run.data} now={now} />}
      tools={run.data && <Tools run={run.data} />}
    >
      {runId === null ? (
        <EmptyState title="No plan yet">
          Press Decide. The desk plans its research, argues and votes, and shows every step here.
        </EmptyState>
      ) : run.isError ? (
        <ErrorState
          title="The plan could not be read"
          error={run.error}
          effect="The run continues in the engine."
          onRetry={() => void run.refetch()}
        />
      ) : run.data === undefined ? (
        <LoadingRows />
      ) : (
        <PanelBody label="Steps of the plan">
          {run.data.reason !== null && (run.data.status === 'failed' || run.data.status === 'cancelled') && (
            <p className={styles.ending}>
              This run {run.data.status === 'failed' ? 'failed' : 'was cancelled'}: {run.data.reason}
            </p>
          )}
          <ol className={styles.steps} ref={steps}>
            {planRows(run.data, now).map((row) => (
              <StepRow key={row.id} {...row} />
            ))}
          </ol>
        </PanelBody>
      )}
    </Panel>
  )
}

function Tools({ run: { id, status } }: { run: Run }) {
  return (
    <>
      {status === 'running' && <PauseRun runId={id} />}
      {status === 'running' && <CancelRun runId={id} />}
      <Link to="/plans/$runId" params={{ runId: id }} className={styles.link}>
        the whole plan ›
      </Link>
    </>
  )
}

/** Keeps the first running step of the list in view, unless the trader's pointer or focus is in it. */
function useFollowing(done: number | undefined) {
  const list = useRef<HTMLOListElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks again whenever a step has ended
  useEffect(() => {
    const body = list.current?.parentElement
    const step = list.current?.querySelector<HTMLElement>('[data-state="running"]')
    if (!body || !step || body.matches(':hover, :focus-within')) return
    const top = step.offsetTop - body.offsetTop
    if (top < body.scrollTop || top + step.offsetHeight > body.scrollTop + body.clientHeight) {
      body.scrollTop = top - body.clientHeight / 3
    }
  }, [done])
  return list
}

function Head({ run, now }: { run: Run; now: number }) {
  const { done, total, elapsedMs, estimateMs, usd, limitUsd } = planHead(run, now)
  return (
    <>
      <span>
        {done} of {total}
      </span>
      <span>
        {formatDuration(elapsedMs)} of about {formatDuration(estimateMs)}
      </span>
      <span>
        {formatUsd(usd)} of {formatUsd(limitUsd)}
      </span>
    </>
  )
}

const StepRow = memo(function StepRow({ title, owner, state, spent, elapsedMs, attempt, reason }: PlanRow) {
  const why = [attempt > 1 && `attempt ${attempt}`, reason].filter(Boolean).join(': ')
  return (
    <li className={styles.step} data-state={state}>
      <span className={styles.mark}>
        <StepMark state={state} />
      </span>
      <span className={styles.title} title={why === '' ? title : `${title}: ${why}`}>
        {title}
        {why !== '' && <span className={styles.reason}> {why}</span>}
      </span>
      <span className={styles.owner}>
        <AgentName agent={owner} />
      </span>
      <span className={styles.track} aria-hidden="true">
        {spent !== null && <span className={styles.bar} style={{ transform: `scaleX(${spent})` }} />}
      </span>
      <span className={styles.elapsed}>{elapsedMs === null ? '' : formatDuration(elapsedMs)}</span>
    </li>
  )
})

function StepMark({ state }: { state: StepState }) {
  switch (state) {
    case 'succeeded':
      return <IconCheck size={14} aria-label="succeeded" />
    case 'failed':
      return <IconCross size={14} aria-label="failed" />
    case 'skipped':
    case 'cancelled':
      return <IconSkip size={14} aria-label={state} />
    case 'running':
    case 'waiting':
      return <span className={styles.running} role="img" aria-label={state} />
    case 'pending':
    case 'ready':
      return <span className={styles.pending} role="img" aria-label={state} />
  }
}
