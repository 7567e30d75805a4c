import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Fraction, fractionText } from '#shared/lib/fraction.ts'
import { powerIndices } from './power-indices.ts'

const file = resolve('../shared/reference/voting/power-indices.json')
const games = z.array(
  z.object({
    name: z.string(),
    quota: z.number(),
    weights: z.array(z.number()),
    swings: z.array(z.number()),
    banzhaf_normalised: z.array(z.string()),
    shapley_shubik: z.array(z.string()),
  }),
)

describe.skipIf(!existsSync(file))('the reference games (skipped where the reference data is missing)', () => {
  const given = existsSync(file) ? games.parse(JSON.parse(readFileSync(file, 'utf8')).games) : []
  it.each(given)('$name has the published power', (game) => {
    const { swings, banzhaf, shapleyShubik } = powerIndices(game.quota, game.weights)
    expect(swings.map(Number)).toEqual(game.swings)
    expect(banzhaf.map(fractionText)).toEqual(game.banzhaf_normalised)
    expect(shapleyShubik.map(fractionText)).toEqual(game.shapley_shubik)
  })
})

it('counts as the enumeration of all coalitions and orders does', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 20 }), (weights, quota) => {
      const { swings, shapleyShubik } = powerIndices(quota, weights)
      expect(swings.map(Number)).toEqual(swingsByHand(quota, weights))
      const orders = permutations([...weights.keys()])
      const pivots = weights.map(
        (_, player) => orders.filter((order) => pivot(order, quota, weights) === player).length,
      )
      expect(shapleyShubik.map(toNumber)).toEqual(pivots.map((pivots) => expect.closeTo(pivots / orders.length, 12)))
    }),
  )
})

it('refuses a game without whole weights or with no quota', () => {
  for (const [quota, weights] of [
    [0, [1]],
    [1, []],
    [2, [1.5]],
    [2, [-1, 3]],
  ] as const) {
    expect(() => powerIndices(quota, weights)).toThrowError(expect.objectContaining({ code: 'GAME_INVALID' }))
  }
})

function toNumber({ numerator, denominator }: Fraction): number {
  return Number(numerator) / Number(denominator)
}

function swingsByHand(quota: number, weights: readonly number[]): number[] {
  const sum = (mask: number) => weights.reduce((sum, weight, player) => sum + (mask & (1 << player) ? weight : 0), 0)
  return weights.map((_, player) => {
    let swings = 0
    for (let mask = 0; mask < 2 ** weights.length; mask++) {
      if (mask & (1 << player) && sum(mask) >= quota && sum(mask ^ (1 << player)) < quota) swings++
    }
    return swings
  })
}

function pivot(order: readonly number[], quota: number, weights: readonly number[]): number | undefined {
  let sum = 0
  return order.find((player) => {
    sum += weights[player] ?? 0
    return sum >= quota
  })
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]))
}
