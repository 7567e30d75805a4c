import { type Election, namesOf, pairwise, type Ranking, rankByScore } from './election.ts'

/** How strong a victory is, from the weight for the winner and for the loser. */
type Strength = (winner: number, loser: number) => number

const winningVotes: Strength = (winner) => winner
const margin: Strength = (winner, loser) => winner - loser
const ratio: Strength = (winner, loser) => (loser > 0 ? winner / loser : Number.POSITIVE_INFINITY)

/** The candidate that beats every other head to head, or undefined where there is none (Condorcet 1785). */
export function condorcetWinner(election: Election): string | undefined {
  const matrix = pairwise(election)
  return election.candidates.find((_, candidate) => {
    return election.candidates.every((_, other) => other === candidate || beats(matrix, candidate, other))
  })
}

/** The Condorcet winner before all the others, who are tied; all are tied where there is no winner. */
export function condorcet(election: Election): Ranking {
  const winner = condorcetWinner(election)
  if (winner === undefined) return [[...election.candidates]]
  const others = election.candidates.filter((candidate) => candidate !== winner)
  return others.length > 0 ? [[winner], others] : [[winner]]
}

/** Ranks by victories less defeats head to head (Copeland 1951). */
export function copeland(election: Election): Ranking {
  const matrix = pairwise(election)
  return rankByScore(
    election.candidates,
    headToHead(matrix).map(({ won, lost }) => won - lost),
  )
}

/** How many head-to-head contests each candidate wins and loses. */
export function headToHead(matrix: readonly (readonly number[])[]): { won: number; lost: number }[] {
  return matrix.map((_, candidate) => ({
    won: matrix.filter((_, other) => beats(matrix, candidate, other)).length,
    lost: matrix.filter((_, other) => beats(matrix, other, candidate)).length,
  }))
}

/** True when more weight prefers the one to the other than the other way round. */
export function beats(matrix: readonly (readonly number[])[], one: number, other: number): boolean {
  return at(matrix, one, other) > at(matrix, other, one)
}

/** Schulze's method with strength as winning votes, his recommendation (Schulze 2011). */
export function schulze(election: Election): Ranking {
  return byStrongestPaths(election, winningVotes)
}

/** Schulze's method with strength as the margin of victory. */
export function schulzeMargin(election: Election): Ranking {
  return byStrongestPaths(election, margin)
}

/** Schulze's method with strength as the ratio of votes for to votes against. */
export function schulzeRatio(election: Election): Ranking {
  return byStrongestPaths(election, ratio)
}

function byStrongestPaths(election: Election, strength: Strength): Ranking {
  const paths = strongestPaths(pairwise(election), strength)
  const groups: number[][] = []
  let left = [...election.candidates.keys()]
  while (left.length > 0) {
    const best = left.filter((one) => left.every((other) => at(paths, one, other) >= at(paths, other, one)))
    groups.push(best)
    left = left.filter((candidate) => !best.includes(candidate))
  }
  return namesOf(election.candidates, groups)
}

function strongestPaths(matrix: readonly (readonly number[])[], strength: Strength): number[][] {
  const paths = matrix.map((row, one) =>
    row.map((votes, other) => (beats(matrix, one, other) ? strength(votes, at(matrix, other, one)) : 0)),
  )
  paths.forEach((onward, via) => {
    paths.forEach((row, from) => {
      if (from === via) return
      const first = row[via] ?? 0
      onward.forEach((then, to) => {
        if (to !== via && to !== from) row[to] = Math.max(row[to] ?? 0, Math.min(first, then))
      })
    })
  })
  return paths
}

/**
 * Ranked pairs with strength as the margin of victory (Tideman 1987). Victories of equal strength, and equal votes against,
 * are locked in together; of these, every one that would lie on a cycle is left out, so that no order among equals decides.
 */
export function rankedPairs(election: Election): Ranking {
  return byLockedPairs(election, margin)
}

/** Ranked pairs with strength as winning votes. */
export function rankedPairsWinning(election: Election): Ranking {
  return byLockedPairs(election, winningVotes)
}

interface Victory {
  readonly winner: number
  readonly loser: number
  readonly strength: number
  readonly against: number
}

function byLockedPairs(election: Election, strength: Strength): Ranking {
  const count = election.candidates.length
  const locked: boolean[][] = Array.from({ length: count }, () => Array<boolean>(count).fill(false))
  for (const equals of victoriesByStrength(pairwise(election), strength)) {
    const trial = locked.map((row) => [...row])
    for (const { winner, loser } of equals) lock(trial, winner, loser)
    const reach = reachable(trial)
    for (const { winner, loser } of equals) {
      if (reach[loser]?.[winner] !== true) lock(locked, winner, loser)
    }
  }
  const groups: number[][] = []
  let left = [...election.candidates.keys()]
  while (left.length > 0) {
    const unbeaten = left.filter((candidate) => left.every((other) => locked[other]?.[candidate] !== true))
    groups.push(unbeaten)
    left = left.filter((candidate) => !unbeaten.includes(candidate))
  }
  return namesOf(election.candidates, groups)
}

function victoriesByStrength(matrix: readonly (readonly number[])[], strength: Strength): Victory[][] {
  const victories: Victory[] = []
  matrix.forEach((row, winner) => {
    row.forEach((votes, loser) => {
      const against = at(matrix, loser, winner)
      if (votes > against) victories.push({ winner, loser, strength: strength(votes, against), against })
    })
  })
  victories.sort((a, b) => b.strength - a.strength || a.against - b.against)
  const groups: Victory[][] = []
  for (const victory of victories) {
    const last = groups.at(-1)?.[0]
    if (last?.strength === victory.strength && last.against === victory.against) groups.at(-1)?.push(victory)
    else groups.push([victory])
  }
  return groups
}

function lock(locked: boolean[][], winner: number, loser: number): void {
  const row = locked[winner]
  if (row !== undefined) row[loser] = true
}

function reachable(locked: readonly (readonly boolean[])[]): boolean[][] {
  const reach = locked.map((row) => [...row])
  reach.forEach((onward, via) => {
    for (const row of reach) {
      if (row[via] !== true) continue
      onward.forEach((leads, to) => {
        if (leads) row[to] = true
      })
    }
  })
  return reach
}

function at(matrix: readonly (readonly number[])[], row: number, column: number): number {
  return matrix[row]?.[column] ?? 0
}
