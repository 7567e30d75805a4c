import { oc } from '@orpc/contract'
import { z } from 'zod'
import { memoryHitSchema, memorySearchSchema, rememberedRunSchema } from '#shared/domain/memory.ts'

/** What the desk knew, decided and learned. */
export const memoryContract = {
  /** Newest first. */
  search: oc.route({ method: 'GET', path: '/memory' }).input(memorySearchSchema).output(z.array(memoryHitSchema)),
  /** Throws RUN_NOT_FOUND. */
  get: oc
    .route({ method: 'GET', path: '/memory/{runId}' })
    .input(z.object({ runId: z.string() }))
    .output(rememberedRunSchema),
}
