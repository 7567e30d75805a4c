import type { DeskEvent } from '#shared/domain/event.ts'
import type { Actor, JournalHead, JournalRecord, Verification } from '#shared/domain/journal.ts'
import type { Stop } from '#shared/lib/clock.ts'

/** An event on its way into the journal, with who caused it and what it belongs to. */
export type Entry = DeskEvent & {
  readonly actor: Actor
  /** The run, stop or order that it belongs to. */
  readonly correlationId?: string
  readonly causationSeq?: number
  readonly reason?: string
}

/** A journal record whose kind and data are known to belong together. */
export type DeskRecord = Omit<JournalRecord, 'kind' | 'data'> & DeskEvent

/**
 * The append-only, hash-chained record of everything that happens. Entries appended in one turn of the event loop
 * commit together; an effect (an order, a call that costs money, an answer to a person) waits for the promise.
 */
export interface Journal {
  /**
   * Appends entries in order. Observers have seen the records when it returns; the promise resolves with them once they
   * are durable, and rejects with JOURNAL_UNWRITABLE when they could not be made so.
   */
  append(...entries: readonly Entry[]): Promise<readonly DeskRecord[]>
  /** Resolves when all that was appended so far is durable. */
  settled(): Promise<void>
  /** The head of what is durable. */
  head(): JournalHead
  /** Durable records with seq > after, oldest first. */
  read(after: number, limit: number): readonly DeskRecord[]
  /** Calls back with each record, in order, in the turn in which it is appended (before it is durable). */
  observe(observer: (record: DeskRecord) => void): Stop
  /** Calls back after each commit with what it made durable. */
  onCommit(listener: (records: readonly DeskRecord[]) => void): Stop
  /** Calls back once, when the journal can no longer be written; the desk must halt. */
  onFailure(listener: (error: unknown) => void): Stop
  /** Checks every record, the chain and the signed heads. */
  verify(): Promise<Verification>
}
