import type { Database } from 'better-sqlite3'
import { parentOrderAfter } from '#engine/trading/parents/parent-order-fold.ts'
import type { ParentOrder } from '#shared/domain/parent-order.ts'
import type { Projection } from './projection.ts'

/** Every order that is carried out in parts, as it stands now; its children are orders of their own. */
export const parentOrdersProjection: Projection = {
  name: 'parent orders',
  version: 1,
  tables: ['parent_orders'],
  schema: `
    CREATE TABLE parent_orders (
      id TEXT PRIMARY KEY,
      instrument TEXT NOT NULL,
      seq INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX parent_orders_by_seq ON parent_orders (seq);
    CREATE INDEX parent_orders_by_instrument ON parent_orders (instrument, seq);
  `,
  prepare(database) {
    const queries = createParentOrderQueries(database)
    const insert = database.prepare('INSERT INTO parent_orders (id, instrument, seq, body) VALUES (?, ?, ?, ?)')
    const update = database.prepare('UPDATE parent_orders SET body = ? WHERE id = ?')
    return (record) => {
      const parent = parentOrderAfter((id) => queries.getParentOrder(id), record, record.at)
      if (parent === undefined) return
      const body = JSON.stringify(parent)
      if (record.kind === 'parentOrderStarted') insert.run(parent.id, parent.instrument, record.seq, body)
      else update.run(body, parent.id)
    }
  },
}

/** What can be asked about orders that are carried out in parts. */
export function createParentOrderQueries(database: Database) {
  const newest = database.prepare<[number], string>('SELECT body FROM parent_orders ORDER BY seq DESC LIMIT ?').pluck()
  const newestOf = database
    .prepare<[string, number], string>('SELECT body FROM parent_orders WHERE instrument = ? ORDER BY seq DESC LIMIT ?')
    .pluck()
  const one = database.prepare<[string], string>('SELECT body FROM parent_orders WHERE id = ?').pluck()
  return {
    getParentOrder(id: string): ParentOrder | undefined {
      const body = one.get(id)
      return body === undefined ? undefined : JSON.parse(body)
    },
    /** The newest ones, of one instrument or of all, newest first. */
    listParentOrders(instrument: string | undefined, limit: number): readonly ParentOrder[] {
      const bodies = instrument === undefined ? newest.all(limit) : newestOf.all(instrument, limit)
      return bodies.map((body) => JSON.parse(body))
    },
  }
}
