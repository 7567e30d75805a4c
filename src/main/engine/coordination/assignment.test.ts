import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { assign } from './assignment.ts'

const folder = resolve('../shared/reference/assignment')

describe.skipIf(!existsSync(folder))('the reference problems (skipped where the reference data is missing)', () => {
  it.each([
    ['assign100.txt', 305],
    ['assign500.txt', 991],
  ])('%s costs %d at best', (name, optimum) => {
    const [count = 0, ...costs] = readFileSync(resolve(folder, name), 'utf8').trim().split(/\s+/).map(Number)
    const { columnOf, total } = assign(Float64Array.from(costs), count, count)
    expect(total).toBe(optimum)
    expect(new Set(columnOf).size).toBe(count)
  })

  it('the small cases come out as published', () => {
    const value = z.union([z.number(), z.string().transform(Number)])
    const cases = z.array(
      z.object({ maximize: z.boolean(), cost: z.array(z.array(value)), expectedPerRow: z.array(z.number()) }),
    )
    for (const { maximize, cost, expectedPerRow } of cases.parse(
      JSON.parse(readFileSync(resolve(folder, 'tiny-cases.json'), 'utf8')),
    )) {
      const { columnOf, total } = solve(cost, maximize ? 'maximise' : 'minimise')
      expect(cost.map((row, index) => row[columnOf[index] ?? -1])).toEqual(expectedPerRow)
      expect(total).toBe(expectedPerRow.reduce((sum, cost) => sum + cost, 0))
    }
  })
})

const size = fc.integer({ min: 1, max: 5 })
const costOrForbidden = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -5, max: 5 }) },
  { weight: 4, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
)
const matrices = fc.tuple(size, size).chain(([rows, columns]) =>
  fc.array(fc.array(costOrForbidden, { minLength: columns, maxLength: columns }), {
    minLength: rows,
    maxLength: rows,
  }),
)

describe('for all costs', () => {
  it('no other assignment is cheaper, and it is impossible only when there is none', () => {
    fc.assert(
      fc.property(matrices, (matrix) => {
        const best = cheapestByTrying(matrix)
        if (best === Number.POSITIVE_INFINITY) {
          expect(() => solve(matrix)).toThrowError(expect.objectContaining({ code: 'ASSIGNMENT_IMPOSSIBLE' }))
          return
        }
        const { columnOf, total } = solve(matrix)
        expect(total).toBeCloseTo(best, 9)
        const taken = [...columnOf].filter((column) => column >= 0)
        expect(taken).toHaveLength(Math.min(matrix.length, matrix[0]?.length ?? 0))
        expect(new Set(taken).size).toBe(taken.length)
      }),
      { numRuns: 500 },
    )
  })

  it('to maximise is to minimise the opposite', () => {
    fc.assert(
      fc.property(matrices, (matrix) => {
        fc.pre(cheapestByTrying(matrix) < Number.POSITIVE_INFINITY)
        const opposite = matrix.map((row) => row.map((cost) => -cost))
        expect(solve(opposite, 'maximise').total).toBeCloseTo(-solve(matrix).total, 9)
      }),
    )
  })
})

it('nobody and nothing is an assignment too', () => {
  expect(assign(new Float64Array(), 0, 0)).toEqual({ columnOf: new Int32Array(), total: 0 })
  expect(assign(new Float64Array(), 2, 0).columnOf).toEqual(Int32Array.of(-1, -1))
})

it('refuses a cost that is not a number, and a pair that is infinitely good', () => {
  const invalid = expect.objectContaining({ code: 'ASSIGNMENT_INVALID' })
  expect(() => assign(Float64Array.of(1, Number.NaN), 1, 2)).toThrowError(invalid)
  expect(() => assign(Float64Array.of(1), 1, 2)).toThrowError(invalid)
  expect(() => solve([[Number.NEGATIVE_INFINITY, 1]])).toThrowError(invalid)
  expect(() => solve([[Number.POSITIVE_INFINITY, 1]], 'maximise')).toThrowError(invalid)
})

function solve(matrix: readonly (readonly number[])[], goal: 'minimise' | 'maximise' = 'minimise') {
  return assign(Float64Array.from(matrix.flat()), matrix.length, matrix[0]?.length ?? 0, goal)
}

function cheapestByTrying(matrix: readonly (readonly number[])[]): number {
  const columns = matrix[0]?.length ?? 0
  if (matrix.length > columns) {
    return cheapestByTrying(Array.from({ length: columns }, (_, column) => matrix.map((row) => row[column] ?? 0)))
  }
  const [first = [], ...rest] = matrix
  if (rest.length === 0) return Math.min(...first)
  return Math.min(
    ...first.map((cost, column) => cost + cheapestByTrying(rest.map((row) => row.filter((_, at) => at !== column)))),
  )
}
