import type { Database } from 'better-sqlite3'
import type { DeskRecord } from '#engine/journal/journal.ts'
import type { Projection } from './projection.ts'

type Replay = (after: number, visit: (record: DeskRecord) => void) => void

/** What writes records into the projections, and the names of those that had to be built again. */
export interface ProjectionWriter {
  readonly rebuilt: readonly string[]
  apply(record: DeskRecord): void
}

/**
 * Brings the projections up to the journal, in one transaction: those that are new or of another version are built again
 * from the first record; those that are no longer asked for are forgotten, since they fall behind from now on.
 */
export function keepProjections(
  database: Database,
  projections: readonly Projection[],
  replay: Replay,
): ProjectionWriter {
  const known = new Map(
    database
      .prepare<[], { name: string; version: number }>('SELECT name, version FROM projections')
      .all()
      .map(({ name, version }) => [name, version]),
  )
  const outdated = projections.filter(({ name, version }) => known.get(name) !== version)
  const forget = database.prepare('DELETE FROM projections WHERE name = ?')
  const remember = database.prepare('INSERT OR REPLACE INTO projections (name, version) VALUES (?, ?)')

  database
    .transaction(() => {
      for (const name of known.keys()) if (!projections.some((projection) => projection.name === name)) forget.run(name)
      for (const { name, version, tables, schema } of outdated) {
        for (const table of tables) database.exec(`DROP TABLE IF EXISTS ${table}`)
        database.exec(schema)
        remember.run(name, version)
      }
      if (outdated.length === 0) return
      const applies = outdated.map((projection) => projection.prepare(database))
      replay(0, (record) => {
        for (const apply of applies) apply(record)
      })
    })
    .immediate()

  const applies = projections.map((projection) => projection.prepare(database))
  return {
    rebuilt: outdated.map(({ name }) => name),
    apply(record) {
      for (const apply of applies) apply(record)
    },
  }
}
