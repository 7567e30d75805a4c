import type { CancelRequest, Departure, Quiescence, StoredRecord } from '#main/simulation/observation.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'

/** I7: an order leaves only when its records are durable. */
export function orderIsRecorded({ order, recorded }: Departure): string | undefined {
  const missing = (['orderInitialized', 'orderSubmitted'] as const).find((kind) => !recorded.has(kind))
  return missing === undefined ? undefined : `${order.clientOrderId} left before its ${missing} was durable`
}

/** I7: a cancel leaves only when its record is durable; the stop does not wait for a journal that is gone (AU-1). */
export function cancelIsRecorded({ clientOrderId, recorded, journalFailed }: CancelRequest): string | undefined {
  if (recorded.has('orderPendingCancel') || journalFailed) return undefined
  return `the cancel of ${clientOrderId} left before its orderPendingCancel was durable`
}

/** I7: each record follows the one before it and holds its hash. */
export function recordContinuesChain({ record, body, hashBefore, seqBefore }: StoredRecord): string | undefined {
  if (record.seq !== seqBefore + 1) return `record ${record.seq} follows ${seqBefore}`
  if (hashBefore !== undefined && record.prevHash !== hashBefore)
    return `record ${record.seq} does not hold the hash before it`
  return canonicalJson(JSON.parse(body)) === body ? undefined : `record ${record.seq} is not canonical JSON`
}

/** I7, at quiescence: the journal verifies from the first record to the last. */
export function journalVerifies({ verification }: Quiescence): string | undefined {
  return verification === 'verified' ? undefined : `the journal is ${verification}`
}
