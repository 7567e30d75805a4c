/** Whether the same call may be made again, must not be, or may already have taken effect. */
export type Retry = 'retryable' | 'definitive' | 'ambiguous'

export interface ParleyErrorOptions {
  /** Default 'definitive'. */
  retry?: Retry
  /** The values behind the message, for programs. */
  details?: Readonly<Record<string, unknown>>
  /** What the person can do about it, as one sentence. */
  wayOut?: string
  cause?: unknown
}

/**
 * An error that people and programs can act on: a code from a closed vocabulary (CATEGORY_CONDITION), what happened,
 * whether it may be retried, and a way out.
 */
export class ParleyError extends Error {
  override readonly name = 'ParleyError'
  readonly code: string
  readonly retry: Retry
  readonly details: Readonly<Record<string, unknown>>
  readonly wayOut: string | undefined

  constructor(code: string, message: string, options: ParleyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retry = options.retry ?? 'definitive'
    this.details = options.details ?? {}
    this.wayOut = options.wayOut
  }
}

/** True when the error says that the same call may be made again. */
export function isRetryable(error: unknown): boolean {
  return error instanceof ParleyError && error.retry === 'retryable'
}

/** The code of a ParleyError, or UNEXPECTED for anything else that was thrown. */
export function errorCode(error: unknown): string {
  return error instanceof ParleyError ? error.code : 'UNEXPECTED'
}

/** The message of whatever was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
