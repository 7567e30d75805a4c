import type { Database } from 'better-sqlite3'
import type { EndedOrdersQuery } from '#engine/ports/queries.ts'
import { applyOrderEvent, type OrderEvent } from '#engine/trading/orders/order-transitions.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import { closedStatuses, type Order } from '#shared/domain/order.ts'
import type { Projection } from './projection.ts'

/** Every order as it stands now. */
export const ordersProjection: Projection = {
  name: 'orders',
  version: 4,
  tables: ['orders'],
  schema: `
    CREATE TABLE orders (
      client_order_id TEXT PRIMARY KEY,
      instrument TEXT NOT NULL,
      seq INTEGER NOT NULL,
      status TEXT NOT NULL,
      parent_id TEXT,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX orders_by_seq ON orders (seq);
    CREATE INDEX orders_by_status ON orders (status, seq);
    CREATE INDEX orders_by_parent ON orders (parent_id, seq);
    CREATE INDEX orders_by_instrument ON orders (instrument, seq);
  `,
  prepare(database) {
    const select = database.prepare<[string], string>('SELECT body FROM orders WHERE client_order_id = ?').pluck()
    const insert = database.prepare(
      'INSERT INTO orders (client_order_id, instrument, seq, status, parent_id, body) VALUES (?, ?, ?, ?, ?, ?)',
    )
    const update = database.prepare('UPDATE orders SET status = ?, body = ? WHERE client_order_id = ?')
    return (record) => {
      if (!isOrderEvent(record)) return
      const id = clientOrderIdOf(record)
      const body = select.get(id)
      // The engine's own fold refuses a second initialization, and events of an order that it has never heard of.
      if ((body === undefined) !== (record.kind === 'orderInitialized')) return
      const order = applyOrderEvent(body === undefined ? undefined : JSON.parse(body), record, record.at)
      const { instrument, status, sliceOf } = order
      if (body === undefined)
        insert.run(id, instrument, record.seq, status, sliceOf?.parentId ?? null, JSON.stringify(order))
      else update.run(status, JSON.stringify(order), id)
    }
  },
}

function isOrderEvent(event: DeskEvent): event is OrderEvent {
  return event.kind.startsWith('order') && event.kind !== 'ordersReconciled'
}

function clientOrderIdOf(event: OrderEvent): string {
  switch (event.kind) {
    case 'orderInitialized':
      return event.data.order.clientOrderId
    case 'orderFilled':
      return event.data.fill.clientOrderId
    default:
      return event.data.clientOrderId
  }
}

/** What can be asked about orders. */
export function createOrderQueries(database: Database) {
  const newest = database.prepare<[number], string>('SELECT body FROM orders ORDER BY seq DESC LIMIT ?').pluck()
  const newestOf = database
    .prepare<[string, number], string>('SELECT body FROM orders WHERE instrument = ? ORDER BY seq DESC LIMIT ?')
    .pluck()
  const children = database
    .prepare<[string], string>('SELECT body FROM orders WHERE parent_id = ? ORDER BY seq')
    .pluck()
  const one = database.prepare<[string], string>('SELECT body FROM orders WHERE client_order_id = ?').pluck()
  const seqOf = database.prepare<[string], number>('SELECT seq FROM orders WHERE client_order_id = ?').pluck()
  const isClosed = `status IN (${closedStatuses.map((status) => `'${status}'`).join(', ')})`
  const ended = (condition: string) =>
    database
      .prepare<{ before: number; limit: number; instrument?: string; status?: string }, string>(
        `SELECT body FROM orders WHERE ${condition} AND seq < @before ORDER BY seq DESC LIMIT @limit`,
      )
      .pluck()
  const endedOfAll = ended(isClosed)
  const endedSo = ended('status = @status')
  const endedIn = ended(`instrument = @instrument AND ${isClosed}`)
  const endedSoIn = ended('instrument = @instrument AND status = @status')
  return {
    getOrder(clientOrderId: string): Order | undefined {
      const body = one.get(clientOrderId)
      return body === undefined ? undefined : JSON.parse(body)
    },
    /** Orders that have ended, newest first; those before the given one, where there is one. */
    listEndedOrders({ instrument, status, before, limit }: EndedOrdersQuery): readonly Order[] {
      const from = before === undefined ? Number.MAX_SAFE_INTEGER : (seqOf.get(before) ?? Number.MAX_SAFE_INTEGER)
      const select =
        instrument === undefined
          ? status === undefined
            ? endedOfAll
            : endedSo
          : status === undefined
            ? endedIn
            : endedSoIn
      const asked = { before: from, limit, ...(instrument && { instrument }), ...(status && { status }) }
      return select.all(asked).map((body) => JSON.parse(body))
    },
    /** The parts of a parent order, oldest first. */
    listChildren(parentId: string): readonly Order[] {
      return children.all(parentId).map((body) => JSON.parse(body))
    },
    /** The newest orders, of one instrument or of all, newest first. */
    listOrders(instrument: string | undefined, limit: number): readonly Order[] {
      const bodies = instrument === undefined ? newest.all(limit) : newestOf.all(instrument, limit)
      return bodies.map((body) => JSON.parse(body))
    },
  }
}
