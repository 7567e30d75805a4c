import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { type Command, Option } from 'commander'
import { resolveHome } from '#main/config/home.ts'
import type { JournalRecord } from '#shared/domain/journal.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { readAnchor } from '#store/journal-anchor.ts'
import { anchorFile } from '#store/journal-file.ts'
import { readPublicKey } from '#store/journal-keys.ts'
import { verifyJournal } from '#store/verify-journal.ts'
import { homeOption, jsonOption, wholeNumber } from './options.ts'
import { print } from './terminal.ts'

interface Flags {
  readonly home?: string
  readonly json?: boolean
}

/** Adds journal verify, tail and export; they only read, also beside a desk that is open. */
export function journalCommands(program: Command): void {
  const journal = program.command('journal').description('read and check the journal')
  journal
    .command('verify')
    .description('check every record, the chain and the signed heads; names the first bad record')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async ({ home, json }: Flags) => {
      const folder = resolveHome(home)
      const anchor = readAnchor(anchorFile(journalOf(folder)))
      const known = anchor.status === 'known' ? anchor.head : undefined
      const result = await verifyJournal(journalOf(folder), readPublicKey(folder), known)
      if (result.status === 'broken') process.exitCode = 1
      if (json === true) return print(JSON.stringify(result))
      if (result.status === 'broken') return print(`BROKEN at record ${result.firstBadSeq}: ${result.problem}`)
      const { size, hash, root } = result.head
      print(`Verified: ${size} records, ${result.signedHeads} signed heads.`)
      print(`head ${hash}\nroot ${root}`)
    })
  journal
    .command('tail')
    .description('show the newest records')
    .option('--limit <n>', 'how many', wholeNumber(1), 20)
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(({ home, json, limit }: Flags & { limit: number }) => {
      for (const record of newest(journalOf(resolveHome(home)), limit)) {
        print(json === true ? JSON.stringify(record) : line(record))
      }
    })
  journal
    .command('export')
    .description('write all records to standard output')
    .addOption(new Option('--format <format>', 'the form').choices(['jsonl', 'csv']).default('jsonl'))
    .addOption(homeOption())
    .action(({ home, format }: Flags & { format: 'jsonl' | 'csv' }) => {
      if (format === 'csv') print(columns.join(','))
      for (const record of all(journalOf(resolveHome(home)))) {
        print(format === 'csv' ? csvRow(record) : JSON.stringify(record))
      }
    })
}

function journalOf(home: string): string {
  const file = join(home, 'journal.db')
  if (existsSync(file)) return file
  throw new ParleyError('JOURNAL_NOT_FOUND', `There is no journal in ${home}.`, {
    wayOut: 'Name the data folder with --home; "parley status" shows which one is used.',
  })
}

function* all(file: string): Generator<JournalRecord> {
  const database = new Database(file, { readonly: true })
  try {
    const rows = database.prepare<[], { body: string; hash: string }>('SELECT body, hash FROM journal ORDER BY seq')
    for (const { body, hash } of rows.iterate()) yield { ...JSON.parse(body), hash }
  } finally {
    database.close()
  }
}

function newest(file: string, limit: number): JournalRecord[] {
  const database = new Database(file, { readonly: true })
  try {
    return database
      .prepare<[number], { body: string; hash: string }>('SELECT body, hash FROM journal ORDER BY seq DESC LIMIT ?')
      .all(limit)
      .toReversed()
      .map(({ body, hash }) => ({ ...JSON.parse(body), hash }))
  } finally {
    database.close()
  }
}

function line({ seq, at, actor, kind, data, correlationId }: JournalRecord): string {
  const about = correlationId === null ? '' : `  ${correlationId}`
  return `${String(seq).padStart(7)}  ${new Date(at).toISOString()}  ${actor.id.padEnd(10)}  ${kind}${about}  ${shortened(JSON.stringify(data))}`
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

const columns = ['seq', 'at', 'actor', 'kind', 'correlationId', 'reason', 'data', 'hash'] as const

function csvRow({ seq, at, actor, kind, correlationId, reason, data, hash }: JournalRecord): string {
  const cells = [
    seq,
    new Date(at).toISOString(),
    `${actor.kind}:${actor.id}`,
    kind,
    correlationId ?? '',
    reason ?? '',
    JSON.stringify(data),
    hash,
  ]
  return cells
    .map((cell) => (/[",\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell)))
    .join(',')
}
