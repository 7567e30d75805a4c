import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cornerPortfolios, portfolioAtReturn, uniformBounds } from './critical-line.ts'
import { portfolioVariance } from './matrix.ts'

const folder = '../shared/reference/portfolio'
const missing = !existsSync(folder)

describe.skipIf(missing)("the efficient frontier beside OR-Library's", () => {
  if (missing) return
  it.each([1, 3])('port%i: variance at each of the 2,000 returns', (number) => {
    const numbers = readFileSync(`${folder}/port${number}.txt`, 'utf8').trim().split(/\s+/).map(Number)
    const n = numbers[0] as number
    const expected = Float64Array.from({ length: n }, (_, i) => numbers[1 + 2 * i] as number)
    const deviations = Float64Array.from({ length: n }, (_, i) => numbers[2 + 2 * i] as number)
    const covariances = Array.from({ length: n }, () => new Float64Array(n))
    for (let k = 1 + 2 * n; k < numbers.length; k += 3) {
      const [i, j, correlation] = [(numbers[k] as number) - 1, (numbers[k + 1] as number) - 1, numbers[k + 2] as number]
      const value = correlation * (deviations[i] as number) * (deviations[j] as number)
      ;(covariances[i] as Float64Array)[j] = value
      ;(covariances[j] as Float64Array)[i] = value
    }
    const corners = cornerPortfolios(expected, covariances, uniformBounds(n))
    const points = readFileSync(`${folder}/portef${number}.txt`, 'utf8').trim().split('\n')
    expect(points.length).toBe(2000)
    let gap = 0
    for (const point of points) {
      const [target, variance] = point.trim().split(/\s+/).map(Number) as [number, number]
      const actual = portfolioVariance(portfolioAtReturn(corners, expected, target), covariances)
      gap = Math.max(gap, Math.abs(actual / variance - 1))
    }
    expect(gap).toBeLessThan(1e-6)
  })
})
