import { Button, Tabs } from '@mantine/core'
import { useMutation, useQueries, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { agentTitle } from '#renderer/ui/agent.tsx'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { Changing, Gain, Moment } from '#renderer/ui/figures.tsx'
import { formatDecimal, unavailable } from '#renderer/ui/format.ts'
import { OrderMark } from '#renderer/ui/order-mark.tsx'
import { precision } from '#renderer/ui/precision.ts'
import { toProblem } from '#renderer/ui/problem.ts'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import type { Instrument } from '#shared/domain/instrument.ts'
import { canBeCancelled, type Fill, isClosed, type Order } from '#shared/domain/order.ts'
import type { PositionView } from '#shared/domain/position.ts'
import { type Decimal, sign } from '#shared/lib/decimal.ts'
import styles from './blotter.module.css'
import { CloseDialog } from './close-dialog.tsx'
import { gainFraction, riskAtStop, shownOrders } from './order-view.ts'

const markEveryMs = 1_000

interface BlotterProps {
  instruments: readonly Instrument[]
  className?: string | undefined
}

/** What the desk holds, what it has at the broker, and what was filled. */
export function Blotter({ instruments, className }: BlotterProps) {
  const { orpc } = useDesk()
  // Marks move with the price, of which no record tells.
  const positions = useQuery(
    orpc.trading.positions.queryOptions({ refetchInterval: ({ state }) => (state.data?.length ? markEveryMs : false) }),
  )
  const orders = useQuery(orpc.trading.orders.queryOptions({ input: { limit: shownOrders } }))
  const fills = useQuery(orpc.trading.fills.queryOptions({ input: { limit: shownOrders } }))
  const open = (positions.data ?? []).filter(({ quantity }) => sign(quantity) !== 0)
  const working = (orders.data ?? []).filter(({ status }) => !isClosed(status))
  return (
    <section className={`${styles.blotter} ${className ?? ''}`} aria-label="Positions, orders and fills">
      <Tabs defaultValue="positions" className={styles.tabs} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="positions">Positions {open.length > 0 && open.length}</Tabs.Tab>
          <Tabs.Tab value="orders">Orders {working.length > 0 && `${working.length} working`}</Tabs.Tab>
          <Tabs.Tab value="fills">Fills</Tabs.Tab>
        </Tabs.List>
        <Sheet
          value="positions"
          query={positions}
          title="The positions could not be read"
          empty="No positions"
          about="Positions appear with the first fill."
        >
          <Positions rows={positions.data ?? []} instruments={instruments} fills={fills.data ?? []} />
        </Sheet>
        <Sheet
          value="orders"
          query={orders}
          title="The orders could not be read"
          empty="No orders"
          about="Orders come from decisions the desk agreed on, or you approved."
        >
          <Orders rows={orders.data ?? []} instruments={instruments} />
        </Sheet>
        <Sheet
          value="fills"
          query={fills}
          title="The fills could not be read"
          empty="No fills"
          about="Every execution is listed here, with its fee."
        >
          <Fills rows={fills.data ?? []} instruments={instruments} />
        </Sheet>
      </Tabs>
    </section>
  )
}

interface SheetProps {
  value: string
  query: { data: readonly unknown[] | undefined; isError: boolean; error: unknown; refetch: () => Promise<unknown> }
  title: string
  empty: string
  about: string
  children: React.ReactNode
}

function Sheet({ value, query, title, empty, about, children }: SheetProps) {
  return (
    // Scrolls, so it must be reachable by keyboard.
    <Tabs.Panel value={value} className={styles.sheet} tabIndex={0}>
      {query.isError ? (
        <ErrorState
          title={title}
          error={query.error}
          effect="Orders and positions at the broker are unaffected."
          onRetry={() => void query.refetch()}
        />
      ) : query.data === undefined ? (
        <LoadingRows rows={3} />
      ) : query.data.length === 0 ? (
        <EmptyState title={empty}>{about}</EmptyState>
      ) : (
        <>
          {children}
          {query.data.length >= shownOrders && (
            <p className={styles.more}>The first {shownOrders} are shown; all are in the journal.</p>
          )}
        </>
      )}
    </Tabs.Panel>
  )
}

interface RowsProps<Row> {
  rows: readonly Row[]
  instruments: readonly Instrument[]
}

function Positions({ rows, instruments, fills }: RowsProps<PositionView> & { fills: readonly Fill[] }) {
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
    { key: 'why', title: 'Why', render: ({ runId, instrument }) => <Why runId={runId} instrument={instrument} /> },
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

function Orders({ rows, instruments }: RowsProps<Order>) {
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
    { key: 'why', title: 'Why', render: ({ runId, instrument }) => <Why runId={runId} instrument={instrument} /> },
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

function Fills({ rows, instruments }: RowsProps<Fill>) {
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

function Why({ runId, instrument }: { runId: string | null; instrument: string }) {
  const navigate = useNavigate()
  if (runId === null) return <span className={styles.dim}>{unavailable}</span>
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      onClick={() => void navigate({ to: '/desk', search: { symbol: instrument, run: runId } })}
    >
      why ›
    </Button>
  )
}
