import { ORPCError } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { UnforeseenFailure } from '#api/errors.ts'
import { type Counts, secret, type smallContract } from '#test/fakes/small-router.ts'

type SmallClient = ContractRouterClient<typeof smallContract>

/** The small API served over one transport, and a client of it. */
export interface Served {
  readonly client: SmallClient
  readonly counts: Counts
  /** What the server reported as unforeseen. */
  readonly failures: readonly UnforeseenFailure[]
  readonly caller: 'window' | 'network'
  /** Cuts the client's end, as a crash would. */
  cut(): void | Promise<void>
  close(): Promise<void>
}

/** What every transport of the contract must do; run once for each. */
export function describeContract(transport: string, serve: () => Promise<Served>): void {
  describe(`the contract over ${transport}`, () => {
    let served: Served
    beforeEach(async () => {
      served = await serve()
    })
    afterEach(() => served.close())

    it('answers a call and knows who calls', async () => {
      expect(await served.client.echo({ text: 'ab', times: 3 })).toEqual({ text: 'ababab', caller: served.caller })
    })

    it('carries code, message, retry, details and way out of a refusal', async () => {
      const error = await rejection(served.client.refuse({ quantity: '3' }))
      expect(error).toMatchObject({
        code: 'ORDER_TOO_LARGE',
        message: 'The order is larger than the mandate allows.',
        data: { retry: 'definitive', wayOut: 'Ask for at most 2.5.', details: { quantity: '3', limit: '2.5' } },
      })
      expect(served.failures).toEqual([])
    })

    it('tells nothing of an unforeseen error but the reference under which it was reported', async () => {
      const error = await rejection(served.client.fail())
      expect(error.code).toBe('INTERNAL')
      expect(JSON.stringify(error)).not.toContain('hunter2')
      expect(served.failures).toHaveLength(1)
      expect(error.message).toContain(served.failures[0]?.reference)
      expect(served.failures[0]).toMatchObject({ where: 'fail', error: new Error(secret) })
    })

    it('refuses bad input and names the field', async () => {
      const error = await rejection(served.client.echo({ text: 'a', times: 9 }))
      expect(error).toMatchObject({ code: 'BAD_REQUEST', data: { retry: 'definitive', wayOut: null } })
      expect(error.message).toContain('times')
      expect(served.failures).toEqual([])
    })

    it('streams, and a stream that is left leaves no subscription behind', async () => {
      const seen: number[] = []
      for await (const { number } of await served.client.watch({})) {
        seen.push(number)
        if (seen.length === 5) break
      }
      expect(seen).toEqual([0, 1, 2, 3, 4])
      await expect.poll(() => served.counts.subscriptions).toBe(0)
    })

    it('ends a stream whose call is aborted', async () => {
      const controller = new AbortController()
      const stream = await served.client.watch({}, { signal: controller.signal })
      await stream.next()
      expect(served.counts.subscriptions).toBe(1)
      controller.abort()
      await expect.poll(() => served.counts.subscriptions).toBe(0)
    })

    it('carries a refusal in the middle of a stream', async () => {
      const seen: number[] = []
      const error = await rejection(
        (async () => {
          for await (const { number } of await served.client.breakOff()) seen.push(number)
        })(),
      )
      expect(seen).toEqual([1, 2])
      expect(error).toMatchObject({ code: 'FEED_LOST', data: { retry: 'retryable', wayOut: 'Watch again.' } })
    })

    it('cancels a call that its caller gives up', async () => {
      const controller = new AbortController()
      const call = served.client.wait(undefined, { signal: controller.signal })
      const outcome = call.catch((error: unknown) => error)
      await expect.poll(() => served.counts.waiting).toBe(1)
      controller.abort()
      expect(await outcome).toBeInstanceOf(Error)
      await expect.poll(() => served.counts.waiting).toBe(0)
      expect(served.failures).toEqual([])
    })

    it('cancels calls and streams of a client that is cut off', async () => {
      served.client.wait().catch(() => {})
      const stream = await served.client.watch({})
      await stream.next()
      await expect.poll(() => served.counts.waiting).toBe(1)
      const next = stream.next().catch(() => {})
      await served.cut()
      await expect.poll(() => served.counts).toMatchObject({ waiting: 0, subscriptions: 0 })
      expect(served.failures).toEqual([])
      void next
    })

    it('ends calls under way when the server closes, and lets go of everything', async () => {
      const call = served.client.wait().catch(() => 'over')
      await expect.poll(() => served.counts.waiting).toBe(1)
      await served.close()
      await expect.poll(() => served.counts.waiting).toBe(0)
      expect(await call).toBe('over')
    })

    it('answers a hundred calls in flight, each with its own answer', async () => {
      const texts = Array.from({ length: 100 }, (_, index) => `call ${index}`)
      const answers = await Promise.all(texts.map((text) => served.client.echo({ text })))
      expect(answers.map((answer) => answer.text)).toEqual(texts)
    })
  })
}

async function rejection(call: Promise<unknown>): Promise<ORPCError<string, unknown>> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ORPCError)) throw new Error('The call was not refused.', { cause: error })
  return error
}
