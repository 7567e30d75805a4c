import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { OrderMark } from '#renderer/ui/order-mark.tsx'
import { precision } from '#renderer/ui/precision.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Order } from '#shared/domain/order.ts'
import type { ParentOrderView } from '#shared/domain/parent-order.ts'

interface PartsTableProps {
  parent: ParentOrderView
  instruments: readonly Instrument[]
  onOpen: (clientOrderId: string) => void
}

/** The parts of an order in parts, oldest first; each opens. */
export function PartsTable({ parent: { id, instrument, children }, instruments, onOpen }: PartsTableProps) {
  const { price, quantity } = precision(instruments, instrument)
  const columns: Column<Order>[] = [
    { key: 'look', title: 'Check', numeric: true, render: ({ sliceOf }) => (sliceOf?.index ?? 0) + 1 },
    { key: 'at', title: 'Sent', render: ({ createdAt }) => <Moment at={createdAt} /> },
    { key: 'status', title: 'Status', render: (order) => <OrderMark order={order} /> },
    { key: 'quantity', title: 'Quantity', numeric: true, render: (order) => quantity(order.quantity) },
    { key: 'filled', title: 'Filled', numeric: true, render: (order) => quantity(order.filledQuantity) },
    { key: 'average', title: 'Average', numeric: true, render: ({ averagePrice }) => price(averagePrice) },
  ]
  return (
    <DataTable
      label={`Parts of ${id}`}
      columns={columns}
      rows={children}
      rowKey={({ clientOrderId }) => clientOrderId}
      onOpen={({ clientOrderId }) => onOpen(clientOrderId)}
    />
  )
}
