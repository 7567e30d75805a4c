import type { Compute } from '#engine/ports/compute.ts'
import { fromFailure, toFailure } from './failure.ts'
import { type HeavyTable, nameIn } from './heavy-table.ts'

/**
 * Computes on the calling thread, for one-shot runs and virtual time: what goes in and out is cloned as between threads,
 * so that the answers are the same. What has begun runs to its end: an abort is seen before and after, and nothing times
 * out.
 */
export function createInlineCompute(table: HeavyTable): Compute {
  return {
    async run(work, input, { signal, onProgress = () => {} } = {}) {
      signal?.throwIfAborted()
      const name = nameIn(table, work)
      try {
        return structuredClone(work(structuredClone(input), onProgress))
      } catch (error) {
        throw fromFailure(toFailure(name, error))
      } finally {
        signal?.throwIfAborted()
      }
    },
  }
}
