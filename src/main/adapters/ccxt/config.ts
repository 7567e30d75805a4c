import { z } from 'zod'

const environment = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of an environment variable, such as BINANCE_SANDBOX_KEY')

const loopback = ['127.0.0.1', 'localhost', '[::1]']

const sandboxSchema = z.strictObject({
  /** Only what every call is tested against. */
  exchange: z.enum(['binance']),
  instruments: z
    .array(z.string().regex(/^[^/]+\/[^/]+$/, 'must be BASE/QUOTE'))
    .min(1)
    .refine((ids) => new Set(ids.map(quoteOf)).size === 1, 'must all be quoted in the same currency'),
  keyEnvironment: environment,
  secretEnvironment: environment,
  /** Stands in for the sandbox's own addresses: a server for tests, on this machine. */
  address: z
    .url({ protocol: /^http$/ })
    .refine((address) => loopback.includes(new URL(address).hostname), 'must be on this machine')
    .optional(),
})
export type SandboxConfig = z.infer<typeof sandboxSchema>

/** What broker.yaml says: where orders go. There is no word for real money in it. */
export const brokerConfigSchema = z.strictObject({ orders: z.enum(['paper', 'sandbox']), sandbox: sandboxSchema })

/** The currency that an instrument is priced in. */
export function quoteOf(instrument: string): string {
  return instrument.split('/')[1] ?? ''
}
