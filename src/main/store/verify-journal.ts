import type { KeyObject } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import Database from 'better-sqlite3'
import type { Verification } from '#shared/domain/journal.ts'
import { genesisHash, isSignedBy, type SignedHead } from './journal-head.ts'
import { createMerkleTree, leafHash } from './merkle-tree.ts'

type Problem =
  | 'changed'
  | 'missing'
  | 'out of order'
  | 'inserted'
  | 'cut'
  | 'unreadable'
  | 'a signed head that does not fit'

interface Row {
  readonly seq: number
  readonly body: string
  readonly hash: string
}

interface Finding {
  readonly firstBadSeq: number
  readonly problem: Problem
}

// A page takes a few milliseconds; the event loop turns between pages.
const pageSize = 500

/**
 * Checks a journal file from the first record to the last: each hash, the chain, every signed head, and the anchor, which
 * is what tells that the tail was cut off or written anew. Works read-only, beside a desk that has the file open; what is
 * appended meanwhile is left for the next time. Without a public key no signature is checked.
 *
 * `firstBadSeq` is exact for a record that was changed, deleted, inserted, swapped or cut off. Where someone has rewritten
 * all records from some point on, hashes included, only a signed head can tell: the first record after the last head
 * that fits is named. What was appended after the anchor stands on the chain alone.
 */
export async function verifyJournal(
  file: string,
  publicKey: KeyObject | undefined,
  anchor: SignedHead | undefined,
): Promise<Verification> {
  let database: Database.Database
  try {
    database = new Database(file, { readonly: true, fileMustExist: true })
  } catch {
    return { status: 'broken', firstBadSeq: 1, problem: 'unreadable', records: 0 }
  }
  try {
    return await verifyJournalDatabase(database, publicKey, anchor)
  } finally {
    database.close()
  }
}

/** Does what verifyJournal does, on a connection that is open. */
export async function verifyJournalDatabase(
  database: Database.Database,
  publicKey: KeyObject | undefined,
  anchor: SignedHead | undefined,
): Promise<Verification> {
  let seq = 0
  let records = 0
  try {
    const end = readEnd(database)
    records = end.records
    const selectRows = database.prepare<[number, number, number], Row>(
      'SELECT seq, body, hash FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
    )
    const selectHeads = database.prepare<[number, number], SignedHead>(
      'SELECT size, hash, root, at, signature FROM heads WHERE size > ? AND size <= ? ORDER BY size',
    )
    const check = createChecker(publicKey)
    const broken = ({ firstBadSeq, problem }: Finding): Verification => ({
      status: 'broken',
      firstBadSeq,
      problem,
      records,
    })

    const genesis = check.begin([...selectHeads.all(-1, 0), ...(anchor?.size === 0 ? [anchor] : [])])
    if (genesis !== undefined) return broken(genesis)
    let limit = pageSize
    while (seq < records) {
      let rows: readonly Row[]
      try {
        // One more than is checked, since the next record tells which of two that do not fit is the bad one.
        rows = selectRows.all(seq, records, limit + 1)
      } catch (error) {
        if (limit === 1) throw error
        // Part of the page is damaged: go row by row, to come as far as can be.
        limit = 1
        continue
      }
      if (rows.length === 0) break
      const page = rows.slice(0, limit)
      const upTo = page.at(-1)?.seq ?? seq
      const heads = selectHeads.all(seq, upTo)
      if (anchor !== undefined && anchor.size > seq && anchor.size <= upTo) heads.push(anchor)
      for (const [index, row] of page.entries()) {
        const finding = check.next(
          row,
          rows[index + 1],
          heads.filter(({ size }) => size === row.seq),
        )
        if (finding !== undefined) return broken(finding)
        seq = row.seq
      }
      await setImmediate()
    }
    if (end.signed > seq || (anchor?.size ?? 0) > seq) return broken({ firstBadSeq: seq + 1, problem: 'cut' })
    return { status: 'verified', head: check.head(), signedHeads: end.heads }
  } catch {
    return { status: 'broken', firstBadSeq: seq + 1, problem: 'unreadable', records }
  }
}

function readEnd(database: Database.Database): { records: number; signed: number; heads: number } {
  // One statement sees one state, however much is appended meanwhile.
  const end = database
    .prepare<[], { records: number | null; signed: number | null; heads: number }>(
      'SELECT (SELECT max(seq) FROM journal) AS records, max(size) AS signed, count(*) AS heads FROM heads',
    )
    .get()
  return { records: end?.records ?? 0, signed: end?.signed ?? 0, heads: end?.heads ?? 0 }
}

/** Checks one record after the other; `vouched` is the size of the last head that fitted. */
function createChecker(publicKey: KeyObject | undefined) {
  const tree = createMerkleTree()
  let vouched = 0
  let lastHash = genesisHash
  let hashBeforeLast = ''

  function checkHeads(heads: readonly SignedHead[]): Finding | undefined {
    for (const head of heads) {
      if (!isSignedBy(head, publicKey))
        return { firstBadSeq: Math.max(1, head.size), problem: 'a signed head that does not fit' }
      if (head.hash !== lastHash || head.root !== tree.root()) {
        return { firstBadSeq: vouched + 1, problem: 'a signed head that does not fit' }
      }
    }
    if (heads.length > 0) vouched = tree.size
    return undefined
  }

  function checkRow(row: Row, next: Row | undefined, heads: readonly SignedHead[]): Finding | undefined {
    const seq = tree.size + 1
    if (row.seq !== seq) return { firstBadSeq: seq, problem: 'missing' }
    if (leafHash(row.body) !== row.hash) return { firstBadSeq: seq, problem: 'changed' }
    const own = JSON.parse(row.body) as { readonly seq: unknown; readonly prevHash: unknown }
    if (own.seq !== seq) {
      return own.seq === seq - 1 && own.prevHash === hashBeforeLast && vouched < seq - 1
        ? { firstBadSeq: seq - 1, problem: 'inserted' }
        : { firstBadSeq: seq, problem: 'out of order' }
    }
    if (own.prevHash === lastHash) return undefined
    // This record and the one before do not belong together. It is this one that is good if what follows vouches for it.
    const isVouched = heads.some(({ hash }) => hash === row.hash) || (next !== undefined && follows(next, row))
    return { firstBadSeq: isVouched && vouched < seq - 1 ? seq - 1 : seq, problem: 'changed' }
  }

  return {
    begin(heads: readonly SignedHead[]): Finding | undefined {
      lastHash = heads[0]?.hash ?? genesisHash
      return checkHeads(heads)
    },
    next(row: Row, next: Row | undefined, heads: readonly SignedHead[]): Finding | undefined {
      const finding = checkRow(row, next, heads)
      if (finding !== undefined) return finding
      hashBeforeLast = lastHash
      lastHash = row.hash
      tree.append(row.hash)
      return checkHeads(heads)
    },
    head: () => ({ size: tree.size, hash: lastHash, root: tree.root() }),
  }
}

function follows(next: Row, row: Row): boolean {
  try {
    return JSON.parse(next.body).prevHash === row.hash
  } catch {
    return false
  }
}
