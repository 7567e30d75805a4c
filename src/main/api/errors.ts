import { randomUUID } from 'node:crypto'
import { ORPCError, ValidationError } from '@orpc/server'
import { ParleyError } from '#shared/lib/error.ts'
import { isStream, mapStream } from './stream.ts'

/** Something that went wrong in a way nobody foresaw; the reference is what the caller was told. */
export interface UnforeseenFailure {
  readonly reference: string
  readonly where: string
  readonly error: unknown
}
export type ReportFailure = (failure: UnforeseenFailure) => void

interface Call {
  readonly next: () => Promise<unknown>
  readonly path: readonly string[]
  readonly signal?: AbortSignal | undefined
}

/**
 * Turns whatever a call or its stream throws into what the caller may see: a ParleyError keeps its code, message, retry,
 * details and way out; bad input says which field; all else becomes INTERNAL with a reference under which it was reported.
 */
export function errorInterceptor(report: ReportFailure) {
  return async ({ next, path, signal }: Call): Promise<unknown> => {
    const translate = (error: unknown) => (signal?.aborted ? error : toContractError(error, path.join('.'), report))
    try {
      const output = await next()
      return isStream(output) ? mapStream(output, { error: translate }) : output
    } catch (error) {
      throw translate(error)
    }
  }
}

/** What the caller is told of an error, as oRPC sends it; `data` is { retry, wayOut, details }. */
function toContractError(error: unknown, where: string, report: ReportFailure) {
  if (error instanceof ParleyError) {
    return new ORPCError(error.code, {
      status: httpStatus(error),
      message: error.message,
      data: { retry: error.retry, wayOut: error.wayOut ?? null, details: plain(error.details) },
    })
  }
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST' && error.cause instanceof ValidationError) {
    const issues = error.cause.issues.map(({ path, message }) => ({ path: (path ?? []).map(segment), message }))
    const message = issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`).join('; ')
    return new ORPCError('BAD_REQUEST', { message, data: { retry: 'definitive', wayOut: null, details: { issues } } })
  }
  const reference = randomUUID().slice(0, 8)
  report({ reference, where, error })
  return new ORPCError('INTERNAL', {
    status: 500,
    message: `Something went wrong inside the desk (reference ${reference}).`,
    data: {
      retry: 'ambiguous',
      wayOut: 'Look for the reference in the log; the log says what happened.',
      details: { reference },
    },
  })
}

function httpStatus(error: ParleyError): number {
  if (error.code.endsWith('_NOT_FOUND')) return 404
  return error.retry === 'retryable' ? 503 : 409
}

function segment(part: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof part === 'object' ? part.key : part)
}

function plain(details: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(JSON.stringify(details, (_key, value) => (typeof value === 'bigint' ? String(value) : value)))
}
