import type { Database } from 'better-sqlite3'
import { applyOrderEvent, type OrderEvent } from '#engine/trading/order-transitions.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Order } from '#shared/domain/order.ts'
import type { Projection } from './projection.ts'

/** Every order as it stands now. */
export const ordersProjection: Projection = {
  name: 'orders',
  version: 3,
  tables: ['orders'],
  schema: `
    CREATE TABLE orders (
      client_order_id TEXT PRIMARY KEY,
      instrument TEXT NOT NULL,
      seq INTEGER NOT NULL,
      parent_id TEXT,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX orders_by_seq ON orders (seq);
    CREATE INDEX orders_by_parent ON orders (parent_id, seq);
    CREATE INDEX orders_by_instrument ON orders (instrument, seq);
  `,
  prepare(database) {
    const select = database.prepare<[string], string>('SELECT body FROM orders WHERE client_order_id = ?').pluck()
    const insert = database.prepare(
      'INSERT INTO orders (client_order_id, instrument, seq, parent_id, body) VALUES (?, ?, ?, ?, ?)',
    )
    const update = database.prepare('UPDATE orders SET body = ? WHERE client_order_id = ?')
    return (record) => {
      if (!isOrderEvent(record)) return
      const id = clientOrderIdOf(record)
      const body = select.get(id)
      // The engine's own fold refuses a second initialization, and events of an order that it has never heard of.
      if ((body === undefined) !== (record.kind === 'orderInitialized')) return
      const order = applyOrderEvent(body === undefined ? undefined : JSON.parse(body), record, record.at)
      if (body === undefined)
        insert.run(id, order.instrument, record.seq, order.sliceOf?.parentId ?? null, JSON.stringify(order))
      else update.run(JSON.stringify(order), id)
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
  return {
    getOrder(clientOrderId: string): Order | undefined {
      const body = one.get(clientOrderId)
      return body === undefined ? undefined : JSON.parse(body)
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
