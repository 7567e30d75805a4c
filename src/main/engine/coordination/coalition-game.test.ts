import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createRandom } from '#shared/lib/random.ts'
import { type CoalitionGame, coreObjection, sampledShapleyValues, shapleyValues } from './coalition-game.ts'
import { nucleolus } from './nucleolus.ts'

const file = resolve('../shared/reference/coopgames/shapley.json')
const games = z.array(
  z.object({
    name: z.string(),
    n: z.number(),
    v: z.record(z.string(), z.string()),
    shapley: z.array(z.string()),
    core: z.string().nullable(),
    nucleolus: z.array(z.string()).nullable(),
  }),
)

describe.skipIf(!existsSync(file))('the reference games (skipped where the reference data is missing)', () => {
  const given = existsSync(file) ? games.parse(JSON.parse(readFileSync(file, 'utf8'))) : []
  it.each(given)('$name', ({ n, v, shapley, core, nucleolus: expected }) => {
    const game: CoalitionGame = {
      players: n,
      value: (coalition) => {
        const members = Array.from({ length: n }, (_, player) => player).filter((player) => coalition & (1 << player))
        return number(v[members.map((player) => player + 1).join('')] ?? 'missing')
      },
    }
    expectClose(shapleyValues(game), shapley.map(number))
    if (expected) expectClose(nucleolus(game)?.allocation ?? [], expected.map(number))
    if (core === 'empty') expect(nucleolus(game)?.leastExcess).toBeLessThan(0)
    const point = core
      ?.match(/^single point \((.*)\)$/)?.[1]
      ?.split(',')
      .map(number)
    if (point) {
      expect(coreObjection(game, point)).toBeUndefined()
      expect(coreObjection(game, shapley.map(number))).toBeDefined()
    }
  })
})

/** A game from the worths of its coalitions, the empty one first. */
function gameOf(worth: readonly number[]): CoalitionGame {
  return { players: Math.log2(worth.length), value: (coalition) => worth[coalition] ?? 0 }
}

const players = fc.integer({ min: 1, max: 5 })
const worths = (players: number) =>
  fc
    .array(fc.integer({ min: -20, max: 20 }), { minLength: 2 ** players - 1, maxLength: 2 ** players - 1 })
    .map((values) => [0, ...values])
const anyGame = players.chain(worths).map(gameOf)

function exchanged(coalition: number, a: number, b: number): number {
  const [first, second] = [(coalition >> a) & 1, (coalition >> b) & 1]
  return (coalition & ~((1 << a) | (1 << b))) | (first << b) | (second << a)
}

describe('Shapley values', () => {
  it('share out what all together are worth', () => {
    fc.assert(
      fc.property(anyGame, (game) => {
        expect(sum(shapleyValues(game))).toBeCloseTo(game.value(2 ** game.players - 1), 9)
      }),
    )
  })

  it('give the same to players who contribute the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }).chain(worths), (worth) => {
        const even = worth.map((value, coalition) => value + (worth[exchanged(coalition, 0, 1)] ?? 0))
        const values = shapleyValues(gameOf(even))
        expect(values[0]).toBeCloseTo(values[1] ?? Number.NaN, 9)
      }),
    )
  })

  it('give nothing to a player who contributes nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }).chain(worths), (worth) => {
        const without = worth.map((_, coalition) => worth[coalition & ~1] ?? 0)
        expect(shapleyValues(gameOf(without))[0]).toBeCloseTo(0, 12)
      }),
    )
  })

  it('sampled, share out everything and come close to the exact ones', () => {
    const weights = [5, 1, 4, 2, 8, 3, 2, 6]
    const game: CoalitionGame = {
      players: weights.length,
      value: (coalition) =>
        weights.reduce((sum, weight, player) => sum + (coalition & (1 << player) ? weight : 0), 0) ** 2,
    }
    const exact = shapleyValues(game)
    const { values, standardErrors } = sampledShapleyValues(game, 2_000, createRandom(3))
    expect(sum(values)).toBeCloseTo(31 ** 2, 6)
    values.forEach((value, player) => {
      expect(Math.abs(value - (exact[player] ?? 0))).toBeLessThan(5 * (standardErrors[player] ?? 0) + 1e-9)
    })
    const glove: CoalitionGame = { players: 3, value: (coalition) => (coalition & 1 && coalition & 6 ? 1 : 0) }
    const sampled = sampledShapleyValues(glove, 4_000, createRandom(5))
    sampled.values.forEach((value, player) => {
      expect(Math.abs(value - (player === 0 ? 2 / 3 : 1 / 6))).toBeLessThan(4 * (sampled.standardErrors[player] ?? 0))
    })
    expect(sampled.standardErrors[0]).toBeGreaterThan(0)
  })

  it('are counted out for at most 16 players', () => {
    const game = { players: 17, value: () => 1 }
    expect(() => shapleyValues(game)).toThrowError(expect.objectContaining({ code: 'GAME_TOO_LARGE' }))
  })
})

describe('the nucleolus', () => {
  it('is efficient, gives everyone at least what they are worth alone, and is in the core where there is one', () => {
    fc.assert(
      fc.property(anyGame, (game) => {
        const result = nucleolus(game)
        const all = game.value(2 ** game.players - 1)
        const alone = Array.from({ length: game.players }, (_, player) => game.value(1 << player))
        expect(result === undefined).toBe(sum(alone) > all)
        if (result === undefined) return
        expect(sum(result.allocation)).toBeCloseTo(all, 9)
        alone.forEach((worth, player) => {
          expect(result.allocation[player]).toBeGreaterThanOrEqual(worth - 1e-9)
        })
        if (result.leastExcess >= 0) expect(coreObjection(game, result.allocation)).toBeUndefined()
        else expect(coreObjection(game, result.allocation)?.shortfall).toBeCloseTo(-result.leastExcess, 9)
      }),
      { numRuns: 60 },
    )
  })

  it('no transfer between two players makes the excesses better from the worst up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }).chain(worths).map(gameOf), fc.nat(), fc.nat(), (game, a, b) => {
        const result = nucleolus(game)
        const [from, to] = [a % game.players, b % game.players]
        fc.pre(result !== undefined && from !== to)
        const moved = Float64Array.from(result?.allocation ?? [])
        const amount = Math.min(0.01, (moved[from] ?? 0) - game.value(1 << from))
        fc.pre(amount > 1e-6)
        moved[from] = (moved[from] ?? 0) - amount
        moved[to] = (moved[to] ?? 0) + amount
        const before = excesses(game, result?.allocation ?? [])
        const after = excesses(game, moved)
        const first = before.findIndex((excess, index) => Math.abs(excess - (after[index] ?? 0)) > 1e-9)
        expect(before[first]).toBeGreaterThan(after[first] ?? Number.NaN)
      }),
      { numRuns: 60 },
    )
  })

  it('divides an estate as the Talmud does', () => {
    const divide = (estate: number) => {
      const claims = [100, 200, 300]
      return nucleolus({
        players: 3,
        value: (coalition) =>
          Math.max(0, estate - claims.reduce((sum, claim, player) => sum + (coalition & (1 << player) ? 0 : claim), 0)),
      })?.allocation
    }
    expectClose(divide(100) ?? [], [100 / 3, 100 / 3, 100 / 3])
    expectClose(divide(200) ?? [], [50, 75, 75])
    expectClose(divide(300) ?? [], [50, 100, 150])
  })
})

it('an objection to an allocation names the coalition that does worst by it', () => {
  const majority: CoalitionGame = { players: 3, value: (coalition) => ([3, 5, 6, 7].includes(coalition) ? 1 : 0) }
  expect(coreObjection(majority, [0.5, 0.5, 0])).toEqual({ coalition: 5, shortfall: 0.5 })
  expect(coreObjection(majority, [0.5, 0.25, 0])).toEqual({ coalition: 7, shortfall: 0.25 })
})

function excesses(game: CoalitionGame, allocation: ArrayLike<number>): number[] {
  const list: number[] = []
  for (let coalition = 1; coalition < 2 ** game.players - 1; coalition++) {
    let total = 0
    for (let player = 0; player < game.players; player++) {
      if (coalition & (1 << player)) total += allocation[player] ?? 0
    }
    list.push(total - game.value(coalition))
  }
  return list.sort((a, b) => a - b)
}

function number(text: string): number {
  const [numerator, denominator = 1] = text.split('/').map(Number)
  return (numerator ?? Number.NaN) / denominator
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0)
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, index) => {
    expect(Math.abs((actual[index] ?? Number.NaN) - value)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)))
  })
}
