import type { MessagePort } from 'node:worker_threads'
import type { HeavyFunction } from '#engine/ports/compute.ts'
import { toFailure, type WorkerFailure } from './failure.ts'
import type { HeavyTable } from './heavy-table.ts'

/** One call of a heavy function, as it reaches a worker. */
export interface Call {
  readonly name: string
  readonly input: unknown
  /** Where progress is told; null when nobody asks. */
  readonly progress: MessagePort | null
}

/** What a worker answers. Errors are told, not thrown: whatever is thrown means that the worker itself has broken. */
export type WorkerAnswer = { readonly output: unknown } | { readonly failure: WorkerFailure }

/** Progress is told no more often. */
const progressGapMs = 50

/** The worker's side of a pool: looks the function up and runs it. */
export function answerFrom(table: HeavyTable): (call: Call) => WorkerAnswer {
  return ({ name, input, progress }) => {
    let toldMs = Number.NEGATIVE_INFINITY
    const report = (share: number) => {
      const nowMs = performance.now()
      if (progress === null || nowMs - toldMs < progressGapMs) return
      toldMs = nowMs
      // The rule takes the port for a window.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      progress.postMessage(share)
    }
    try {
      return { output: (table[name] as HeavyFunction<unknown, unknown>)(input, report) }
    } catch (error) {
      return { failure: toFailure(name, error) }
    } finally {
      progress?.close()
    }
  }
}
