import type { Database } from 'better-sqlite3'
import type { Regime } from '#shared/domain/situation.ts'
import type { Projection } from './projection.ts'

/** The regime that the environment watcher saw last, by instrument. */
export const regimesProjection: Projection = {
  name: 'regimes',
  version: 1,
  tables: ['regimes'],
  schema: 'CREATE TABLE regimes (instrument TEXT PRIMARY KEY, regime TEXT NOT NULL) STRICT;',
  prepare(database) {
    const put = database.prepare('INSERT OR REPLACE INTO regimes (instrument, regime) VALUES (?, ?)')
    return (record) => {
      if (record.kind === 'regimeChanged') put.run(record.data.instrument, record.data.after)
    }
  },
}

/** What can be asked about regimes. */
export function createRegimeQueries(database: Database) {
  const all = database.prepare<[], { instrument: string; regime: Regime }>('SELECT instrument, regime FROM regimes')
  return {
    /** By instrument. */
    lastRegimes: (): ReadonlyMap<string, Regime> =>
      new Map(all.all().map(({ instrument, regime }) => [instrument, regime])),
  }
}
