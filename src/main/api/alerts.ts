import { implement } from '@orpc/server'
import { followJournal } from '#engine/journal/follow-journal.ts'
import { contract } from '#shared/contract/index.ts'
import type { CallContext } from './desk.ts'
import type { ApiParts } from './parts.ts'

const mostAtOnce = 500

/** What was called out about the runs. */
export function alertsRoutes({ journal, queries }: ApiParts) {
  const os = implement(contract.alerts).$context<CallContext>()
  return {
    list: os.list.handler(({ input }) => [...queries.listAlerts(0, input.limit)]),
    watch: os.watch.handler(async function* ({ input, signal }) {
      const after = input.after ?? journal.head().size
      for await (const records of followJournal(journal, after, signal ?? new AbortController().signal)) {
        const [first] = records.filter(({ kind }) => kind === 'alertRaised')
        const last = records.at(-1)
        if (first === undefined || last === undefined) continue
        const raised = queries.listAlerts(first.seq - 1, mostAtOnce).filter(({ seq }) => seq <= last.seq)
        yield* raised.toReversed()
      }
    }),
  }
}
