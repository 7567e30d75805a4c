import type { ConsensusPolicy } from '#shared/domain/consensus-policy.ts'
import type { VoterPower } from '#shared/domain/tally.ts'
import type { AdmittedBallot } from './admission.ts'
import { judge, meets } from './policy-verdict.ts'

const mostVoters = 16

/**
 * The power of each voter who took a side, in the order given: in how many coalitions (Banzhaf) and in which share of
 * orders of arrival (Shapley and Shubik 1954) the voter turns losing into winning, where a coalition wins when it meets
 * the rule and holds every veto holder among them. Counts all 2^n coalitions; null for more than 16 voters, and where opinions are pooled.
 */
export function voterPower(
  policy: ConsensusPolicy,
  votes: readonly AdmittedBallot[],
  passed: boolean,
): VoterPower[] | null {
  const sided = votes.filter(({ options }) => options.length > 0)
  const count = sided.length
  // A pool of opinions has no coalitions that win by adding up.
  if (count > mostVoters || policy.rule.kind === 'pooled') return null
  const wins = winningCoalitions(policy, sided)
  const orders = orderWeights(count)
  const swings = new Float64Array(count)
  const pivots = new Float64Array(count)
  for (let coalition = 1; coalition < wins.length; coalition++) {
    if (wins[coalition] !== 1) continue
    const share = orders[bitCount(coalition)] ?? 0
    for (let voter = 0; voter < count; voter++) {
      const bit = 1 << voter
      if ((coalition & bit) === 0 || wins[coalition ^ bit] === 1) continue
      swings[voter] = (swings[voter] ?? 0) + 1
      pivots[voter] = (pivots[voter] ?? 0) + share
    }
  }
  const allSwings = swings.reduce((sum, swing) => sum + swing, 0)
  return sided.map((vote, voter) => ({
    voter: vote.ballot.voter,
    banzhaf: allSwings > 0 ? (swings[voter] ?? 0) / allSwings : 0,
    shapleyShubik: pivots[voter] ?? 0,
    decisive: isDecisive(policy, votes, vote, passed),
  }))
}

function winningCoalitions(policy: ConsensusPolicy, sided: readonly AdmittedBallot[]): Uint8Array {
  const total = sided.reduce((sum, { countsFor }) => sum + countsFor, 0)
  const wins = new Uint8Array(2 ** sided.length)
  if (total === 0) return wins
  const needed = sided.reduce((mask, { ballot }, voter) => {
    return policy.veto?.holders.includes(ballot.voter) ? mask | (1 << voter) : mask
  }, 0)
  const sums = new Float64Array(wins.length)
  for (let coalition = 1; coalition < wins.length; coalition++) {
    const last = 31 - Math.clz32(coalition & -coalition)
    const sum = (sums[coalition & (coalition - 1)] ?? 0) + (sided[last]?.countsFor ?? 0)
    sums[coalition] = sum
    if ((coalition & needed) === needed && meets(policy.rule, sum / total)) wins[coalition] = 1
  }
  return wins
}

/** By size of the winning coalition, the share of all orders in which a given member comes last of exactly these. */
function orderWeights(count: number): number[] {
  const weights = [0]
  let weight = 1 / count
  for (let size = 1; size <= count; size++) {
    weights.push(weight)
    weight = (weight * size) / (count - size)
  }
  return weights
}

function bitCount(mask: number): number {
  let count = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++
  return count
}

function isDecisive(
  policy: ConsensusPolicy,
  votes: readonly AdmittedBallot[],
  vote: AdmittedBallot,
  passed: boolean,
): boolean {
  const { outcome } = judge(policy, votes, passed)
  const others = [[], ...policy.options.map((option) => [option])]
  return others.some((options) => {
    const changed = votes.map((other) => (other === vote ? { ...vote, options } : other))
    return judge(policy, changed, passed).outcome !== outcome
  })
}
