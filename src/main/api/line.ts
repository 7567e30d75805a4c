import { EventEmitter } from 'node:events'
import type { AnyRouter } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { z } from 'zod'
import type { Stop } from '#shared/lib/clock.ts'
import type { CallContext } from './desk.ts'
import { errorInterceptor, type ReportFailure } from './errors.ts'
import { isStream, mapStream } from './stream.ts'

/** A two-way line of text messages to one client: a MessagePort or a WebSocket. */
export interface Line {
  send(text: string): void
  onMessage(listener: (data: unknown) => void): void
  onClose(listener: () => void): void
  close(): void
  /** Resolves when the client has taken enough of what was sent, or is gone; at once for one that keeps up. */
  ready(): Promise<void>
}

export interface LineOptions {
  readonly router: AnyRouter
  readonly context: CallContext
  readonly report: ReportFailure
}

/**
 * Answers the calls that come over a line until it closes. Streams are pulled only as fast as the client takes them, so
 * a source that conflates never builds a backlog. A message that is no call closes the line: only a broken or hostile
 * client sends one.
 */
export function serveLine(line: Line, { router, context, report }: LineOptions): Stop {
  const events = new EventEmitter()
  const closed = new AbortController()
  const close = () => {
    if (closed.signal.aborted) return
    closed.abort()
    events.emit('close')
    line.close()
  }
  const paced = async ({ next, signal }: { next: () => Promise<unknown>; signal?: AbortSignal | undefined }) => {
    const output = await next()
    return isStream(output) ? mapStream(output, { before: () => turn(line, signal) }) : output
  }
  const handler = new RPCHandler(router, { clientInterceptors: [errorInterceptor(report), paced] })
  handler.upgrade(
    {
      on: (event: string, listener: (event?: { data: unknown }) => void) => void events.on(event, listener),
      postMessage: (text: string) => {
        if (!closed.signal.aborted) line.send(text)
      },
    },
    { context },
  )
  line.onMessage((data) => {
    const message = parseMessage(data)
    if (message === undefined) {
      report({ reference: 'none', where: 'line', error: new Error('A malformed message; the line was closed.') })
      close()
    } else if (!closed.signal.aborted) events.emit('message', { data: message })
  })
  line.onClose(close)
  return close
}

async function turn(line: Line, signal: AbortSignal | undefined): Promise<'go on' | 'end'> {
  if (signal === undefined) {
    await line.ready()
    return 'go on'
  }
  if (signal.aborted) return 'end'
  const { promise: aborted, resolve } = Promise.withResolvers<'end'>()
  const onAbort = () => resolve('end')
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([line.ready().then(() => 'go on' as const), aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

// oRPC's peer protocol: i is the call's id, t its kind (none for a request, 4 for a cancel), p the payload. Events sent
// by the client (t 3) and bodies other than JSON are not in the contract, so they are not let in.
const messageSchema = z.union([
  z.object({
    i: z.string().max(64),
    t: z.literal(1).optional(),
    p: z.object({
      u: z.string().startsWith('/').max(2_000),
      b: z.unknown().optional(),
      h: z.record(z.string(), z.string()).optional(),
      m: z.string().max(16).optional(),
    }),
  }),
  z.object({ i: z.string().max(64), t: z.literal(4), p: z.unknown().optional() }),
])

function parseMessage(data: unknown): object | undefined {
  if (typeof data !== 'string') return undefined
  let message: unknown
  try {
    message = JSON.parse(data)
  } catch {
    return undefined
  }
  const parsed = messageSchema.safeParse(message)
  return parsed.success ? parsed.data : undefined
}
