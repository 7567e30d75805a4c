import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as setImmediateOver } from 'node:timers/promises'
import Database from 'better-sqlite3'
import type { Entry } from '#engine/journal/journal.ts'
import { systemClock } from '#main/compose/system.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { openJournal } from '#store/journal.ts'
import { followWithText, searchedTables } from '#store/projections/follow-text.ts'
import { deskProjections } from '#store/projections/index.ts'
import type { Projection } from '#store/projections/projection.ts'
import { createTextIndex } from '#store/projections/text-index.ts'

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
  /** What is left to do after the groups, outside their time, with a name for both together. */
  readonly rest?: { readonly name: string; readonly run: () => Promise<void> }
  /** The longest that the event loop was kept since it was last asked, in milliseconds. */
  readonly longestTurnMs: () => number
  readonly close: () => void
}

/** The journal, hashing, chaining and signing included; with projections also what indexes their words, as on the desk. */
function journalContestant(of: string, file: string, size: number, projections: readonly Projection[]): Contestant {
  const turns = createTurnMeter()
  const journal = openJournal({
    file,
    clock: createVirtualClock(1_700_000_000_000),
    keys: generateKeyPairSync('ed25519'),
    schedule: (commit) => setImmediate(() => turns.time(commit)),
    projections,
    ...provenance,
  })
  const isProjected = projections.length > 0
  const clock: Clock = {
    ...systemClock,
    after: (delayMs, callback) => systemClock.after(delayMs, () => turns.time(callback)),
  }
  const indexes = isProjected ? searchedTables.map((table) => createTextIndex(journal.database, table)) : []
  let index = 0
  const appendGroup = (): readonly Promise<unknown>[] =>
    Array.from({ length: size }, () => journal.append(entry(index++)))
  return {
    name: `journal${isProjected ? ' with projections' : ''}, ${of}`,
    async run(rounds) {
      const stop = isProjected ? followWithText(journal, journal.database, clock) : () => {}
      for (let round = 0; round < rounds; round++) await Promise.all(turns.time(appendGroup))
      stop()
    },
    ...(isProjected && {
      rest: {
        name: `journal until it can be searched, ${of}`,
        async run() {
          for (const one of indexes) {
            while (turns.time(() => one.step())) await setImmediateOver()
          }
        },
      },
    }),
    longestTurnMs: () => turns.longestMs(),
    close: () => journal.close(),
  }
}

function createTurnMeter() {
  let longest = 0
  return {
    time<T>(turn: () => T): T {
      const startedMs = performance.now()
      const result = turn()
      longest = Math.max(longest, performance.now() - startedMs)
      return result
    },
    longestMs() {
      const read = longest
      longest = 0
      return read
    },
  }
}

/** A bare insert of as many bytes a row as the journal writes, with the same durability and grouping. */
function bareContestant(of: string, file: string, size: number, body: string): Contestant {
  const turns = createTurnMeter()
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
    name: `bare better-sqlite3, ${of}`,
    async run(rounds) {
      for (let round = 0; round < rounds; round++) turns.time(() => group.immediate())
    },
    longestTurnMs: () => turns.longestMs(),
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
  readonly longestTurnMs: number
}

interface Timed {
  readonly name: string
  readonly perSecond: number
  readonly longestTurnMs: number
}

async function timed(
  { name, run, rest, longestTurnMs }: Contestant,
  size: number,
  rounds: number,
): Promise<readonly Timed[]> {
  const startedMs = performance.now()
  const perSecond = () => (size * rounds * 1_000) / (performance.now() - startedMs)
  await run(rounds)
  const groups = { name, perSecond: perSecond(), longestTurnMs: longestTurnMs() }
  if (rest === undefined) return [groups]
  await rest.run()
  return [groups, { name: rest.name, perSecond: perSecond(), longestTurnMs: longestTurnMs() }]
}

/** The last contestant is the one that the others are measured by. */
async function race(contestants: readonly Contestant[], size: number, rounds: number): Promise<readonly JournalRow[]> {
  const results: (readonly Timed[])[] = []
  // The first pass warms up.
  for (let pass = 0; pass <= passes; pass++) {
    const ofPass: Timed[] = []
    for (const contestant of contestants) ofPass.push(...(await timed(contestant, size, rounds)))
    if (pass > 0) results.push(ofPass)
  }
  return (results[0] ?? []).map(({ name }, index) => {
    const middleOf = (figure: (own: Timed, bare: Timed) => number) =>
      middle(results.map((ofPass) => figure(ofPass[index] as Timed, ofPass.at(-1) as Timed)))
    return {
      name,
      perSecond: middleOf((own) => own.perSecond),
      share: middleOf((own, bare) => own.perSecond / bare.perSecond),
      longestTurnMs: middleOf((own) => own.longestTurnMs),
    }
  })
}

function printRows(rows: readonly JournalRow[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length))
  const lines = rows.map(({ name, perSecond, share, longestTurnMs }) => {
    const figure = Math.round(perSecond).toLocaleString('en-US').padStart(9)
    const percent = String(Math.round(share * 100)).padStart(3)
    return `  ${name.padEnd(width)}  ${figure} /s  ${percent} % of the bare loop, longest turn ${longestTurnMs.toFixed(1).padStart(5)} ms`
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
        journalContestant(of, join(home, `journal-${size}.db`), size, []),
        journalContestant(of, join(home, `projected-${size}.db`), size, deskProjections),
        bareContestant(of, join(home, `bare-${size}.db`), size, body),
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
