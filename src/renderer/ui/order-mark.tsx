import type { Order } from '#shared/domain/order.ts'
import { orderLook } from './order-look.ts'
import styles from './order-mark.module.css'
import { StatusDot } from './status-dot.tsx'

/** The status of an order as a shape and a word; `asked` while a cancel was asked for here and is not acknowledged. */
export function OrderMark({ order, asked = false }: { order: Pick<Order, 'status'>; asked?: boolean }) {
  const { tone, word, meaning, edge } = orderLook(order.status, asked)
  return (
    <span className={styles.mark} data-edge={edge} title={meaning}>
      <StatusDot tone={tone} /> {word}
    </span>
  )
}
