import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import type { Column } from '#renderer/ui/data-table.tsx'
import { formatDuration, unavailable } from '#renderer/ui/format.ts'
import { OrderMark } from '#renderer/ui/order-mark.tsx'
import { Panel } from '#renderer/ui/panel.tsx'
import { toProblem } from '#renderer/ui/problem.ts'
import { EmptyState } from '#renderer/ui/states.tsx'
import { useEngineNow } from '#renderer/ui/status.ts'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import { canBeCancelled, isExit, type Order } from '#shared/domain/order.ts'
import { CancelAllDialog } from './cancel-all-dialog.tsx'
import { CancelExitDialog } from './cancel-exit-dialog.tsx'
import { ChangeDialog } from './change-dialog.tsx'
import { CompareVenue } from './compare-venue.tsx'
import { type OrderListProps, orderColumns } from './order-cells.tsx'
import { OrderList } from './order-list.tsx'
import styles from './orders-screen.module.css'
import { changeableTerms, countWords, sortWorking } from './orders-view.ts'

/** What works at the venue, or whose fate there is not known; each can be changed and cancelled here. */
export function WorkingOrders({ instruments, chosen, onOpen }: OrderListProps) {
  const { orpc, client } = useDesk()
  const query = useQuery(orpc.trading.working.queryOptions())
  const orders = sortWorking(query.data ?? [])
  const now = useEngineNow(orders.length > 0)
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set())
  const [changing, setChanging] = useState<Order | null>(null)
  const [unprotecting, setUnprotecting] = useState<Order | null>(null)
  const [isCancellingAll, setCancellingAll] = useState(false)
  const cancel = useMutation({
    mutationFn: (clientOrderId: string) => client.trading.cancel({ clientOrderId }),
    onMutate: (id) => setAsked((ids) => new Set(ids).add(id)),
    onSettled: (_order, _error, id) => setAsked((ids) => new Set([...ids].filter((each) => each !== id))),
  })
  const { what, role, filled, terms, from } = orderColumns({ instruments, chosen })
  const columns: Column<Order>[] = [
    {
      key: 'status',
      title: 'Status',
      render: (order) => <OrderMark order={order} asked={asked.has(order.clientOrderId)} />,
    },
    what,
    role,
    filled,
    terms,
    { key: 'age', title: 'Age', numeric: true, render: ({ createdAt }) => formatDuration(now - createdAt) },
    {
      key: 'venue',
      title: 'Venue id',
      wide: true,
      render: ({ venueOrderId }) => <span className="mono">{venueOrderId ?? unavailable}</span>,
    },
    from,
    {
      key: 'acts',
      title: '',
      render: (order) => (
        <span className={styles.acts}>
          {changeableTerms(order).length > 0 && (
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={(event) => {
                event.stopPropagation()
                setChanging(order)
              }}
            >
              Change…
            </Button>
          )}
          {canBeCancelled(order) && (
            <Button
              size="compact-xs"
              disabled={asked.has(order.clientOrderId)}
              onClick={(event) => {
                event.stopPropagation()
                if (isExit(order)) setUnprotecting(order)
                else cancel.mutate(order.clientOrderId)
              }}
            >
              {isExit(order) ? 'Cancel…' : 'Cancel'}
            </Button>
          )}
        </span>
      ),
    },
  ]
  const unknown = orders.filter(({ status }) => status === 'UNKNOWN').length
  return (
    <Panel
      title="Working"
      about={query.data !== undefined && <span>{countWords(orders.length, 'order')}</span>}
      tools={
        <>
          <CompareVenue />
          <Button size="compact-sm" disabled={orders.length === 0} onClick={() => setCancellingAll(true)}>
            Cancel all…
          </Button>
        </>
      }
    >
      {unknown > 0 && (
        <p className={styles.doubt} role="status">
          <StatusDot tone="bad" /> {countWords(unknown, 'order')} with UNKNOWN outcome: sent, but not answered. Each may
          be working at the venue and counts as if it were. The desk keeps asking the venue, and never sends an order
          twice.
        </p>
      )}
      {cancel.isError && <p className={styles.failed}>Not cancelled: {toProblem(cancel.error).message}</p>}
      <OrderList
        label="Working orders"
        {...{ query, orders, chosen, onOpen }}
        columns={columns}
        aside={['venue', 'from']}
        failure={{
          title: 'The working orders could not be read',
          effect: 'Orders at the venue are unaffected. STOP cancels those that add risk.',
        }}
        loadingRows={4}
        empty={
          <EmptyState title="No working orders">
            Orders come from decisions the desk agreed on, or you approved.
          </EmptyState>
        }
      />
      <ChangeDialog order={changing} instruments={instruments} onDone={() => setChanging(null)} />
      <CancelExitDialog
        order={unprotecting}
        onCancel={({ clientOrderId }) => cancel.mutate(clientOrderId)}
        onDone={() => setUnprotecting(null)}
      />
      <CancelAllDialog isOpen={isCancellingAll} orders={orders} onDone={() => setCancellingAll(false)} />
    </Panel>
  )
}
