import { Select } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { CancelRun } from '#renderer/ui/cancel-run.tsx'
import { formatDuration, formatUsd, unavailable } from '#renderer/ui/format.ts'
import { PauseRun } from '#renderer/ui/pause-run.tsx'
import { useSettings } from '#renderer/ui/status.ts'
import { StatusDot, type Tone } from '#renderer/ui/status-dot.tsx'
import { formatMoment } from '#renderer/ui/time.ts'
import { policyTitles, profileTitles } from '#renderer/ui/words.ts'
import type { Run, RunStatus, RunSummary } from '#shared/domain/run.ts'
import styles from './plan-head.module.css'
import type { RunTotals } from './step-view.ts'

const tones: Record<RunStatus, Tone> = { running: 'busy', completed: 'good', failed: 'bad', cancelled: 'off' }

interface PlanHeadProps {
  run: Run
  totals: RunTotals
  choice: ReactNode
  paused: boolean
  /** How the run is foreseen to end, in words; null when it is over. */
  end: string | null
}

/** What the run is to decide, how it stands, and how far it is in steps, time and money. */
export function PlanHead({ run, totals, choice, paused, end }: PlanHeadProps) {
  const { goal, plan, status, outcome } = run
  return (
    <>
      <header className={styles.heading}>
        <h1>{plan.goal}</h1>
        <span className={styles.status}>
          <StatusDot tone={tones[status]} /> {paused ? 'paused' : status}
          {outcome !== null && <strong> {outcome.toUpperCase()}</strong>}
        </span>
        <span className={styles.dim}>
          {profileTitles[goal.profile]} profile, {policyTitles[goal.policy].toLowerCase()} vote
        </span>
        <div className={styles.tools}>
          {choice}
          <Link to="/desk" search={{ symbol: goal.instrument, run: run.id }} className={styles.link}>
            on the Desk ›
          </Link>
          {status === 'running' && <PauseRun runId={run.id} />}
          {status === 'running' && <CancelRun runId={run.id} />}
        </div>
      </header>
      <Measures totals={totals} end={end} />
      {run.reason !== null && (status === 'failed' || status === 'cancelled') && (
        <p className={styles.ending}>
          This run {status === 'failed' ? 'failed' : 'was cancelled'}: {run.reason}
        </p>
      )}
    </>
  )
}

function Measures({ totals, end }: { totals: RunTotals; end: string | null }) {
  const { done, total, elapsedMs, plannedMs, lowerBoundMs, usd, plannedUsd, limitUsd } = totals
  return (
    <dl className={styles.measures}>
      <Measure name="Steps" share={total === 0 ? 0 : done / total}>
        {done} of {total} ended
      </Measure>
      <Measure name="Time" share={plannedMs === 0 ? 0 : elapsedMs / plannedMs}>
        {formatDuration(elapsedMs)}
        {plannedMs > 0 && ` of an estimated ${formatDuration(plannedMs)}`}
      </Measure>
      <Measure name="Cost" share={limitUsd === 0 ? 0 : usd / limitUsd}>
        {formatUsd(usd)} of at most {formatUsd(limitUsd)}, {formatUsd(plannedUsd)} estimated
      </Measure>
      {end !== null && <Measure name="End">{end}</Measure>}
      <Measure name="Lower bound">
        {lowerBoundMs > 0 ? `no schedule is shorter than ${formatDuration(lowerBoundMs)}` : unavailable}
      </Measure>
    </dl>
  )
}

function Measure({ name, share, children }: { name: string; share?: number; children: ReactNode }) {
  return (
    <div className={styles.measure}>
      <dt>{name}</dt>
      <dd>{children}</dd>
      {share !== undefined && (
        <span className={styles.track} data-over={share > 1 || undefined} aria-hidden="true">
          <span style={{ transform: `scaleX(${Math.min(1, share)})` }} />
        </span>
      )}
    </div>
  )
}

interface RunChoiceProps {
  runs: readonly RunSummary[]
  runId: string | null
  onChoose: (runId: string) => void
}

/** Which run is shown. */
export function RunChoice({ runs, runId, onChoose }: RunChoiceProps) {
  const { timeZone } = useSettings()
  return (
    <Select
      aria-label="Run"
      w={230}
      placeholder="Choose a run"
      value={runs.some(({ id }) => id === runId) ? runId : null}
      onChange={(value) => value !== null && onChoose(value)}
      data={runs.map(({ id, startedAt, status, outcome, goal }) => ({
        value: id,
        label: `${formatMoment(startedAt, timeZone).slice(0, -3)} ${goal.instrument} ${outcome?.toUpperCase() ?? status}`,
      }))}
    />
  )
}
