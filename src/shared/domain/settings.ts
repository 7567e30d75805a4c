import { z } from 'zod'
import { consensusPresetSchema } from './consensus-policy.ts'
import { profileNameSchema } from './profile.ts'

/** The exchanges whose market data the desk can look at. */
export const exchangeNames = ['binance', 'coinbase', 'kraken'] as const
export const exchangeNameSchema = z.enum(exchangeNames)
export type ExchangeName = z.infer<typeof exchangeNameSchema>

/**
 * Where the desk's prices and research come from: the simulated exchange and its sources, imported bars replayed at a
 * speed, or the market data of a real exchange with live research beside it. Orders go to the paper account in any case.
 */
export const feedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('simulated'), seed: z.int() }),
  z.object({ kind: z.literal('replay'), instrument: z.string(), speed: z.number().min(1).max(1000) }),
  z.object({ kind: z.literal('exchange'), exchange: exchangeNameSchema }),
])
export type FeedChoice = z.infer<typeof feedSchema>

/** What the trader has chosen. */
export const settingsSchema = z.object({
  profile: profileNameSchema,
  policy: consensusPresetSchema,
  feed: feedSchema,
  timeZone: z.string(),
  theme: z.enum(['dark', 'light', 'contrast']),
  upDown: z.enum(['teal-red', 'red-up', 'blue-orange']),
  /** Whether the venue is to cancel every order by itself once it hears no more of the desk, protection too (KS-19). */
  deadManSwitch: z.boolean(),
})
export type Settings = z.infer<typeof settingsSchema>

export const defaultSettings: Settings = {
  profile: 'balanced',
  policy: 'weighted',
  feed: { kind: 'simulated', seed: 7 },
  timeZone: 'UTC',
  theme: 'dark',
  upDown: 'teal-red',
  deadManSwitch: false,
}
