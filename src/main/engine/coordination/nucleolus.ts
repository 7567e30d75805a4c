import { ParleyError } from '#shared/lib/error.ts'
import { type Fraction, fraction, fractionNumber, fractionOf, isLess, minus, plus } from '#shared/lib/fraction.ts'
import { allValues, type CoalitionGame } from './coalition-game.ts'
import { maximise, type Optimum } from './exact-program.ts'

const mostPlayers = 10
const zero = fraction(0n)
const one = fraction(1n)
const minusOne = fraction(-1n)

/** An allocation with the least that any coalition gets beyond its worth; the core is empty when that is below zero. */
export interface Nucleolus {
  readonly allocation: Float64Array
  readonly leastExcess: number
}

/**
 * The nucleolus (Schmeidler 1969): of all ways to share the worth of all together that give each at least what it is worth
 * alone, the one that makes the worst-off coalition as well off as can be, then the next, and so on. Exact fractions of the
 * floats given, by a sequence of linear programs to which coalitions are added as they object. Undefined where all together
 * are worth less than each alone. Throws GAME_TOO_LARGE for more than 10 players.
 */
export function nucleolus(game: CoalitionGame): Nucleolus | undefined {
  const worth = Array.from(allValues(game, mostPlayers), fractionOf)
  const { players } = game
  const all = worth.length - 1
  const alone = Array.from({ length: players }, (_, player) => worth[1 << player] ?? zero)
  const surplus = minus(worth[all] ?? zero, alone.reduce(plus, zero))
  if (isLess(surplus, zero)) return undefined

  const settled: Settled = { rows: [{ coalition: all, total: surplus }], span: [], players }
  settle(settled, all)
  // Everything is counted beyond what the players are worth alone.
  const claims = worth.map((value, coalition) => minus(value, membersOf(coalition, alone).reduce(plus, zero)))
  // The single players, of whom one is always open, keep the programs bounded.
  const objecting = Array.from({ length: players }, (_, player) => 1 << player)
  let leastExcess: Fraction | undefined
  let shares: Fraction[] = alone.map(() => fraction(surplus.numerator, surplus.denominator * BigInt(players)))
  while (settled.span.length < players) {
    const open = [...claims.keys()].filter((coalition) => coalition > 0 && !isSettled(settled, coalition))
    const best = bestLevel(settled, claims, open, objecting, leastExcessOf(shares, claims, settled))
    shares = best.shares
    leastExcess ??= best.level
    for (const coalition of best.binding) {
      if (isSettled(settled, coalition)) continue
      settled.rows.push({ coalition, total: plus(claims[coalition] ?? zero, best.level) })
      settle(settled, coalition)
    }
  }
  const allocation = Float64Array.from(shares, (share, player) => fractionNumber(plus(share, alone[player] ?? zero)))
  return { allocation, leastExcess: leastExcess === undefined ? 0 : fractionNumber(leastExcess) }
}

/** Coalitions whose total no longer changes, and the span of their members' vectors in row echelon form. */
interface Settled {
  readonly rows: { coalition: number; total: Fraction }[]
  readonly span: Float64Array[]
  readonly players: number
}

interface Level {
  readonly shares: Fraction[]
  readonly level: Fraction
  readonly binding: number[]
}

/** Raises the least excess of the open coalitions as far as it goes, from a level that is known to be possible. */
function bestLevel(
  settled: Settled,
  claims: readonly Fraction[],
  open: readonly number[],
  objecting: number[],
  from: Fraction,
): Level {
  for (;;) {
    const rows = objecting.filter((coalition) => open.includes(coalition))
    const optimum = raise(settled, claims, rows, from)
    const shares = optimum.point.slice(0, settled.players)
    const level = plus(from, optimum.value)
    let worst: number | undefined
    let least = level
    for (const coalition of open) {
      const excess = excessOf(shares, claims, coalition)
      if (isLess(excess, least)) {
        least = excess
        worst = coalition
      }
    }
    if (worst === undefined) {
      return { shares, level, binding: rows.filter((_, row) => isLess(zero, optimum.prices[row] ?? zero)) }
    }
    objecting.push(worst)
  }
}

function raise(settled: Settled, claims: readonly Fraction[], coalitions: readonly number[], from: Fraction): Optimum {
  const goal = [...unit(settled.players, 0, zero), one]
  const rows: Fraction[][] = []
  const limits: Fraction[] = []
  for (const coalition of coalitions) {
    rows.push([...unit(settled.players, coalition, minusOne), one])
    limits.push(minus(zero, plus(claims[coalition] ?? zero, from)))
  }
  for (const { coalition, total } of settled.rows) {
    rows.push([...unit(settled.players, coalition, one), zero], [...unit(settled.players, coalition, minusOne), zero])
    limits.push(total, minus(zero, total))
  }
  const optimum = maximise(goal, rows, limits)
  if (optimum === undefined) throw new ParleyError('INVARIANT_BROKEN', 'A level that was reached is out of reach.')
  return optimum
}

function unit(players: number, coalition: number, value: Fraction): Fraction[] {
  return Array.from({ length: players }, (_, player) => (coalition & (1 << player) ? value : zero))
}

function membersOf<T>(coalition: number, items: readonly T[]): T[] {
  return items.filter((_, player) => (coalition & (1 << player)) !== 0)
}

function excessOf(shares: readonly Fraction[], claims: readonly Fraction[], coalition: number): Fraction {
  return minus(membersOf(coalition, shares).reduce(plus, zero), claims[coalition] ?? zero)
}

function leastExcessOf(shares: readonly Fraction[], claims: readonly Fraction[], settled: Settled): Fraction {
  let least: Fraction | undefined
  for (let coalition = 1; coalition < claims.length; coalition++) {
    if (isSettled(settled, coalition)) continue
    const excess = excessOf(shares, claims, coalition)
    if (least === undefined || isLess(excess, least)) least = excess
  }
  return least ?? zero
}

function isSettled(settled: Settled, coalition: number): boolean {
  return rest(settled, coalition) === undefined
}

function settle(settled: Settled, coalition: number): void {
  const row = rest(settled, coalition)
  if (row !== undefined) settled.span.push(row)
}

/** What is left of a coalition's vector once the span is taken out, scaled to a leading 1; undefined when nothing is. */
function rest({ span, players }: Settled, coalition: number): Float64Array | undefined {
  const vector = Float64Array.from({ length: players }, (_, player) => (coalition & (1 << player) ? 1 : 0))
  for (const row of span) {
    const lead = row.findIndex((entry) => entry !== 0)
    const factor = vector[lead] ?? 0
    if (factor === 0) continue
    row.forEach((entry, player) => {
      const value = (vector[player] ?? 0) - factor * entry
      vector[player] = Math.abs(value) < 1e-9 ? 0 : value
    })
  }
  const lead = vector.find((entry) => entry !== 0)
  return lead === undefined ? undefined : vector.map((entry) => entry / lead)
}
