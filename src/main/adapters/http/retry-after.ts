/** The longest that a host can make the desk wait: an hour. */
const longestMs = 3_600_000

/**
 * The wait that a Retry-After header asks for, in milliseconds: seconds or a date (RFC 9110, section 10.2.3), at most an
 * hour; undefined where there is none that can be understood.
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? ''
  if (text === '') return undefined
  const waitMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs
  return Number.isFinite(waitMs) ? Math.min(longestMs, Math.max(0, Math.ceil(waitMs))) : undefined
}
