import type { Database } from 'better-sqlite3'
import { ParleyError } from '#shared/lib/error.ts'

/** One step of a database's schema from version - 1 to version. Once released it never changes. */
export interface Migration {
  readonly version: number
  readonly up: (database: Database) => void
}

/**
 * Brings the schema up to date, one transaction a migration; the version is SQLite's user_version. Throws
 * DATABASE_TOO_NEW, and touches nothing, when a newer Parley has written the file.
 */
export function migrate(database: Database, migrations: readonly Migration[]): void {
  const version = database.pragma('user_version', { simple: true }) as number
  const latest = migrations.at(-1)?.version ?? 0
  if (version > latest) {
    throw new ParleyError('DATABASE_TOO_NEW', `${database.name} has schema ${version}; this Parley knows ${latest}.`, {
      details: { file: database.name, version, latest },
      wayOut: 'Start the newer Parley that wrote it, or choose another data folder.',
    })
  }
  for (const migration of migrations) {
    if (migration.version <= version) continue
    database
      .transaction(() => {
        migration.up(database)
        database.pragma(`user_version = ${migration.version}`)
      })
      .immediate()
  }
}
