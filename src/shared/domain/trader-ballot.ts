import { z } from 'zod'
import { ballotSchema } from './ballot.ts'
import { actions } from './proposal.ts'

/**
 * A ballot that the trader casts by hand: approve or reject what is proposed, abstain, one of the actions, or a ranking of
 * them, groups best first. Reasons are always given; conditions only with a side taken.
 */
export const traderBallotSchema = z
  .object({
    choice: z.enum(['approve', 'reject', 'abstain', 'rank', ...actions]),
    /** For `rank` alone. */
    ranking: z
      .array(z.array(z.enum(actions)).min(1))
      .min(1)
      .optional(),
    /** From 0 to 1. */
    confidence: z.number().min(0).max(1).default(1),
    conditions: z.array(z.string().trim().min(1).max(500)).max(10).default([]),
    reasons: z.array(z.string().trim().min(1).max(2_000)).min(1).max(10),
  })
  .refine(
    ({ choice, ranking }) => (choice === 'rank') === (ranking !== undefined),
    'A ranking goes with "rank", and only with it.',
  )
  .refine(
    ({ choice, conditions }) => conditions.length === 0 || (choice !== 'abstain' && choice !== 'rank'),
    'Conditions go with a side that is taken.',
  )
export type TraderBallot = z.infer<typeof traderBallotSchema>

/** A ballot that was kept, and whether it counts as things are. */
export const keptBallotSchema = z.object({ ballot: ballotSchema, counts: z.boolean(), note: z.string() })

export type KeptBallot = z.infer<typeof keptBallotSchema>
