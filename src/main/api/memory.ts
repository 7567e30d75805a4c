import { implement } from '@orpc/server'
import { contract } from '#shared/contract/index.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createBlind } from './blind.ts'
import type { CallContext } from './desk.ts'
import type { ApiParts } from './parts.ts'

/** What the desk knew, decided and learned. */
export function memoryRoutes({ queries, kernel }: ApiParts) {
  const blind = createBlind(kernel.reviews)
  const os = implement(contract.memory).$context<CallContext>()
  return {
    search: os.search.handler(async ({ input }) => {
      const hits = await queries.searchMemory(input)
      const { runs } = blind.hidden()
      return hits.filter(({ runId }) => !runs.has(runId))
    }),
    get: os.get.handler(({ input: { runId } }) => {
      blind.refuse(runId)
      const found = queries.getRemembered(runId)
      if (found !== undefined) return found
      throw new ParleyError('RUN_NOT_FOUND', `Memory has no run ${runId}.`, { wayOut: 'Search memory for one.' })
    }),
  }
}
