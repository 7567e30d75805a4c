import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openJournal } from '#store/journal.ts'
import { openDatabase } from '#store/open-database.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { journalOptions, numberedEntry } from '#test/builders/journal.ts'
import { journalMigrations } from './journal.ts'
import { type Migration, migrate } from './migrate.ts'

const version = (database: ReturnType<typeof openDatabase>) => database.pragma('user_version', { simple: true })

describe('migrations', () => {
  it('are numbered from 1 without gaps', () => {
    expect(journalMigrations.map((migration) => migration.version)).toEqual(
      journalMigrations.map((_, index) => index + 1),
    )
  })

  it('run once each, in order, and leave a database of the same version alone', () => {
    const database = openDatabase(':memory:', 'FULL')
    const ran: number[] = []
    const steps: Migration[] = [1, 2, 3].map((version) => ({ version, up: () => ran.push(version) }))
    migrate(database, steps.slice(0, 2))
    migrate(database, steps)
    migrate(database, steps)
    expect([ran, version(database)]).toEqual([[1, 2, 3], 3])
  })

  it('that fail leave nothing behind', () => {
    const database = openDatabase(':memory:', 'FULL')
    const up: Migration['up'] = () => {
      database.exec('CREATE TABLE half (id INTEGER)')
      throw new Error('power cut')
    }
    expect(() => migrate(database, [{ version: 1, up }])).toThrow('power cut')
    expect(version(database)).toBe(0)
    expect(database.prepare('SELECT count(*) FROM sqlite_master').pluck().get()).toBe(0)
  })

  it('AU-10 keep every record and head: a journal of each earlier version opens with the head that it had', async () => {
    const source = openJournal(journalOptions({ headEvery: 4 }))
    await source.append(...Array.from({ length: 10 }, (_, index) => numberedEntry(index)))
    const records = source.database.prepare<[], unknown[]>('SELECT * FROM journal').raw().all()
    const heads = source.database.prepare<[], unknown[]>('SELECT * FROM heads').raw().all()

    for (const { version: earlier } of journalMigrations) {
      const file = join(temporaryHome(), 'journal.db')
      const database = openDatabase(file, 'FULL')
      migrate(database, journalMigrations.slice(0, earlier))
      for (const row of records) database.prepare('INSERT INTO journal VALUES (?, ?, ?)').run(row)
      for (const row of heads) database.prepare('INSERT INTO heads VALUES (?, ?, ?, ?, ?, ?)').run(row)
      database.close()

      const journal = openJournal(journalOptions({ file }))
      expect(version(journal.database)).toBe(journalMigrations.length)
      expect(journal.head()).toEqual(source.head())
      expect(await journal.verify()).toMatchObject({ status: 'verified', head: source.head() })
      expect(journal.database.prepare('SELECT * FROM heads').raw().all()).toEqual(heads)
    }
  })
})
