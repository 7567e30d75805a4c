import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useDesk } from '#renderer/client.ts'
import { AgentName } from '#renderer/ui/agent.tsx'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatNumber, formatPercent, unavailable } from '#renderer/ui/format.ts'
import { Panel, PanelBody } from '#renderer/ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import type { ViewRecordRow } from '#shared/domain/insight.ts'
import styles from './agents.module.css'

const whole = (value: number) => formatNumber(value, { places: 0 })

const columns: Column<ViewRecordRow>[] = [
  { key: 'agent', title: 'Agent', render: ({ agent }) => <AgentName agent={agent} /> },
  { key: 'instrument', title: 'Instrument', render: ({ instrument }) => instrument },
  { key: 'views', title: 'Views', numeric: true, render: ({ views }) => whole(views) },
  { key: 'judged', title: 'Judged', numeric: true, render: ({ judged }) => whole(judged) },
  {
    key: 'right',
    title: 'Right',
    numeric: true,
    render: ({ judged, right }) =>
      judged === 0 ? unavailable : `${whole(right)} (${formatPercent(right / judged, 0, false)})`,
  },
  {
    key: 'stated',
    title: 'Mean confidence',
    numeric: true,
    render: ({ meanStated }) => formatPercent(meanStated, 0, false),
  },
  {
    key: 'counts',
    title: '65 % counts as',
    numeric: true,
    render: ({ countsFor }) => formatPercent(countsFor, 1, false),
  },
  { key: 'last', title: 'Newest view', render: ({ lastAt }) => <Moment at={lastAt} as="moment" /> },
  {
    key: 'why',
    title: 'Messages',
    render: ({ agent, instrument }) => (
      <Link to="/conversations" search={{ agent, instrument }} className={styles.link}>
        messages ›
      </Link>
    ),
  },
]

/** What the analyst's confidence has been worth, and what it counts for. */
export function ViewRecords() {
  const { orpc } = useDesk()
  const records = useQuery(orpc.system.viewRecords.queryOptions())
  return (
    <Panel
      title="Views and results"
      about={<span>A view is judged at the end of its horizon; until then its confidence counts for little.</span>}
      className={styles.letters}
    >
      {records.isError ? (
        <ErrorState
          title="The views could not be read"
          error={records.error}
          effect="They are kept in the engine."
          onRetry={() => void records.refetch()}
        />
      ) : records.data === undefined ? (
        <LoadingRows rows={2} />
      ) : records.data.length === 0 ? (
        <EmptyState title="No views yet">The analyst forms one in every decision.</EmptyState>
      ) : (
        <PanelBody label="Views and results">
          <DataTable
            label="Views and results"
            columns={columns}
            rows={records.data}
            rowKey={({ instrument }) => instrument}
          />
        </PanelBody>
      )}
    </Panel>
  )
}
