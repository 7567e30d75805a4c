import { oc } from '@orpc/contract'
import { z } from 'zod'
import { configOverrideSchema } from '#shared/domain/config-override.ts'
import { planningConfigSchema } from '#shared/domain/profile.ts'
import { settingsSchema } from '#shared/domain/settings.ts'

const keyName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is the name of a key in the configuration')

/** The keys that the configuration asks for; never a key itself. */
const keysSchema = z.object({
  /** Why no key can be kept here, as a sentence; null where one can. */
  weakness: z.string().nullable(),
  keys: z.array(
    z.object({
      name: z.string(),
      usedFor: z.string(),
      /** Where it is found: `unreadable` is one kept by another person or computer. */
      place: z.enum(['environment', 'kept', 'unreadable', 'missing']),
    }),
  ),
})
export type Keys = z.infer<typeof keysSchema>

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
  keys: oc.route({ method: 'GET', path: '/settings/keys' }).output(keysSchema),
  /** Keeps a key in the system's keyring; it is used from the next start on. Rejects with KEY_UNKNOWN and KEYRING_UNAVAILABLE. */
  keepKey: oc
    .route({ method: 'PUT', path: '/settings/keys/{name}' })
    .input(z.object({ name: keyName, key: z.string().trim().min(1).max(4_000) }))
    .output(keysSchema),
  forgetKey: oc
    .route({ method: 'DELETE', path: '/settings/keys/{name}' })
    .input(z.object({ name: keyName }))
    .output(keysSchema),
  /** A new feed takes effect when the desk is started again; the answer says so. */
  change: oc
    .route({ method: 'PATCH', path: '/settings' })
    .input(settingsSchema.partial())
    .output(z.object({ settings: settingsSchema, restartNeeded: z.boolean() })),
}
