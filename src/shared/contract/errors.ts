import { z } from 'zod'

/** What every error of the desk carries over the contract beside its code and message. */
export const errorDataSchema = z.object({
  retry: z.enum(['retryable', 'definitive', 'ambiguous']),
  wayOut: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
})
