import type { DeskRecord } from '#engine/journal/journal.ts'
import type { Drill, ReviewOrder, ReviewPolicy } from '#shared/domain/review.ts'
import type { Random } from '#shared/lib/random.ts'

/** The known-bad reviews that are put before the trader among the others, to see whether they are caught (HO-12). */
export interface Drills {
  has(reviewId: string): boolean
  /** True where one is to follow now: on paper alone, and by chance. */
  isDue(): boolean
  all(): readonly Drill[]
  see(record: DeskRecord): void
}

/** Keeps the drills, from those that are known on. */
export function createDrills(
  known: readonly Drill[],
  mode: 'paper' | 'live',
  { drillShare }: Pick<ReviewPolicy, 'drillShare'>,
  random: Random,
): Drills {
  const drills = new Map(known.map((drill) => [drill.reviewId, drill]))
  return {
    has: (reviewId) => drills.has(reviewId),
    isDue: () => mode === 'paper' && drillShare > 0 && random.chance(drillShare),
    all: () => [...drills.values()],
    see(record) {
      if (record.kind === 'drillInjected') drills.set(record.data.reviewId, { ...record.data, caught: null })
      if (record.kind !== 'drillAnswered') return
      const drill = drills.get(record.data.reviewId)
      if (drill !== undefined) drills.set(drill.reviewId, { ...drill, caught: record.data.caught })
    },
  }
}

/** The order turned round: against the votes and the evidence that are shown with it. */
export function turnedRound({ exits: _exits, ...order }: ReviewOrder, decisionId: string): ReviewOrder {
  const side = order.side === 'buy' ? 'sell' : 'buy'
  return { ...order, decisionId, side, reduceOnly: side === 'sell' }
}
