import { z } from 'zod'
import { consensusPresetSchema } from './consensus-policy.ts'
import { profileNameSchema } from './profile.ts'

/** Where the desk's prices come from: the simulated exchange, or imported bars replayed at a speed. */
export const feedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('simulated'), seed: z.int() }),
  z.object({ kind: z.literal('replay'), instrument: z.string(), speed: z.number().min(1).max(1000) }),
])
export type Feed = z.infer<typeof feedSchema>

/** What the trader has chosen. */
export const settingsSchema = z.object({
  profile: profileNameSchema,
  policy: consensusPresetSchema,
  feed: feedSchema,
  timeZone: z.string(),
  theme: z.enum(['dark', 'light', 'contrast']),
  upDown: z.enum(['teal-red', 'red-up', 'blue-orange']),
})
export type Settings = z.infer<typeof settingsSchema>

export const defaultSettings: Settings = {
  profile: 'balanced',
  policy: 'weighted',
  feed: { kind: 'simulated', seed: 7 },
  timeZone: 'UTC',
  theme: 'dark',
  upDown: 'teal-red',
}
