/** Told, now and then, the share of the work that is done: from 0 to 1, never less than before. */
export type ReportProgress = (share: number) => void

/**
 * A function that may take long: what goes in and comes out can be cloned (no functions, no classes), and the same input
 * gives the same output on any thread.
 */
export type HeavyFunction<Input, Output> = (input: Input, report: ReportProgress) => Output

export interface ComputeOptions {
  /** Ends the work at once, in the midst of a loop too. */
  readonly signal?: AbortSignal
  /** How long the work may take; default 60 s. */
  readonly timeoutMs?: number
  readonly onProgress?: ReportProgress
}

/**
 * Runs heavy functions, those of the table that it was made with, where they do not hold up the engine. Rejects with the
 * function's own ParleyError, and with COMPUTE_FAILED for anything else that it throws or that cannot be cloned; with
 * COMPUTE_CRASHED or COMPUTE_TIMED_OUT, both retryable, when its thread died or hung, which is replaced; with
 * COMPUTE_UNKNOWN for a function that is not in the table, COMPUTE_CLOSED after the desk was closed, and with the signal's
 * reason when it aborts.
 */
export interface Compute {
  run<Input, Output>(work: HeavyFunction<Input, Output>, input: Input, options?: ComputeOptions): Promise<Output>
}
