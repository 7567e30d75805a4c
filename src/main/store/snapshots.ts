import { hash as digest } from 'node:crypto'
import type { Database } from 'better-sqlite3'

/** A state as it was after a record. */
interface Snapshot {
  readonly seq: number
  readonly state: unknown
}

/** States kept so that a start replays only the tail. They stand beside the journal: nothing rests on them. */
export interface Snapshots {
  /** Keeps the state, JSON text, as of the durable record with this seq and hash, in place of an earlier one. */
  save(name: string, seq: number, hash: string, state: string): void
  /** The state; undefined when there is none, or it is damaged, or the journal does not hold the record that it names. */
  load(name: string): Snapshot | undefined
}

interface Row {
  readonly seq: number
  readonly hash: string
  readonly state: string
  readonly checksum: string
}

/** The snapshots in journal.db. */
export function createSnapshots(database: Database): Snapshots {
  const insert = database.prepare(
    'INSERT OR REPLACE INTO snapshots (name, seq, hash, state, checksum) VALUES (?, ?, ?, ?, ?)',
  )
  const select = database.prepare<[string], Row>(
    'SELECT s.seq, s.hash, s.state, s.checksum FROM snapshots s JOIN journal j ON j.seq = s.seq AND j.hash = s.hash WHERE s.name = ?',
  )
  return {
    save(name, seq, hash, state) {
      insert.run(name, seq, hash, state, digest('sha256', state))
    },
    load(name) {
      const row = select.get(name)
      if (row === undefined || digest('sha256', row.state) !== row.checksum) return undefined
      try {
        return { seq: row.seq, state: JSON.parse(row.state) }
      } catch {
        return undefined
      }
    },
  }
}
