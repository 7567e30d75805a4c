import { z } from 'zod'
import type { Bus } from '#engine/bus/bus.ts'
import { type AgentHealth, type Seat, seatTitles } from '#shared/domain/agent.ts'
import { type Clock, sleep } from '#shared/lib/clock.ts'
import { errorCode, errorMessage, ParleyError } from '#shared/lib/error.ts'

/** What an agent can be asked to do, by action. A handler's input is what the request carried, not yet checked. */
export type Handlers = Readonly<Record<string, (input: unknown, signal: AbortSignal) => unknown>>

export interface AgentOptions {
  readonly seat: Seat
  readonly bus: Bus
  readonly clock: Clock
  readonly handlers: Handlers
  /** Told after every change of the agent's health. */
  readonly onHealth?: (health: AgentHealth) => void
  /** Requests worked on at the same time; default 64, the most that a plan runs in parallel. */
  readonly concurrency?: number
}

/** One seat of the desk, taken. */
export interface Agent {
  readonly seat: Seat
  health(): AgentHealth
  /** Leaves the bus: nothing more is answered, what is under way may end. */
  stop(): void
}

const failuresThatCount = 3

/**
 * Takes a seat: answers bus requests on `agent.<seat>` with the body { action, input }. It is idle or working; failing
 * after three failures in a row, until a success; stopped for good after `stop`. A request that its asker withdrew is no
 * failure, one that timed out is. Requests reject with AGENT_CANNOT for an action that the seat does not have, with a
 * handler's own ParleyError, and with AGENT_FAILED for anything else that a handler throws.
 */
export function createAgent(options: AgentOptions): Agent {
  const { seat, bus, clock, handlers, onHealth, concurrency = 64 } = options
  let working = 0
  let handled = 0
  let failed = 0
  let failedInARow = 0
  let totalMs = 0
  let lastError: string | null = null
  let stopped = false

  function status(): AgentHealth['status'] {
    if (stopped) return 'stopped'
    if (failedInARow >= failuresThatCount) return 'failing'
    return working > 0 ? 'working' : 'idle'
  }

  function health(): AgentHealth {
    const answered = handled + failed
    return {
      seat,
      title: seatTitles[seat],
      status: status(),
      handled,
      failed,
      meanMs: answered === 0 ? null : totalMs / answered,
      lastError,
    }
  }

  async function answer(body: unknown, signal: AbortSignal): Promise<unknown> {
    const startMs = clock.monotonic()
    working += 1
    onHealth?.(health())
    try {
      // Each answer is a turn of its own: between the agents of a busy desk the event loop gets to what else has come.
      await sleep(clock, 0, signal)
      const result = await act(body, signal)
      handled += 1
      failedInARow = 0
      totalMs += clock.monotonic() - startMs
      return result
    } catch (error) {
      const told = asParleyError(error)
      if (!isWithdrawn(signal)) {
        failed += 1
        failedInARow += 1
        totalMs += clock.monotonic() - startMs
        lastError = told.message
      }
      throw told
    } finally {
      working -= 1
      onHealth?.(health())
    }
  }

  function act(body: unknown, signal: AbortSignal): unknown {
    const { action, input } = requestSchema.parse(body)
    const handler = Object.hasOwn(handlers, action) ? handlers[action] : undefined
    if (handler === undefined) {
      throw new ParleyError('AGENT_CANNOT', `The ${seatTitles[seat]} cannot "${action}".`, {
        details: { seat, action, actions: Object.keys(handlers) },
        wayOut: `Ask for one of: ${Object.keys(handlers).join(', ')}.`,
      })
    }
    return handler(input, signal)
  }

  function asParleyError(error: unknown): ParleyError {
    if (error instanceof ParleyError) return error
    return new ParleyError('AGENT_FAILED', `The ${seatTitles[seat]} failed: ${errorMessage(error)}`, {
      details: { seat },
      cause: error,
    })
  }

  const leave = bus.respond(`agent.${seat}`, answer, { concurrency })
  return {
    seat,
    health,
    stop() {
      if (stopped) return
      stopped = true
      leave()
      onHealth?.(health())
    },
  }
}

/** What came over the bus, whatever it is: a question that nobody can answer where it is none. */
const requestSchema = z
  .object({ action: z.string().catch(''), input: z.unknown().optional() })
  .catch({ action: '', input: undefined })

function isWithdrawn(signal: AbortSignal): boolean {
  return signal.aborted && errorCode(signal.reason) !== 'BUS_TIMED_OUT'
}
