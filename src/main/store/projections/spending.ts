import type { Database } from 'better-sqlite3'
import { spentBy } from '#engine/desk/run/spending.ts'
import type { Projection } from './projection.ts'

/** What was spent on the steps of decisions, by trading day (epoch days, UTC); what is from before any day is under 0. */
export const spendingProjection: Projection = {
  name: 'spending',
  version: 1,
  tables: ['spending'],
  schema: `
    CREATE TABLE spending (day INTEGER PRIMARY KEY, opened INTEGER NOT NULL, usd REAL NOT NULL) STRICT;
    CREATE INDEX spending_by_opening ON spending (opened);
    INSERT INTO spending (day, opened, usd) VALUES (0, 0, 0);
  `,
  prepare(database) {
    const open = database.prepare('INSERT OR REPLACE INTO spending (day, opened, usd) VALUES (?, ?, 0)')
    const spend = database.prepare(
      'UPDATE spending SET usd = usd + ? WHERE opened = (SELECT max(opened) FROM spending)',
    )
    return (record) => {
      if (record.kind === 'dayOpened') open.run(record.data.day, record.seq)
      else if (spentBy(record) > 0) spend.run(spentBy(record))
    }
  },
}

/** What can be asked about the money spent. */
export function createSpendingQueries(database: Database) {
  const latest = database.prepare<[], number>('SELECT usd FROM spending ORDER BY opened DESC LIMIT 1').pluck()
  return {
    /** In USD, since the trading day began. */
    spentToday: (): number => latest.get() ?? 0,
  }
}
