import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { formatDuration } from '#renderer/ui/format.ts'
import { Panel, PanelBody } from '#renderer/ui/panel.tsx'
import { precision } from '#renderer/ui/precision.ts'
import { ShareBar } from '#renderer/ui/share-bar.tsx'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { useEngineNow } from '#renderer/ui/status.ts'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import { executionTitles } from '#shared/domain/execution-words.ts'
import { isWorkingParent, type ParentOrderView } from '#shared/domain/parent-order.ts'
import { CancelParentDialog } from './cancel-parent-dialog.tsx'
import { From, type OrderListProps } from './order-cells.tsx'
import styles from './orders-screen.module.css'
import { bpWords, countWords } from './orders-view.ts'
import { parentLooks, parentProgress, sortParents } from './parents-view.ts'
import { PartsTable } from './parts-table.tsx'

const shownMost = 30

interface ParentOrdersProps extends Omit<OrderListProps, 'onOpen'> {
  onOpen: (parentId: string) => void
  onOpenOrder: (clientOrderId: string) => void
}

/** The orders that are carried out in parts, those under way first; each can be opened, and the rest of it cancelled. */
export function ParentOrdersTable({ instruments, chosen, onOpen, onOpenOrder }: ParentOrdersProps) {
  const { orpc } = useDesk()
  const query = useQuery(orpc.trading.parents.queryOptions({ input: { limit: shownMost } }))
  const parents = sortParents(query.data ?? [])
  const working = parents.filter(isWorkingParent)
  const now = useEngineNow(working.length > 0)
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set())
  const [cancelling, setCancelling] = useState<ParentOrderView | null>(null)
  const of = ({ instrument }: ParentOrderView) => precision(instruments, instrument)
  const columns: Column<ParentOrderView>[] = [
    {
      key: 'fold',
      title: '',
      render: ({ id, children }) => (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          aria-expanded={unfolded.has(id)}
          aria-label={`${countWords(children.length, 'part')} of ${id}`}
          disabled={children.length === 0}
          onClick={(event) => {
            event.stopPropagation()
            setUnfolded((ids) => (ids.has(id) ? new Set([...ids].filter((each) => each !== id)) : new Set(ids).add(id)))
          }}
        >
          <span className={styles.fold} data-open={unfolded.has(id) || undefined} aria-hidden>
            ›
          </span>
        </Button>
      ),
    },
    { key: 'status', title: 'Status', render: (parent) => <ParentMark parent={parent} /> },
    {
      key: 'what',
      title: 'Order',
      render: (parent) => (
        <strong className={styles.what}>
          {parent.side.toUpperCase()} {of(parent).quantity(parent.quantity)} {parent.instrument}
        </strong>
      ),
    },
    {
      key: 'how',
      title: 'Algorithm',
      render: ({ schedule }) => <span title={schedule.why}>{executionTitles[schedule.algorithm]}</span>,
    },
    {
      key: 'filled',
      title: 'Filled',
      numeric: true,
      render: (parent) => {
        const { filledShare, elapsedMs, horizonMs } = parentProgress(parent, now)
        return (
          <span className={styles.filled} title="The mark shows the elapsed time.">
            {of(parent).quantity(parent.filledQuantity)}
            <ShareBar kind="part" share={filledShare} label={`${parent.id}, filled`} mark={elapsedMs / horizonMs} />
          </span>
        )
      },
    },
    {
      key: 'time',
      title: 'Time',
      numeric: true,
      render: (parent) => {
        const { elapsedMs, horizonMs } = parentProgress(parent, now)
        return `${formatDuration(elapsedMs)} of ${formatDuration(horizonMs)}`
      },
    },
    {
      key: 'average',
      title: 'Average',
      numeric: true,
      render: (parent) => of(parent).price(parentProgress(parent, now).averagePrice),
    },
    {
      key: 'arrival',
      title: 'Arrival',
      numeric: true,
      render: (parent) => of(parent).price(parentProgress(parent, now).arrivalPrice),
    },
    {
      key: 'slippage',
      title: 'Slippage',
      numeric: true,
      render: (parent) => bpWords(parentProgress(parent, now).slippageBps),
    },
    { key: 'from', title: 'From', render: (parent) => <From order={parent} /> },
    {
      key: 'acts',
      title: '',
      render: (parent) =>
        isWorkingParent(parent) && (
          <span className={styles.acts}>
            <Button
              size="compact-xs"
              onClick={(event) => {
                event.stopPropagation()
                setCancelling(parent)
              }}
            >
              Cancel the rest…
            </Button>
          </span>
        ),
    },
  ]
  const aside = ['time', 'average', 'arrival', 'from']
  return (
    <Panel
      title="Parent orders"
      about={
        query.data !== undefined && working.length > 0 && <span>{countWords(working.length, 'order')} working</span>
      }
    >
      {query.isError ? (
        <ErrorState
          title="The parent orders could not be read"
          error={query.error}
          effect="They continue in the engine. STOP ends them."
          onRetry={() => void query.refetch()}
        />
      ) : query.data === undefined ? (
        <LoadingRows rows={2} />
      ) : parents.length === 0 ? (
        <p className={styles.none}>
          None. An order that is large against the book goes out in parts and is shown here as a parent order.
        </p>
      ) : (
        <PanelBody label="Parent orders, table">
          <DataTable
            label="Parent orders"
            columns={chosen === null ? columns : columns.filter(({ key }) => !aside.includes(key))}
            rows={parents}
            rowKey={({ id }) => id}
            onOpen={({ id }) => onOpen(id)}
            chosen={chosen}
            below={(parent) =>
              unfolded.has(parent.id) && parent.children.length > 0 ? (
                <PartsTable parent={parent} instruments={instruments} onOpen={onOpenOrder} />
              ) : null
            }
          />
        </PanelBody>
      )}
      <CancelParentDialog parent={cancelling} onDone={() => setCancelling(null)} />
    </Panel>
  )
}

/** The status of an order in parts as a shape and a word; why it is paused, or how it ended, on hover. */
export function ParentMark({ parent: { status, reason } }: { parent: Pick<ParentOrderView, 'status' | 'reason'> }) {
  const { tone, word, meaning } = parentLooks[status]
  return (
    <span title={reason ?? meaning}>
      <StatusDot tone={tone} /> {word}
    </span>
  )
}
