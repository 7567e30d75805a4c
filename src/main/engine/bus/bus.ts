import type { Stop } from '#shared/lib/clock.ts'

/** A message on its way: the id is the idempotency key, since delivery is at least once. */
export interface Letter<Body = unknown> {
  readonly id: string
  readonly topic: string
  readonly body: Body
  readonly at: number
  readonly attempt: number
}

/** A letter that no subscriber could handle, kept for people to see. */
export interface DeadLetter {
  readonly letter: Letter
  readonly error: string
  readonly at: number
}

export interface SubscribeOptions {
  /** Letters handled at the same time; default 1, which also keeps their order. */
  readonly concurrency?: number
  /** Letters waiting before publishers are held back; default 1,000. */
  readonly capacity?: number
}

export interface RequestOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  /** Told what the responder answers all the same after it was given up. */
  readonly onLate?: (answer: unknown) => void
}

/**
 * Messages between agents. A subscriber acknowledges a letter by resolving; when it rejects, the letter comes again with
 * exponential backoff and jitter, and after the last attempt it becomes a dead letter.
 */
export interface Bus {
  /** Resolves when the letter is accepted by every subscriber's queue: a full queue holds the publisher back. */
  publish(topic: string, body: unknown): Promise<void>
  subscribe(topic: string, handle: (letter: Letter) => Promise<void>, options?: SubscribeOptions): Stop
  /** Answers requests on a topic; one responder a topic. */
  respond(
    topic: string,
    answer: (body: unknown, signal: AbortSignal) => Promise<unknown>,
    options?: SubscribeOptions,
  ): Stop
  /** Asks the topic's responder. Rejects with BUS_NO_RESPONDER, BUS_TIMED_OUT, or the responder's own error; never retried by itself. */
  request(topic: string, body: unknown, options: RequestOptions): Promise<unknown>
  deadLetters(): readonly DeadLetter[]
  /** Letters accepted and not yet acknowledged. */
  pending(): number
  close(): Promise<void>
}

/** Where letters survive the process, for a bus that is to deliver after a restart what was not acknowledged before it. */
export interface BusStore {
  /** Keeps a letter until it is removed, in place of the one with the same id. Its body must be JSON. */
  save(letter: Letter): void
  /** Forgets a letter that every subscriber has acknowledged or given up. */
  remove(id: string): void
  /** Keeps a dead letter for good. */
  bury(dead: DeadLetter): void
  /** The letters that were kept, in the order in which they came, and the newest dead letters, at most so many, oldest first. */
  load(deadLimit: number): { readonly letters: readonly Letter[]; readonly dead: readonly DeadLetter[] }
}
