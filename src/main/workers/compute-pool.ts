import { availableParallelism } from 'node:os'
import { MessageChannel } from 'node:worker_threads'
import { Piscina } from 'piscina'
import type { Compute, ReportProgress } from '#engine/ports/compute.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import type { Call, WorkerAnswer } from './answer.ts'
import { fromFailure } from './failure.ts'
import { type HeavyTable, nameIn } from './heavy-table.ts'

export interface ComputePoolOptions {
  readonly table: HeavyTable
  /** The path of a worker that exports, as `answer`, answerFrom(the same table). */
  readonly worker: string
  /** Default: one less than the machine's processors, from 1 to 4. */
  readonly threads?: number
}

/** Worker threads, to be closed. */
export interface ComputePool extends Compute {
  /** Ends what is under way with COMPUTE_CLOSED. */
  close(): Promise<void>
}

const usualTimeoutMs = 60_000
/** A thread that nobody needs is let go after this; one stays warm. */
const idleMs = 30_000

/** Computes on worker threads: one call a thread, the others wait their turn. */
export function createComputePool({ table, worker, threads = usualThreads() }: ComputePoolOptions): ComputePool {
  let closed = false
  let pool = open()

  function open(): Piscina<Call, WorkerAnswer> {
    const opened = new Piscina<Call, WorkerAnswer>({
      filename: worker,
      name: 'answer',
      minThreads: 1,
      maxThreads: threads,
      idleTimeout: idleMs,
    })
    // A worker that breaks while it has nothing to do is replaced; whoever calls next is told if that fails too.
    opened.on('error', () => {})
    return opened
  }

  /** The pool gives up replacing workers when one ends while it starts; then there is another pool. */
  function revive(): void {
    if (closed || pool.threads.length > 0) return
    const dead = pool
    pool = open()
    void dead.destroy()
  }

  async function call(name: string, input: unknown, signal: AbortSignal, onProgress: ReportProgress | undefined) {
    if (onProgress === undefined) return pool.run({ name, input, progress: null }, { signal })
    const { port1, port2 } = new MessageChannel()
    port1.on('message', onProgress)
    port1.unref()
    try {
      return await pool.run({ name, input, progress: port2 }, { signal, transferList: [port2] })
    } finally {
      port1.close()
    }
  }

  return {
    async run(work, input, { signal, timeoutMs = usualTimeoutMs, onProgress } = {}) {
      const name = nameIn(table, work)
      signal?.throwIfAborted()
      if (closed) throw closedError(name)
      const timeout = new AbortController()
      const timer = setTimeout(() => timeout.abort(), timeoutMs)
      const both = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal])
      try {
        const answer = await call(name, input, both, onProgress)
        if ('failure' in answer) throw fromFailure(answer.failure)
        return answer.output as ReturnType<typeof work>
      } catch (error) {
        signal?.throwIfAborted()
        if (error instanceof ParleyError) throw error
        if (closed) throw closedError(name)
        revive()
        if (timeout.signal.aborted) throw timedOut(name, timeoutMs)
        throw isUncloneable(error) ? uncloneable(name, error) : crashed(name, error)
      } finally {
        clearTimeout(timer)
      }
    },
    async close() {
      if (closed) return
      closed = true
      await pool.destroy()
    },
  }
}

function usualThreads(): number {
  return Math.max(1, Math.min(4, availableParallelism() - 1))
}

function isUncloneable(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'DataCloneError'
}

function uncloneable(name: string, error: unknown): ParleyError {
  return new ParleyError('COMPUTE_FAILED', `The function "${name}" failed: ${errorMessage(error)}`, {
    details: { name },
    cause: error,
  })
}

function crashed(name: string, error: unknown): ParleyError {
  return new ParleyError('COMPUTE_CRASHED', `The worker that computed "${name}" ended: ${errorMessage(error)}`, {
    retry: 'retryable',
    details: { name },
    wayOut: 'Try again; another worker has taken its place.',
    cause: error,
  })
}

function timedOut(name: string, timeoutMs: number): ParleyError {
  return new ParleyError('COMPUTE_TIMED_OUT', `"${name}" was not computed within ${timeoutMs / 1_000} s.`, {
    retry: 'retryable',
    details: { name, timeoutMs },
    wayOut: 'Try again when the machine is less busy, or give it less to compute.',
  })
}

function closedError(name: string): ParleyError {
  return new ParleyError('COMPUTE_CLOSED', `"${name}" was not computed: the desk is closed.`, { details: { name } })
}
