import { Link } from '@tanstack/react-router'
import type { Column } from '#renderer/ui/data-table.tsx'
import { unavailable } from '#renderer/ui/format.ts'
import { precision } from '#renderer/ui/precision.ts'
import { ShareBar } from '#renderer/ui/share-bar.tsx'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Order } from '#shared/domain/order.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import styles from './orders-screen.module.css'
import { roleOf, termsWords } from './orders-view.ts'

/** What both lists of orders are given. */
export interface OrderListProps {
  instruments: readonly Instrument[]
  /** The client order id of the order that is open beside them. */
  chosen: string | null
  onOpen: (clientOrderId: string | undefined) => void
}

/**
 * The columns that both lists have: what it is, what for, how much is filled, on which terms, and where it came from. Beside
 * an order that is open there is less room.
 */
export function orderColumns({ instruments, chosen }: Pick<OrderListProps, 'instruments' | 'chosen'>) {
  const of = (order: Order) => precision(instruments, order.instrument)
  const what: Column<Order> = {
    key: 'what',
    title: 'Order',
    render: (order) => (
      <strong className={styles.what}>
        {order.side.toUpperCase()} {of(order).quantity(order.quantity)} {order.instrument}
      </strong>
    ),
  }
  const role: Column<Order> = {
    key: 'role',
    title: 'Purpose',
    render: (order) => {
      const { word, meaning } = roleOf(order)
      return (
        <span title={meaning} data-external={order.by === 'external' || undefined} className={styles.role}>
          {word}
        </span>
      )
    },
  }
  const filled: Column<Order> = {
    key: 'filled',
    title: 'Filled',
    numeric: true,
    render: (order) => {
      const text = of(order).quantity(order.filledQuantity)
      return chosen === null ? <Filled order={order} text={text} /> : text
    },
  }
  const terms: Column<Order> = {
    key: 'terms',
    title: 'Terms',
    render: (order) => termsWords(order, (value) => of(order).price(value)),
  }
  const from: Column<Order> = { key: 'from', title: 'From', render: (order) => <From order={order} /> }
  return { what, role, filled, terms, from, of }
}

function Filled({ order, text }: { order: Order; text: string }) {
  const share = toNumber(order.filledQuantity) / toNumber(order.quantity)
  return (
    <span className={styles.filled}>
      {text}
      <ShareBar kind="part" share={share} label={`${order.clientOrderId}, filled`} />
    </span>
  )
}

/** Leads to the run whose decision the order carries out, with the evidence that it cites. */
export function From({ order }: { order: Pick<Order, 'runId' | 'instrument' | 'by'> }) {
  const { runId, instrument, by } = order
  if (runId === null)
    return <span className={styles.dim}>{by === 'external' ? 'outside' : by === 'trader' ? 'you' : unavailable}</span>
  return (
    <Link
      to="/desk"
      search={{ symbol: instrument, run: runId }}
      className={styles.link}
      // The row leads to the order; this leads to the run.
      onClick={(event) => event.stopPropagation()}
    >
      why ›
    </Link>
  )
}
