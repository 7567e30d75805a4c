import { z } from 'zod'
import { ballotSchema } from './ballot.ts'
import { learnedSchema } from './combination.ts'

/** What became of a vote; everything but `agreed` is no trade. */
const tallyStatuses = ['agreed', 'no-agreement', 'tie', 'quorum-missed', 'vetoed', 'expired'] as const
const tallyStatusSchema = z.enum(tallyStatuses)
export type TallyStatus = z.infer<typeof tallyStatusSchema>

/** The rule that decided. */
const firedRules = [
  'UNANIMOUS',
  'SIMPLE_MAJORITY',
  'SUPER_MAJORITY',
  'WEIGHTED_THRESHOLD',
  'POOLED_THRESHOLD',
  'NOT_UNANIMOUS',
  'MAJORITY_MISSED',
  'THRESHOLD_MISSED',
  'TIE',
  'NO_VOTES',
  'QUORUM_MISSED',
  'VETO',
  'DEADLINE_PASSED',
] as const
const firedRuleSchema = z.object({ code: z.enum(firedRules), sentence: z.string() })
export type FiredRule = z.infer<typeof firedRuleSchema>

/**
 * Why a ballot does not count: cast after the deadline, cast after the moment of the count, by nobody of the electorate,
 * handed in by somebody else than the voter, for an option that is not on offer, or followed by a later ballot.
 */
const notCountedReasons = [
  'LATE',
  'AFTER_COUNT',
  'NOT_IN_ELECTORATE',
  'CAST_BY_ANOTHER',
  'UNKNOWN_OPTION',
  'SUPERSEDED',
] as const
const notCountedSchema = z.object({
  ballotId: z.string(),
  voter: z.string(),
  reason: z.enum(notCountedReasons),
  sentence: z.string(),
})
export type NotCounted = z.infer<typeof notCountedSchema>

/** A ballot that counts, and what it counts for under the rule: 1 where heads are counted, else weight times confidence. */
const countedBallotSchema = z.object({ ballot: ballotSchema, weight: z.number(), countsFor: z.number() })
export type CountedBallot = z.infer<typeof countedBallotSchema>

/**
 * A voter's power among those who took a side: the Banzhaf index and the Shapley-Shubik index (each sums to 1), and
 * whether this voter alone, by voting otherwise or abstaining, could have changed the outcome.
 */
const voterPowerSchema = z.object({
  voter: z.string(),
  banzhaf: z.number(),
  shapleyShubik: z.number(),
  decisive: z.boolean(),
})
export type VoterPower = z.infer<typeof voterPowerSchema>

/** What the ballots add up to. Shares, confidence, margin, disagreement, variance and entropy run from 0 to 1. */
export const tallySchema = z.object({
  at: z.int(),
  status: tallyStatusSchema,
  /** The agreed option, or the default option where nothing is agreed. */
  outcome: z.string(),
  rule: firedRuleSchema,
  /** True when nobody is waited for: the deadline has passed, every ballot is in, or there is no deadline. */
  complete: z.boolean(),
  /** Each option's share of the votes, in the policy's order; abstentions are in neither numerator nor denominator. */
  shares: z.array(z.object({ option: z.string(), share: z.number(), confidence: z.number(), ballots: z.int() })),
  /** The share of the votes behind the outcome, 0 to 100; 0 when nobody voted for it. */
  agreement: z.number(),
  /** The mean confidence of the ballots behind the outcome, by weight; 0 when there are none. */
  confidence: z.number(),
  /** How far the first option is ahead of the second, as a share of the votes. */
  margin: z.number(),
  /** The chance that two units of conviction (weight times confidence) stand behind different options; 1 is an even split. */
  disagreement: z.number(),
  /** The variance of the votes as points on the simplex of options: 1 less the sum of squared shares. */
  variance: z.number(),
  /** Shannon's entropy of the shares over its greatest value for this many options. */
  entropy: z.number(),
  unanimous: z.boolean(),
  /** The ballots against the outcome, heaviest first: what is said against it is read first. */
  dissent: z.array(countedBallotSchema),
  /** The ballots behind the outcome, heaviest first. */
  support: z.array(countedBallotSchema),
  /** Voters who said that they take no side. */
  abstained: z.array(z.string()),
  /** Voters of the electorate from whom no ballot counts. */
  absent: z.array(z.string()),
  /** Veto holders whose ballots are a veto, also where it stopped nothing. */
  vetoedBy: z.array(z.string()),
  /** What the ballots behind the outcome make a condition of, by voter. */
  conditions: z.array(z.object({ voter: z.string(), condition: z.string() })),
  /** True when the outcome would be another without the conditional ballots. */
  hangsOnConditions: z.boolean(),
  /** The quorum, if the policy has one: `required` and `present` are voters, or shares of the electorate or its weight. */
  quorum: z
    .object({
      measure: z.enum(['voters', 'electorate', 'weight']),
      required: z.number(),
      present: z.number(),
      met: z.boolean(),
    })
    .nullable(),
  /** Null (unavailable) where more than 16 voters took a side, and where opinions are pooled. */
  power: z.array(voterPowerSchema).nullable(),
  notCounted: z.array(notCountedSchema),
  /** The learned weights that it was counted by; left out where they are fixed. */
  learned: learnedSchema.optional(),
})
export type Tally = z.infer<typeof tallySchema>

/** True when the ballots agree on something to do: anything but the default option. */
export function isAgreedAction(tally: Tally, defaultOption: string): boolean {
  return tally.status === 'agreed' && tally.outcome !== defaultOption
}
