import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { agentTitle } from '#renderer/ui/agent.tsx'
import type { Column } from '#renderer/ui/data-table.tsx'
import { DataTable } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { OrderMark } from '#renderer/ui/order-mark.tsx'
import { precision } from '#renderer/ui/precision.ts'
import { toProblem } from '#renderer/ui/problem.ts'
import type { Order } from '#shared/domain/order.ts'
import { canBeCancelled } from '#shared/domain/order.ts'
import styles from './blotter.module.css'
import type { RowsProps } from './blotter-rows.ts'
import { WhyLink } from './why-link.tsx'

export function OrderRows({ rows, instruments }: RowsProps<Order>) {
  const of = (row: Order) => precision(instruments, row.instrument)
  const { client } = useDesk()
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set())
  const cancel = useMutation({
    mutationFn: (clientOrderId: string) => client.trading.cancel({ clientOrderId }),
    onMutate: (id) => setAsked((ids) => new Set(ids).add(id)),
    onSettled: (_order, _error, id) => setAsked((ids) => new Set([...ids].filter((each) => each !== id))),
  })
  const columns: Column<Order>[] = [
    { key: 'time', title: 'Time', render: ({ createdAt }) => <Moment at={createdAt} as="moment" /> },
    {
      key: 'instrument',
      title: 'Instrument',
      render: ({ instrument }) => <strong className={styles.name}>{instrument}</strong>,
    },
    { key: 'side', title: 'Side', render: ({ side, reduceOnly }) => `${side}${reduceOnly ? ', reduce only' : ''}` },
    { key: 'type', title: 'Type', render: ({ type, timeInForce }) => `${type.toLowerCase()} ${timeInForce}` },
    { key: 'quantity', title: 'Quantity', numeric: true, render: (row) => of(row).quantity(row.quantity) },
    { key: 'filled', title: 'Filled', numeric: true, render: (row) => of(row).quantity(row.filledQuantity) },
    { key: 'limit', title: 'Limit', numeric: true, render: (row) => of(row).price(row.limitPrice) },
    { key: 'average', title: 'Average', numeric: true, render: (row) => of(row).price(row.averagePrice) },
    { key: 'status', title: 'Status', render: (row) => <OrderMark order={row} asked={asked.has(row.clientOrderId)} /> },
    { key: 'reason', title: 'Reason', wide: true, render: ({ reason }) => <span title={reason ?? ''}>{reason}</span> },
    { key: 'by', title: 'By', render: ({ by }) => agentTitle(by) },
    { key: 'why', title: 'Why', render: ({ runId, instrument }) => <WhyLink runId={runId} instrument={instrument} /> },
    {
      key: 'cancel',
      title: '',
      render: (row) =>
        canBeCancelled(row) && (
          <Button
            size="compact-xs"
            disabled={asked.has(row.clientOrderId)}
            onClick={() => cancel.mutate(row.clientOrderId)}
          >
            Cancel order
          </Button>
        ),
    },
  ]
  return (
    <>
      {cancel.isError && <p className={styles.failed}>Not cancelled: {toProblem(cancel.error).message}</p>}
      <DataTable label="Orders" columns={columns} rows={rows} rowKey={({ clientOrderId }) => clientOrderId} />
    </>
  )
}
