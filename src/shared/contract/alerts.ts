import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { raisedAlertSchema } from '#shared/domain/monitoring.ts'

export const alertsContract = {
  /** The alerts raised about runs, newest first. */
  list: oc
    .route({ method: 'GET', path: '/alerts' })
    .input(z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }))
    .output(z.array(raisedAlertSchema)),
  /** Each alert as it is raised, after a record of the journal; from now on where none is given. */
  watch: oc
    .route({ method: 'GET', path: '/alerts/changes' })
    .input(z.object({ after: z.coerce.number().int().min(0).optional() }))
    .output(eventIterator(raisedAlertSchema)),
}
