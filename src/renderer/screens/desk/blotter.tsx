import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import type { Instrument } from '#shared/domain/instrument.ts'
import { isClosed } from '#shared/domain/order.ts'
import { sign } from '#shared/lib/decimal.ts'
import styles from './blotter.module.css'
import { FillRows } from './fills.tsx'
import { OrderRows } from './open-orders.tsx'
import { shownOrders } from './order-view.ts'
import { PositionRows } from './positions.tsx'

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
          <PositionRows rows={positions.data ?? []} instruments={instruments} fills={fills.data ?? []} />
        </Sheet>
        <Sheet
          value="orders"
          query={orders}
          title="The orders could not be read"
          empty="No orders"
          about="Orders come from decisions the desk agreed on, or you approved."
        >
          <OrderRows rows={orders.data ?? []} instruments={instruments} />
        </Sheet>
        <Sheet
          value="fills"
          query={fills}
          title="The fills could not be read"
          empty="No fills"
          about="Every execution is listed here, with its fee."
        >
          <FillRows rows={fills.data ?? []} instruments={instruments} />
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
