import type { Database } from 'better-sqlite3'
import type { Message } from '#shared/domain/message.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { Projection } from './projection.ts'

/** What was said in each run. */
export const messagesProjection: Projection = {
  name: 'messages',
  version: 1,
  tables: ['messages'],
  schema: `
    CREATE TABLE messages (id TEXT PRIMARY KEY, run_id TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
    CREATE INDEX messages_by_run ON messages (run_id, seq);
  `,
  prepare(database) {
    const insert = database.prepare('INSERT OR IGNORE INTO messages (id, run_id, seq, body) VALUES (?, ?, ?, ?)')
    return (record) => {
      if (record.kind !== 'messagePosted') return
      const { message } = record.data
      insert.run(message.id, message.runId, record.seq, JSON.stringify(message))
    }
  },
}

/** What can be asked about messages. */
export function createMessageQueries(database: Database) {
  const cursor = database
    .prepare<[string, string], number>('SELECT seq FROM messages WHERE id = ? AND run_id = ?')
    .pluck()
  const page = database
    .prepare<[string, number, number], string>(
      'SELECT body FROM messages WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?',
    )
    .pluck()
  return {
    /** What was said in a run after a message (from the start when undefined), oldest first; throws MESSAGE_NOT_FOUND. */
    listMessages(runId: string, after: string | undefined, limit: number): readonly Message[] {
      const seq = after === undefined ? 0 : cursor.get(after, runId)
      if (seq === undefined) throw new ParleyError('MESSAGE_NOT_FOUND', `The run ${runId} has no message ${after}.`)
      return page.all(runId, seq, limit).map((body) => JSON.parse(body))
    },
  }
}
