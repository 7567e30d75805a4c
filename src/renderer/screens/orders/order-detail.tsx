import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useDesk } from '#renderer/client.ts'
import { agentTitle } from '#renderer/ui/agent.tsx'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatMoney, unavailable } from '#renderer/ui/format.ts'
import { orderLook } from '#renderer/ui/order-look.ts'
import { OrderMark } from '#renderer/ui/order-mark.tsx'
import { precision } from '#renderer/ui/precision.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import { type Fill, isClosed, type Order } from '#shared/domain/order.ts'
import { DetailFrame, Fact } from './detail-frame.tsx'
import styles from './order-detail.module.css'
import { OrderReportPane } from './order-report.tsx'
import { roleOf, termsWords } from './orders-view.ts'

interface OrderDetailProps {
  clientOrderId: string
  instruments: readonly Instrument[]
  /** Opens another order in its place, or none. */
  onOpen: (clientOrderId: string | undefined) => void
}

/** One order: what it is, how far it has come, where it came from, what belongs to it, and each of its fills. */
export function OrderDetail({ clientOrderId, instruments, onOpen }: OrderDetailProps) {
  const { orpc } = useDesk()
  const query = useQuery(orpc.trading.order.queryOptions({ input: { clientOrderId } }))
  return (
    <DetailFrame
      label={`Order ${clientOrderId}`}
      closeLabel="Close the order"
      query={query}
      failure={{ title: 'The order could not be read', effect: 'The order at the venue is unaffected.' }}
      onClose={() => onOpen(undefined)}
    >
      {(data) => <Body {...data} instruments={instruments} onOpen={onOpen} />}
    </DetailFrame>
  )
}

interface BodyProps extends Pick<OrderDetailProps, 'instruments' | 'onOpen'> {
  order: Order
  fills: readonly Fill[]
  linked: readonly Order[]
}

function Body({ order, fills, linked, instruments, onOpen }: BodyProps) {
  const { price, quantity } = precision(instruments, order.instrument)
  const role = roleOf(order)
  return (
    <>
      <h2 className={styles.title}>
        {order.side.toUpperCase()} {quantity(order.quantity)} {order.instrument}
      </h2>
      <p className={styles.status}>
        <OrderMark order={order} />
        <span>{orderLook(order.status, false).meaning}</span>
      </p>
      {order.reason !== null && <p className={styles.reason}>{order.reason}</p>}
      <dl className={styles.facts}>
        <Fact name="Purpose">
          <span title={role.meaning}>{role.word}</span>
        </Fact>
        {order.sliceOf !== null && (
          <Fact name="Part of">
            <Link to="/orders" search={{ parent: order.sliceOf.parentId }} className={styles.link}>
              parent order ›
            </Link>
          </Fact>
        )}
        <Fact name="Terms">{termsWords(order, price)}</Fact>
        <Fact name="Filled">
          {quantity(order.filledQuantity)} of {quantity(order.quantity)}
          {order.averagePrice !== null && ` at ${price(order.averagePrice)}`}
        </Fact>
        {order.pendingUpdates.map((change, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: changes have no name, and their order is their sequence
          <Fact key={index} name="Change sent">
            {[
              change.quantity && `quantity ${quantity(change.quantity)}`,
              change.limitPrice && `limit ${price(change.limitPrice)}`,
              change.stopPrice && `stop ${price(change.stopPrice)}`,
            ]
              .filter(Boolean)
              .join(', ')}
          </Fact>
        ))}
        {order.expireAt !== null && (
          <Fact name="Expires">
            <Moment at={order.expireAt} as="moment" />
          </Fact>
        )}
        <Fact name="Created">
          <Moment at={order.createdAt} as="moment" />
        </Fact>
        <Fact name="Last change">
          <Moment at={order.updatedAt} as="moment" />
        </Fact>
        <Fact name="By">{order.by === 'external' ? 'outside the desk' : agentTitle(order.by)}</Fact>
        <Fact name="Order id">
          <span className="mono">{order.clientOrderId}</span>
        </Fact>
        <Fact name="Venue id">
          <span className="mono">{order.venueOrderId ?? unavailable}</span>
        </Fact>
        {order.decisionId !== null && order.runId !== null && (
          <Fact name="Decision">
            <span className="mono">{order.decisionId}</span>
          </Fact>
        )}
      </dl>
      {order.runId !== null && (
        <p className={styles.links}>
          <Link to="/desk" search={{ symbol: order.instrument, run: order.runId }} className={styles.link}>
            Decision and its evidence ›
          </Link>
          <Link to="/plans/$runId" params={{ runId: order.runId }} className={styles.link}>
            Plan ›
          </Link>
        </p>
      )}
      {linked.length > 0 && (
        <>
          <h3 className={styles.heading}>Related orders</h3>
          <ul className={styles.linked}>
            {linked.map((one) => (
              <li key={one.clientOrderId}>
                <Button size="compact-xs" variant="subtle" onClick={() => onOpen(one.clientOrderId)}>
                  {roleOf(one).word}
                </Button>
                <span>{termsWords(one, price)}</span>
                <OrderMark order={one} />
              </li>
            ))}
          </ul>
        </>
      )}
      <h3 className={styles.heading}>Execution</h3>
      <OrderReportPane
        of={{ clientOrderId: order.clientOrderId }}
        instrument={order.instrument}
        isOver={isClosed(order.status)}
        instruments={instruments}
      />
      <h3 className={styles.heading}>Fills</h3>
      <Fills fills={fills} instruments={instruments} />
    </>
  )
}

function Fills({ fills, instruments }: { fills: readonly Fill[]; instruments: readonly Instrument[] }) {
  const of = (row: Fill) => precision(instruments, row.instrument)
  if (fills.length === 0) return <p className={styles.none}>None.</p>
  const columns: Column<Fill>[] = [
    { key: 'at', title: 'Time', render: ({ at }) => <Moment at={at} as="moment" /> },
    { key: 'quantity', title: 'Quantity', numeric: true, render: (row) => of(row).quantity(row.quantity) },
    { key: 'price', title: 'Price', numeric: true, render: (row) => of(row).price(row.price) },
    { key: 'fee', title: 'Fee', numeric: true, render: (row) => formatMoney(row.fee, of(row).currency) },
  ]
  return <DataTable label="Fills of the order" columns={columns} rows={fills} rowKey={({ tradeId }) => tradeId} />
}
