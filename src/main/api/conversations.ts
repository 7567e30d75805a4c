import { implement } from '@orpc/server'
import { contract } from '#shared/contract/index.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createBlind } from './blind.ts'
import type { CallContext } from './desk.ts'
import { type ApiParts, trader } from './parts.ts'

/** Everything that was ever said, and the trader's part in it. */
export function conversationsRoutes({ kernel, queries }: ApiParts) {
  const blind = createBlind(kernel.reviews)
  const os = implement(contract.conversations).$context<CallContext>()
  return {
    search: os.search.handler(async ({ input }) => {
      const hits = await queries.searchMessages(input)
      const { runs } = blind.hidden()
      return hits.filter(({ message }) => !runs.has(message.runId))
    }),
    say: os.say.handler(async ({ input: { runId, remark } }) => {
      if (queries.getRun(runId) === undefined) {
        throw new ParleyError('RUN_NOT_FOUND', `There is no run ${runId}.`, {
          wayOut: 'Open one from the list of runs.',
        })
      }
      blind.refuse(runId)
      return [...(await kernel.runs.say(runId, remark, trader))]
    }),
  }
}
