import { eventIterator, oc } from '@orpc/contract'
import { implement } from '@orpc/server'
import { z } from 'zod'
import type { CallContext } from '#api/desk.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** A small API with one of everything that a transport must carry. */
export const smallContract = {
  /** Says it again, and over what it was heard. */
  echo: oc
    .route({ method: 'GET', path: '/echo' })
    .input(z.object({ text: z.string().max(100), times: z.coerce.number().int().min(1).max(5).default(1) }))
    .output(z.object({ text: z.string(), caller: z.string() })),
  refuse: oc
    .route({ method: 'POST', path: '/refuse' })
    .input(z.object({ quantity: z.string() }))
    .output(z.object({})),
  fail: oc.route({ method: 'POST', path: '/fail' }).output(z.object({})),
  /** Answers only when it is cancelled. */
  wait: oc.route({ method: 'POST', path: '/wait' }).output(z.object({})),
  /** The newest number at the client's own pace; with `text`, each is that long. */
  watch: oc
    .route({ method: 'GET', path: '/numbers' })
    .input(z.object({ bytes: z.coerce.number().int().default(0) }))
    .output(eventIterator(z.object({ number: z.int(), text: z.string() }))),
  /** Two numbers and then a refusal. */
  breakOff: oc.route({ method: 'GET', path: '/break-off' }).output(eventIterator(z.object({ number: z.int() }))),
}

/** What the small API's source was made to do. */
export interface Counts {
  /** Streams that are open now. */
  subscriptions: number
  /** Numbers that were taken from the source. */
  taken: number
  /** Calls of `wait` that are not over. */
  waiting: number
}

/** What `fail` throws; no client may ever see it. */
export const secret = 'password=hunter2 in /home/trader/keys'

export function createSmallRouter() {
  const counts: Counts = { subscriptions: 0, taken: 0, waiting: 0 }
  const os = implement(smallContract).$context<CallContext>()

  async function* numbers(bytes: number, signal: AbortSignal | undefined) {
    counts.subscriptions += 1
    const text = 'x'.repeat(bytes)
    try {
      for (let number = 0; ; number++) {
        if (signal?.aborted) return
        counts.taken += 1
        yield { number, text }
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    } finally {
      counts.subscriptions -= 1
    }
  }

  const router = os.router({
    echo: os.echo.handler(({ input, context }) => ({ text: input.text.repeat(input.times), caller: context.caller })),
    refuse: os.refuse.handler(({ input }) => {
      throw new ParleyError('ORDER_TOO_LARGE', 'The order is larger than the mandate allows.', {
        retry: 'definitive',
        details: { quantity: input.quantity, limit: '2.5' },
        wayOut: 'Ask for at most 2.5.',
      })
    }),
    fail: os.fail.handler(() => {
      throw new Error(secret)
    }),
    wait: os.wait.handler(async ({ signal }) => {
      counts.waiting += 1
      try {
        return await new Promise<never>((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('cancelled')), { once: true })
        })
      } finally {
        counts.waiting -= 1
      }
    }),
    watch: os.watch.handler(({ input, signal }) => numbers(input.bytes, signal)),
    breakOff: os.breakOff.handler(async function* () {
      yield { number: 1 }
      yield { number: 2 }
      throw new ParleyError('FEED_LOST', 'The feed is gone.', { retry: 'retryable', wayOut: 'Watch again.' })
    }),
  })
  return { router, counts }
}
