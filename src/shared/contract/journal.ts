import { oc } from '@orpc/contract'
import { z } from 'zod'
import { journalHeadSchema, journalRecordSchema, verificationSchema } from '#shared/domain/journal.ts'

export const journalContract = {
  head: oc.route({ method: 'GET', path: '/journal/head' }).output(journalHeadSchema),
  verify: oc.route({ method: 'POST', path: '/journal/verify' }).output(verificationSchema),
  /** Records after a cursor, oldest first. */
  read: oc
    .route({ method: 'GET', path: '/journal' })
    .input(
      z.object({
        after: z.coerce.number().int().min(0).default(0),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
    )
    .output(z.array(journalRecordSchema)),
}
