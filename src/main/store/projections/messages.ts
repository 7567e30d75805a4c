import type { Database } from 'better-sqlite3'
import type { Message, MessageHit, MessageSearch } from '#shared/domain/message.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { excerptParts, foundMarks } from './excerpt.ts'
import { fullTextQuery } from './full-text-query.ts'
import type { Projection } from './projection.ts'
import { createTextIndex, textIndexSchema } from './text-index.ts'

/** What was said in each run, and an index over every word of it. */
export const messagesProjection: Projection = {
  name: 'messages',
  version: 3,
  tables: ['messages_text', 'messages'],
  schema: `
    CREATE TABLE messages (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      run_id TEXT NOT NULL,
      instrument TEXT,
      agent TEXT NOT NULL,
      kind TEXT NOT NULL,
      at INTEGER NOT NULL,
      text TEXT NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX messages_by_run ON messages (run_id, seq);
    ${textIndexSchema('messages')}
  `,
  prepare(database) {
    const insert = database.prepare(
      'INSERT OR IGNORE INTO messages (seq, id, run_id, instrument, agent, kind, at, text, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    const instrumentOf = database
      .prepare<[string], string | null>("SELECT goal ->> '$.instrument' FROM runs WHERE id = ?")
      .pluck()
    return (record) => {
      if (record.kind !== 'messagePosted') return
      const { message } = record.data
      const { id, runId, agent, kind, at, text } = message
      const instrument = instrumentOf.get(runId) ?? null
      insert.run(record.seq, id, runId, instrument, agent, kind, at, text, JSON.stringify(message))
    }
  },
}

interface FoundRow {
  readonly seq: number
  readonly body: string
  readonly instrument: string | null
  readonly excerpt: string
}

const excerptWords = 24

/** What can be asked about messages. */
export function createMessageQueries(database: Database) {
  const index = createTextIndex(database, 'messages')
  const cursor = database
    .prepare<[string, string], number>('SELECT seq FROM messages WHERE id = ? AND run_id = ?')
    .pluck()
  const page = database
    .prepare<[string, number, number], string>(
      'SELECT body FROM messages WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?',
    )
    .pluck()
  const filters = `
    seq < @before
    AND (@runId IS NULL OR run_id = @runId)
    AND (@instrument IS NULL OR instrument = @instrument)
    AND (@agent IS NULL OR agent = @agent)
    AND (@kind IS NULL OR kind = @kind)
  `
  const find = database.prepare<[object], FoundRow>(`
    SELECT messages.seq, body, instrument,
      snippet(messages_text, 0, '${foundMarks.before}', '${foundMarks.after}', '…', ${excerptWords}) AS excerpt
    FROM messages_text JOIN messages ON messages.seq = messages_text.rowid
    WHERE messages_text MATCH @query AND messages.${filters.trim()}
    ORDER BY messages.seq DESC LIMIT @limit
  `)
  const browse = database.prepare<[object], FoundRow>(`
    SELECT seq, body, instrument, text AS excerpt FROM messages WHERE ${filters} ORDER BY seq DESC LIMIT @limit
  `)
  return {
    /** What was said in a run after a message (from the start when undefined), oldest first; throws MESSAGE_NOT_FOUND. */
    listMessages(runId: string, after: string | undefined, limit: number): readonly Message[] {
      const seq = after === undefined ? 0 : cursor.get(after, runId)
      if (seq === undefined) throw new ParleyError('MESSAGE_NOT_FOUND', `The run ${runId} has no message ${after}.`)
      return page.all(runId, seq, limit).map((body) => JSON.parse(body))
    },
    /** What fits the search, newest first; a text without a word in it finds everything that passes the filters. */
    async searchMessages({ text, limit, ...wanted }: MessageSearch): Promise<readonly MessageHit[]> {
      const query = fullTextQuery(text)
      if (query !== undefined) await index.catchUp()
      const asked = {
        before: wanted.before ?? Number.MAX_SAFE_INTEGER,
        runId: wanted.runId ?? null,
        instrument: wanted.instrument ?? null,
        agent: wanted.agent ?? null,
        kind: wanted.kind ?? null,
        limit,
      }
      const rows = query === undefined ? browse.all(asked) : find.all({ ...asked, query })
      return rows.map(({ seq, body, instrument, excerpt }) => ({
        seq,
        message: JSON.parse(body),
        instrument,
        excerpt: excerptParts(excerpt),
      }))
    },
  }
}
