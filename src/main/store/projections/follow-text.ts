import type { Database } from 'better-sqlite3'
import type { Journal } from '#engine/journal/journal.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { createTextIndex } from './text-index.ts'

/** The tables whose words can be searched. */
export const searchedTables = ['messages', 'memory'] as const

const pauseMs = 25

/**
 * Keeps the full-text indexes near the journal: what they lack at the start, and after each commit what it brought, in
 * short turns of their own with pauses between them, so that appends come first. A search asks for the rest itself.
 */
export function followWithText(journal: Pick<Journal, 'onCommit'>, database: Database, clock: Clock): Stop {
  const indexes = searchedTables.map((table) => createTextIndex(database, table))
  let cancel: Stop | undefined
  const wake = (): void => {
    cancel ??= clock.after(pauseMs, turn)
  }
  function turn(): void {
    cancel = undefined
    try {
      if (indexes.some((index) => index.step())) wake()
    } catch {
      // A full disk, say. The next commit tells of it, or wakes this again; until then whoever searches is told.
    }
  }
  const stopListening = journal.onCommit(wake)
  wake()
  return () => {
    stopListening()
    cancel?.()
  }
}
