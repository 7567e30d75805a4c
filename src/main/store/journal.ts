import type { Database } from 'better-sqlite3'
import type { DeskRecord, Entry, Journal } from '#engine/journal/journal.ts'
import type { JournalHead } from '#shared/domain/journal.ts'
import type { Clock, Stop } from '#shared/lib/clock.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { type CommitGroup, emptyGroup, ignore } from './commit-group.ts'
import { openAnchor } from './journal-anchor.ts'
import { anchorFile, type JournalFile, type JournalOpened, openJournalFile, saveHead } from './journal-file.ts'
import { type JournalKeys, signHead } from './journal-head.ts'
import { damageIn, quarantineJournal } from './journal-quarantine.ts'
import { createSealer, type Provenance, readRecord, type SealedRecord } from './journal-record.ts'
import { prepareInsert } from './journal-rows.ts'
import { keepProjections } from './projections/keep-projections.ts'
import type { Projection } from './projections/projection.ts'
import { createSnapshots, type Snapshots } from './snapshots.ts'
import { verifyJournal, verifyJournalDatabase } from './verify-journal.ts'

export interface JournalOptions extends Provenance {
  /** The path of journal.db, or ':memory:'. */
  readonly file: string
  readonly clock: Clock
  /** Signs the heads; a journal in memory may do without. */
  readonly keys?: JournalKeys
  /** Decides when a group of appends commits: setImmediate when live, the virtual clock in simulation. */
  readonly schedule: (commit: () => void) => void
  /** A signed head is kept every so many records; default 256. A start checks at most as many. */
  readonly headEvery?: number
  readonly projections?: readonly Projection[]
  /** The machine's clock minus the reference's, in milliseconds; null while it is not measured. */
  readonly clockOffsetMs?: () => number | null
}

/** The journal in SQLite, with what stands beside the records in the same file. */
export interface StoreJournal extends Journal {
  readonly opened: JournalOpened
  /** Names of the projections that were built again from the first record. */
  readonly rebuilt: readonly string[]
  readonly snapshots: Snapshots
  /** For queries of projections. */
  readonly database: Database
  /** Visits the durable records with seq > after, oldest first, a page at a time. */
  replay(after: number, visit: (record: DeskRecord) => void): void
  /** Commits what waits, signs a last head and closes the file; appends are refused from then on. */
  close(): void
}

const replayPage = 1_000

/**
 * Opens the journal: SQLite in WAL mode with synchronous=FULL (AU-16), records chained by SHA-256 over canonical JSON
 * (AU-5) and gathered in a Merkle tree after RFC 6962 (AU-6). `opened` says how the file was found. Throws
 * HOME_NOT_WRITABLE, HOME_IN_USE, DATABASE_TOO_NEW.
 *
 * What an observer appends is shown to the observers after the records that they are being shown. An error thrown by an
 * observer or a listener reaches the process as an uncaught exception; the other observers do not notice.
 */
export function openJournal(options: JournalOptions): StoreJournal {
  const { file, keys, clock } = options
  const nowMs = Math.floor(clock.now())
  try {
    return assemble(options, openJournalFile(file, keys, nowMs))
  } catch (error) {
    const problem = damageIn(error, file)
    const { movedTo, lastGoodHead } = quarantineJournal(file, keys, nowMs)
    const begun = openJournalFile(file, keys, nowMs, lastGoodHead?.hash)
    return assemble(options, { ...begun, opened: { status: 'quarantined', problem, movedTo, lastGoodHead } })
  }
}

function assemble(options: JournalOptions, found: JournalFile): StoreJournal {
  try {
    return createJournal(options, found)
  } catch (error) {
    found.database.close()
    throw error
  }
}

function createJournal(options: JournalOptions, { database, tree, lastHash, opened }: JournalFile): StoreJournal {
  const { file, clock, keys, schedule, headEvery = 256, clockOffsetMs = () => null } = options
  // A virtual clock may stand between two milliseconds.
  const nowMs = () => Math.floor(clock.now())
  const seal = createSealer(options)
  const startedMs = clock.monotonic()

  const selectAfter = database.prepare<[number, number], { body: string; hash: string }>(
    'SELECT body, hash FROM journal WHERE seq > ? ORDER BY seq LIMIT ?',
  )
  const read = (after: number, limit: number) => selectAfter.all(after, limit).map(readRecord)
  function replay(after: number, visit: (record: DeskRecord) => void): void {
    for (let page = read(after, replayPage); page.length > 0; page = read(page.at(-1)?.seq ?? after, replayPage)) {
      for (const record of page) visit(record)
    }
  }
  const projections = keepProjections(database, options.projections ?? [], replay)

  const observers = new Set<(record: DeskRecord) => void>()
  const commitListeners = new Set<(records: readonly DeskRecord[]) => void>()
  const failureListeners = new Set<(error: unknown) => void>()

  // The end of the chain, durable or not; and the head of what is durable.
  let seq = tree.size
  let prevHash = lastHash
  let durable: JournalHead = { size: tree.size, hash: lastHash, root: tree.root() }
  let signedSize = tree.size
  if (opened.status === 'opened') signedSize -= opened.checked

  let pending = emptyGroup()
  let scheduled = false
  let failure: ParleyError | undefined
  const unseen: DeskRecord[] = []
  let observing = false

  const anchor = database.memory ? undefined : openAnchor(anchorFile(file))
  anchor?.write(signHead(durable, nowMs(), keys))

  const insertAll = prepareInsert(database)
  const write = database.transaction((batch: readonly SealedRecord[]) => {
    insertAll(batch)
    for (const { record } of batch) {
      tree.append(record.hash)
      projections.apply(record)
      if (record.seq % headEvery === 0) signDurably(record.hash)
    }
  })

  function signDurably(hash: string): void {
    saveHead(database, signHead({ size: tree.size, hash, root: tree.root() }, nowMs(), keys), tree)
    signedSize = tree.size
  }

  function commit(): void {
    scheduled = false
    const last = pending.records.at(-1)
    if (failure !== undefined || last === undefined) return
    const group = pending
    pending = emptyGroup()
    try {
      write.immediate(group.records)
    } catch (error) {
      fail(error, group)
      return
    }
    durable = { size: tree.size, hash: last.record.hash, root: tree.root() }
    group.resolve()
    try {
      anchor?.write(signHead(durable, nowMs(), keys))
    } catch (error) {
      fail(error)
    }
    const records = group.records.map(({ record }) => record)
    for (const listener of commitListeners) guarded(() => listener(records))
  }

  function fail(cause: unknown, group?: CommitGroup): void {
    const error = unwritable(`The journal cannot be written: ${errorMessage(cause)}`, file, cause)
    failure = error
    group?.reject(error)
    pending.reject(error)
    pending = emptyGroup()
    for (const listener of failureListeners) guarded(() => listener(error))
  }

  function sealAll(entries: readonly Entry[]): readonly SealedRecord[] {
    const at = nowMs()
    // Microseconds are enough, and short.
    const monotonicMs = Math.round((clock.monotonic() - startedMs) * 1_000) / 1_000
    const offset = clockOffsetMs()
    let last = { seq, hash: prevHash }
    return entries.map((entry) => {
      const place = { seq: last.seq + 1, prevHash: last.hash, at, monotonicMs, clockOffsetMs: offset }
      const sealed = seal(entry, place)
      last = sealed.record
      return sealed
    })
  }

  function append(...entries: readonly Entry[]): Promise<readonly DeskRecord[]> {
    if (failure !== undefined) return rejected(failure)
    let sealed: readonly SealedRecord[]
    try {
      sealed = sealAll(entries)
    } catch (error) {
      return rejected(error)
    }
    const last = sealed.at(-1)?.record
    if (last === undefined) return settled().then(() => [])
    seq = last.seq
    prevHash = last.hash
    for (const one of sealed) pending.records.push(one)
    const records = sealed.map(({ record }) => record)
    const promise = pending.durable.then(() => records)
    promise.catch(ignore)
    if (!scheduled) {
      scheduled = true
      schedule(commit)
    }
    tellObservers(records)
    return promise
  }

  function tellObservers(records: readonly DeskRecord[]): void {
    for (const record of records) unseen.push(record)
    if (observing) return
    observing = true
    for (let record = unseen.shift(); record !== undefined; record = unseen.shift()) {
      const seen = record
      for (const observer of observers) guarded(() => observer(seen))
    }
    observing = false
  }

  function settled(): Promise<void> {
    if (failure !== undefined) return rejected(failure)
    return pending.records.length === 0 ? Promise.resolve() : pending.durable
  }

  return {
    opened,
    rebuilt: projections.rebuilt,
    snapshots: createSnapshots(database),
    database,
    append,
    settled,
    head: () => durable,
    read,
    replay,
    observe: (observer) => subscribe(observers, observer),
    onCommit: (listener) => subscribe(commitListeners, listener),
    onFailure(listener) {
      if (failure !== undefined) guarded(() => listener(failure))
      return subscribe(failureListeners, listener)
    },
    verify: () =>
      database.memory
        ? verifyJournalDatabase(database, keys?.publicKey, undefined)
        : verifyJournal(file, keys?.publicKey, signHead(durable, nowMs(), keys)),
    close() {
      if (!database.open) return
      commit()
      if (failure === undefined && signedSize < durable.size) {
        try {
          signDurably(durable.hash)
        } catch (error) {
          fail(error)
        }
      }
      failure ??= unwritable('The journal is closed.', file)
      anchor?.close()
      database.close()
    },
  }
}

function unwritable(message: string, file: string, cause?: unknown): ParleyError {
  return new ParleyError('JOURNAL_UNWRITABLE', message, {
    details: { file },
    wayOut: 'Free space on the disk and check that the data folder can be written, then start the desk again.',
    cause,
  })
}

function rejected(reason: unknown): Promise<never> {
  const promise = Promise.reject(reason)
  promise.catch(ignore)
  return promise
}

function subscribe<T>(listeners: Set<T>, listener: T): Stop {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Calls back; an error reaches the process as an uncaught exception, and not the caller. */
function guarded(callback: () => void): void {
  try {
    callback()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
