import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useDesk } from '#renderer/client.ts'
import { Screen } from '#renderer/ui/panel.tsx'
import { EndedOrders } from './ended-orders.tsx'
import { OrderDetail } from './order-detail.tsx'
import styles from './orders-screen.module.css'
import { ParentDetail } from './parent-detail.tsx'
import { ParentOrdersTable } from './parent-orders.tsx'
import { WorkingOrders } from './working-orders.tsx'

/** Every order: what goes out in parts, what works at the venue, what has ended; beside them the one that was opened. */
export function OrdersScreen() {
  const { orpc } = useDesk()
  const navigate = useNavigate({ from: '/orders' })
  const search = useSearch({ from: '/orders' })
  const instruments = useQuery(orpc.market.instruments.queryOptions()).data ?? []
  const open = (order: string | undefined) => void navigate({ search: { ...search, order }, replace: true })
  const openParent = (parent: string | undefined) =>
    void navigate({ search: { ...search, parent, order: undefined }, replace: true })
  const isOpen = search.order !== undefined || search.parent !== undefined
  const lists = { instruments, chosen: isOpen ? (search.order ?? '') : null, onOpen: open }
  return (
    <Screen title="Orders">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its key is that of the detail's close button */}
      <div
        className={styles.columns}
        data-detail={isOpen || undefined}
        onKeyDown={(event) => {
          // Dialogs stand elsewhere on the page, though their events come by here.
          if (event.key !== 'Escape' || !event.currentTarget.contains(event.target as Node)) return
          // An order that was opened from the whole that it is a part of leads back to it.
          if (search.order !== undefined) open(undefined)
          else openParent(undefined)
        }}
      >
        <div className={styles.lists}>
          <ParentOrdersTable
            instruments={instruments}
            chosen={isOpen ? (search.parent ?? '') : null}
            onOpen={openParent}
            onOpenOrder={open}
          />
          <WorkingOrders {...lists} />
          <EndedOrders {...lists} />
        </div>
        {search.order !== undefined ? (
          <OrderDetail key={search.order} clientOrderId={search.order} instruments={instruments} onOpen={open} />
        ) : (
          search.parent !== undefined && (
            <ParentDetail
              key={search.parent}
              parentId={search.parent}
              instruments={instruments}
              onClose={() => openParent(undefined)}
              onOpenOrder={open}
            />
          )
        )}
      </div>
    </Screen>
  )
}
