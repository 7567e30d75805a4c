import { setImmediate } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'

/** The full-text index over the column `text` of a projection's table; it may be behind the table for a while. */
export interface TextIndex {
  /** Indexes the oldest rows that it does not have, a few milliseconds' worth; false when there were none. */
  step(): boolean
  /** Resolves when it has every row that the table has now, a step a turn of the event loop. */
  catchUp(): Promise<void>
  /** Takes a row out that is about to leave the table; does nothing where the index does not have it yet. */
  remove(seq: number, text: string): void
}

/** A step indexes at most so many rows, and so many characters beyond its first row. */
const mostRows = 256
const mostCharacters = 32_000

/** The index of a table with `seq INTEGER PRIMARY KEY` and `text`; to be named among the projection's tables before the table. */
export function textIndexSchema(table: string): string {
  return `
    CREATE VIRTUAL TABLE ${table}_text USING fts5(
      text, content = '${table}', content_rowid = 'seq', tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
    );
  `
}

/**
 * Fills the index of a table whose rows come in the order of their seq and never change. It is filled apart from the
 * records' own transaction, so that no append waits for it. How far it is the index tells itself: FTS5 keeps a row in its
 * docsize table for each that it has, so a crash can put no other cursor out of step.
 */
export function createTextIndex(database: Database, table: string): TextIndex {
  const newest = database.prepare<[], number | null>(`SELECT max(seq) FROM ${table}`).pluck()
  const lacking = database.prepare<[number, number], { seq: number; text: string }>(`
    SELECT seq, text FROM ${table}
    WHERE seq > (SELECT coalesce(max(id), 0) FROM ${table}_text_docsize) AND seq <= ? ORDER BY seq LIMIT ?`)
  const insert = database.prepare(`INSERT INTO ${table}_text (rowid, text) VALUES (?, ?)`)
  const remove = database.prepare(`
    INSERT INTO ${table}_text (${table}_text, rowid, text)
    SELECT 'delete', id, ? FROM ${table}_text_docsize WHERE id = ?`)

  const stepUpTo = database.transaction((last: number): boolean => {
    const rows = lacking.all(last, mostRows)
    let characters = 0
    for (const { seq, text } of rows) {
      if (characters > 0 && characters + text.length > mostCharacters) break
      characters += text.length
      insert.run(seq, text)
    }
    return rows.length > 0
  })

  return {
    step: () => stepUpTo.immediate(Number.MAX_SAFE_INTEGER),
    async catchUp() {
      const last = newest.get() ?? 0
      while (stepUpTo.immediate(last)) await setImmediate()
    },
    remove: (seq, text) => remove.run(text, seq),
  }
}
