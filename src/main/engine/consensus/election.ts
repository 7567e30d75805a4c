import { z } from 'zod'
import { ParleyError } from '#shared/lib/error.ts'

/**
 * A choice among several candidates (proposals): each ballot is an order of preference, groups best first, and how often
 * or with what weight it was cast. Candidates that a ballot does not rank come last, tied.
 */
export const electionSchema = z.object({
  candidates: z.array(z.string().min(1)).min(1),
  ballots: z.array(z.tuple([z.array(z.array(z.string()).min(1)), z.number().positive()])),
})
export type Election = z.infer<typeof electionSchema>

/** Groups of candidates, best first; those in one group are tied. */
export type Ranking = string[][]

/** A ballot with candidates as positions in the election's list, and with the unranked in a last group of their own. */
export interface FullBallot {
  readonly groups: readonly (readonly number[])[]
  readonly weight: number
}

/** Completes every ballot; throws BALLOT_INVALID for a candidate that does not stand or that a ballot ranks twice. */
export function fullBallots({ candidates, ballots }: Election): FullBallot[] {
  const positions = new Map(candidates.map((candidate, position) => [candidate, position]))
  return ballots.map(([ranking, weight], index) => {
    const left = new Set(candidates.keys())
    const groups = ranking.map((group) =>
      group.map((candidate) => {
        const position = positions.get(candidate)
        if (position === undefined || !left.delete(position)) {
          const what = position === undefined ? 'does not stand' : 'is ranked twice'
          throw new ParleyError('BALLOT_INVALID', `Ballot ${index + 1}: ${candidate} ${what}.`, {
            details: { candidate, ballot: index },
            wayOut: 'Rank each of the candidates at most once.',
          })
        }
        return position
      }),
    )
    return { groups: left.size > 0 ? [...groups, [...left]] : groups, weight }
  })
}

/** How much weight prefers the row's candidate to the column's. */
export function pairwise(election: Election): number[][] {
  const matrix = election.candidates.map(() => election.candidates.map(() => 0))
  for (const { groups, weight } of fullBallots(election)) {
    groups.forEach((group, rank) => {
      const below = groups.slice(rank + 1).flat()
      for (const winner of group) {
        const row = matrix[winner] ?? []
        for (const loser of below) row[loser] = (row[loser] ?? 0) + weight
      }
    })
  }
  return matrix
}

/** Ranks by score, highest first; scores closer than a billionth are tied. Ties keep the order of the candidates. */
export function rankByScore(candidates: readonly string[], scores: readonly number[]): Ranking {
  const order = [...candidates.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
  const groups: number[][] = []
  let last = Number.NaN
  for (const position of order) {
    const score = scores[position] ?? 0
    if (Math.abs(score - last) <= 1e-9 * Math.max(1, Math.abs(score))) groups.at(-1)?.push(position)
    else groups.push([position])
    last = score
  }
  return namesOf(candidates, groups)
}

/** Names the candidates of each group, in the order in which they stand. */
export function namesOf(candidates: readonly string[], groups: readonly (readonly number[])[]): Ranking {
  return groups.map((group) => [...group].sort((a, b) => a - b).map((position) => candidates[position] ?? ''))
}
