import { oc } from '@orpc/contract'
import { z } from 'zod'
import { configOverrideSchema } from '#shared/domain/config-override.ts'
import { planningConfigSchema } from '#shared/domain/profile.ts'
import { settingsSchema } from '#shared/domain/settings.ts'

export const settingsContract = {
  get: oc.route({ method: 'GET', path: '/settings' }).output(z.object({ settings: settingsSchema, home: z.string() })),
  /** How the desk plans, as it was read when it started: the shipped configuration with the data folder's merged over it. */
  planning: oc.route({ method: 'GET', path: '/settings/planning' }).output(
    z.object({
      planning: planningConfigSchema,
      /** The data folder's own file; null where there is none. */
      file: z.string().nullable(),
      overrides: z.array(configOverrideSchema),
    }),
  ),
  /** A new feed takes effect when the desk is started again; the answer says so. */
  change: oc
    .route({ method: 'PATCH', path: '/settings' })
    .input(settingsSchema.partial())
    .output(z.object({ settings: settingsSchema, restartNeeded: z.boolean() })),
}
