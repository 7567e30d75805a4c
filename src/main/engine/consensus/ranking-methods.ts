import {
  condorcet,
  copeland,
  rankedPairs,
  rankedPairsWinning,
  schulze,
  schulzeMargin,
  schulzeRatio,
} from './condorcet-methods.ts'
import type { Election, Ranking } from './election.ts'
import { instantRunoff } from './instant-runoff.ts'
import { approval, borda, plurality } from './positional-methods.ts'

const methods = {
  approval,
  borda,
  condorcet,
  copeland,
  'instant-runoff': instantRunoff,
  plurality,
  'ranked-pairs': rankedPairs,
  'ranked-pairs-winning': rankedPairsWinning,
  schulze,
  'schulze-margin': schulzeMargin,
  'schulze-ratio': schulzeRatio,
} as const satisfies Readonly<Record<string, (election: Election) => Ranking>>

export type VotingMethod = keyof typeof methods

export const votingMethods = Object.keys(methods) as VotingMethod[]

/** Ranks the candidates of an election by a named method; the names are in votingMethods. */
export function rank(election: Election, method: VotingMethod): Ranking {
  return methods[method](election)
}

/** The candidate that a ranking puts first, or the default option where several are tied: a tie is no trade. */
export function winnerOf(ranking: Ranking, defaultOption: string): string {
  const [first = []] = ranking
  return first.length === 1 ? (first[0] ?? defaultOption) : defaultOption
}
