import { ParleyError } from '#shared/lib/error.ts'
import type { Random } from '#shared/lib/random.ts'

const FIRST_MS = 500
const LONGEST_MS = 30_000

/**
 * Milliseconds to wait before trying again after the given attempt (1, 2, ...) failed: exponential backoff with full
 * jitter (Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015), on top of `details.retryAfterMs`
 * where the error carries one.
 */
export function retryDelayMs(attempt: number, error: unknown, random: Random): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1))
  return askedDelayMs(error) + Math.round(random.float() * longest)
}

function askedDelayMs(error: unknown): number {
  const asked = error instanceof ParleyError ? error.details['retryAfterMs'] : undefined
  return typeof asked === 'number' && asked > 0 && Number.isFinite(asked) ? asked : 0
}
