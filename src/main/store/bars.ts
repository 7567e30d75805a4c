import type { BarStore } from '#engine/ports/bar-store.ts'
import type { ReportProgress } from '#engine/ports/compute.ts'
import type { Bar, ImportedSeries, Timeframe } from '#shared/domain/bar.ts'
import { type Migration, migrate } from './migrations/migrate.ts'
import { openDatabase } from './open-database.ts'

const migrations: readonly Migration[] = [
  {
    version: 1,
    up: (database) =>
      database.exec(`
        CREATE TABLE bars (
          instrument TEXT NOT NULL,
          timeframe TEXT NOT NULL,
          time INTEGER NOT NULL,
          open REAL NOT NULL,
          high REAL NOT NULL,
          low REAL NOT NULL,
          close REAL NOT NULL,
          volume REAL NOT NULL,
          PRIMARY KEY (instrument, timeframe, time)
        ) STRICT, WITHOUT ROWID;
      `),
  },
  {
    version: 2,
    up: (database) =>
      database.exec(`
        CREATE TABLE sources (
          instrument TEXT NOT NULL,
          timeframe TEXT NOT NULL,
          file TEXT NOT NULL,
          PRIMARY KEY (instrument, timeframe)
        ) STRICT, WITHOUT ROWID;
      `),
  },
]

const barsBetweenReports = 5_000

/** The bars in a file, to be closed. */
export interface SqliteBarStore extends BarStore {
  close(): void
}

/**
 * Keeps bars in market.db (or ':memory:'), apart from the journal (AU-16): they can be imported again. `load` gives the
 * newest `limit` bars with from <= time < before, oldest first; without a limit all of them.
 */
export function openBarStore(file: string): SqliteBarStore {
  const database = openDatabase(file, 'NORMAL')
  migrate(database, migrations)
  const update = database.prepare(`
    UPDATE bars SET open = @open, high = @high, low = @low, close = @close, volume = @volume
    WHERE instrument = @instrument AND timeframe = @timeframe AND time = @time`)
  const insert = database.prepare(`
    INSERT INTO bars (instrument, timeframe, time, open, high, low, close, volume)
    VALUES (@instrument, @timeframe, @time, @open, @high, @low, @close, @volume)`)
  const select = database.prepare<[string, string, number, number, number], Bar>(`
    SELECT time, open, high, low, close, volume FROM bars
    WHERE instrument = ? AND timeframe = ? AND time >= ? AND time < ? ORDER BY time DESC LIMIT ?`)
  const series = database.prepare<[], ImportedSeries>(`
    SELECT instrument, timeframe, count(*) AS bars, min(time) AS "from", max(time) AS "to",
      (SELECT file FROM sources WHERE instrument = bars.instrument AND timeframe = bars.timeframe) AS file
    FROM bars GROUP BY instrument, timeframe ORDER BY instrument, timeframe`)

  const source = database.prepare('INSERT OR REPLACE INTO sources (instrument, timeframe, file) VALUES (?, ?, ?)')

  const saveAll = database.transaction(
    (
      instrument: string,
      timeframe: Timeframe,
      bars: readonly Bar[],
      file: string | undefined,
      report: ReportProgress,
    ) => {
      let replaced = 0
      if (file !== undefined) source.run(instrument, timeframe, file)
      for (const [index, { time, open, high, low, close, volume }] of bars.entries()) {
        if (index % barsBetweenReports === 0) report(index / bars.length)
        const row = { instrument, timeframe, time, open, high, low, close, volume }
        if (update.run(row).changes === 1) replaced += 1
        else insert.run(row)
      }
      return { inserted: bars.length - replaced, replaced }
    },
  )

  return {
    save: (instrument, timeframe, bars, file, onProgress = () => {}) =>
      saveAll.immediate(instrument, timeframe, bars, file, onProgress),
    load: (instrument, timeframe, { from = Number.MIN_SAFE_INTEGER, before = Number.MAX_SAFE_INTEGER, limit = -1 }) =>
      select.all(instrument, timeframe, from, before, limit).reverse(),
    series: () => series.all(),
    close: () => database.close(),
  }
}
