import { basename } from 'node:path'
import { beginRunState, type RunState, remember } from '#engine/desk/run/run-state.ts'
import type { Queries } from '#engine/ports/queries.ts'
import { applyToBook, bookFromJson, bookToJson, emptyBook, type TradingBook } from '#engine/trading/positions/book.ts'
import { isExit } from '#shared/domain/order.ts'
import type { Latch } from '#shared/domain/trading-state.ts'
import type { Stop } from '#shared/lib/clock.ts'
import type { StoreJournal } from '#store/journal.ts'

/** What is known before the journal is opened. */
export interface FoundState {
  /** What `readLatch` gave. */
  readonly first: { readonly latch: Latch; readonly isNew: boolean }
  readonly hadJournal: boolean
  /** UTC epoch milliseconds. */
  readonly nowMs: number
}

/** The desk as its journal and its latch tell it. */
export interface RecoveredDesk {
  readonly book: TradingBook
  /** Runs that have not ended, each with all that was said in it. */
  readonly unfinished: readonly RunState[]
  /** True when the last process ended in order, or there was none. */
  readonly clean: boolean
  /** The state to start in: HALTED where there is a doubt. */
  readonly latch: Latch
  /** Why this desk must not trade before somebody has looked; undefined when nothing speaks against it (KS-8, AU-11, EL-13). */
  readonly doubt: string | undefined
  /** Why what the account holds is unknown: its journal is gone, and an empty one says nothing of it (OL-15). */
  readonly accountDoubt: string | undefined
}

/** Folds what is durable into the state that a desk starts from. It writes nothing: a latch that differs has to be saved. */
export function recoverDesk(journal: StoreJournal, queries: Queries, found: FoundState): RecoveredDesk {
  const { first, nowMs } = found
  const book = recoverBook(journal)
  const clean = endedCleanly(journal)
  const doubt = doubtIn(journal, found, clean ? 0 : unsettled(book))
  const latch = doubt === undefined || first.latch.state === 'HALTED' ? first.latch : halted(first.latch, doubt, nowMs)
  const accountDoubt = accountDoubtIn(journal, found)
  return { book, unfinished: unfinishedRuns(journal, queries), clean, latch, doubt, accountDoubt }
}

/** The form that the account is kept in: a snapshot of another form is passed over, and the whole journal read. */
const bookSnapshot = 'book 4'

/** The account from the last snapshot that fits the journal, and the records since. */
function recoverBook(journal: StoreJournal): TradingBook {
  const snapshot = journal.snapshots.load(bookSnapshot)
  const book = snapshot === undefined ? emptyBook() : bookFromJson(snapshot.state)
  journal.replay(snapshot?.seq ?? 0, (record) => applyToBook(book, record, record.at))
  return book
}

/** Reads from the first of them on: what is before it is none of theirs. */
function unfinishedRuns(journal: StoreJournal, queries: Queries): RunState[] {
  const memories = new Map<string, RunState>()
  const unfinished = queries.listUnfinishedRuns()
  const [first] = unfinished
  if (first === undefined) return []
  const open = new Set(unfinished.map(({ id }) => id))
  journal.replay(first.seq - 1, (record) => {
    if (record.correlationId === null || !open.has(record.correlationId)) return
    if (record.kind === 'runStarted') {
      const { runId, goal, plan } = record.data
      memories.set(runId, beginRunState(runId, goal, plan, record.at))
    }
    const memory = memories.get(record.correlationId)
    if (memory !== undefined) remember(memory, record)
  })
  return [...memories.values()]
}

function endedCleanly(journal: StoreJournal): boolean {
  const { size } = journal.head()
  return size === 0 || journal.read(size - 1, 1)[0]?.kind === 'deskStopped'
}

function doubtIn(journal: StoreJournal, found: FoundState, workingOrders: number): string | undefined {
  const { opened } = journal
  const lost = accountDoubtIn(journal, found)
  if (lost !== undefined) return lost
  if (opened.status === 'opened' && opened.doubt !== null) return opened.doubt
  if (workingOrders > 0)
    return `The desk ended unexpectedly with ${workingOrders} orders working; compare them with the broker`
  return undefined
}

/** Orders that a person has to look at after a crash: not stops and targets, which only take back and are compared with the venue first. */
function unsettled({ orders }: TradingBook): number {
  return [...orders.values()].filter((order) => !isExit(order)).length
}

/** Why the journal that is open does not tell of what came before it; undefined where it does. */
function accountDoubtIn({ opened }: StoreJournal, { first, hadJournal }: FoundState): string | undefined {
  if (opened.status === 'quarantined') {
    const [kept] = opened.movedTo
    const where = kept === undefined ? '' : `; the damaged one is kept as ${basename(kept)}`
    return `The journal was damaged and a new one was begun${where} (${opened.problem})`
  }
  return opened.status === 'fresh' && !first.isNew && !hadJournal
    ? 'The journal is missing although this desk was used before'
    : undefined
}

function halted(before: Latch, reason: string, nowMs: number): Latch {
  return { state: 'HALTED', epoch: before.epoch + 1, level: 2, by: 'system', reason, at: Math.floor(nowMs) }
}

/** Keeps the account beside the journal, so that the next start replays only the tail. */
export interface BookSnapshots {
  /** Saves the account, unless it is ahead of what is durable. */
  save(): void
  readonly stop: Stop
}

/** Saves a snapshot of the book every so many records. The book has to be the one that the journal's records are folded into. */
export function keepSnapshots(journal: StoreJournal, book: TradingBook, every: number): BookSnapshots {
  let lastSeen = journal.head().size
  const stopObserving = journal.observe(({ seq }) => {
    lastSeen = seq
  })
  function save(): void {
    const { size, hash } = journal.head()
    // A book that is ahead of the journal would fold the same records twice after a crash.
    if (size > 0 && size === lastSeen)
      journal.snapshots.save(bookSnapshot, size, hash, JSON.stringify(bookToJson(book)))
  }
  const stopListening = journal.onCommit((records) => {
    if (records.some(({ seq }) => seq % every === 0)) save()
  })
  return {
    save,
    stop() {
      stopObserving()
      stopListening()
    },
  }
}
