import { ParleyError } from '#shared/lib/error.ts'
import type { Random } from '#shared/lib/random.ts'

/**
 * What each coalition is worth: players are 0 to players - 1, and a coalition is a bit mask of them (bit 0 is player 0);
 * the empty one is worth 0 and is never asked for.
 */
export interface CoalitionGame {
  readonly players: number
  value(coalition: number): number
}

const mostExact = 16
const mostPlayers = 30

/**
 * Each player's share by the exact Shapley value (Shapley 1953): its mean contribution over all orders of arrival. Asks for
 * the worth of all 2^n coalitions once. Throws GAME_TOO_LARGE for more than 16 players.
 */
export function shapleyValues(game: CoalitionGame): Float64Array {
  const { players } = game
  const worth = allValues(game, mostExact)
  const values = new Float64Array(players)
  const weights = arrivalWeights(players)
  for (let player = 0; player < players; player++) {
    const bit = 1 << player
    let value = 0
    let lost = 0
    for (let coalition = 0; coalition < worth.length; coalition++) {
      if ((coalition & bit) !== 0) continue
      const gain = (worth[coalition | bit] ?? 0) - (worth[coalition] ?? 0)
      // Kahan's summation: 32,768 terms would cost the last digits.
      const term = gain * (weights[size(coalition)] ?? 0) - lost
      const sum = value + term
      lost = sum - value - term
      value = sum
    }
    values[player] = value
  }
  return values
}

/** An estimate by player, and its standard error. */
export interface SampledValues {
  readonly values: Float64Array
  readonly standardErrors: Float64Array
}

/**
 * Shapley values from random orders of arrival, each taken forwards and backwards, which cancels much of the noise (Castro
 * et al. 2009; antithetic sampling after Mitchell et al. 2022). The values sum to the worth of all together, whatever the
 * number of orders (2 or more). Throws GAME_TOO_LARGE for more than 30 players.
 */
export function sampledShapleyValues(game: CoalitionGame, orders: number, random: Random): SampledValues {
  const { players } = game
  if (players > mostPlayers) throw tooLarge(players, mostPlayers)
  const pairs = Math.max(2, Math.ceil(orders / 2))
  const sums = new Float64Array(players)
  const squares = new Float64Array(players)
  const order = Array.from({ length: players }, (_, player) => player)
  for (let pair = 0; pair < pairs; pair++) {
    shuffle(order, random)
    const forwards = contributions(game, order)
    const backwards = contributions(game, [...order].reverse())
    for (let player = 0; player < players; player++) {
      const mean = ((forwards[player] ?? 0) + (backwards[player] ?? 0)) / 2
      sums[player] = (sums[player] ?? 0) + mean
      squares[player] = (squares[player] ?? 0) + mean * mean
    }
  }
  const values = sums.map((sum) => sum / pairs)
  const standardErrors = values.map((value, player) => {
    return Math.sqrt(Math.max(0, (squares[player] ?? 0) / pairs - value * value) / (pairs - 1))
  })
  return { values, standardErrors }
}

/** The coalition that gets least compared with its worth, and by how much it falls short; undefined where none does. */
export interface CoreObjection {
  readonly coalition: number
  readonly shortfall: number
}

/**
 * Whether an allocation of the worth of all together is in the core, that is, whether no coalition would do better alone
 * (Gillies 1959): undefined when it is, else the strongest objection. An allocation that does not share out exactly what
 * all together are worth is an objection of all. Tolerance is in units of worth.
 */
export function coreObjection(
  game: CoalitionGame,
  allocation: ArrayLike<number>,
  tolerance = 1e-9,
): CoreObjection | undefined {
  const worth = allValues(game, mostExact)
  const all = worth.length - 1
  const difference = (worth[all] ?? 0) - allocated(allocation, all)
  if (Math.abs(difference) > tolerance) return { coalition: all, shortfall: difference }
  let objection: CoreObjection | undefined
  for (let coalition = 1; coalition < all; coalition++) {
    const shortfall = (worth[coalition] ?? 0) - allocated(allocation, coalition)
    if (shortfall > Math.max(tolerance, objection?.shortfall ?? 0)) objection = { coalition, shortfall }
  }
  return objection
}

/** The worth of every coalition, by bit mask. Throws GAME_TOO_LARGE beyond `most` players. */
export function allValues(game: CoalitionGame, most: number): Float64Array {
  if (game.players > most) throw tooLarge(game.players, most)
  return Float64Array.from({ length: 2 ** game.players }, (_, coalition) => (coalition ? game.value(coalition) : 0))
}

function allocated(allocation: ArrayLike<number>, coalition: number): number {
  let sum = 0
  for (let player = 0; player < allocation.length; player++) {
    if ((coalition & (1 << player)) !== 0) sum += allocation[player] ?? 0
  }
  return sum
}

/** By size of the coalition found on arrival, the share of all orders in which a player finds exactly that coalition. */
function arrivalWeights(players: number): Float64Array {
  const weights = new Float64Array(players)
  let weight = 1 / players
  for (let found = 0; found < players; found++) {
    weights[found] = weight
    weight = (weight * (found + 1)) / (players - found - 1)
  }
  return weights
}

function size(coalition: number): number {
  let count = 0
  for (let rest = coalition; rest !== 0; rest &= rest - 1) count++
  return count
}

function contributions(game: CoalitionGame, order: readonly number[]): Float64Array {
  const gains = new Float64Array(order.length)
  let coalition = 0
  let worth = 0
  for (const player of order) {
    coalition |= 1 << player
    const next = game.value(coalition)
    gains[player] = next - worth
    worth = next
  }
  return gains
}

function shuffle(items: number[], random: Random): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.int(0, last)
    const item = items[last] ?? 0
    items[last] = items[other] ?? 0
    items[other] = item
  }
}

function tooLarge(players: number, most: number): ParleyError {
  return new ParleyError('GAME_TOO_LARGE', `${players} players are more than the ${most} that can be counted out.`, {
    details: { players, most },
    wayOut: 'Sample the Shapley values (up to 30 players), or put players together.',
  })
}
