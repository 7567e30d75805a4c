import type { Database } from 'better-sqlite3'
import type { DeskRecord } from '#engine/journal/journal.ts'

/**
 * Tables made from the journal alone, written in the transaction of the records that they come from; a full-text index
 * over one of them follows later (TextIndex). A new version is built again from the first record.
 */
export interface Projection {
  readonly name: string
  /** Goes up whenever the tables or the way they are filled change. */
  readonly version: number
  readonly tables: readonly string[]
  readonly schema: string
  /** Prepares the statements; what it returns takes over one record. It ignores what does not concern it, and never throws on a record that fits its kind. */
  readonly prepare: (database: Database) => (record: DeskRecord) => void
}
