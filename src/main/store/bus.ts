import type { Database } from 'better-sqlite3'
import type { BusStore, DeadLetter, Letter } from '#engine/bus/bus.ts'
import { type Migration, migrate } from './migrations/migrate.ts'
import { openDatabase } from './open-database.ts'

const migrations: readonly Migration[] = [
  {
    version: 1,
    up: (database) =>
      database.exec(`
        CREATE TABLE letters (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, letter TEXT NOT NULL) STRICT;
        CREATE TABLE dead_letters (number INTEGER PRIMARY KEY, dead TEXT NOT NULL) STRICT;
      `),
  },
]

/** The store of a bus in a file, to be closed after the bus. */
export interface SqliteBusStore extends BusStore {
  close(): void
}

/**
 * Keeps letters in bus.db (or ':memory:'). Written with synchronous=NORMAL: what was kept outlives the process, but a power
 * cut may take the last letters. That is enough, since whatever must not be lost is in the journal too.
 */
export function openBusStore(file: string): SqliteBusStore {
  const database = openDatabase(file, 'NORMAL')
  migrate(database, migrations)
  return { ...createBusStore(database), close: () => database.close() }
}

function createBusStore(database: Database): BusStore {
  const save = database.prepare(
    'INSERT INTO letters (id, letter) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET letter = excluded.letter',
  )
  const remove = database.prepare('DELETE FROM letters WHERE id = ?')
  const bury = database.prepare('INSERT INTO dead_letters (dead) VALUES (?)')
  const letters = database.prepare<[], string>('SELECT letter FROM letters ORDER BY number').pluck()
  const newestDead = database
    .prepare<[number], string>('SELECT dead FROM dead_letters ORDER BY number DESC LIMIT ?')
    .pluck()
  return {
    save: (letter) => save.run(letter.id, JSON.stringify(letter)),
    remove: (id) => remove.run(id),
    bury: (dead) => bury.run(JSON.stringify(dead)),
    load: (deadLimit) => ({
      letters: letters.all().map((text): Letter => JSON.parse(text)),
      dead: newestDead
        .all(deadLimit)
        .reverse()
        .map((text): DeadLetter => JSON.parse(text)),
    }),
  }
}
