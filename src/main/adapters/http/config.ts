import { z } from 'zod'

const address = z.url({ protocol: /^https?$/, message: 'is not a web address' })
/** Where a key is taken from. The key itself is never in a file. */
const keyEnvironment = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of an environment variable, such as FRED_API_KEY')

const common = {
  on: z.boolean(),
  /** How often each of its hosts may be asked. */
  perMinute: z.number().positive().max(600),
  /** How long an answer is used before the source is asked again. */
  freshForSeconds: z.number().nonnegative(),
}

const textsSchema = z.strictObject({
  ...common,
  /** RSS, Atom or JSON feeds. */
  feeds: z.array(z.strictObject({ publisher: z.string().min(1), address })),
  /** Older texts are left out. */
  withinDays: z.number().positive(),
})

/** What sources.yaml says: which sources research may ask over the network, where, how often, and with whose key. */
export const sourcesConfigSchema = z.strictObject({
  timeoutSeconds: z.number().positive().max(60),
  maximumBytes: z.int().min(1_000).max(100_000_000),
  news: textsSchema,
  social: textsSchema,
  fear_greed: z.strictObject({ ...common, address }),
  coingecko: z.strictObject({ ...common, address, keyEnvironment: keyEnvironment.optional() }),
  onchain: z.strictObject({ ...common, address }),
  macro_data: z.strictObject({
    ...common,
    address,
    keyEnvironment,
    /** What the desk calls each series, and how FRED does; `units` as FRED's transformations (pc1: change on a year ago). */
    series: z.record(z.string(), z.strictObject({ id: z.string().min(1), units: z.string().min(1).optional() })),
  }),
  /** What each coin is called elsewhere; a source that knows no name for a coin is unavailable for it. */
  coins: z.record(
    z.string(),
    z.strictObject({
      /** Words that mean the coin in a headline; whole words, in any case. */
      names: z.array(z.string().min(1)).min(1),
      coingecko: z.string().min(1).optional(),
      charts: z.strictObject({ activeAddresses: z.string().min(1), transactions: z.string().min(1) }).optional(),
    }),
  ),
  /** Where each exchange is found, and what is looked at there. */
  exchanges: z.record(
    z.string(),
    z.strictObject({
      instruments: z.array(z.string().regex(/^[^/]+\/[^/]+$/, 'must be BASE/QUOTE')).min(1),
      /** Stands in for the exchange's own addresses: a gateway, or a server for tests. */
      address: address.optional(),
    }),
  ),
})
export type SourcesConfig = z.infer<typeof sourcesConfigSchema>
