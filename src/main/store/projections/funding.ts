import type { Database } from 'better-sqlite3'
import type { FundingPayment } from '#shared/domain/funding.ts'
import type { Projection } from './projection.ts'

/** Every payment of funding. */
export const fundingProjection: Projection = {
  name: 'funding',
  version: 1,
  tables: ['funding'],
  schema: `
    CREATE TABLE funding (
      id TEXT PRIMARY KEY,
      at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX funding_by_at ON funding (at);
  `,
  prepare(database) {
    const insert = database.prepare('INSERT OR IGNORE INTO funding (id, at, body) VALUES (?, ?, ?)')
    return (record) => {
      if (record.kind !== 'fundingPaid') return
      const { payment } = record.data
      insert.run(payment.id, payment.at, JSON.stringify(payment))
    }
  },
}

/** What can be asked about funding. */
export function createFundingQueries(database: Database) {
  const one = database.prepare<[string], string>('SELECT body FROM funding WHERE id = ?').pluck()
  const newest = database.prepare<[number], string>('SELECT body FROM funding ORDER BY at DESC LIMIT ?').pluck()
  return {
    getFunding(id: string): FundingPayment | undefined {
      const body = one.get(id)
      return body === undefined ? undefined : JSON.parse(body)
    },
    /** The newest payments, newest first. */
    listFunding(limit: number): readonly FundingPayment[] {
      return newest.all(limit).map((body) => JSON.parse(body))
    },
  }
}
