import { oc } from '@orpc/contract'
import { z } from 'zod'
import { messageHitSchema, messageSchema, messageSearchSchema } from '#shared/domain/message.ts'
import { remarkOfTraderSchema } from '#shared/domain/trader-remark.ts'

/** What is said on the desk: everything ever, and what the trader says in a run that is under way. */
export const conversationsContract = {
  /** Newest first. */
  search: oc
    .route({ method: 'GET', path: '/conversations' })
    .input(messageSearchSchema)
    .output(z.array(messageHitSchema)),
  /** Answers with what was said, the trader's words first, once it is durable; throws RUN_NOT_ACTIVE. */
  say: oc
    .route({ method: 'POST', path: '/conversations/{runId}' })
    .input(z.object({ runId: z.string(), remark: remarkOfTraderSchema }))
    .output(z.array(messageSchema)),
}
