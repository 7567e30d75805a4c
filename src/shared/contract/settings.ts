import { oc } from '@orpc/contract'
import { z } from 'zod'
import { settingsSchema } from '#shared/domain/settings.ts'

export const settingsContract = {
  get: oc.route({ method: 'GET', path: '/settings' }).output(z.object({ settings: settingsSchema, home: z.string() })),
  /** A new feed takes effect when the desk is started again; the answer says so. */
  change: oc
    .route({ method: 'PATCH', path: '/settings' })
    .input(settingsSchema.partial())
    .output(z.object({ settings: settingsSchema, restartNeeded: z.boolean() })),
}
