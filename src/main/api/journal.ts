import { implement } from '@orpc/server'
import { contract } from '#shared/contract/index.ts'
import type { CallContext } from './desk.ts'
import type { ApiParts } from './parts.ts'

/** The journal as it is: its head, its records, its verification. */
export function journalRoutes({ journal }: ApiParts) {
  const os = implement(contract.journal).$context<CallContext>()
  return {
    head: os.head.handler(() => journal.head()),
    verify: os.verify.handler(() => journal.verify()),
    read: os.read.handler(({ input }) =>
      journal.read(input.after, input.limit).map((record) => ({ ...record, data: { ...record.data } })),
    ),
  }
}
