import { Button, Select } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import type { Column } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { orderLook } from '#renderer/ui/order-look.ts'
import { OrderMark } from '#renderer/ui/order-mark.tsx'
import { Panel } from '#renderer/ui/panel.tsx'
import { EmptyState } from '#renderer/ui/states.tsx'
import { closedStatuses, type Order } from '#shared/domain/order.ts'
import { type OrderListProps, orderColumns } from './order-cells.tsx'
import { OrderList } from './order-list.tsx'
import styles from './orders-screen.module.css'

const pageSize = 50

/** Orders that have ended, newest first, a page at a time, of one instrument or with one end where that is chosen. */
export function EndedOrders({ instruments, chosen, onOpen }: OrderListProps) {
  const { orpc } = useDesk()
  const search = useSearch({ from: '/orders' })
  const navigate = useNavigate({ from: '/orders' })
  const { instrument, ended: status } = search
  /** The last orders of the pages before this one. */
  const [before, setBefore] = useState<readonly string[]>([])
  const last = before.at(-1)
  const query = useQuery(
    orpc.trading.ended.queryOptions({
      input: {
        limit: pageSize,
        ...(instrument !== undefined && { instrument }),
        ...(status !== undefined && { status }),
        ...(last !== undefined && { before: last }),
      },
      placeholderData: keepPreviousData,
    }),
  )
  const filter = (next: Partial<typeof search>) => {
    setBefore([])
    void navigate({ search: { ...search, ...next }, replace: true })
  }
  const orders = query.data?.orders ?? []
  const { what, role, filled, terms, from, of } = orderColumns({ instruments, chosen })
  const columns: Column<Order>[] = [
    { key: 'ended', title: 'Ended', render: ({ updatedAt }) => <Moment at={updatedAt} as="moment" /> },
    { key: 'status', title: 'Status', render: (order) => <OrderMark order={order} /> },
    what,
    role,
    filled,
    {
      key: 'average',
      title: 'Average',
      numeric: true,
      render: (order) => of(order).price(order.averagePrice),
    },
    terms,
    {
      key: 'reason',
      title: 'Reason',
      wide: true,
      render: ({ reason }) => <span title={reason ?? ''}>{reason}</span>,
    },
    from,
  ]
  const isFiltered = instrument !== undefined || status !== undefined
  return (
    <Panel
      title="Ended"
      tools={
        <>
          <Select
            aria-label="Instrument"
            placeholder="All instruments"
            size="xs"
            w={148}
            clearable
            value={instrument ?? null}
            onChange={(value) => filter({ instrument: value ?? undefined })}
            data={instruments.map(({ id }) => id)}
          />
          <Select
            aria-label="Status"
            placeholder="Any status"
            size="xs"
            w={120}
            clearable
            value={status ?? null}
            onChange={(value) => filter({ ended: closedStatuses.find((each) => each === value) })}
            data={closedStatuses.map((value) => ({ value, label: orderLook(value, false).word }))}
          />
          <Button
            size="compact-sm"
            variant="subtle"
            disabled={before.length === 0}
            onClick={() => setBefore(before.slice(0, -1))}
          >
            ‹ Newer
          </Button>
          <span className={styles.page}>page {before.length + 1}</span>
          <Button
            size="compact-sm"
            variant="subtle"
            disabled={query.data?.hasMore !== true || query.isPlaceholderData}
            onClick={() => setBefore([...before, orders.at(-1)?.clientOrderId ?? ''])}
          >
            Older ›
          </Button>
        </>
      }
    >
      <OrderList
        label="Ended orders"
        {...{ query, orders, chosen, onOpen }}
        columns={columns}
        aside={['terms', 'from']}
        failure={{
          title: 'The ended orders could not be read',
          effect: 'None of these orders is working. The journal has them all.',
        }}
        loadingRows={8}
        empty={
          <EmptyState title={isFiltered ? 'No matching orders' : 'No ended orders yet'}>
            {isFiltered ? (
              <Button size="compact-sm" onClick={() => filter({ instrument: undefined, ended: undefined })}>
                Show all orders
              </Button>
            ) : (
              'Filled, cancelled, expired, rejected and denied orders are listed here.'
            )}
          </EmptyState>
        }
      />
    </Panel>
  )
}
