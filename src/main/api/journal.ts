import { implement } from '@orpc/server'
import type { DeskRecord } from '#engine/journal/journal.ts'
import { contract } from '#shared/contract/index.ts'
import { type Blind, createBlind } from './blind.ts'
import type { CallContext } from './desk.ts'
import type { ApiParts } from './parts.ts'

/** The journal as it is: its head, its records, its verification. */
export function journalRoutes({ journal, kernel }: ApiParts) {
  const blind = createBlind(kernel.reviews)
  const os = implement(contract.journal).$context<CallContext>()
  return {
    head: os.head.handler(() => journal.head()),
    verify: os.verify.handler(() => journal.verify()),
    read: os.read.handler(({ input }) => {
      const hidden = blind.hidden()
      return journal.read(input.after, input.limit).map((record) => {
        return isKeptBack(record, hidden) ? { ...record, data: keptBack } : { ...record, data: { ...record.data } }
      })
    }),
  }
}

/** What stands in a record's place until the trader has judged the decision that it is of; the record itself is as it was. */
const keptBack = { keptBack: 'Until you have said what you think of the decision (HO-10).' }

/** HO-10: all of a run that is judged first but its evidence, and what says that a review is a drill. */
function isKeptBack(record: DeskRecord, { runs, reviews }: ReturnType<Blind['hidden']>): boolean {
  const { kind, data, correlationId } = record
  if ('reviewId' in data && reviews.has(data.reviewId)) return true
  if ('review' in data && reviews.has(data.review.id)) return true
  return correlationId !== null && runs.has(correlationId) && kind !== 'evidenceGathered'
}
