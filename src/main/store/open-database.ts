import Database from 'better-sqlite3'

/**
 * Opens an SQLite file (or ':memory:') in WAL mode. FULL loses nothing that was committed, even when the power fails;
 * NORMAL may lose the last commits then, though not when the process dies alone. Throws what better-sqlite3 throws.
 */
export function openDatabase(file: string, synchronous: 'FULL' | 'NORMAL'): Database.Database {
  const database = new Database(file, { timeout: 2_000 })
  try {
    database.pragma('journal_mode = WAL')
    database.pragma(`synchronous = ${synchronous}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** SQLite's name for the error, such as SQLITE_FULL; undefined for errors of another origin. */
export function sqliteCode(error: unknown): string | undefined {
  return error instanceof Database.SqliteError ? error.code : undefined
}
