import { Button, Select } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { AgentName } from '#renderer/ui/agent.tsx'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatNumber } from '#renderer/ui/format.ts'
import { PanelBody, Screen } from '#renderer/ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { useStatus } from '#renderer/ui/status.ts'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import type { JournalRecord, Verification } from '#shared/domain/journal.ts'
import styles from './journal.module.css'

const pageSize = 300
const everything = 'all kinds'

/** The journal: its head, whether its chain verifies, and what was written last. */
export function JournalScreen() {
  const { client, orpc } = useDesk()
  const size = useStatus((status) => status.journalSize)
  const [end, setEnd] = useState<number | null>(null)
  const [kind, setKind] = useState(everything)
  const [opened, setOpened] = useState<number | null>(null)
  const last = end ?? size ?? 0
  const after = Math.max(0, last - pageSize)
  const records = useQuery({
    ...orpc.journal.read.queryOptions({ input: { after, limit: pageSize } }),
    enabled: size !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 1_000,
  })
  const verify = useMutation({ mutationFn: () => client.journal.verify() })
  const newest = [...(records.data ?? [])].reverse()
  const kinds = [...new Set(newest.map((record) => record.kind))].sort()
  const shown = kind === everything ? newest : newest.filter((record) => record.kind === kind)
  const open = newest.find(({ seq }) => seq === opened)
  return (
    <Screen
      title="Journal"
      tools={
        <>
          <Select
            aria-label="Kind"
            w={190}
            searchable
            value={kind}
            onChange={(value) => setKind(value ?? everything)}
            data={[everything, ...kinds]}
          />
          <Button disabled={after === 0} onClick={() => setEnd(after)}>
            Older
          </Button>
          <Button disabled={end === null} onClick={() => setEnd(null)}>
            Newest
          </Button>
          <Button variant="filled" onClick={() => verify.mutate()} loading={verify.isPending}>
            Verify the chain
          </Button>
        </>
      }
    >
      <Head size={size} verification={verify.data} />
      {verify.isError && (
        <ErrorState title="Not verified" error={verify.error} effect="It is not known whether the journal is intact." />
      )}
      {records.isError ? (
        <ErrorState
          title="The journal could not be read"
          error={records.error}
          effect="The desk still writes to it, or halts."
          onRetry={() => void records.refetch()}
        />
      ) : records.data === undefined ? (
        <LoadingRows rows={12} />
      ) : shown.length === 0 ? (
        <EmptyState
          title={newest.length === 0 ? 'The journal is empty' : `No ${kind} among these ${newest.length} records`}
        />
      ) : (
        <div className={styles.split}>
          <PanelBody label="Records, newest first">
            <DataTable
              label="Records"
              columns={columns}
              rows={shown}
              rowKey={({ seq }) => seq}
              chosen={opened}
              onOpen={({ seq }) => setOpened(seq === opened ? null : seq)}
            />
          </PanelBody>
          {open !== undefined && (
            <aside className={styles.record} aria-label={`Record ${open.seq}`}>
              <PanelBody label="The record as it was written">
                <pre className="mono">{JSON.stringify(open, null, 2)}</pre>
              </PanelBody>
            </aside>
          )}
        </div>
      )}
    </Screen>
  )
}

function Head({ size, verification }: { size: number | undefined; verification: Verification | undefined }) {
  const { orpc } = useDesk()
  const head = useQuery({ ...orpc.journal.head.queryOptions(), staleTime: 1_000 }).data
  return (
    <dl className={styles.head}>
      <div>
        <dt>Records</dt>
        <dd>{formatNumber(size, { places: 0 })}</dd>
      </div>
      <div>
        <dt>Root at {formatNumber(head?.size, { places: 0 })}</dt>
        <dd className="mono" title={head?.root}>
          {head?.root.slice(0, 24) ?? ''}
        </dd>
      </div>
      <div>
        <dt>Chain</dt>
        <dd role="status">
          <ChainState verification={verification} />
        </dd>
      </div>
    </dl>
  )
}

function ChainState({ verification }: { verification: Verification | undefined }) {
  if (verification === undefined) return 'not verified since this page was opened'
  if (verification.status === 'broken') {
    return (
      <strong className={styles.broken}>
        <StatusDot tone="bad" /> Broken at record {verification.firstBadSeq}: {verification.problem}
      </strong>
    )
  }
  return (
    <span>
      <StatusDot tone="good" /> Verified: {formatNumber(verification.head.size, { places: 0 })} records,{' '}
      {verification.signedHeads} signed heads
    </span>
  )
}

/** A record's reason, or its data without the run that the column before it names already. */
function whatOf({ data, reason }: JournalRecord): string {
  const { runId: _runId, ...rest } = data
  return reason ?? JSON.stringify(rest)
}

const columns: Column<JournalRecord>[] = [
  { key: 'seq', title: 'Seq', numeric: true, render: ({ seq }) => formatNumber(seq, { places: 0 }) },
  { key: 'at', title: 'Time', render: ({ at }) => <Moment at={at} as="moment" /> },
  { key: 'kind', title: 'Kind', render: ({ kind }) => kind },
  {
    key: 'actor',
    title: 'Who',
    render: ({ actor }) => <AgentName agent={actor.kind === 'agent' ? actor.id : actor.kind} />,
  },
  { key: 'about', title: 'About', render: ({ correlationId }) => <span className="mono">{correlationId}</span> },
  { key: 'data', title: 'What', wide: true, render: whatOf },
  { key: 'hash', title: 'Hash', render: ({ hash }) => <span className="mono">{hash.slice(0, 10)}</span> },
]
