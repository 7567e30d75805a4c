import { z } from 'zod'
import { assertNever } from '#shared/lib/assert.ts'

/** What a voter says: one option, one option on conditions, an order of preference (groups best first), or nothing. */
const choiceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('option'), option: z.string().min(1) }),
  z.object({
    kind: z.literal('conditional'),
    option: z.string().min(1),
    conditions: z.array(z.string().min(1)).min(1),
  }),
  z.object({ kind: z.literal('ranking'), ranking: z.array(z.array(z.string().min(1)).min(1)) }),
  z.object({ kind: z.literal('abstain') }),
])
export type Choice = z.infer<typeof choiceSchema>

/**
 * One voter's vote on one proposal. Ballots are never changed, only followed by a later one: until the deadline the
 * last counts, and all are kept. `at` is in UTC epoch milliseconds, `confidence` runs from 0 to 1, `evidence` holds ids;
 * `castBy` is there only where somebody else than the voter handed the ballot in, and then it does not count.
 */
export const ballotSchema = z.object({
  id: z.string().min(1),
  voter: z.string().min(1),
  castBy: z.string().min(1).optional(),
  proposalId: z.string().min(1),
  at: z.int(),
  choice: choiceSchema,
  confidence: z.number().min(0).max(1),
  weight: z.number().positive(),
  reasons: z.array(z.string()),
  evidence: z.array(z.string()),
})
export type Ballot = z.infer<typeof ballotSchema>

/** The options that a choice stands behind, most often one: a ranking stands behind its first group, an abstention behind none. */
export function firstChoices(choice: Choice): readonly string[] {
  switch (choice.kind) {
    case 'option':
    case 'conditional':
      return [choice.option]
    case 'ranking':
      return choice.ranking[0] ?? []
    case 'abstain':
      return []
    default:
      return assertNever(choice)
  }
}

/** Every option that a choice names. */
export function namedOptions(choice: Choice): readonly string[] {
  return choice.kind === 'ranking' ? choice.ranking.flat() : firstChoices(choice)
}

/** True when the ballot takes no side; a ranking that ranks nothing is an abstention too. */
export function isAbstention(choice: Choice): boolean {
  return firstChoices(choice).length === 0
}
