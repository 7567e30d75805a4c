import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { oneWayAnova } from './anova.ts'

const folder = '../shared/reference/stats'
const missing = !existsSync(folder)
const f = (values: readonly number[]) => Float64Array.from(values)

type Json = number | string | readonly Json[] | { readonly [name: string]: Json }

/** Expects every number of the reference in our result, 1e-10 relative; numbers that are but rounding error, 1e-14. */
function expectAgrees(actual: unknown, expected: Json, at: string, relative = 1e-10): void {
  if (typeof expected === 'object') {
    for (const [name, value] of Object.entries(expected)) {
      expectAgrees((actual as Record<string, unknown>)[name], value, `${at}.${name}`, relative)
    }
    return
  }
  const wanted = expected === 'Inf' ? Number.POSITIVE_INFINITY : Number(expected)
  if (!Number.isFinite(wanted)) return expect(actual, at).toBe(wanted)
  const error = Math.abs((actual as number) - wanted)
  expect(error, `${at}: ${String(actual)}, not ${wanted}`).toBeLessThanOrEqual(
    Math.max(1e-14, relative * Math.abs(wanted)),
  )
}

describe.skipIf(missing)("NIST's certified sets (skipped: the reference data is not here)", () => {
  const files = missing ? [] : readdirSync(`${folder}/nist`)

  it.each(files.filter((name) => !name.startsWith('Norris')))('%s, to ten digits', (name) => {
    const lines = readFileSync(`${folder}/nist/${name}`, 'utf8').split('\n')
    const certified = Array.from(
      lines
        .slice(40, 50)
        .join(' ')
        .matchAll(/[-\d.]+E[+-]\d+/g),
      ([text]) => Number(text),
    )
    const groups = new Map<string, number[]>()
    for (const line of lines.slice(60)) {
      const [group = '', value] = line.trim().split(/\s+/)
      if (value !== undefined) {
        const seen = groups.get(group) ?? []
        seen.push(Number(value))
        groups.set(group, seen)
      }
    }
    const { between, within, statistic, rSquared, residualDeviation } = oneWayAnova([...groups.values()].map(f))
    const mine = [
      between.sumOfSquares,
      between.meanSquare,
      statistic,
      within.sumOfSquares,
      within.meanSquare,
      rSquared,
      residualDeviation,
    ]
    expect(mine).toHaveLength(certified.length)
    for (const [k, value] of mine.entries()) expectAgrees(value / (certified[k] as number), 1, `${name} ${k}`)
  })
})
