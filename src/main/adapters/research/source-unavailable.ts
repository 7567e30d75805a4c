import { ParleyError, type Retry } from '#shared/lib/error.ts'

/** The error of a source that cannot answer; `reason` is a whole sentence. */
export function sourceUnavailable(
  source: string,
  reason: string,
  retry: Retry = 'definitive',
  details: Readonly<Record<string, unknown>> = {},
): ParleyError {
  return new ParleyError('SOURCE_UNAVAILABLE', reason, { retry, details: { source, ...details } })
}
