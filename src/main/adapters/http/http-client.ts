import { sourceUnavailable } from '#adapters/research/source-unavailable.ts'
import type { SourceName } from '#engine/ports/research-sources.ts'
import { type Clock, type Stop, sleep } from '#shared/lib/clock.ts'
import { errorMessage, type ParleyError, type Retry } from '#shared/lib/error.ts'
import { retryAfterMs } from './retry-after.ts'

/** A question to a web address. Neither the query nor the headers are ever told to anyone but that address: keys are in them. */
export interface HttpQuestion {
  /** Who asks: named in errors. */
  readonly source: SourceName
  readonly address: URL
  readonly headers?: Readonly<Record<string, string>>
  /** How often this host may be asked. */
  readonly perMinute: number
}

/** What every question is held to. */
export interface HttpLimits {
  readonly clock: Clock
  /** The longest wait for a whole answer. */
  readonly timeoutMs: number
  /** The longest body that is read, in bytes. */
  readonly maximumBytes: number
}

/** Asks web addresses for texts. */
export interface HttpClient {
  /**
   * The body of a good answer. Rejects with SOURCE_UNAVAILABLE: retryable after a time-out, a broken connection, a 5xx, or
   * (with `rateLimited` and `retryAfterMs`) when asked too often; definitive after any other answer. While a host has asked
   * to be left alone it is not dialled.
   */
  get(question: HttpQuestion): Promise<string>
  /** Ends what is under way, and refuses what comes after. */
  close: Stop
}

const minuteMs = 60_000
/** How long a host that says 429 without a time is left alone. */
const usualRestMs = 30_000

/** Creates a client that asks each host no faster than agreed, never longer than the time-out, and reads no more than the limit. */
export function createHttpClient({ clock, timeoutMs, maximumBytes }: HttpLimits): HttpClient {
  const life = new AbortController()
  /** When each host was, or will be, asked in the last minute, oldest first, on the clock that never jumps. */
  const askedAt = new Map<string, number[]>()
  /** Until when each host wants to be left alone. */
  const restUntil = new Map<string, number>()

  async function get(question: HttpQuestion): Promise<string> {
    const { source, address, perMinute } = question
    life.signal.throwIfAborted()
    const { host } = address
    const restMs = (restUntil.get(host) ?? 0) - clock.monotonic()
    if (restMs > 0) throw tooOften(source, host, restMs)
    const waitMs = takeTurn(host, perMinute)
    if (waitMs > timeoutMs) throw tooOften(source, host, waitMs)
    if (waitMs > 0) await sleep(clock, waitMs, life.signal)
    return ask(question)
  }

  /** How long to wait so that no minute holds more questions than agreed; the turn is taken unless the wait is too long. */
  function takeTurn(host: string, perMinute: number): number {
    const now = clock.monotonic()
    const turns = (askedAt.get(host) ?? []).filter((at) => at > now - minuteMs)
    const before = turns[turns.length - Math.max(1, Math.floor(perMinute))]
    const at = before === undefined ? now : Math.max(now, before + minuteMs)
    if (at - now <= timeoutMs) turns.push(at)
    askedAt.set(host, turns)
    return at - now
  }

  async function ask({ source, address, headers = {} }: HttpQuestion): Promise<string> {
    const { host } = address
    const patience = new AbortController()
    const stopTimer = clock.after(timeoutMs, () => patience.abort())
    const signal = AbortSignal.any([patience.signal, life.signal])
    try {
      // A header with a key in it is not carried on to wherever a host points.
      const redirect = Object.keys(headers).length === 0 ? 'follow' : 'error'
      const response = await fetch(address, { signal, redirect, headers: { ...headers } })
      if (!response.ok) {
        await response.body?.cancel()
        throw refusal(source, host, response)
      }
      return await readBody(source, host, response)
    } catch (error) {
      life.signal.throwIfAborted()
      if (patience.signal.aborted) {
        throw unavailable(source, `${host} gave no whole answer in ${timeoutMs / 1000} s.`, 'retryable', 'timeout')
      }
      if (isOurs(error)) throw error
      throw unavailable(source, `${host} could not be reached: ${reasonOf(error)}.`, 'retryable', 'no connection')
    } finally {
      stopTimer()
    }
  }

  function refusal(source: SourceName, host: string, response: Response): ParleyError {
    const { status } = response
    if (status === 429 || status === 418) {
      const waitMs = retryAfterMs(response.headers.get('retry-after'), clock.now()) ?? usualRestMs
      restUntil.set(host, clock.monotonic() + waitMs)
      return tooOften(source, host, waitMs)
    }
    if (status === 401 || status === 403) {
      return unavailable(
        source,
        `${host} refused (${status}): the key is missing or not accepted.`,
        'definitive',
        'refused',
      )
    }
    const retry = status >= 500 || status === 408 ? 'retryable' : 'definitive'
    const waitMs = retryAfterMs(response.headers.get('retry-after'), clock.now())
    const details = waitMs === undefined ? {} : { retryAfterMs: waitMs }
    return unavailable(source, `${host} answered ${status}.`, retry, 'failure', { status, ...details })
  }

  async function readBody(source: SourceName, host: string, response: Response): Promise<string> {
    const parts: Uint8Array[] = []
    let length = 0
    for await (const part of response.body ?? []) {
      length += part.byteLength
      // Leaving the loop closes the connection: nothing more of it is read.
      if (length > maximumBytes) {
        const message = `${host} sent more than ${Math.round(maximumBytes / 1000)} kB.`
        throw unavailable(source, message, 'definitive', 'too large')
      }
      parts.push(part)
    }
    return Buffer.concat(parts).toString('utf8')
  }

  return { get, close: () => life.abort(new Error('The desk is closing.')) }
}

function unavailable(
  source: SourceName,
  message: string,
  retry: Retry,
  cause: string,
  details: Readonly<Record<string, unknown>> = {},
): ParleyError {
  return sourceUnavailable(source, message, retry, { cause, ...details })
}

function tooOften(source: SourceName, host: string, waitMs: number): ParleyError {
  const retryAfter = Math.ceil(waitMs)
  const message = `${host} was asked too often; it may be asked again in ${Math.ceil(retryAfter / 1000)} s.`
  return unavailable(source, message, 'retryable', 'rate limit', { rateLimited: true, retryAfterMs: retryAfter })
}

function isOurs(error: unknown): boolean {
  return error instanceof Error && error.name === 'ParleyError'
}

/** The code of what went wrong on the way (ECONNREFUSED, ENOTFOUND): fetch itself says only that it failed. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code)
  return errorMessage(cause ?? error)
}
