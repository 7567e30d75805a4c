import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Entry } from '#engine/journal/journal.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { openJournal } from '#store/journal.ts'
import { deskProjections } from '#store/projections/index.ts'
import type { Projection } from '#store/projections/projection.ts'

const groups = [
  { size: 1, rounds: 200 },
  { size: 16, rounds: 150 },
  { size: 256, rounds: 30 },
]

// The contestants take turns, and the middle of their passes counts: a disk that is slow for a moment is slow for one pass.
const passes = 9

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

const provenance = {
  app: { version: '1.0.0', commit: '0'.repeat(40) },
  configHash: '0'.repeat(64),
  mode: 'paper',
  account: 'paper',
} as const

interface Contestant {
  readonly name: string
  /** Makes so many groups durable, one after the other. */
  readonly run: (rounds: number) => Promise<void>
  readonly close: () => void
}

/** The journal, hashing, chaining and signing included. */
function journalContestant(name: string, file: string, size: number, projections: readonly Projection[]): Contestant {
  const journal = openJournal({
    file,
    clock: createVirtualClock(1_700_000_000_000),
    keys: generateKeyPairSync('ed25519'),
    schedule: setImmediate,
    projections,
    ...provenance,
  })
  let index = 0
  return {
    name,
    async run(rounds) {
      for (let round = 0; round < rounds; round++) {
        const appends: Promise<unknown>[] = []
        for (let count = 0; count < size; count++) appends.push(journal.append(entry(index++)))
        await Promise.all(appends)
      }
    },
    close: () => journal.close(),
  }
}

/** A bare insert of as many bytes a row as the journal writes, with the same durability and grouping. */
function bareContestant(name: string, file: string, size: number, body: string): Contestant {
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE journal (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, hash TEXT NOT NULL) STRICT')
  const insert = database.prepare('INSERT INTO journal (seq, body, hash) VALUES (?, ?, ?)')
  const hash = '0'.repeat(64)
  let seq = 0
  const group = database.transaction(() => {
    for (let count = 0; count < size; count++) insert.run(++seq, body, hash)
  })
  return {
    name,
    async run(rounds) {
      for (let round = 0; round < rounds; round++) group.immediate()
    },
    close: () => database.close(),
  }
}

async function typicalBody(): Promise<string> {
  const journal = openJournal({
    file: ':memory:',
    clock: createVirtualClock(1_700_000_000_000),
    schedule: setImmediate,
    ...provenance,
  })
  await journal.append(entry(1_000))
  return journal.database.prepare<[], string>('SELECT body FROM journal').pluck().get() ?? ''
}

interface JournalRow {
  readonly name: string
  readonly perSecond: number
  /** Of the bare loop of the same pass. */
  readonly share: number
}

/** The last contestant is the one that the others are measured by. */
async function race(contestants: readonly Contestant[], size: number, rounds: number): Promise<readonly JournalRow[]> {
  const rates: (readonly number[])[] = []
  // The first pass warms up.
  for (let pass = 0; pass <= passes; pass++) {
    const ofPass: number[] = []
    for (const contestant of contestants) {
      const startedMs = performance.now()
      await contestant.run(rounds)
      ofPass.push((size * rounds * 1_000) / (performance.now() - startedMs))
    }
    if (pass > 0) rates.push(ofPass)
  }
  return contestants.map(({ name }, index) => ({
    name,
    perSecond: middle(rates.map((ofPass) => ofPass[index] ?? Number.NaN)),
    share: middle(rates.map((ofPass) => (ofPass[index] ?? Number.NaN) / (ofPass.at(-1) ?? Number.NaN))),
  }))
}

function printRows(rows: readonly JournalRow[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length))
  const lines = rows.map(({ name, perSecond, share }) => {
    const figure = Math.round(perSecond).toLocaleString('en-US')
    return `  ${name.padEnd(width)}  ${figure.padStart(9)} /s  ${String(Math.round(share * 100)).padStart(3)} % of the bare loop`
  })
  console.log(['Journal: durable records (synchronous=FULL)', ...lines].join('\n'))
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Appends a second into a real file in the temporary folder, alone and in groups, beside bare inserts of the same bytes. */
export async function benchJournal(): Promise<readonly JournalRow[]> {
  const home = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  const rows: JournalRow[] = []
  try {
    const body = await typicalBody()
    for (const { size, rounds } of groups) {
      const of = size === 1 ? 'one by one' : `groups of ${size}`
      const contestants = [
        journalContestant(`journal, ${of}`, join(home, `journal-${size}.db`), size, []),
        journalContestant(`journal with projections, ${of}`, join(home, `projected-${size}.db`), size, deskProjections),
        bareContestant(`bare better-sqlite3, ${of}`, join(home, `bare-${size}.db`), size, body),
      ]
      rows.push(...(await race(contestants, size, rounds)))
      for (const contestant of contestants) contestant.close()
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
  printRows(rows)
  return rows
}
