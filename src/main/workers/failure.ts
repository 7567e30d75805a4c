import { errorMessage, ParleyError, type Retry } from '#shared/lib/error.ts'

/** An error on its way between threads, where classes are lost. */
export interface WorkerFailure {
  readonly code: string
  readonly message: string
  readonly retry: Retry
  readonly details: Readonly<Record<string, unknown>>
  readonly wayOut: string | undefined
}

/** What is told of an error that a heavy function threw; COMPUTE_FAILED for anything but a ParleyError. */
export function toFailure(name: string, error: unknown): WorkerFailure {
  if (error instanceof ParleyError) {
    const { code, message, retry, details, wayOut } = error
    return { code, message, retry, details, wayOut }
  }
  return {
    code: 'COMPUTE_FAILED',
    message: `The function "${name}" failed: ${errorMessage(error)}`,
    retry: 'definitive',
    details: { name },
    wayOut: undefined,
  }
}

export function fromFailure({ code, message, retry, details, wayOut }: WorkerFailure): ParleyError {
  return new ParleyError(code, message, { retry, details, ...(wayOut !== undefined && { wayOut }) })
}
