import { useQuery } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { AgentName } from '#renderer/ui/agent.tsx'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatDuration, formatNumber } from '#renderer/ui/format.ts'
import { Panel, PanelBody, Screen } from '#renderer/ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { StatusDot, type Tone } from '#renderer/ui/status-dot.tsx'
import type { AgentHealth } from '#shared/domain/agent.ts'
import styles from './agents.module.css'
import { ViewRecords } from './view-records.tsx'

const tones: Record<AgentHealth['status'], Tone> = { idle: 'good', working: 'busy', failing: 'bad', stopped: 'off' }

const columns: Column<AgentHealth>[] = [
  { key: 'seat', title: 'Agent', render: ({ seat }) => <AgentName agent={seat} /> },
  {
    key: 'status',
    title: 'Status',
    render: ({ status }) => (
      <>
        <StatusDot tone={tones[status]} /> {status}
      </>
    ),
  },
  { key: 'handled', title: 'Handled', numeric: true, render: ({ handled }) => formatNumber(handled, { places: 0 }) },
  { key: 'failed', title: 'Failed', numeric: true, render: ({ failed }) => formatNumber(failed, { places: 0 }) },
  { key: 'mean', title: 'Mean response', numeric: true, render: ({ meanMs }) => formatDuration(meanMs) },
  {
    key: 'error',
    title: 'Last error',
    wide: true,
    render: ({ lastError }) => <span title={lastError ?? ''}>{lastError}</span>,
  },
]

/** How the agents are doing, and the messages that none of them could take. */
export function AgentsScreen() {
  const { orpc } = useDesk()
  const agents = useQuery(orpc.system.agents.queryOptions())
  return (
    <Screen title="Agents">
      <div className={styles.panels}>
        {agents.isError ? (
          <ErrorState
            title="The agents could not be read"
            error={agents.error}
            effect="They continue in the engine."
            onRetry={() => void agents.refetch()}
          />
        ) : agents.data === undefined ? (
          <LoadingRows rows={12} />
        ) : (
          <DataTable label="Agents" columns={columns} rows={agents.data} rowKey={({ seat }) => seat} />
        )}
        <ViewRecords />
        <DeadLetters />
      </div>
    </Screen>
  )
}

interface Letter {
  id: string
  topic: string
  at: number
  attempts: number
  error: string
  body?: unknown
}

const letterColumns: Column<Letter>[] = [
  { key: 'at', title: 'Time', render: ({ at }) => <Moment at={at} as="moment" /> },
  { key: 'topic', title: 'Topic', render: ({ topic }) => <span className="mono">{topic}</span> },
  { key: 'attempts', title: 'Attempts', numeric: true, render: ({ attempts }) => attempts },
  { key: 'error', title: 'Error', wide: true, render: ({ error }) => <span title={error}>{error}</span> },
  {
    key: 'body',
    title: 'Body',
    wide: true,
    render: ({ body }) => (
      <span className="mono" title={JSON.stringify(body)}>
        {JSON.stringify(body)}
      </span>
    ),
  },
]

function DeadLetters() {
  const { orpc } = useDesk()
  const letters = useQuery(orpc.system.deadLetters.queryOptions())
  return (
    <Panel
      title="Undelivered messages"
      about={letters.data && <span>{letters.data.length}</span>}
      className={styles.letters}
    >
      {letters.isError ? (
        <ErrorState
          title="The messages could not be read"
          error={letters.error}
          effect="They are kept in the engine."
          onRetry={() => void letters.refetch()}
        />
      ) : letters.data === undefined ? (
        <LoadingRows rows={2} />
      ) : letters.data.length === 0 ? (
        <EmptyState title="None">Every message between agents was handled.</EmptyState>
      ) : (
        <PanelBody label="Undelivered messages">
          <DataTable label="Undelivered messages" columns={letterColumns} rows={letters.data} rowKey={({ id }) => id} />
        </PanelBody>
      )}
    </Panel>
  )
}
