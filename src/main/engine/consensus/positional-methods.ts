import { type Election, fullBallots, type Ranking, rankByScore } from './election.ts'

/**
 * Borda points by candidate: on a ballot of n the first gets n, the last 1; those tied share the points of their places
 * (Borda 1781, with average ranks).
 */
export function bordaPoints(election: Election): number[] {
  const points = election.candidates.map(() => 0)
  for (const { groups, weight } of fullBallots(election)) {
    let place = election.candidates.length
    for (const group of groups) {
      const share = place - (group.length - 1) / 2
      for (const candidate of group) points[candidate] = (points[candidate] ?? 0) + share * weight
      place -= group.length
    }
  }
  return points
}

/** Ranks by Borda points. */
export function borda(election: Election): Ranking {
  return rankByScore(election.candidates, bordaPoints(election))
}

/** Ranks by approval: a ballot approves of every candidate in its first group (Brams and Fishburn 1978). */
export function approval(election: Election): Ranking {
  return rankByScore(election.candidates, firstGroupWeights(election, false))
}

/** Ranks by first preferences: a ballot counts for its first group, in equal parts. */
export function plurality(election: Election): Ranking {
  return rankByScore(election.candidates, firstGroupWeights(election, true))
}

function firstGroupWeights(election: Election, shared: boolean): number[] {
  const weights = election.candidates.map(() => 0)
  for (const [ranking, weight] of election.ballots) {
    const [first = []] = ranking
    for (const candidate of first) {
      const position = election.candidates.indexOf(candidate)
      weights[position] = (weights[position] ?? 0) + (shared ? weight / first.length : weight)
    }
  }
  return weights
}
