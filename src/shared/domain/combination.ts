import { z } from 'zod'

/**
 * How ballots are combined: by the weights of those who take part (`fixed`); by these times what each one's record on the
 * instrument, and a little less elsewhere, says of its expertise (`expertise`); by weights learned from how all ballots turned
 * out, one round after another (`hedge`); or by pooling calibrated confidences (`opinion-pool`).
 */
export const combinations = ['fixed', 'expertise', 'hedge', 'opinion-pool'] as const
export const combinationSchema = z.enum(combinations, { error: `must be one of ${combinations.join(', ')}` })
export type Combination = z.infer<typeof combinationSchema>

/** How a stated confidence is read: its log-odds times slope plus intercept. */
export const calibrationSchema = z.object({ slope: z.number(), intercept: z.number() })

/** What a learned combination makes of one voter. */
const learnedVoterSchema = z.object({
  voter: z.string(),
  /** Its weight without a record, and the one it has. */
  prior: z.number(),
  weight: z.number(),
  /** How its confidence is read; as stated by a rule that does not calibrate. */
  calibration: calibrationSchema,
  /** How many of its own ballots stand behind that. */
  ballots: z.int(),
})

/** A learned combination as it was when votes were counted: what it stands on, and what it makes of each voter. */
export const learnedSchema = z.object({
  combination: z.enum(['expertise', 'hedge', 'opinion-pool']),
  /** Decisions whose outcome was known by then. */
  decisions: z.int(),
  voters: z.array(learnedVoterSchema),
})
export type Learned = z.infer<typeof learnedSchema>

/** Where a learned combination comes from, in words. */
export function learnedWords({ combination, decisions }: Learned): string {
  const stands =
    decisions === 0 ? 'no decision is scored yet' : `from ${decisions} scored decision${decisions === 1 ? '' : 's'}`
  return `${learnedTitles[combination]}, ${stands}`
}

const learnedTitles = {
  expertise: 'Weights by expertise',
  hedge: 'Hedge weights',
  'opinion-pool': 'Pool of calibrated opinions',
} as const
