import { Button } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import type { Column } from '#renderer/ui/data-table.tsx'
import { DataTable } from '#renderer/ui/data-table.tsx'
import { Changing, Gain, Moment } from '#renderer/ui/figures.tsx'
import { formatDecimal, unavailable } from '#renderer/ui/format.ts'
import { precision } from '#renderer/ui/precision.ts'
import type { Fill } from '#shared/domain/order.ts'
import type { PositionView } from '#shared/domain/position.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import { sign } from '#shared/lib/decimal.ts'
import styles from './blotter.module.css'
import type { RowsProps } from './blotter-rows.ts'
import { CloseDialog } from './close-dialog.tsx'
import { gainFraction, riskAtStop } from './order-view.ts'
import { WhyLink } from './why-link.tsx'

export function PositionRows({ rows, instruments, fills }: RowsProps<PositionView> & { fills: readonly Fill[] }) {
  const stops = useStops(rows)
  const [closing, setClosing] = useState<string | null>(null)
  const of = (row: PositionView) => precision(instruments, row.instrument)
  const columns: Column<PositionView>[] = [
    {
      key: 'instrument',
      title: 'Instrument',
      render: ({ instrument }) => <strong className={styles.name}>{instrument}</strong>,
    },
    {
      key: 'side',
      title: 'Side',
      render: ({ quantity }) => (sign(quantity) > 0 ? 'long' : sign(quantity) < 0 ? 'short' : 'flat'),
    },
    { key: 'quantity', title: 'Quantity', numeric: true, render: (row) => of(row).quantity(row.quantity, true) },
    { key: 'average', title: 'Average', numeric: true, render: (row) => of(row).price(row.averagePrice) },
    {
      key: 'mark',
      title: 'Mark',
      numeric: true,
      render: (row) => <Changing text={of(row).price(row.mark)} />,
    },
    {
      key: 'markedAt',
      title: 'as of',
      render: ({ markedAt }) => (
        <span className={styles.dim}>
          <Moment at={markedAt} />
        </span>
      ),
    },
    {
      key: 'unrealised',
      title: 'Unrealised',
      numeric: true,
      render: (row) => <Gain value={row.unrealised} currency={of(row).currency} fraction={gainFraction(row)} />,
    },
    {
      key: 'realised',
      title: 'Realised',
      numeric: true,
      render: (row) => <Gain value={row.realised} currency={of(row).currency} />,
    },
    {
      key: 'fees',
      title: 'Fees',
      numeric: true,
      render: (row) => `${formatDecimal(row.fees, { places: 2 })} ${of(row).currency}`,
    },
    { key: 'stop', title: 'Stop', numeric: true, render: (row) => of(row).price(stops.get(row.instrument) ?? null) },
    {
      key: 'risk',
      title: 'Risk at stop',
      numeric: true,
      render: (row) => {
        const risk = riskAtStop(row, stops.get(row.instrument) ?? null)
        return risk === null ? unavailable : `${formatDecimal(risk, { places: 2 })} ${of(row).currency}`
      },
    },
    { key: 'why', title: 'Why', render: ({ runId, instrument }) => <WhyLink runId={runId} instrument={instrument} /> },
    {
      key: 'close',
      title: '',
      render: ({ instrument, quantity }) =>
        sign(quantity) !== 0 && (
          <Button size="compact-xs" onClick={() => setClosing(instrument)} aria-label={`Close ${instrument}`}>
            Close…
          </Button>
        ),
    },
  ]
  return (
    <>
      <DataTable label="Positions" columns={columns} rows={rows} rowKey={({ instrument }) => instrument} />
      <CloseDialog
        position={rows.find(({ instrument, quantity }) => instrument === closing && sign(quantity) !== 0)}
        instrument={instruments.find(({ id }) => id === closing)}
        fills={fills}
        onDone={() => setClosing(null)}
      />
    </>
  )
}

/** The stop of the proposal behind each position, by instrument. */
export function useStops(positions: readonly PositionView[]): ReadonlyMap<string, Decimal> {
  const { orpc } = useDesk()
  const held = positions.filter(({ runId, quantity }) => runId !== null && sign(quantity) !== 0)
  const votes = useQueries({
    queries: held.map(({ runId }) => orpc.runs.vote.queryOptions({ input: { runId: runId ?? '' } })),
    combine: (results) => results.map(({ data }) => data),
  })
  return useMemo(() => {
    const stops = new Map<string, Decimal>()
    for (const [index, position] of held.entries()) {
      const vote = votes[index]
      const chosen = vote?.proposals.find(({ id }) => id === vote.decision?.proposalId)
      if (chosen?.stop) stops.set(position.instrument, chosen.stop)
    }
    return stops
  }, [held, votes])
}
