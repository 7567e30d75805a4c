import { beats, headToHead } from './condorcet-methods.ts'
import { type Election, type FullBallot, fullBallots, namesOf, pairwise, type Ranking } from './election.ts'

/**
 * Instant runoff: while nobody has more than half of all the weight, whoever has the fewest first places goes out and is
 * ranked last of those left; a winner is ranked first and the count goes on among the rest. A group of several on a ballot
 * counts for none of them. Where several are last, those who are weakest head to head go first; if that tells nothing, all.
 */
export function instantRunoff(election: Election): Ranking {
  const ballots = fullBallots(election)
  const duels = pairwise(election)
  const half = ballots.reduce((sum, { weight }) => sum + weight, 0) / 2
  const winners: number[][] = []
  const losers: number[][] = []
  const left = new Set(election.candidates.keys())
  while (left.size > 0) {
    const places = firstPlaces(ballots, left)
    const most = Math.max(...places.values())
    if (most > half) {
      winners.push(withPlaces(places, most))
    } else {
      losers.unshift(weakest(duels, withPlaces(places, Math.min(...places.values()))))
    }
    for (const candidate of winners.concat(losers).flat()) left.delete(candidate)
  }
  return namesOf(election.candidates, [...winners, ...losers])
}

function firstPlaces(ballots: readonly FullBallot[], left: ReadonlySet<number>): Map<number, number> {
  const places = new Map([...left].map((candidate) => [candidate, 0]))
  for (const { groups, weight } of ballots) {
    const first = groups.find(([candidate = -1, ...tied]) => tied.length === 0 && left.has(candidate))?.[0]
    if (first !== undefined) places.set(first, (places.get(first) ?? 0) + weight)
  }
  return places
}

function withPlaces(places: ReadonlyMap<number, number>, count: number): number[] {
  return [...places].filter(([, places]) => places === count).map(([candidate]) => candidate)
}

function weakest(duels: readonly (readonly number[])[], tied: readonly number[]): number[] {
  const record = headToHead(duels)
  const balance = (candidate: number) => (record[candidate]?.won ?? 0) - (record[candidate]?.lost ?? 0)
  const won = (candidate: number) => record[candidate]?.won ?? 0
  let weakest = [...tied]
  for (;;) {
    const weaker = weakest.filter((one) =>
      weakest.every((other) => !beats(duels, one, other) && balance(one) <= balance(other) && won(one) <= won(other)),
    )
    if (weaker.length === 0 || weaker.length === weakest.length) return weakest
    weakest = weaker
  }
}
