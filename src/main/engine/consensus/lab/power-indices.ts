import { ParleyError } from '#shared/lib/error.ts'
import { type Fraction, fraction } from '#shared/lib/fraction.ts'

/** By player: the coalitions that it turns from losing to winning, and two shares of power that each sum to 1. */
export interface PowerIndices {
  readonly swings: bigint[]
  readonly banzhaf: Fraction[]
  readonly shapleyShubik: Fraction[]
}

/** The coalitions by their weight: how many there are of each size. */
type Coalitions = Map<number, bigint[]>

const mostWeights = 300_000

/**
 * The exact normalised Banzhaf and Shapley-Shubik indices of a weighted game, where a coalition wins when its weight is at
 * least the quota. Quota and weights are whole numbers, quota above zero, weights not below; where even all together lose,
 * all are zero. Counts coalitions by weight and size (Mann and Shapley 1962), so cost grows with players² times the quota.
 * Throws GAME_INVALID, or GAME_TOO_LARGE beyond 300,000 different weights of coalitions.
 */
export function powerIndices(quota: number, weights: readonly number[]): PowerIndices {
  const whole = [quota, ...weights].every((value) => Number.isSafeInteger(value) && value >= 0)
  if (!whole || quota === 0 || weights.length === 0) {
    throw new ParleyError('GAME_INVALID', 'A weighted game needs a quota above zero and weights, in whole numbers.', {
      details: { quota, weights },
      wayOut: 'Multiply the quota and the weights by the same number until all are whole.',
    })
  }
  const count = weights.length
  const all = losingCoalitions(quota, weights)
  const bySize = new Map(weights.map((weight) => [weight, swingsBySize(without(all, weight), quota, weight, count)]))
  const own = weights.map((weight) => bySize.get(weight) ?? [])
  const swings = own.map((sizes) => sizes.reduce((sum, swings) => sum + swings, 0n))
  const allSwings = swings.reduce((sum, swing) => sum + swing, 0n)
  const factorial = factorials(count)
  return {
    swings,
    banzhaf: swings.map((swing) => fraction(swing, allSwings || 1n)),
    shapleyShubik: own.map((sizes) => {
      const orders = sizes.reduce((sum, swings, size) => {
        return sum + swings * (factorial[size] ?? 0n) * (factorial[count - size - 1] ?? 0n)
      }, 0n)
      return fraction(orders, factorial[count])
    }),
  }
}

function losingCoalitions(quota: number, weights: readonly number[]): Coalitions {
  let coalitions: Coalitions = new Map([[0, [1n]]])
  for (const weight of weights) {
    const next: Coalitions = new Map([...coalitions].map(([sum, sizes]) => [sum, [...sizes]]))
    for (const [sum, sizes] of coalitions) {
      if (sum + weight >= quota) continue
      const target = next.get(sum + weight) ?? []
      sizes.forEach((coalitions, size) => {
        if (coalitions !== 0n) target[size + 1] = (target[size + 1] ?? 0n) + coalitions
      })
      next.set(
        sum + weight,
        Array.from(target, (coalitions) => coalitions ?? 0n),
      )
    }
    coalitions = next
    if (coalitions.size > mostWeights) {
      throw new ParleyError('GAME_TOO_LARGE', `The coalitions have more than ${mostWeights} different weights.`, {
        details: { quota, players: weights.length },
        wayOut: 'Use rounder weights or fewer players.',
      })
    }
  }
  return coalitions
}

/** Takes one player of the given weight out of the count, from the lightest coalitions up. */
function without(all: Coalitions, weight: number): Coalitions {
  const rest: Coalitions = new Map()
  for (const sum of [...all.keys()].sort((a, b) => a - b)) {
    const sizes = [...(all.get(sum) ?? [])]
    for (let size = 1; size < sizes.length; size++) {
      const lighter = weight === 0 ? sizes : rest.get(sum - weight)
      sizes[size] = (sizes[size] ?? 0n) - (lighter?.[size - 1] ?? 0n)
    }
    rest.set(sum, sizes)
  }
  return rest
}

function swingsBySize(others: Coalitions, quota: number, weight: number, count: number): bigint[] {
  const swings = Array<bigint>(count).fill(0n)
  for (const [sum, sizes] of others) {
    if (sum + weight < quota) continue
    sizes.forEach((coalitions, size) => {
      if (size < count) swings[size] = (swings[size] ?? 0n) + coalitions
    })
  }
  return swings
}

function factorials(most: number): bigint[] {
  const factorial = [1n]
  for (let value = 1; value <= most; value++) factorial.push((factorial[value - 1] ?? 1n) * BigInt(value))
  return factorial
}
