import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Entry } from '#engine/journal.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { openJournal } from '#store/journal.ts'
import { deskProjections } from '#store/projections/index.ts'
import type { Projection } from '#store/projections/projection.ts'
import { type BenchRow, printTable } from './table.ts'

const groups = [
  { size: 1, rounds: 2_000 },
  { size: 16, rounds: 1_000 },
  { size: 256, rounds: 150 },
]

const text = 'Funding is negative while price holds its range: shorts pay to stay, which has led squeezes before. '

function entry(index: number): Entry {
  return {
    kind: 'messagePosted',
    data: {
      message: {
        id: `msg_${index}`,
        runId: 'run_1',
        at: 1_700_000_000_000 + index,
        agent: 'bull',
        kind: 'analysis',
        text,
        confidence: 0.62,
        evidence: ['evi_1', 'evi_2'],
        replyTo: null,
      },
    },
    actor: { kind: 'agent', id: 'bull' },
    correlationId: 'run_1',
  }
}

/** Records a second of the journal, hashing, chaining and signing included, in groups that commit together. */
async function journalRate(home: string, size: number, rounds: number, projections: readonly Projection[]) {
  const file = join(home, `journal-${size}-${projections.length}.db`)
  const journal = openJournal({
    file,
    clock: createVirtualClock(1_700_000_000_000),
    keys: generateKeyPairSync('ed25519'),
    schedule: setImmediate,
    projections,
    app: { version: '1.0.0', commit: '0'.repeat(40) },
    configHash: '0'.repeat(64),
    mode: 'paper',
    account: 'paper',
  })
  let index = 0
  const round = async (): Promise<void> => {
    const appends: Promise<unknown>[] = []
    for (let count = 0; count < size; count++) appends.push(journal.append(entry(index++)))
    await Promise.all(appends)
  }
  for (let count = 0; count < rounds / 10; count++) await round()
  const startedMs = performance.now()
  for (let count = 0; count < rounds; count++) await round()
  const perSecond = (size * rounds * 1_000) / (performance.now() - startedMs)
  const body = journal.database.prepare<[], string>('SELECT body FROM journal ORDER BY seq DESC LIMIT 1').pluck().get()
  journal.close()
  return { perSecond, body: body ?? '' }
}

/** Rows a second of a bare insert of the same bytes, with the same durability and grouping. */
function bareRate(home: string, size: number, rounds: number, body: string): number {
  const database = new Database(join(home, `bare-${size}.db`))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE journal (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL) STRICT')
  const insert = database.prepare('INSERT INTO journal (seq, body, hash) VALUES (?, ?, ?)')
  const hash = '0'.repeat(64)
  let seq = 0
  const round = database.transaction(() => {
    for (let count = 0; count < size; count++) insert.run(++seq, body, hash)
  })
  for (let count = 0; count < rounds / 10; count++) round.immediate()
  const startedMs = performance.now()
  for (let count = 0; count < rounds; count++) round.immediate()
  const perSecond = (size * rounds * 1_000) / (performance.now() - startedMs)
  database.close()
  return perSecond
}

/** Appends a second into a real file in the temporary folder, alone and in groups, beside bare inserts of the same bytes. */
export async function benchJournal(): Promise<readonly BenchRow[]> {
  const home = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  const rows: BenchRow[] = []
  try {
    for (const { size, rounds } of groups) {
      const alone = await journalRate(home, size, rounds, [])
      const projected = await journalRate(home, size, rounds, deskProjections)
      const of = size === 1 ? 'one by one' : `groups of ${size}`
      rows.push(
        { name: `journal, ${of}`, perSecond: alone.perSecond },
        { name: `journal with projections, ${of}`, perSecond: projected.perSecond },
        { name: `bare better-sqlite3, ${of}`, perSecond: bareRate(home, size, rounds, alone.body) },
      )
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
  printTable('Journal: durable records (synchronous=FULL)', rows)
  return rows
}
