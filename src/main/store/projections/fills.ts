import type { Database } from 'better-sqlite3'
import type { Fill } from '#shared/domain/order.ts'
import type { Projection } from './projection.ts'

/** Every execution. */
export const fillsProjection: Projection = {
  name: 'fills',
  version: 1,
  tables: ['fills'],
  schema: `
    CREATE TABLE fills (
      client_order_id TEXT NOT NULL,
      trade_id TEXT NOT NULL,
      instrument TEXT NOT NULL,
      seq INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (client_order_id, trade_id)
    ) STRICT;
    CREATE INDEX fills_by_seq ON fills (seq);
    CREATE INDEX fills_by_instrument ON fills (instrument, seq);
  `,
  prepare(database) {
    const insert = database.prepare(
      'INSERT OR IGNORE INTO fills (client_order_id, trade_id, instrument, seq, body) VALUES (?, ?, ?, ?, ?)',
    )
    return (record) => {
      if (record.kind !== 'orderFilled') return
      const { fill } = record.data
      insert.run(fill.clientOrderId, fill.tradeId, fill.instrument, record.seq, JSON.stringify(fill))
    }
  },
}

/** What can be asked about fills. */
export function createFillQueries(database: Database) {
  const newest = database.prepare<[number], string>('SELECT body FROM fills ORDER BY seq DESC LIMIT ?').pluck()
  const newestOf = database
    .prepare<[string, number], string>('SELECT body FROM fills WHERE instrument = ? ORDER BY seq DESC LIMIT ?')
    .pluck()
  const has = database.prepare('SELECT 1 FROM fills WHERE client_order_id = ? AND trade_id = ?')
  return {
    hasFill: (clientOrderId: string, tradeId: string): boolean => has.get(clientOrderId, tradeId) !== undefined,
    /** The newest fills, of one instrument or of all, newest first. */
    listFills(instrument: string | undefined, limit: number): readonly Fill[] {
      const bodies = instrument === undefined ? newest.all(limit) : newestOf.all(instrument, limit)
      return bodies.map((body) => JSON.parse(body))
    },
  }
}
