import type { SealedRecord } from './journal-record.ts'

/** The records that will commit together, and the one promise of it that all who wait have in common. */
export interface CommitGroup {
  readonly records: SealedRecord[]
  readonly durable: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** A group to which nothing was added yet. */
export function emptyGroup(): CommitGroup {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  promise.catch(ignore)
  return { records: [], durable: promise, resolve, reject }
}

/** Takes a failure from a promise: whoever does not wait for it learns of the failure from onFailure. */
export const ignore = (): void => {}
