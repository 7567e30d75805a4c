import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { journalRecordSchema } from '#shared/domain/journal.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { alterJournal, journalOptions, numberedEntry } from '#test/builders/journal.ts'
import { journalConformance } from '#test/conformance/journal.ts'
import { openJournal } from './journal.ts'
import { leafHash } from './merkle-tree.ts'
import { openDatabase } from './open-database.ts'
import type { Projection } from './projections/projection.ts'

journalConformance('in memory', () => {
  const journal = openJournal(journalOptions())
  return { journal, breakWrites: () => journal.database.pragma('query_only = 1') }
})
journalConformance('in a file on a disk that fills up', () => {
  const journal = openJournal(journalOptions({ file: join(temporaryHome(), 'journal.db') }))
  return {
    journal,
    breakWrites: () => {
      // The file may not grow any more, and each record takes many pages.
      journal.database.exec('CREATE TABLE ballast (text TEXT)')
      journal.database.exec(
        'CREATE TRIGGER fill AFTER INSERT ON journal BEGIN INSERT INTO ballast VALUES (hex(zeroblob(90000))); END',
      )
      journal.database.pragma('max_page_count = 1')
    },
  }
})
/** A file with records in it, closed as the desk closes it. */
async function writtenJournal(count: number, headEvery = 4) {
  const file = join(temporaryHome(), 'journal.db')
  const options = journalOptions({ file, headEvery })
  const journal = openJournal(options)
  for (let number = 1; number <= count; number++) await journal.append(numberedEntry(number))
  const head = journal.head()
  journal.close()
  return { file, options, head }
}

describe('records', () => {
  it('AU-2 AU-5 hold every field, and hash the canonical JSON of all others as a leaf', async () => {
    const clock = createVirtualClock(1_700_000_000_000)
    const journal = openJournal(journalOptions({ clock, clockOffsetMs: () => -12.5 }))
    clock.after(1_500, () => {})
    clock.step()
    const [record] = await journal.append({
      kind: 'orderDenied',
      data: { clientOrderId: 'ord_"1"', denial: { code: 'QUOTE_STALE', values: { ageMs: '7000', 'ä"': '\u0001' } } },
      actor: { kind: 'agent', id: 'executor "x"' },
      correlationId: 'run\n1',
      causationSeq: 7,
      reason: 'the quote is old',
    })
    expect(journalRecordSchema.strict().parse(record)).toEqual(record)
    expect(record).toMatchObject({ at: 1_700_000_001_500, monotonicMs: 1_500, clockOffsetMs: -12.5, causationSeq: 7 })
    const { hash, ...others } = record ?? { hash: '' }
    expect(hash).toBe(leafHash(canonicalJson(others)))
    expect(journal.database.prepare('SELECT body FROM journal').pluck().get()).toBe(canonicalJson(others))
    expect(journal.read(0, 1)).toEqual([record])
  })

  it('AU-4 AU-10 can be neither changed nor deleted by a statement', async () => {
    const journal = openJournal(journalOptions({ headEvery: 1 }))
    const { database } = journal
    await journal.append(numberedEntry(1))
    for (const statement of ["UPDATE journal SET body = ''", 'DELETE FROM journal', 'DELETE FROM heads']) {
      expect(() => database.exec(statement)).toThrow(/never/)
    }
    expect(() => database.exec("INSERT OR REPLACE INTO journal VALUES (1, '', '')")).toThrow(/never/)
  })

  it('AU-16 stand in a file in WAL mode that is synced at every commit', () => {
    const { database } = openJournal(journalOptions({ file: join(temporaryHome(), 'journal.db') }))
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(database.pragma('synchronous', { simple: true })).toBe(2)
  })

  it('commit what waits when the journal is closed', async () => {
    const file = join(temporaryHome(), 'journal.db')
    const journal = openJournal(journalOptions({ file, schedule: () => {} }))
    const appended = journal.append(numberedEntry(1))
    journal.close()
    expect(await appended).toHaveLength(1)
    await expect(journal.append(numberedEntry(2))).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' })
    expect(openJournal(journalOptions({ file })).head().size).toBe(1)
  })
})

describe('an observer or listener that throws', () => {
  it('is heard of by the process, while the others go on and the record is kept', async () => {
    const journal = openJournal(journalOptions())
    const seen: number[] = []
    const buggy = () => {
      throw new Error('a bug')
    }
    journal.observe(buggy)
    journal.onCommit(buggy)
    journal.observe(({ seq }) => seen.push(seq))
    const uncaught: unknown[] = []
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => uncaught.push(error.message))
    try {
      expect(await journal.append(numberedEntry(1))).toHaveLength(1)
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const listener of others) process.on('uncaughtException', listener)
    }
    expect([seen, uncaught, journal.head().size]).toEqual([[1], ['a bug', 'a bug'], 1])
  })
})

describe('opening again', () => {
  it('AU-1 finds every record whose append had resolved when the process was killed', async () => {
    const home = temporaryHome()
    const module = (path: string) => JSON.stringify(join(import.meta.dirname, path))
    const script = `
      const { openJournal } = await import(${module('journal.ts')})
      const { journalOptions, numberedEntry } = await import(${module('../../../test/builders/journal.ts')})
      const journal = openJournal(journalOptions({ file: ${JSON.stringify(join(home, 'journal.db'))}, schedule: setImmediate, keys: undefined, headEvery: 8 }))
      for (;;) {
        const records = await journal.append(...[1, 2, 3].map(numberedEntry))
        process.stdout.write(records.at(-1).seq + '\\n')
      }`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: join(import.meta.dirname, '../../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    for await (const chunk of child.stdout) {
      output += chunk
      if (output.length > 2_000) child.kill('SIGKILL')
    }
    const acknowledged = Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1))
    expect(acknowledged).toBeGreaterThan(100)
    const { keys: _, ...unsigned } = journalOptions({ file: join(home, 'journal.db') })
    const journal = openJournal(unsigned)
    expect(journal.opened).toMatchObject({ status: 'opened', doubt: null })
    expect(journal.head().size).toBeGreaterThanOrEqual(acknowledged)
    expect(journal.head().size % 3).toBe(0)
    expect(await journal.verify()).toMatchObject({ status: 'verified', head: journal.head() })
  })

  it('goes on from where the journal ended, whether it was closed or the process died', async () => {
    const { file, options, head } = await writtenJournal(10)
    const journal = openJournal(options)
    expect(journal.opened).toEqual({ status: 'opened', records: 10, checked: 0, doubt: null })
    expect(journal.head()).toEqual(head)
    await journal.append(numberedEntry(11))
    // Nobody closes this one: the next finds its last commit in the write-ahead log.
    const next = openJournal(options)
    expect(next.opened).toEqual({ status: 'opened', records: 11, checked: 1, doubt: null })
    expect(next.read(10, 1)).toMatchObject([{ seq: 11, prevHash: head.hash }])
    expect(await next.verify()).toMatchObject({ status: 'verified', head: { size: 11 } })
    expect(existsSync(file)).toBe(true)
  })

  it('AU-6 checks no more than the records after the last signed head', async () => {
    const { file, options } = await writtenJournal(50, 16)
    const journal = openJournal({ ...options, schedule: queueMicrotask })
    await journal.append(...Array.from({ length: 20 }, (_, index) => numberedEntry(index)))
    const next = openJournal({ ...options, file })
    expect(next.opened).toMatchObject({ records: 70, checked: 6 })
  })

  it('says that a cut tail could not be ruled out when the anchor is missing or unreadable', async () => {
    const { file, options } = await writtenJournal(3)
    const anchor = file.replace('.db', '.head')
    rmSync(anchor)
    const first = openJournal(options)
    expect(first.opened).toMatchObject({ status: 'opened', doubt: expect.stringContaining('missing') })
    first.close()
    writeFileSync(anchor, 'garbage')
    expect(openJournal(options).opened).toMatchObject({ doubt: expect.stringContaining('does not hold') })
  })

  it('refuses a file of a newer Parley and leaves it as it is', async () => {
    const { file, options } = await writtenJournal(1)
    const database = openDatabase(file, 'FULL')
    database.pragma('user_version = 99')
    database.close()
    expect(() => openJournal(options)).toThrowError(expect.objectContaining({ code: 'DATABASE_TOO_NEW' }))
    expect(existsSync(file)).toBe(true)
  })
})

describe('AU-11 KS-8 a damaged journal is kept, and a new one goes on from its last good head', () => {
  const damages: Record<string, (file: string) => void> = {
    'a file that is not a database': (file) => writeFileSync(file, 'not a database at all'.repeat(500)),
    'a file whose pages were overwritten': (file) => {
      const bytes = readFileSync(file)
      writeFileSync(file, bytes.fill(0xa5, 100))
    },
    'a file that was emptied': (file) => truncateSync(file, 0),
    'a file that was deleted': (file) => rmSync(file),
    'a folder in its place': (file) => {
      rmSync(file)
      mkdirSync(file)
    },
    'a file cut in half': (file) => truncateSync(file, readFileSync(file).length / 2),
    'records cut from the end, with the heads that knew them': (file) =>
      alterJournal(file, 'DELETE FROM journal WHERE seq > 8; DELETE FROM heads WHERE size > 8'),
    'a last record that was changed': (file) =>
      alterJournal(
        file,
        "DELETE FROM heads WHERE size > 8; UPDATE journal SET body = replace(body, 'reason', 'Reason') WHERE seq = 10",
      ),
    'a missing record in the tail': (file) =>
      alterJournal(file, 'DELETE FROM heads WHERE size > 8; DELETE FROM journal WHERE seq = 9'),
    'heads signed with another key': (file) => alterJournal(file, "UPDATE heads SET signature = 'AAAA'"),
    'no heads at all': (file) => alterJournal(file, 'DELETE FROM heads'),
  }

  for (const [name, damage] of Object.entries(damages)) {
    it(name, async () => {
      const { file, options, head } = await writtenJournal(10)
      damage(file)
      const before = statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file) : undefined
      const journal = openJournal(options)
      expect(journal.opened).toMatchObject({
        status: 'quarantined',
        lastGoodHead: head,
        problem: expect.stringMatching(/\.$/),
      })
      const movedTo = journal.opened.status === 'quarantined' ? journal.opened.movedTo : []
      if (before !== undefined) expect(readFileSync(movedTo[0] ?? '').equals(before)).toBe(true)
      const [record] = await journal.append(numberedEntry(1))
      expect(record).toMatchObject({ seq: 1, prevHash: head.hash })
      expect(await journal.verify()).toMatchObject({ status: 'verified', head: { size: 1 } })
      journal.close()
      expect(openJournal(options).opened).toMatchObject({ status: 'opened', records: 1, doubt: null })
    })
  }

  it('a record in the tail that was written anew with a hash that fits', async () => {
    const { file, options, head } = await writtenJournal(10)
    const database = openDatabase(file, 'FULL')
    const body = database.prepare<[], string>('SELECT body FROM journal WHERE seq = 9').pluck().get() ?? ''
    database.close()
    const forged = body.replace('reason 9', 'reason 7')
    alterJournal(
      file,
      `DELETE FROM heads WHERE size > 8;
       UPDATE journal SET body = '${forged}', hash = '${leafHash(forged)}' WHERE seq = 9`,
    )
    const { opened } = openJournal(options)
    expect(opened).toMatchObject({ status: 'quarantined', lastGoodHead: head, problem: 'Record 10 was changed.' })
  })

  it('says which records were cut off', async () => {
    const { file, options } = await writtenJournal(10)
    alterJournal(file, 'DELETE FROM journal WHERE seq > 8; DELETE FROM heads WHERE size > 8')
    expect(openJournal(options).opened).toMatchObject({ problem: 'The records from 9 to 10 were cut off.' })
  })

  it('a record in the middle that was changed, found when a projection is built again', async () => {
    const { file, options, head } = await writtenJournal(10)
    alterJournal(file, "UPDATE journal SET body = replace(body, 'reason 3', 'reason 4') WHERE seq = 3")
    expect(openJournal(options).opened).toMatchObject({ status: 'opened', doubt: null })
    const stopped: Projection = {
      name: 'stopped',
      version: 1,
      tables: [],
      schema: '',
      prepare: () => () => {},
    }
    const journal = openJournal({ ...options, projections: [stopped] })
    expect(journal.opened).toMatchObject({ status: 'quarantined', lastGoodHead: head })
    expect(await journal.append(numberedEntry(1))).toMatchObject([{ seq: 1, prevHash: head.hash }])
  })

  it('an anchor that cannot be read, with no journal beside it', () => {
    const file = join(temporaryHome(), 'journal.db')
    writeFileSync(file.replace('.db', '.head'), 'garbage')
    expect(openJournal(journalOptions({ file })).opened).toMatchObject({ status: 'quarantined', lastGoodHead: null })
  })

  it('links to nothing where no head is known, and never overwrites what was kept before', async () => {
    const { file, options } = await writtenJournal(3)
    for (let round = 0; round < 2; round++) {
      writeFileSync(file, 'damaged')
      rmSync(file.replace('.db', '.head'), { force: true })
      const journal = openJournal(options)
      expect(journal.opened).toMatchObject({ status: 'quarantined', lastGoodHead: null })
      expect(await journal.append(numberedEntry(1))).toMatchObject([{ prevHash: '0'.repeat(64) }])
      journal.close()
    }
    expect(readdirSync(join(file, '..')).filter((name) => /quarantined.*\.db$/.test(name))).toHaveLength(2)
  })
})
