import { generateKeyPairSync } from 'node:crypto'
import type { Entry } from '#engine/journal/journal.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import type { JournalOptions } from '#store/journal.ts'
import { openDatabase } from '#store/open-database.ts'

/** The key pair of all test journals. */
export const testKeys = generateKeyPairSync('ed25519')

/** Options of a journal in memory that commits at the end of the turn; what is given replaces them. */
export function journalOptions(options: Partial<JournalOptions> = {}): JournalOptions {
  return {
    file: ':memory:',
    clock: createVirtualClock(1_700_000_000_000),
    keys: testKeys,
    schedule: queueMicrotask,
    app: { version: '1.2.3', commit: 'abc' },
    configHash: 'c'.repeat(64),
    mode: 'paper',
    account: 'paper-1',
    ...options,
  }
}

/** An entry that tells itself from others by a number. */
export function numberedEntry(number: number): Entry {
  return {
    kind: 'deskStopped',
    data: { why: `reason ${number}` },
    actor: { kind: 'system', id: 'desk' },
    correlationId: `run_${number % 3}`,
  }
}

/** Does to a journal file what somebody with a database tool could do: without the triggers that forbid it. */
export function alterJournal(file: string, sql: string): void {
  const database = openDatabase(file, 'NORMAL')
  const triggers = database.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'trigger'").pluck().all()
  for (const name of triggers) database.exec(`DROP TRIGGER ${name}`)
  database.exec(sql)
  database.close()
}
