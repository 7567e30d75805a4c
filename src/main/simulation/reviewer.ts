import type { Actor } from '#shared/domain/journal.ts'
import { executionWishes } from '#shared/domain/parent-order.ts'
import type { Review } from '#shared/domain/review.ts'
import { decimal, multiply } from '#shared/lib/decimal.ts'
import { errorCode } from '#shared/lib/error.ts'
import type { Random } from '#shared/lib/random.ts'
import type { Counts } from './counts.ts'
import type { DeskProcess } from './process.ts'

const words = { code: 'OTHER', words: 'It came to mind.' } as const
const acts = ['approve', 'edit', 'reject', 'snooze', 'ask', 'judge'] as const
/** How often each is done, of the whole. */
const shares: Readonly<Record<(typeof acts)[number], number>> = {
  approve: 0.5,
  edit: 0.12,
  reject: 0.06,
  snooze: 0.1,
  ask: 0.12,
  judge: 0.1,
}

/** Does with some review what comes to mind: also what is too late, for another order, or not called for. */
export function answerSomeReview(
  { kernel: { reviews }, queries }: DeskProcess,
  by: Actor,
  random: Random,
  counts: Counts,
): void {
  const review = random.chance(0.85) ? reviews.waiting()[0] : queries.listReviews(1)[0]
  if (review === undefined) return
  const act = drawAct(random.float())
  perform(review).then(
    () => counts.add(`reviews: ${act}`),
    (error: unknown) => counts.add(`reviews refused ${errorCode(error)}`),
  )

  function perform({ id, orderHash, order }: Review): Promise<unknown> {
    switch (act) {
      case 'approve':
        return reviews.approve(id, random.chance(0.95) ? orderHash : 'f'.repeat(64), { words }, by)
      case 'edit': {
        const quantity = multiply(order.quantity, decimal(random.pick(['0.5', '0.9', '2', '1000'])))
        const algorithm = random.pick(executionWishes)
        const execution = random.chance(0.5) ? { algorithm, minutes: random.pick([0.5, 2]) } : undefined
        return reviews.edit(id, { quantity, limitPrice: null, execution }, words, by)
      }
      case 'reject':
        return reviews.reject(id, words, {}, by)
      case 'snooze':
        return reviews.snooze(id, random.int(1_000, 25_000), by)
      case 'ask':
        return reviews.ask(id, 'Are you sure?', by)
      case 'judge':
        return reviews.judge(id, { action: 'hold', confidence: 0.5 }, by)
    }
  }
}

function drawAct(dice: number): (typeof acts)[number] {
  let below = 0
  return acts.find((act) => dice < (below += shares[act])) ?? 'approve'
}
