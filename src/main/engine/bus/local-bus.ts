import { type Clock, type Stop, sleep } from '#shared/lib/clock.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import type { Ids } from '#shared/lib/ids.ts'
import type { Random } from '#shared/lib/random.ts'
import type { Bus, BusStore, DeadLetter, Letter, RequestOptions, SubscribeOptions } from './bus.ts'
import { createWorkQueue, type WorkQueue } from './work-queue.ts'

export interface LocalBusOptions {
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
  /** How often a letter is tried, and how long the bus waits in between; default 5 times, 100 ms doubling up to 30 s. */
  readonly retry?: { readonly attempts: number; readonly baseMs: number; readonly maximumMs: number }
  /** Told of each dead letter, once for each subscriber that could not handle it. */
  readonly onDeadLetter?: (dead: DeadLetter) => void
  /** Where letters survive the process; without it they live as long as the bus. */
  readonly store?: BusStore
}

interface Subscription {
  readonly queue: WorkQueue<Letter>
}

interface Call {
  readonly body: unknown
  readonly controller: AbortController
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
}

/** How far a letter has come: how many subscribers have not finished with it, and whether one left without finishing. */
interface Journey {
  unfinished: number
  abandoned: boolean
}

const defaultRetry = { attempts: 5, baseMs: 100, maximumMs: 30_000 }
const defaultQueue = { concurrency: 1, capacity: 1_000 }
const deadLettersKept = 1_000

/**
 * A bus within one process. A letter goes to those subscribed when it is published; without any it is dropped. While a
 * subscriber waits to try a letter again, the letter keeps its place among those handled at the same time, so that with a
 * concurrency of 1 nothing overtakes it. The wait is drawn evenly from 0 to the doubling limit ("full jitter": M. Brooker,
 * Exponential Backoff And Jitter, AWS Architecture Blog, 2015). The newest 1,000 dead letters are kept at hand.
 *
 * With a store, letters whose subscribers had not all acknowledged them come again when their topic is subscribed to after
 * a restart, before any newer letter, to all who subscribe in that turn. A subscriber that stops leaves its letters in the
 * store. Requests are never stored: whoever asked is gone.
 *
 * Beside the port's errors: BUS_CLOSED after `close`, BUS_RESPONDER_EXISTS for a second responder on a topic.
 */
export function createLocalBus(options: LocalBusOptions): Bus {
  const { clock, random, ids, retry = defaultRetry, onDeadLetter, store } = options
  const subscriptions = new Map<string, Set<Subscription>>()
  const responders = new Map<string, WorkQueue<Call>>()
  const journeys = new Map<string, Journey>()
  const calls = new Set<Call>()
  const kept = store?.load(deadLettersKept)
  const dead: DeadLetter[] = [...(kept?.dead ?? [])]
  const undelivered = Map.groupBy(kept?.letters ?? [], ({ topic }) => topic)
  const closers: (() => void)[] = []
  let closing = false

  function finish(letter: Letter, isAbandoned = false): void {
    const journey = journeys.get(letter.id)
    if (journey === undefined) return
    journey.unfinished -= 1
    journey.abandoned ||= isAbandoned
    if (journey.unfinished > 0) return
    journeys.delete(letter.id)
    if (!journey.abandoned) store?.remove(letter.id)
    closeWhenIdle()
  }

  function closeWhenIdle(): void {
    if (closing && journeys.size === 0 && calls.size === 0) for (const resolve of closers.splice(0)) resolve()
  }

  function bury(letter: Letter, error: unknown): void {
    const buried = { letter, error: errorMessage(error), at: Math.floor(clock.now()) }
    dead.push(buried)
    if (dead.length > deadLettersKept) dead.shift()
    store?.bury(buried)
    onDeadLetter?.(buried)
  }

  async function deliver(letter: Letter, handle: (letter: Letter) => Promise<void>, stopped: AbortSignal) {
    for (let attempt = letter.attempt; ; attempt++) {
      const tried = attempt === letter.attempt ? letter : { ...letter, attempt }
      try {
        await handle(tried)
        finish(letter)
        return
      } catch (error) {
        if (attempt >= retry.attempts) {
          bury(tried, error)
          finish(letter)
          return
        }
        store?.save({ ...letter, attempt: attempt + 1 })
      }
      const delayMs = random.float() * Math.min(retry.maximumMs, retry.baseMs * 2 ** (attempt - 1))
      // A stop ends the wait by rejecting.
      await sleep(clock, delayMs, stopped).catch(() => {})
      if (stopped.aborted) {
        finish(letter, true)
        return
      }
    }
  }

  /** Hands a letter to the subscribers of its topic; the promises are of those whose queues were full. */
  function dispatch(letter: Letter, subscribers: ReadonlySet<Subscription>): readonly Promise<void>[] {
    journeys.set(letter.id, { unfinished: subscribers.size, abandoned: false })
    const held: Promise<void>[] = []
    for (const { queue } of subscribers) {
      const accepted = queue.push(letter)
      if (accepted !== undefined) held.push(accepted)
    }
    return held
  }

  function redeliver(topic: string): void {
    const subscribers = subscriptions.get(topic)
    if (subscribers === undefined) return
    for (const letter of undelivered.get(topic) ?? []) void dispatch(letter, subscribers)
    undelivered.delete(topic)
  }

  async function publish(topic: string, body: unknown): Promise<void> {
    if (closing) throw closed()
    const subscribers = subscriptions.get(topic)
    if (subscribers === undefined) return
    redeliver(topic)
    const letter = { id: ids.next('ltr'), topic, body, at: Math.floor(clock.now()), attempt: 1 }
    store?.save(letter)
    const held = dispatch(letter, subscribers)
    if (held.length > 0) await Promise.all(held)
  }

  function subscribe(topic: string, handle: (letter: Letter) => Promise<void>, limits?: SubscribeOptions): Stop {
    const controller = new AbortController()
    const queue = createWorkQueue<Letter>({ ...defaultQueue, ...limits }, (letter) =>
      deliver(letter, handle, controller.signal),
    )
    const subscription = { queue }
    const subscribers = subscriptions.get(topic) ?? new Set()
    subscriptions.set(topic, subscribers.add(subscription))
    if (undelivered.has(topic)) clock.after(0, () => redeliver(topic))
    return () => {
      if (!subscribers.delete(subscription)) return
      if (subscribers.size === 0) subscriptions.delete(topic)
      controller.abort()
      for (const letter of queue.stop()) finish(letter, true)
    }
  }

  function respond(
    topic: string,
    answer: (body: unknown, signal: AbortSignal) => Promise<unknown>,
    limits?: SubscribeOptions,
  ): Stop {
    if (responders.has(topic)) {
      throw new ParleyError('BUS_RESPONDER_EXISTS', `Somebody answers requests on "${topic}" already.`)
    }
    const queue = createWorkQueue<Call>({ ...defaultQueue, ...limits }, async (call) => {
      try {
        call.resolve(await answer(call.body, call.controller.signal))
      } catch (error) {
        call.reject(error)
      }
    })
    responders.set(topic, queue)
    return () => {
      if (responders.get(topic) !== queue) return
      responders.delete(topic)
      for (const call of queue.stop()) call.reject(noResponder(topic))
    }
  }

  function request(topic: string, body: unknown, { timeoutMs, signal, onLate }: RequestOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const queue = responders.get(topic)
      if (closing) throw closed()
      if (queue === undefined) throw noResponder(topic)
      signal?.throwIfAborted()

      const controller = new AbortController()
      let isOver = false
      const end = () => {
        isOver = true
        cancelTimer()
        signal?.removeEventListener('abort', onAbort)
        calls.delete(call)
        closeWhenIdle()
      }
      const call: Call = {
        body,
        controller,
        resolve(value) {
          if (isOver) {
            onLate?.(value)
            return
          }
          end()
          resolve(value)
        },
        reject(error) {
          end()
          reject(error)
        },
      }
      const giveUp = (error: unknown) => {
        queue.drop(call)
        call.reject(error)
        controller.abort(error)
      }
      const onAbort = () => giveUp(signal?.reason)
      const cancelTimer = clock.after(timeoutMs, () => giveUp(timedOut(topic, timeoutMs)))
      signal?.addEventListener('abort', onAbort, { once: true })
      calls.add(call)
      void queue.push(call)
    })
  }

  return {
    publish,
    subscribe,
    respond,
    request,
    deadLetters: () => [...dead],
    pending: () => journeys.size + [...undelivered.values()].reduce((total, letters) => total + letters.length, 0),
    close() {
      closing = true
      return new Promise((resolve) => {
        closers.push(resolve)
        closeWhenIdle()
      })
    },
  }
}

function closed(): ParleyError {
  return new ParleyError('BUS_CLOSED', 'The bus takes no more letters: the desk is stopping.')
}

function noResponder(topic: string): ParleyError {
  return new ParleyError('BUS_NO_RESPONDER', `Nobody answers requests on "${topic}".`, { retry: 'retryable' })
}

function timedOut(topic: string, timeoutMs: number): ParleyError {
  return new ParleyError('BUS_TIMED_OUT', `No answer on "${topic}" within ${timeoutMs} ms.`, {
    retry: 'ambiguous',
    details: { topic, timeoutMs },
  })
}
