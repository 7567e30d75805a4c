import { z } from 'zod'
import { decimalSchema } from './decimal.ts'

/** One ballot and how it turned out. */
const scoredBallotSchema = z.object({
  voter: z.string(),
  /** True where it was for the trade. */
  isFor: z.boolean(),
  confidence: z.number(),
  /** The Brier score of its probability that the trade is right: 0 is right and sure, 1 wrong and sure. */
  loss: z.number().min(0).max(1),
})

/** How the ballots on a trade turned out once its horizon was over, be it carried out or not. */
export const scoredVoteSchema = z.object({
  runId: z.string(),
  decisionId: z.string(),
  instrument: z.string(),
  action: z.enum(['buy', 'sell']),
  /** The last price when it was decided, and that at the end of the horizon. */
  price: decimalSchema,
  priceAfter: decimalSchema,
  dueAt: z.int(),
  /** True where the price went the trade's way. */
  right: z.boolean(),
  ballots: z.array(scoredBallotSchema),
})
export type ScoredVote = z.infer<typeof scoredVoteSchema>
