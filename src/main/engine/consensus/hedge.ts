import { ParleyError } from '#shared/lib/error.ts'

/** The weights after some rounds, and how the weighted mean has done beside the best single voter. */
export interface Hedge {
  /** They sum to 1. */
  readonly weights: number[]
  readonly loss: number
  readonly leastLoss: number
  /** Loss less the least loss; never above the bound. */
  readonly regret: number
  readonly bound: number
}

/**
 * Learns weights by Hedge (Freund and Schapire 1997): each round multiplies every weight by exp(-rate × loss), with losses
 * from 0 to 1, one list a round, one loss a voter. The rate √(8 ln n / t) needs no horizon, and the regret after T rounds
 * stays within 2√(T ln n / 2) + √(ln n / 8) whatever the losses (Cesa-Bianchi and Lugosi 2006, theorem 2.3). Throws
 * LOSS_INVALID.
 */
export function hedge(voters: number, rounds: readonly (readonly number[])[]): Hedge {
  const totals = Array<number>(voters).fill(0)
  let loss = 0
  rounds.forEach((losses, index) => {
    if (losses.length !== voters || !losses.every((loss) => loss >= 0 && loss <= 1)) {
      throw new ParleyError('LOSS_INVALID', `Round ${index + 1} needs ${voters} losses from 0 to 1.`, {
        details: { round: index, losses },
      })
    }
    const weights = weightsFrom(totals, index + 1)
    losses.forEach((own, voter) => {
      loss += (weights[voter] ?? 0) * own
      totals[voter] = (totals[voter] ?? 0) + own
    })
  })
  const leastLoss = voters > 0 ? Math.min(...totals) : 0
  return {
    weights: weightsFrom(totals, rounds.length + 1),
    loss,
    leastLoss,
    regret: loss - leastLoss,
    bound: hedgeRegretBound(voters, rounds.length),
  }
}

/** The most that Hedge can lose beyond the best of n voters in so many rounds. */
export function hedgeRegretBound(voters: number, rounds: number): number {
  const logarithm = Math.log(Math.max(1, voters))
  return rounds === 0 ? 0 : 2 * Math.sqrt((rounds * logarithm) / 2) + Math.sqrt(logarithm / 8)
}

function weightsFrom(totals: readonly number[], round: number): number[] {
  const rate = Math.sqrt((8 * Math.log(Math.max(1, totals.length))) / round)
  const least = Math.min(...totals)
  const raw = totals.map((total) => Math.exp(-rate * (total - least)))
  const sum = raw.reduce((sum, weight) => sum + weight, 0)
  return raw.map((weight) => weight / sum)
}
