import { existsSync, renameSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { JournalHead } from '#shared/domain/journal.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { readAnchor } from './journal-anchor.ts'
import { anchorFile, lastHead } from './journal-file.ts'
import { isSignedBy, type JournalKeys, type SignedHead } from './journal-head.ts'
import { sqliteCode } from './open-database.ts'

/** What was done with a damaged journal. */
export interface Quarantine {
  /** The files as they are called now; empty when the journal was gone. */
  readonly movedTo: readonly string[]
  /** The newest head that is known to be genuine; a new journal goes on from it. */
  readonly lastGoodHead: JournalHead | null
}

/** Renames a damaged journal and its anchor, so that they are kept and a new journal can begin (AU-11). Throws HOME_NOT_WRITABLE. */
export function quarantineJournal(file: string, keys: JournalKeys | undefined, nowMs: number): Quarantine {
  const lastGoodHead = lastKnownHead(file, keys)
  return { movedTo: keepAside(file, nowMs), lastGoodHead }
}

/** The newest head that is known to be genuine: the anchor's, or the last in the damaged file if it can still be read. */
function lastKnownHead(file: string, keys: JournalKeys | undefined): JournalHead | null {
  const anchor = readAnchor(anchorFile(file))
  const heads: SignedHead[] = anchor.status === 'known' ? [anchor.head] : []
  try {
    const database = new Database(file, { readonly: true, fileMustExist: true })
    try {
      const head = lastHead(database)
      if (head !== undefined) heads.push(head)
    } finally {
      database.close()
    }
  } catch {
    // It cannot be read: the anchor is all there is.
  }
  const genuine = heads.filter((head) => isSignedBy(head, keys?.publicKey)).sort((a, b) => b.size - a.size)[0]
  return genuine === undefined ? null : { size: genuine.size, hash: genuine.hash, root: genuine.root }
}

function keepAside(file: string, nowMs: number): readonly string[] {
  const stamp = new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')
  const base = file.replace(/\.db$/, '')
  const free = (count: number): string => {
    const name = `${base}.quarantined-${stamp}${count === 0 ? '' : `-${count}`}`
    return existsSync(`${name}.db`) || existsSync(`${name}.head`) ? free(count + 1) : name
  }
  const kept = free(0)
  try {
    return [
      [file, `${kept}.db`],
      [`${file}-wal`, `${kept}.db-wal`],
      [anchorFile(file), `${kept}.head`],
    ].flatMap(([from = '', to = '']) => {
      if (!existsSync(from)) return []
      renameSync(from, to)
      return [to]
    })
  } catch (error) {
    throw notWritable(file, error)
  }
}

function notWritable(file: string, cause: unknown): ParleyError {
  return new ParleyError('HOME_NOT_WRITABLE', `The journal ${file} cannot be written: ${errorMessage(cause)}`, {
    details: { file },
    wayOut: 'Give yourself permission to write in the data folder and free some space, or choose another folder.',
    cause,
  })
}

/**
 * What is wrong with the file, in a sentence. Throws when the error is no damage: HOME_NOT_WRITABLE or HOME_IN_USE for a
 * matter of permission, space or use, else the error itself.
 */
export function damageIn(error: unknown, file: string): string {
  if (error instanceof ParleyError) {
    if (error.code === 'JOURNAL_DAMAGED' && file !== ':memory:') return error.message
    throw error
  }
  const code = sqliteCode(error)
  if (/^E[A-Z]+$/.test((error as NodeJS.ErrnoException).code ?? '')) throw notWritable(file, error)
  if (code === undefined) throw error
  if (/^SQLITE_(BUSY|LOCKED)/.test(code ?? '')) {
    throw new ParleyError('HOME_IN_USE', `${file} is in use by another program.`, {
      retry: 'retryable',
      details: { file },
      wayOut: 'Close the other Parley that has this data folder open.',
      cause: error,
    })
  }
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH|FULL)/.test(code ?? '')) throw notWritable(file, error)
  return `${file} cannot be read: ${errorMessage(error)}.`
}
