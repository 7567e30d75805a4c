import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useDesk } from '#renderer/client.ts'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatDuration, formatUsd, unavailable } from '#renderer/ui/format.ts'
import { PanelBody, Screen } from '#renderer/ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { StatusDot, type Tone } from '#renderer/ui/status-dot.tsx'
import { policyTitles, profileTitles } from '#renderer/ui/words.ts'
import type { RunStatus, RunSummary } from '#shared/domain/run.ts'
import styles from './runs.module.css'

const tones: Record<RunStatus, Tone> = { running: 'busy', completed: 'good', failed: 'bad', cancelled: 'off' }

const columns: Column<RunSummary>[] = [
  { key: 'started', title: 'Started', render: ({ startedAt }) => <Moment at={startedAt} as="moment" /> },
  { key: 'instrument', title: 'Instrument', render: ({ goal }) => goal.instrument },
  {
    key: 'status',
    title: 'Status',
    render: ({ status }) => (
      <>
        <StatusDot tone={tones[status]} /> {status}
      </>
    ),
  },
  { key: 'outcome', title: 'Outcome', render: ({ outcome }) => outcome?.toUpperCase() ?? unavailable },
  { key: 'profile', title: 'Profile', render: ({ goal }) => profileTitles[goal.profile] },
  { key: 'policy', title: 'Policy', render: ({ goal }) => policyTitles[goal.policy] },
  {
    key: 'steps',
    title: 'Steps',
    numeric: true,
    render: ({ stepsDone, stepsTotal }) => `${stepsDone} of ${stepsTotal}`,
  },
  {
    key: 'took',
    title: 'Took',
    numeric: true,
    render: ({ startedAt, endedAt }) => formatDuration(endedAt === null ? null : endedAt - startedAt),
  },
  {
    key: 'plan',
    title: 'Plan',
    render: ({ id }) => (
      // The row leads to the Desk; this leads elsewhere.
      <Link
        to="/plans/$runId"
        params={{ runId: id }}
        className={styles.plan}
        onClick={(event) => event.stopPropagation()}
      >
        plan ›
      </Link>
    ),
  },
  { key: 'cost', title: 'Cost', numeric: true, render: ({ usd }) => formatUsd(usd) },
  {
    key: 'reason',
    title: 'How it ended',
    wide: true,
    render: ({ reason }) => <span title={reason ?? ''}>{reason}</span>,
  },
]

const limit = 500

/** Every run, newest first; opening one shows it on the Desk. */
export function RunsScreen() {
  const { orpc } = useDesk()
  const navigate = useNavigate()
  const runs = useQuery(orpc.runs.list.queryOptions({ input: { limit } }))
  return (
    <Screen title="Runs" tools={runs.data?.length === limit && <span>The newest {limit} are shown.</span>}>
      {runs.isError ? (
        <ErrorState
          title="The runs could not be read"
          error={runs.error}
          effect="Runs in progress continue."
          onRetry={() => void runs.refetch()}
        />
      ) : runs.data === undefined ? (
        <LoadingRows rows={12} />
      ) : runs.data.length === 0 ? (
        <EmptyState title="No runs yet">Choose an instrument on the Desk and press Decide.</EmptyState>
      ) : (
        <PanelBody label="All runs">
          <DataTable
            label="Runs"
            columns={columns}
            rows={runs.data}
            rowKey={({ id }) => id}
            onOpen={({ id, goal }) => void navigate({ to: '/desk', search: { symbol: goal.instrument, run: id } })}
          />
        </PanelBody>
      )}
    </Screen>
  )
}
