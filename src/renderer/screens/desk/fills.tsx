import type { Column } from '#renderer/ui/data-table.tsx'
import { DataTable } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatDecimal } from '#renderer/ui/format.ts'
import { precision } from '#renderer/ui/precision.ts'
import type { Fill } from '#shared/domain/order.ts'
import styles from './blotter.module.css'
import type { RowsProps } from './blotter-rows.ts'

export function FillRows({ rows, instruments }: RowsProps<Fill>) {
  const of = (row: Fill) => precision(instruments, row.instrument)
  const columns: Column<Fill>[] = [
    { key: 'time', title: 'Time', render: ({ at }) => <Moment at={at} as="moment" /> },
    {
      key: 'instrument',
      title: 'Instrument',
      render: ({ instrument }) => <strong className={styles.name}>{instrument}</strong>,
    },
    { key: 'side', title: 'Side', render: ({ side }) => side },
    { key: 'quantity', title: 'Quantity', numeric: true, render: (row) => of(row).quantity(row.quantity) },
    { key: 'price', title: 'Price', numeric: true, render: (row) => of(row).price(row.price) },
    {
      key: 'fee',
      title: 'Fee',
      numeric: true,
      render: (row) => `${formatDecimal(row.fee, { places: 2 })} ${of(row).currency}`,
    },
    {
      key: 'order',
      title: 'Order',
      wide: true,
      render: ({ clientOrderId }) => <span className="mono">{clientOrderId}</span>,
    },
  ]
  return <DataTable label="Fills" columns={columns} rows={rows} rowKey={({ tradeId }) => tradeId} />
}
