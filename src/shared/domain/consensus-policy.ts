import { z } from 'zod'
import { learnedSchema } from './combination.ts'

/**
 * When ballots become a decision. Unanimity and majorities count heads; `weighted` counts weight times confidence.
 * A simple majority is more than half of the votes; super-majority and weighted need at least the threshold. `pooled` needs the
 * threshold of the probability that calibrated opinions pool to.
 */
const consensusRuleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unanimous') }),
  z.object({ kind: z.literal('simple-majority') }),
  z.object({ kind: z.literal('super-majority'), threshold: z.number().gt(0.5).max(1) }),
  z.object({ kind: z.literal('weighted'), threshold: z.number().gt(0).max(1) }),
  z.object({ kind: z.literal('pooled'), threshold: z.number().gt(0).max(1) }),
])
export type ConsensusRule = z.infer<typeof consensusRuleSchema>

/** How many must take part: a number of voters, a share of the electorate, or a share of the electorate's weight. */
const quorumSchema = z.discriminatedUnion('measure', [
  z.object({ measure: z.literal('voters'), atLeast: z.int().positive(), abstentionsCount: z.boolean() }),
  z.object({ measure: z.literal('electorate'), atLeast: z.number().gt(0).max(1), abstentionsCount: z.boolean() }),
  z.object({ measure: z.literal('weight'), atLeast: z.number().gt(0).max(1), abstentionsCount: z.boolean() }),
])
export type Quorum = z.infer<typeof quorumSchema>

/** Whose ballots for one of these options stop everything: the outcome is then the default option. */
const vetoSchema = z.object({
  holders: z.array(z.string().min(1)).min(1),
  options: z.array(z.string().min(1)).min(1),
})

/** Somebody who may vote, and the most that the voter's ballots can weigh. */
const memberSchema = z.object({ voter: z.string().min(1), weight: z.number().positive() })

/**
 * How one question is decided: what can be chosen, by whom, until when (UTC epoch milliseconds, the deadline itself is in
 * time; null is no deadline), by which rule. `defaultOption` is what happens when nothing is agreed: no trade. So is a tie.
 */
export const consensusPolicySchema = z
  .object({
    options: z.array(z.string().min(1)).min(1),
    defaultOption: z.string().min(1),
    electorate: z.array(memberSchema).min(1),
    deadline: z.int().nullable(),
    rule: consensusRuleSchema,
    quorum: quorumSchema.optional(),
    veto: vetoSchema.optional(),
    /** Where the weights are learned: the electorate has them already, and ballots weigh as much. */
    learned: learnedSchema.optional(),
    tie: z.literal('no-trade'),
  })
  .refine((policy) => new Set(policy.options).size === policy.options.length, 'An option is listed twice.')
  .refine((policy) => policy.options.includes(policy.defaultOption), 'The default option is not among the options.')
  .refine(
    (policy) => new Set(policy.electorate.map(({ voter }) => voter)).size === policy.electorate.length,
    'A voter is listed twice.',
  )
  .refine(
    (policy) => policy.veto?.options.every((option) => policy.options.includes(option)) ?? true,
    'A veto option is not among the options.',
  )
export type ConsensusPolicy = z.infer<typeof consensusPolicySchema>

export const consensusPresets = ['unanimous', 'simple-majority', 'super-majority', 'weighted', 'quorum'] as const
export const consensusPresetSchema = z.enum(consensusPresets)
export type ConsensusPreset = z.infer<typeof consensusPresetSchema>

const half: Quorum = { measure: 'electorate', atLeast: 0.5, abstentionsCount: false }

const presets: Readonly<Record<ConsensusPreset, { rule: ConsensusRule; quorum: Quorum }>> = {
  unanimous: { rule: { kind: 'unanimous' }, quorum: half },
  'simple-majority': { rule: { kind: 'simple-majority' }, quorum: half },
  'super-majority': { rule: { kind: 'super-majority', threshold: 2 / 3 }, quorum: half },
  weighted: { rule: { kind: 'weighted', threshold: 0.6 }, quorum: half },
  quorum: {
    rule: { kind: 'simple-majority' },
    quorum: { measure: 'weight', atLeast: 2 / 3, abstentionsCount: false },
  },
}

/**
 * A named policy for a question. All ask for half of the electorate to take a side, `quorum` for two thirds of its weight;
 * super-majority is two thirds of the heads, weighted is 60 % of weight times confidence. Any of them takes a veto.
 */
export function consensusPolicy(
  preset: ConsensusPreset,
  question: Pick<ConsensusPolicy, 'options' | 'defaultOption' | 'electorate' | 'deadline' | 'veto'>,
): ConsensusPolicy {
  return { ...question, ...presets[preset], tie: 'no-trade' }
}

/** True when every voter with the same choice counts the same, whoever it is. */
export function isAnonymous(policy: ConsensusPolicy): boolean {
  const weighs = policy.rule.kind === 'weighted' || policy.rule.kind === 'pooled'
  return !weighs && policy.veto === undefined && policy.quorum?.measure !== 'weight'
}
