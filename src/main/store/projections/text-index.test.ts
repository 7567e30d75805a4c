import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry } from '#engine/journal/journal.ts'
import { memorySearchSchema } from '#shared/domain/memory.ts'
import type { Plan } from '#shared/domain/plan.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { openJournal } from '#store/journal.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { journalOptions } from '#test/builders/journal.ts'
import { followWithText, searchedTables } from './follow-text.ts'
import { createQueries, deskProjections } from './index.ts'
import { createTextIndex } from './text-index.ts'

const plan = { id: 'plan_1', steps: [] } as unknown as Plan
const actor = { kind: 'agent', id: 'bull' } as const
const begun = (runId: string): Entry => ({
  kind: 'runStarted',
  data: { runId, goal: { instrument: 'BTC/USDT', profile: 'balanced', policy: 'weighted' }, plan },
  actor,
})
const ended = (runId: string): Entry => ({
  kind: 'runEnded',
  data: { runId, status: 'completed', reason: null },
  actor,
})
const said = (id: string, text: string): Entry => ({
  kind: 'messagePosted',
  data: {
    message: {
      id,
      runId: 'run_1',
      at: 1,
      agent: 'bull',
      kind: 'analysis',
      text,
      confidence: null,
      evidence: [],
      replyTo: null,
    },
  },
  actor,
})
// The same evidence again takes the place of the earlier, which leaves memory.
const found = (runId: string, summary: string): Entry => ({
  kind: 'evidenceGathered',
  data: { evidence: { id: 'ev', runId, task: 'news', source: 'news', at: 1, status: 'value', summary } as never },
  actor,
})

/** How many rows an index has. */
function indexed(database: Database, table: string): number {
  return database.prepare<[], number>(`SELECT count(*) FROM ${table}_text_docsize`).pluck().get() ?? 0
}

/** FTS5 itself compares the index with the table; it throws where they differ. */
function checkIndex(database: Database, table: string): void {
  database.exec(`INSERT INTO ${table}_text (${table}_text, rank) VALUES ('integrity-check', 1)`)
}

const words = ['alpha', 'beta', 'gamma'] as const
const anyText = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }).map((text) => text.join(' '))
const anyRun = fc.constantFrom('one', 'two')
const anyDeed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('say' as const), texts: fc.array(anyText, { maxLength: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('find' as const), runId: anyRun, text: anyText }) },
  fc.record({ do: fc.constant('end' as const), runId: anyRun }),
  fc.record({ do: fc.constantFrom('index', 'search', 'crash', 'close', 'rebuild') }),
)

describe('a search', () => {
  it('finds exactly what a scan finds, however appends, steps of the index, crashes and restarts come', async () => {
    let hits = 0
    await fc.assert(
      fc.asyncProperty(fc.array(anyDeed, { minLength: 8, maxLength: 24 }), async (deeds) => {
        const file = join(temporaryHome(), 'journal.db')
        let version = 0
        const open = () => {
          const projections = deskProjections.map((one) => ({ ...one, version: one.version + version }))
          const opened = openJournal(journalOptions({ file, projections }))
          opened.database.pragma('synchronous = OFF')
          return opened
        }
        let journal = open()
        await journal.append(begun('one'), begun('two'))
        const compare = async () => {
          const queries = createQueries(journal.database)
          const everything = await queries.searchMemory(memorySearchSchema.parse({ limit: 100 }))
          for (const word of words) {
            const spoken = journal
              .read(0, 1_000)
              .flatMap((record) => (record.kind === 'messagePosted' ? [record.data.message] : []))
              .filter(({ text }) => text.split(' ').includes(word))
            const heard = await queries.searchMessages({ text: word, limit: 100 })
            expect(heard.map(({ message }) => message)).toEqual(spoken.toReversed())
            const noted = everything.filter(({ text }) => text.includes(word)).map(({ seq }) => seq)
            const remembered = await queries.searchMemory(memorySearchSchema.parse({ text: word, limit: 100 }))
            expect(remembered.map(({ seq }) => seq)).toEqual(noted)
            hits += spoken.length + noted.length
          }
          for (const table of searchedTables) checkIndex(journal.database, table)
        }
        for (const [number, deed] of deeds.entries()) {
          if (deed.do === 'say') await journal.append(...deed.texts.map((text, i) => said(`msg_${number}_${i}`, text)))
          else if (deed.do === 'find') await journal.append(found(deed.runId, deed.text))
          else if (deed.do === 'end') await journal.append(ended(deed.runId))
          else if (deed.do === 'index')
            for (const table of searchedTables) createTextIndex(journal.database, table).step()
          else if (deed.do === 'search') await compare()
          else {
            // A process that dies leaves what is committed, and nothing else.
            if (deed.do === 'crash') journal.database.close()
            else journal.close()
            if (deed.do === 'rebuild') version += 1
            journal = open()
          }
        }
        await compare()
        journal.close()
      }),
      { numRuns: 40 },
    )
    expect(hits).toBeGreaterThan(100)
  })

  it('knows all that was durable when it was asked, and does its catching up in more than one turn', async () => {
    const journal = openJournal(journalOptions({ projections: deskProjections }))
    const queries = createQueries(journal.database)
    await journal.append(...Array.from({ length: 700 }, (_, index) => said(`msg_${index}`, `word ${index % 7}`)))
    let turns = 0
    const count = (): void => {
      turns += 1
      if (counting) setImmediate(count)
    }
    let counting = true
    setImmediate(count)
    const hits = await queries.searchMessages({ text: '3', limit: 1_000 })
    counting = false
    expect(hits).toHaveLength(100)
    expect(turns).toBeGreaterThanOrEqual(2)
    journal.close()
  })
})

describe('a step of a text index', () => {
  it('takes so many rows, or so many characters, and no more; but always one', async () => {
    const journal = openJournal(journalOptions({ projections: deskProjections }))
    const index = createTextIndex(journal.database, 'messages')
    const taken = () => {
      const before = indexed(journal.database, 'messages')
      index.step()
      return indexed(journal.database, 'messages') - before
    }
    await journal.append(...Array.from({ length: 300 }, (_, number) => said(`short_${number}`, 'word')))
    expect([taken(), taken(), taken()]).toEqual([256, 44, 0])
    const long = 'words '.repeat(2_000)
    await journal.append(...Array.from({ length: 4 }, (_, number) => said(`long_${number}`, long)))
    await journal.append(said('longest', long.repeat(5)), said('last', 'word'))
    expect([taken(), taken(), taken(), taken(), taken()]).toEqual([2, 2, 1, 1, 0])
    journal.close()
  })
})

describe('the indexes that follow the journal', () => {
  it('take what is lacking at the start and what each commit brings, a step after each pause, until they are stopped', async () => {
    const clock = createVirtualClock(0)
    const journal = openJournal(journalOptions({ projections: deskProjections }))
    const { database } = journal
    await journal.append(begun('one'), found('one', 'alpha'))
    await journal.append(...Array.from({ length: 300 }, (_, number) => said(`msg_${number}`, 'word')))
    const stop = followWithText(journal, database, clock)
    expect(indexed(database, 'messages')).toBe(0)
    clock.step()
    expect(indexed(database, 'messages')).toBe(256)
    while (clock.step());
    expect(searchedTables.map((table) => indexed(database, table))).toEqual([300, 1])

    await journal.append(said('next', 'word'))
    while (clock.step());
    expect(indexed(database, 'messages')).toBe(301)
    await journal.append(said('after', 'word'))
    stop()
    while (clock.step());
    await journal.append(said('last', 'word'))
    expect([clock.step(), indexed(database, 'messages')]).toEqual([false, 301])
    journal.close()
  })

  it('let a disk that is full pass, and go on with the next commit', async () => {
    const clock = createVirtualClock(0)
    const journal = openJournal(journalOptions({ projections: deskProjections }))
    const { database } = journal
    await journal.append(said('first', 'word'))
    followWithText(journal, database, clock)
    database.pragma('query_only = 1')
    while (clock.step());
    expect(indexed(database, 'messages')).toBe(0)
    database.pragma('query_only = 0')
    await journal.append(said('second', 'word'))
    while (clock.step());
    expect(indexed(database, 'messages')).toBe(2)
    journal.close()
  })
})
