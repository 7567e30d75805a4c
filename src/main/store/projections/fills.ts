import type { Database } from 'better-sqlite3'
import type { Fill } from '#shared/domain/order.ts'
import type { Projection } from './projection.ts'

/** Every execution; those that the venue has undone are kept, so that none is booked again. */
export const fillsProjection: Projection = {
  name: 'fills',
  version: 2,
  tables: ['fills'],
  schema: `
    CREATE TABLE fills (
      client_order_id TEXT NOT NULL,
      trade_id TEXT NOT NULL,
      instrument TEXT NOT NULL,
      seq INTEGER NOT NULL,
      busted INTEGER NOT NULL DEFAULT 0,
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
    const bust = database.prepare('UPDATE fills SET busted = 1 WHERE client_order_id = ? AND trade_id = ?')
    const correct = database.prepare(
      'UPDATE fills SET busted = 0, body = ? WHERE client_order_id = ? AND trade_id = ? AND busted = 1',
    )
    return (record) => {
      if (record.kind === 'orderFillBusted') {
        const { busted, corrected } = record.data
        bust.run(busted.clientOrderId, busted.tradeId)
        if (corrected === null) return
        const { clientOrderId, tradeId, instrument } = corrected
        const body = JSON.stringify(corrected)
        if (correct.run(body, clientOrderId, tradeId).changes === 0)
          insert.run(clientOrderId, tradeId, instrument, record.seq, body)
      }
      if (record.kind !== 'orderFilled') return
      const { fill } = record.data
      insert.run(fill.clientOrderId, fill.tradeId, fill.instrument, record.seq, JSON.stringify(fill))
    }
  },
}

/** What can be asked about fills. */
export function createFillQueries(database: Database) {
  const newest = database
    .prepare<[number], string>('SELECT body FROM fills WHERE busted = 0 ORDER BY seq DESC LIMIT ?')
    .pluck()
  const newestOf = database
    .prepare<[string, number], string>(
      'SELECT body FROM fills WHERE busted = 0 AND instrument = ? ORDER BY seq DESC LIMIT ?',
    )
    .pluck()
  const of = database
    .prepare<[string], string>('SELECT body FROM fills WHERE client_order_id = ? AND busted = 0 ORDER BY seq')
    .pluck()
  const one = database
    .prepare<[string, string], string>('SELECT body FROM fills WHERE client_order_id = ? AND trade_id = ?')
    .pluck()
  return {
    /** A trade that was booked once, be it undone since. */
    getFill(clientOrderId: string, tradeId: string): Fill | undefined {
      const body = one.get(clientOrderId, tradeId)
      return body === undefined ? undefined : JSON.parse(body)
    },
    /** The fills of an order that stand, oldest first. */
    listFillsOf(clientOrderId: string): readonly Fill[] {
      return of.all(clientOrderId).map((body) => JSON.parse(body))
    },
    /** The newest fills, of one instrument or of all, newest first. */
    listFills(instrument: string | undefined, limit: number): readonly Fill[] {
      const bodies = instrument === undefined ? newest.all(limit) : newestOf.all(instrument, limit)
      return bodies.map((body) => JSON.parse(body))
    },
  }
}
