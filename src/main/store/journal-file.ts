import { statSync } from 'node:fs'
import type Database from 'better-sqlite3'
import type { JournalHead } from '#shared/domain/journal.ts'
import { type Anchor, readAnchor } from './journal-anchor.ts'
import { genesisHash, isSignedBy, type JournalKeys, type SignedHead, signHead } from './journal-head.ts'
import { journalDamage as damage } from './journal-record.ts'
import { createMerkleTree, leafHash, type MerkleTree } from './merkle-tree.ts'
import { journalMigrations } from './migrations/journal.ts'
import { migrate } from './migrations/migrate.ts'
import { openDatabase } from './open-database.ts'

/** How the journal was found when it was opened. After anything but `fresh` and `opened` without doubt the desk starts HALTED. */
export type JournalOpened =
  | { readonly status: 'fresh' }
  | {
      readonly status: 'opened'
      readonly records: number
      /** How many records were checked again: those after the last signed head. */
      readonly checked: number
      /** Why a cut tail could not be ruled out, as a sentence; null when it could. */
      readonly doubt: string | null
    }
  | {
      /** The old journal was damaged: it is kept under another name, and a new one goes on from its last good head (AU-11). */
      readonly status: 'quarantined'
      readonly problem: string
      /** The files as they are called now; empty when the old journal was gone. */
      readonly movedTo: readonly string[]
      readonly lastGoodHead: JournalHead | null
    }

/** An opened journal.db: where its chain ends and the Merkle tree up to there. */
export interface JournalFile {
  readonly database: Database.Database
  readonly tree: MerkleTree
  readonly lastHash: string
  readonly opened: JournalOpened
}

interface HeadRow extends SignedHead {
  readonly peaks: string
}

/** Where the anchor of a journal file is: beside it, with the ending `.head`. */
export function anchorFile(file: string): string {
  return `${file.replace(/\.db$/, '')}.head`
}

/**
 * Opens a journal file, or makes it; a new one begins with the given hash. Only the records after the last signed head are
 * checked, so that a start takes no longer as the journal grows. Throws JOURNAL_DAMAGED, DATABASE_TOO_NEW, and what
 * better-sqlite3 throws.
 */
export function openJournalFile(
  file: string,
  keys: JournalKeys | undefined,
  nowMs: number,
  firstPrevHash = genesisHash,
): JournalFile {
  const anchor: Anchor = file === ':memory:' ? { status: 'missing' } : readAnchor(anchorFile(file))
  if (file !== ':memory:') refuseWhatIsNoJournal(file, anchor)
  const database = openDatabase(file, 'FULL')
  try {
    // Else INSERT OR REPLACE would delete a record without asking the trigger that forbids it.
    database.pragma('recursive_triggers = ON')
    migrate(database, journalMigrations)
    const head = lastHead(database)
    if (head !== undefined) return { database, ...resume(database, head, keys, anchor) }
    if (hashAt(database, 1) !== undefined) throw damage('All signed heads are gone.')
    const tree = createMerkleTree()
    saveHead(database, signHead({ size: 0, hash: firstPrevHash, root: tree.root() }, nowMs, keys), tree)
    return { database, tree, lastHash: firstPrevHash, opened: { status: 'fresh' } }
  } catch (error) {
    database.close()
    throw error
  }
}

/** Looks before SQLite does, which would make a database out of nothing. */
function refuseWhatIsNoJournal(file: string, anchor: Anchor): void {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found !== undefined && !found.isFile()) throw damage(`${file} is not a file.`)
  if ((found?.size ?? 0) > 0) return
  const what = `${file} is ${found === undefined ? 'missing' : 'empty'}`
  if (anchor.status === 'unreadable') throw damage(`${what}, and its anchor cannot be read.`)
  if (anchor.status === 'known' && anchor.head.size > 0)
    throw damage(`${what} and should hold ${anchor.head.size} records.`)
}

/** Goes on from the last signed head: checks it, the records after it, and the anchor. */
function resume(
  database: Database.Database,
  head: HeadRow,
  keys: JournalKeys | undefined,
  anchor: Anchor,
): Omit<JournalFile, 'database'> {
  const tree = createMerkleTree(head.size, JSON.parse(head.peaks))
  if (!isSignedBy(head, keys?.publicKey)) throw damage(`The head at ${head.size} was not signed with this desk's key.`)
  if (tree.root() !== head.root) throw damage(`The head at ${head.size} does not fit its tree.`)
  if (head.size > 0 && hashAt(database, head.size) !== head.hash) {
    throw damage(`Record ${head.size} is not the one that was signed.`)
  }
  let lastHash = head.hash
  const rows = database
    .prepare<[number], { seq: number; body: string; hash: string }>(
      'SELECT seq, body, hash FROM journal WHERE seq > ? ORDER BY seq',
    )
    .iterate(head.size)
  for (const { seq, body, hash } of rows) {
    if (seq !== tree.size + 1) throw damage(`Record ${tree.size + 1} is missing.`)
    const { seq: ownSeq, prevHash } = JSON.parse(body)
    if (leafHash(body) !== hash || ownSeq !== seq || prevHash !== lastHash) throw damage(`Record ${seq} was changed.`)
    tree.append(hash)
    lastHash = hash
  }
  const doubt = checkAnchor(database, keys, anchor, tree.size)
  return { tree, lastHash, opened: { status: 'opened', records: tree.size, checked: tree.size - head.size, doubt } }
}

function checkAnchor(
  database: Database.Database,
  keys: JournalKeys | undefined,
  anchor: Anchor,
  size: number,
): string | null {
  if (database.memory) return null
  if (anchor.status === 'missing') return 'The anchor file is missing: records cut from the end would not be noticed.'
  if (anchor.status === 'unreadable') return anchor.reason
  if (!isSignedBy(anchor.head, keys?.publicKey)) return "The anchor was not signed with this desk's key."
  if (anchor.head.size > size) throw damage(`The records from ${size + 1} to ${anchor.head.size} were cut off.`)
  if (anchor.head.size > 0 && hashAt(database, anchor.head.size) !== anchor.head.hash) {
    throw damage(`Record ${anchor.head.size} is not the one that the anchor names.`)
  }
  return null
}

function hashAt(database: Database.Database, seq: number): string | undefined {
  return database.prepare<[number], string>('SELECT hash FROM journal WHERE seq = ?').pluck().get(seq)
}

/** The last signed head in the database, with what is needed to go on from it. */
export function lastHead(database: Database.Database): HeadRow | undefined {
  return database.prepare<[], HeadRow>('SELECT * FROM heads ORDER BY size DESC LIMIT 1').get()
}

/** Adds a head, with what is needed to go on from it. */
export function saveHead(database: Database.Database, head: SignedHead, tree: MerkleTree): void {
  database
    .prepare('INSERT INTO heads (size, hash, root, at, signature, peaks) VALUES (?, ?, ?, ?, ?, ?)')
    .run(head.size, head.hash, head.root, head.at, head.signature, JSON.stringify(tree.peaks()))
}
