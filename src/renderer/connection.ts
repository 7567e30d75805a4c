import type { ClientContext, ClientLink, ClientOptions } from '@orpc/client'
import { ParleyError } from '#shared/lib/error.ts'
import type { Wire } from './wire.ts'

/** Whether the engine answers. `lost` only after two seconds without an answer (KS-18). */
export interface ConnectionState {
  readonly phase: 'connecting' | 'open' | 'lost'
  /** Local epoch milliseconds of the last change. */
  readonly since: number
  /** Counts the wires that were opened: another number, and everything fetched before may be old. */
  readonly generation: number
}

type Beat = (signal: AbortSignal) => Promise<void>

const beatMs = 500
const silenceMs = 2_000
const callMs = 10_000
const backoffMs = [100, 250, 500, 1_000, 2_000, 4_000]
/** Calls that end when the caller or the wire ends, not by the clock: streams, and what takes as long as it takes. */
const untimed = new Set(['system.watch', 'market.watch', 'market.importing', 'market.import'])

/**
 * Keeps one wire to the desk open, opens a new one when it breaks, and notices silence by a heartbeat. It is the link
 * that the client calls through, so a client outlives its wires.
 */
export class Connection implements ClientLink<ClientContext> {
  readonly #open: () => Promise<Wire>
  readonly #listeners = new Set<() => void>()
  readonly #waiting = new Set<() => void>()
  #wire: Wire | null = null
  #state: ConnectionState = { phase: 'connecting', since: Date.now(), generation: 0 }
  #silence: ReturnType<typeof setTimeout> | null = null

  constructor(open: () => Promise<Wire>) {
    this.#open = open
  }

  get state(): ConnectionState {
    return this.#state
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves the next time the engine answers, at once when it does now. */
  async answering(): Promise<void> {
    while (this.#state.phase !== 'open') {
      await new Promise<void>((resolve) => {
        const forget = this.subscribe(() => {
          forget()
          resolve()
        })
      })
    }
  }

  /** Starts connecting; `beat` is called twice a second and resolves when the engine answered. Returns its stop. */
  start(beat: Beat): () => void {
    const stopped = new AbortController()
    this.#awaitAnswer()
    void this.#keep(beat, stopped.signal)
    return () => {
      stopped.abort()
      this.#wire?.close()
      if (this.#silence !== null) clearTimeout(this.#silence)
      this.#silence = null
    }
  }

  /** Calls the engine, waiting for the wire where there is none yet; fails after ten seconds in all. */
  async call(path: readonly string[], input: unknown, options: ClientOptions<ClientContext>): Promise<unknown> {
    const name = path.join('.')
    if (untimed.has(name)) return (this.#wire ?? unreachable()).link.call(path, input, options)
    const timeout = AbortSignal.timeout(callMs)
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
    const wire = this.#wire ?? (await this.#nextWire(signal)) ?? unreachable()
    try {
      return await Promise.race([wire.link.call(path, input, { ...options, signal }), failWhen(timeout, name)])
    } catch (error) {
      throw timeout.aborted ? timeoutError(name) : error
    }
  }

  /** The next wire that is opened; null when the signal aborts before. */
  #nextWire(signal: AbortSignal): Promise<Wire | null> {
    return new Promise((resolve) => {
      const end = () => {
        this.#waiting.delete(end)
        signal.removeEventListener('abort', end)
        resolve(this.#wire)
      }
      this.#waiting.add(end)
      signal.addEventListener('abort', end)
    })
  }

  async #keep(beat: Beat, stopped: AbortSignal): Promise<void> {
    let failures = 0
    while (!stopped.aborted) {
      try {
        const wire = await this.#open()
        if (stopped.aborted) {
          wire.close()
          return
        }
        this.#wire = wire
        for (const take of this.#waiting) take()
        if (await this.#listen(wire, beat, stopped)) failures = 0
        wire.close()
        if (stopped.aborted) return
      } catch {
        // The next turn tries again, later each time.
      }
      this.#wire = null
      this.#awaitAnswer()
      const wait = backoffMs[Math.min(failures, backoffMs.length - 1)] ?? 0
      failures += 1
      await pause(wait * (0.75 + Math.random() / 2), stopped)
    }
  }

  /** Beats until the wire closes or five beats in a row go unanswered; true when any was answered. */
  async #listen(wire: Wire, beat: Beat, stopped: AbortSignal): Promise<boolean> {
    const gone = new AbortController()
    void wire.closed.then(() => gone.abort())
    let answered = false
    let missed = 0
    while (!gone.signal.aborted && missed < 5 && !stopped.aborted) {
      this.#awaitAnswer()
      const silent = new AbortController()
      const timer = setTimeout(() => silent.abort(), silenceMs)
      const ended = AbortSignal.any([gone.signal, silent.signal])
      try {
        await Promise.race([beat(ended), failWhen(ended, 'system.status')])
        missed = 0
        this.#answer(!answered)
        answered = true
      } catch {
        missed += 1
      } finally {
        clearTimeout(timer)
      }
      await pause(beatMs, gone.signal)
    }
    return answered
  }

  #awaitAnswer(): void {
    if (this.#state.phase === 'lost') return
    this.#silence ??= setTimeout(() => this.#change('lost', this.#state.generation), silenceMs)
  }

  #answer(newWire: boolean): void {
    if (this.#silence !== null) clearTimeout(this.#silence)
    this.#silence = null
    const generation = this.#state.generation + (newWire ? 1 : 0)
    if (newWire || this.#state.phase !== 'open') this.#change('open', generation)
  }

  #change(phase: ConnectionState['phase'], generation: number): void {
    this.#silence = null
    this.#state = { phase, generation, since: Date.now() }
    for (const listener of this.#listeners) listener()
  }
}

function unreachable(): never {
  throw new ParleyError('ENGINE_UNREACHABLE', 'The page has no connection to the engine.', {
    retry: 'retryable',
    wayOut: 'Wait for the connection, or run "parley stop" in a terminal to halt trading.',
  })
}

function timeoutError(name: string): ParleyError {
  return new ParleyError('ENGINE_TIMEOUT', `The engine did not answer ${name} within ${callMs / 1_000} seconds.`, {
    retry: 'ambiguous',
    wayOut: 'Check the current state before you repeat it.',
  })
}

function failWhen(signal: AbortSignal, name: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(timeoutError(name)), { once: true })
  })
}

/** Waits, at most until the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
