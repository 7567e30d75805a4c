import type { ReactNode } from 'react'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { PanelBody } from '#renderer/ui/panel.tsx'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import type { Order } from '#shared/domain/order.ts'
import type { OrderListProps } from './order-cells.tsx'

interface ListProps extends Pick<OrderListProps, 'chosen' | 'onOpen'> {
  /** What the table holds. */
  label: string
  /** The orders as they were read; undefined while they are. */
  query: { readonly isError: boolean; readonly error: unknown; readonly isPending: boolean; refetch: () => unknown }
  orders: readonly Order[]
  /** Every column that there is room for; `aside` are left out beside an order that is open, which says them. */
  columns: readonly Column<Order>[]
  aside: readonly string[]
  /** What could not be read, and what that means for trading. */
  failure: { readonly title: string; readonly effect: string }
  loadingRows: number
  /** What stands where there is no order. */
  empty: ReactNode
}

/** A list of orders: while it is read, where it could not be, where it is empty, and as rows that open. */
export function OrderList(props: ListProps) {
  const { label, query, orders, columns, aside, failure, loadingRows, empty, chosen, onOpen } = props
  if (query.isError) return <ErrorState {...failure} error={query.error} onRetry={() => void query.refetch()} />
  if (query.isPending) return <LoadingRows rows={loadingRows} />
  if (orders.length === 0) return empty
  return (
    <PanelBody label={`${label}, table`}>
      <DataTable
        label={label}
        columns={chosen === null ? columns : columns.filter(({ key }) => !aside.includes(key))}
        rows={orders}
        rowKey={({ clientOrderId }) => clientOrderId}
        onOpen={({ clientOrderId }) => onOpen(clientOrderId)}
        chosen={chosen}
      />
    </PanelBody>
  )
}
