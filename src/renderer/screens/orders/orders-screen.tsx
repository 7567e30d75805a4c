import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useDesk } from '#renderer/client.ts'
import { Screen } from '#renderer/ui/panel.tsx'
import { EndedOrders } from './ended-orders.tsx'
import { OrderDetail } from './order-detail.tsx'
import styles from './orders-screen.module.css'
import { WorkingOrders } from './working-orders.tsx'

/** Every order: first what works at the venue, then what has ended; beside them the one that was opened. */
export function OrdersScreen() {
  const { orpc } = useDesk()
  const navigate = useNavigate({ from: '/orders' })
  const search = useSearch({ from: '/orders' })
  const instruments = useQuery(orpc.market.instruments.queryOptions()).data ?? []
  const open = (order: string | undefined) => void navigate({ search: { ...search, order }, replace: true })
  const lists = { instruments, chosen: search.order ?? null, onOpen: open }
  return (
    <Screen title="Orders">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its key is that of the detail's close button */}
      <div
        className={styles.columns}
        data-detail={search.order !== undefined || undefined}
        onKeyDown={(event) => {
          // Dialogs stand elsewhere on the page, though their events come by here.
          if (event.key !== 'Escape' || !event.currentTarget.contains(event.target as Node)) return
          open(undefined)
        }}
      >
        <div className={styles.lists}>
          <WorkingOrders {...lists} />
          <EndedOrders {...lists} />
        </div>
        {search.order !== undefined && (
          <OrderDetail key={search.order} clientOrderId={search.order} instruments={instruments} onOpen={open} />
        )}
      </div>
    </Screen>
  )
}
