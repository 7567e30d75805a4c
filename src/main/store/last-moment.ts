import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'

/**
 * The time of the last record of a journal file, in the epoch milliseconds of the desk that wrote it; undefined without a file,
 * a record, or a way to read it. Changes nothing, and checks nothing: opening the journal does.
 */
export function lastMomentOf(file: string): number | undefined {
  if (!existsSync(file)) return undefined
  try {
    const database = new Database(file, { readonly: true, timeout: 2_000 })
    try {
      const last = database.prepare("SELECT json_extract(body, '$.at') FROM journal ORDER BY seq DESC LIMIT 1").pluck()
      const at = last.get()
      return typeof at === 'number' ? at : undefined
    } finally {
      database.close()
    }
  } catch {
    return undefined
  }
}
