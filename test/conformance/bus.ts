import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bus, DeadLetter } from '#engine/bus/bus.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { createIds, type Ids } from '#shared/lib/ids.ts'
import { createRandom, type Random } from '#shared/lib/random.ts'
import { createVirtualClock, type VirtualClock } from '#shared/lib/virtual-clock.ts'

/** What a bus under test is made with; letters are tried four times. */
export interface BusParts {
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
  readonly retry: { readonly attempts: number; readonly baseMs: number; readonly maximumMs: number }
  readonly onDeadLetter: (dead: DeadLetter) => void
}

const retry = { attempts: 4, baseMs: 100, maximumMs: 250 }

/** The parts of a bus on virtual time. */
export function busParts(clock: VirtualClock, onDeadLetter: (dead: DeadLetter) => void = () => {}): BusParts {
  const random = createRandom(11)
  return { clock, random, ids: createIds(clock, random.fork('ids')), retry, onDeadLetter }
}

/** Lets everything happen that can happen at this moment. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** Lets time pass until no timer is left. */
export async function runOut(clock: VirtualClock): Promise<void> {
  await turn()
  while (clock.step()) await turn()
}

/** What every bus must do, on virtual time. */
export function busConformance(name: string, create: (parts: BusParts) => Bus): void {
  function start() {
    const clock = createVirtualClock(1_700_000_000_000)
    const dead: DeadLetter[] = []
    return { clock, dead, bus: create(busParts(clock, (letter) => dead.push(letter))) }
  }

  describe(`bus conformance: ${name}`, () => {
    it('brings a letter to every subscriber of its topic, and to no other, in the order of publishing', async () => {
      const { bus, clock } = start()
      const seen: unknown[] = []
      for (const reader of ['a', 'b']) {
        bus.subscribe('news', async ({ body }) => {
          await turn()
          seen.push([reader, body])
        })
      }
      bus.subscribe('other', async () => {
        seen.push('other')
      })
      for (const body of [1, 2, 3]) await bus.publish('news', body)
      expect(bus.pending()).toBe(3)
      for (let count = 0; count < 5; count++) await runOut(clock)
      const of = (reader: string) => seen.filter((item) => (item as unknown[])[0] === reader)
      expect([of('a'), of('b')].map((items) => items.map((item) => (item as unknown[])[1]))).toEqual([
        [1, 2, 3],
        [1, 2, 3],
      ])
      expect(seen).toHaveLength(6)
      expect(bus.pending()).toBe(0)
    })

    it('gives each letter its own id, its moment, and the number of the attempt', async () => {
      const { bus, clock } = start()
      const seen: unknown[] = []
      bus.subscribe('news', async (letter) => {
        seen.push(letter)
      })
      await bus.publish('news', { headline: 'x' })
      await bus.publish('news', null)
      await runOut(clock)
      const common = { id: expect.any(String), topic: 'news', at: 1_700_000_000_000, attempt: 1 }
      expect(seen).toEqual([
        { ...common, body: { headline: 'x' } },
        { ...common, body: null },
      ])
      expect(new Set(seen.map((letter) => (letter as { id: string }).id)).size).toBe(2)
    })

    it('drops a letter that nobody is subscribed to', async () => {
      const { bus } = start()
      await bus.publish('news', 1)
      expect(bus.pending()).toBe(0)
    })

    it('handles no more letters at the same time than was asked for', async () => {
      const { bus, clock } = start()
      let running = 0
      let most = 0
      bus.subscribe(
        'news',
        async () => {
          most = Math.max(most, ++running)
          await turn()
          running -= 1
        },
        { concurrency: 3 },
      )
      for (let count = 0; count < 10; count++) await bus.publish('news', count)
      for (let count = 0; count < 8; count++) await runOut(clock)
      expect([most, bus.pending()]).toEqual([3, 0])
    })

    it('holds publishers back while a queue is full', async () => {
      const { bus } = start()
      const release: (() => void)[] = []
      bus.subscribe('news', () => new Promise((resolve) => release.push(resolve)), { capacity: 2 })
      const accepted: number[] = []
      const publish = async (body: number) => {
        await bus.publish('news', body)
        accepted.push(body)
      }
      const published = [1, 2, 3, 4, 5].map(publish)
      await turn()
      // One is being handled, two wait.
      expect(accepted).toEqual([1, 2, 3])
      release.shift()?.()
      await turn()
      expect(accepted).toEqual([1, 2, 3, 4])
      for (let count = 0; count < 5; count++) {
        release.shift()?.()
        await turn()
      }
      await Promise.all(published)
      expect([accepted, bus.pending()]).toEqual([[1, 2, 3, 4, 5], 0])
    })

    it('brings a letter again after a growing, jittered wait, and lets nothing overtake it', async () => {
      const { bus, clock } = start()
      const tries: { body: unknown; attempt: number; at: number }[] = []
      bus.subscribe('news', async ({ body, attempt }) => {
        tries.push({ body, attempt, at: clock.monotonic() })
        if (body === 'bad' && attempt < 4) throw new Error('not yet')
      })
      await bus.publish('news', 'bad')
      await bus.publish('news', 'good')
      await runOut(clock)
      expect(tries.map(({ body, attempt }) => [body, attempt])).toEqual([
        ['bad', 1],
        ['bad', 2],
        ['bad', 3],
        ['bad', 4],
        ['good', 1],
      ])
      for (const [index, limit] of [100, 200, 250].entries()) {
        const waited = (tries[index + 1]?.at ?? 0) - (tries[index]?.at ?? 0)
        expect(waited).toBeGreaterThan(0)
        expect(waited).toBeLessThanOrEqual(limit)
      }
      expect(bus.deadLetters()).toEqual([])
    })

    it('makes a dead letter of what no attempt could handle, tells of it, and goes on', async () => {
      const { bus, clock, dead } = start()
      const handled: unknown[] = []
      bus.subscribe('news', async ({ body }) => {
        if (body === 'bad') throw new Error('cannot be read')
        handled.push(body)
      })
      await bus.publish('news', 'bad')
      await bus.publish('news', 'good')
      await runOut(clock)
      expect(handled).toEqual(['good'])
      expect(dead).toMatchObject([{ letter: { topic: 'news', body: 'bad', attempt: 4 }, error: 'cannot be read' }])
      expect([bus.deadLetters(), bus.pending()]).toEqual([dead, 0])
    })

    it('loses no letter: each is acknowledged or dead for each subscriber, however often they fail', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(fc.nat(5), { minLength: 2, maxLength: 2 }), { maxLength: 12 }),
          fc.integer({ min: 1, max: 3 }),
          async (failures, concurrency) => {
            const { bus, clock, dead } = start()
            const handled: string[] = []
            for (const reader of [0, 1]) {
              bus.subscribe(
                'news',
                async ({ body, attempt }) => {
                  if (attempt <= (failures[body as number]?.[reader] ?? 0)) throw new Error(`reader ${reader}`)
                  handled.push(`${reader}/${body as number}`)
                },
                { concurrency, capacity: 2 },
              )
            }
            const published = Promise.all(failures.map((_, body) => bus.publish('news', body)))
            await runOut(clock)
            await published
            const died = dead.map(({ letter, error }) => `${error.at(-1)}/${letter.body as number}`)
            const expected = failures.flatMap((_, body) => [`0/${body}`, `1/${body}`])
            expect([...handled, ...died].sort()).toEqual(expected.sort())
            const tooMany = failures.flat().filter((count) => count >= retry.attempts).length
            expect([died.length, bus.pending()]).toEqual([tooMany, 0])
          },
        ),
        { numRuns: 40 },
      )
    })

    it('brings nothing more to a subscriber that stopped, and lets its publishers go', async () => {
      const { bus, clock } = start()
      const seen: unknown[] = []
      const stop = bus.subscribe(
        'news',
        async ({ body }) => {
          seen.push(body)
          throw new Error('again')
        },
        { capacity: 1 },
      )
      const published = Promise.all([1, 2, 3].map((body) => bus.publish('news', body)))
      await turn()
      stop()
      stop()
      await published
      await runOut(clock)
      expect([seen, bus.pending(), bus.deadLetters()]).toEqual([[1], 0, []])
    })

    it('drains when it is closed, and takes nothing after that', async () => {
      const { bus, clock } = start()
      const handled: unknown[] = []
      bus.subscribe('news', async ({ body, attempt }) => {
        if (attempt === 1) throw new Error('not yet')
        handled.push(body)
      })
      bus.respond('price', async () => 'late but true')
      await bus.publish('news', 1)
      await bus.publish('news', 2)
      const asked = bus.request('price', null, { timeoutMs: 1_000 })
      const closed = bus.close()
      await expect(bus.publish('news', 3)).rejects.toMatchObject({ code: 'BUS_CLOSED' })
      await expect(bus.request('price', null, { timeoutMs: 1 })).rejects.toMatchObject({ code: 'BUS_CLOSED' })
      await runOut(clock)
      await closed
      expect([handled, await asked, bus.pending()]).toEqual([[1, 2], 'late but true', 0])
    })
  })

  describe(`bus conformance, requests: ${name}`, () => {
    it('are answered by the responder, or fail with its own error', async () => {
      const { bus } = start()
      bus.respond('half', async (body) => {
        if (typeof body !== 'number') throw new TypeError('not a number')
        return body / 2
      })
      expect(await bus.request('half', 8, { timeoutMs: 100 })).toBe(4)
      await expect(bus.request('half', 'x', { timeoutMs: 100 })).rejects.toThrow(new TypeError('not a number'))
    })

    it('fail at once when nobody answers on the topic, before or after', async () => {
      const { bus } = start()
      const noResponder = { code: 'BUS_NO_RESPONDER', retry: 'retryable' }
      await expect(bus.request('half', 8, { timeoutMs: 100 })).rejects.toMatchObject(noResponder)
      const stop = bus.respond('half', () => new Promise(() => {}))
      const first = bus.request('half', 8, { timeoutMs: 100 })
      first.catch(() => {})
      await turn()
      const second = bus.request('half', 8, { timeoutMs: 100 })
      stop()
      await expect(second).rejects.toMatchObject(noResponder)
      await expect(bus.request('half', 8, { timeoutMs: 100 })).rejects.toMatchObject(noResponder)
    })

    it('have one responder a topic', () => {
      const { bus } = start()
      const stop = bus.respond('half', async () => 1)
      expect(() => bus.respond('half', async () => 2)).toThrowError(
        expect.objectContaining({ code: 'BUS_RESPONDER_EXISTS' }),
      )
      stop()
      bus.respond('half', async () => 2)
      stop()
      expect(() => bus.respond('half', async () => 3)).toThrow()
    })

    it('time out, tell the responder, and are never asked again by themselves', async () => {
      const { bus, clock } = start()
      const asked: { body: unknown; signal: AbortSignal }[] = []
      bus.respond('half', (body, signal) => {
        asked.push({ body, signal })
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        })
      })
      const timedOut = expect.objectContaining({ code: 'BUS_TIMED_OUT', retry: 'ambiguous' })
      const results = Promise.allSettled([
        bus.request('half', 1, { timeoutMs: 50 }),
        bus.request('half', 2, { timeoutMs: 40 }),
      ])
      await runOut(clock)
      expect(await results).toEqual([
        { status: 'rejected', reason: timedOut },
        { status: 'rejected', reason: timedOut },
      ])
      expect(clock.monotonic()).toBe(50)
      // The second was given up while it waited for its turn.
      expect(asked.map(({ body, signal }) => [body, signal.aborted])).toEqual([[1, true]])
    })

    it('tell whoever asked what is answered after its time, and count for nothing else', async () => {
      const { bus, clock } = start()
      let answer: (value: number) => void = () => {}
      bus.respond('half', () => new Promise((resolve) => (answer = resolve)))
      const late: unknown[] = []
      const asked = bus.request('half', 1, { timeoutMs: 50, onLate: (value) => late.push(value) })
      const refused = expect(asked).rejects.toMatchObject({ code: 'BUS_TIMED_OUT' })
      await runOut(clock)
      await refused
      expect(late).toEqual([])
      answer(0.5)
      await turn()
      expect(late).toEqual([0.5])
    })

    it('end as soon as whoever asked gives up', async () => {
      const { bus, clock } = start()
      const reason = new Error('not needed any more')
      let seen: AbortSignal | undefined
      bus.respond('half', (_, signal) => {
        seen = signal
        return new Promise(() => {})
      })
      const controller = new AbortController()
      const asked = bus.request('half', 1, { timeoutMs: 50, signal: controller.signal })
      await turn()
      controller.abort(reason)
      await expect(asked).rejects.toBe(reason)
      expect([seen?.aborted, seen?.reason, clock.nextAt()]).toEqual([true, reason, undefined])
      const already = bus.request('half', 1, { timeoutMs: 50, signal: controller.signal })
      await expect(already).rejects.toBe(reason)
    })
  })
}
