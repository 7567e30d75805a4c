import type { DeskRecord, Entry } from '#engine/journal/journal.ts'
import type { Mode } from '#shared/domain/account.ts'
import { canonicalCopy, canonicalJson } from '#shared/lib/canonical-json.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { leafHash } from './merkle-tree.ts'

/** What all records of one start of the desk have in common. */
export interface Provenance {
  readonly app: { readonly version: string; readonly commit: string }
  /** SHA-256 of the configuration that the desk runs with. */
  readonly configHash: string
  readonly mode: Mode
  readonly account: string
}

/** Where in the chain a record stands, and when it was made. */
export interface RecordPlace {
  readonly seq: number
  readonly prevHash: string
  readonly at: number
  readonly monotonicMs: number
  readonly clockOffsetMs: number | null
}

/** A record and the text of which its hash was taken. */
export interface SealedRecord {
  readonly record: DeskRecord
  readonly body: string
}

/**
 * Makes records out of entries. The body is the record without its hash as canonical JSON (RFC 8785); the hash is that of
 * a leaf in RFC 6962. Throws NOT_JSON for data that JSON cannot hold.
 */
export function createSealer(provenance: Provenance): (entry: Entry, place: RecordPlace) => SealedRecord {
  const { app, configHash, mode, account } = provenance
  const accountText = canonicalJson(account)
  const appText = canonicalJson(app)
  const configText = canonicalJson(configHash)
  const modeText = canonicalJson(mode)

  // The canonical text is put together member by member, in the order of the keys: each part is written once.
  return (entry, { seq, prevHash, at, monotonicMs, clockOffsetMs }) => {
    const { kind, actor } = entry
    const correlationId = entry.correlationId ?? null
    const causationSeq = entry.causationSeq ?? null
    const reason = entry.reason ?? null
    // Whoever sees the record now sees what a later reader will see, whatever becomes of the objects that were handed in.
    const data = canonicalCopy(entry.data)
    const body =
      `{"account":${accountText},"actor":${canonicalJson(actor)},"app":${appText},"at":${at},` +
      `"causationSeq":${causationSeq},"clockOffsetMs":${clockOffsetMs},"configHash":${configText},` +
      `"correlationId":${canonicalJson(correlationId)},"data":${canonicalJson(data)},"kind":"${kind}","mode":${modeText},` +
      `"monotonicMs":${monotonicMs},"prevHash":"${prevHash}","reason":${canonicalJson(reason)},"seq":${seq}}`
    const record = {
      seq,
      prevHash,
      hash: leafHash(body),
      at,
      monotonicMs,
      clockOffsetMs,
      actor: { kind: actor.kind, id: actor.id },
      kind,
      data,
      correlationId,
      causationSeq,
      reason,
      app,
      configHash,
      mode,
      account,
    } as DeskRecord
    return { record, body }
  }
}

/** A row of the journal table as a record; throws JOURNAL_DAMAGED when it is not what was written. */
export function readRecord(row: { readonly body: string; readonly hash: string }): DeskRecord {
  if (leafHash(row.body) !== row.hash) throw journalDamage(`The record with the hash ${row.hash} was changed.`)
  return { ...JSON.parse(row.body), hash: row.hash } as DeskRecord
}

/** The journal does not hold what was written; the problem is a sentence. */
export function journalDamage(problem: string): ParleyError {
  return new ParleyError('JOURNAL_DAMAGED', problem, {
    wayOut: 'Start the desk again: it keeps the damaged journal, begins a new one and stays halted.',
  })
}
