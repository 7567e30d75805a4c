import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom, type Random } from '#shared/lib/random.ts'
import {
  type EstimatePrior,
  estimateFor,
  jeffreysPrior,
  learnEstimates,
  priorOf,
  successWithin,
  type TaskRecord,
} from './learning.ts'
import { betaEstimate } from './posterior.ts'

const forever = { halfLifeMs: Number.POSITIVE_INFINITY }
const day = 86_400_000
const prior = priorOf({ seconds: 20, usd: 0.03 })

interface Truth {
  readonly success: number
  readonly median: number
  readonly deviation: number
  readonly usd: number
}

function attempts(random: Random, truth: Truth, count: number, given: Partial<TaskRecord> = {}): TaskRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    task: 'news',
    source: 'a',
    at: index,
    succeeded: random.chance(truth.success),
    seconds: truth.median * Math.exp(truth.deviation * random.normal()),
    usd: Math.max(0, truth.usd * (1 + 0.2 * random.normal())),
    ...given,
  }))
}

describe('what attempts teach', () => {
  test('a task never seen is estimated by its prior, with wide bounds', () => {
    const { success, seconds, usd, weight } = estimateFor({ task: 'news' }, {}, prior)
    expect(weight).toBe(0)
    expect(success.value).toBe(0.5)
    // The quantiles of Beta(1/2, 1/2), the arcsine law: sin²(π p / 2).
    expect(success.low).toBeCloseTo(Math.sin((Math.PI * 0.05) / 2) ** 2, 8)
    expect(success.high).toBeCloseTo(Math.sin((Math.PI * 0.95) / 2) ** 2, 8)
    expect(seconds.value).toBeCloseTo(20)
    expect(seconds.low).toBeLessThan(13)
    expect(seconds.high).toBeGreaterThan(30)
    expect(usd.value).toBeCloseTo(0.03)
  })

  test('the bounds of a probability are those that R gives', () => {
    // qbeta(c(0.025, 0.975), 3.5, 1.5)
    const { high } = betaEstimate(jeffreysPrior, 3, 1, 0.95)
    expect(high).toBeCloseTo(0.9715291, 6)
  })

  test('estimates converge to the truth and their intervals close in on it', () => {
    const truth = { success: 0.8, median: 45, deviation: 0.4, usd: 0.1 }
    const widths = [20, 200, 4_000].map((count) => {
      const learned = learnEstimates(attempts(createRandom(7), truth, count), forever, 0)
      const { success, seconds, usd } = estimateFor({ task: 'news', source: 'a' }, learned, prior)
      return { success, seconds, usd, width: success.high - success.low + Math.log(seconds.high / seconds.low) }
    })
    const last = widths[2]
    expect(last?.success.value).toBeCloseTo(0.8, 1)
    expect(Math.abs((last?.seconds.value ?? 0) / 45 - 1)).toBeLessThan(0.03)
    expect(Math.abs((last?.usd.value ?? 0) / 0.1 - 1)).toBeLessThan(0.02)
    expect(widths[1]?.width).toBeLessThan((widths[0]?.width ?? 0) / 2)
    expect(last?.width).toBeLessThan((widths[1]?.width ?? 0) / 3)
  })

  test('nine in ten of the 90 % intervals hold the truth, when truths are as the prior has them and when they are not', () => {
    const trials = 1_500
    const random = createRandom(20)
    const hits = { success: 0, seconds: 0, next: 0, usd: 0 }
    for (let trial = 0; trial < trials; trial++) {
      const truth = {
        success: 0.05 + 0.9 * random.float(),
        median: 20 * Math.exp(0.35 * random.normal()),
        deviation: 0.3 + 0.4 * random.float(),
        usd: 0.03 + 0.02 * random.float(),
      }
      const learned = learnEstimates(attempts(random, truth, 40), forever, 0)
      const estimate = estimateFor({ task: 'news', source: 'a' }, learned, prior)
      const holds = ({ low, high }: { low: number; high: number }, value: number) =>
        Number(low <= value && value <= high)
      hits.success += holds(estimate.success, truth.success)
      hits.seconds += holds(estimate.seconds, truth.median)
      hits.usd += holds(estimate.usd, truth.usd)
      hits.next += holds(estimate.nextSeconds, attempts(random, truth, 1)[0]?.seconds ?? 0)
    }
    // Four standard errors of a share of 0.9 over 1,500 trials are 0.031.
    for (const share of Object.values(hits)) expect(Math.abs(share / trials - 0.9)).toBeLessThan(0.031)
  })

  test('what is a half-life old counts half, and a source that went bad is found out', () => {
    const old = attempts(createRandom(1), { success: 1, median: 20, deviation: 0.1, usd: 0.03 }, 60, { at: 0 })
    const young = attempts(createRandom(2), { success: 0, median: 20, deviation: 0.1, usd: 0.03 }, 10, { at: 30 * day })
    const records = [...old, ...young]
    const all = estimateFor({ task: 'news' }, learnEstimates(records, forever, 30 * day), prior)
    const recent = estimateFor({ task: 'news' }, learnEstimates(records, { halfLifeMs: 5 * day }, 30 * day), prior)
    expect(all.weight).toBe(70)
    expect(recent.weight).toBeCloseTo(10 + 60 / 64)
    expect(all.success.value).toBeGreaterThan(0.8)
    expect(recent.success.high).toBeLessThan(0.4)
  })

  test('a source of which little is known is judged by the others of its task, then by itself', () => {
    const others = attempts(createRandom(3), { success: 0.9, median: 60, deviation: 0.2, usd: 0.05 }, 200, {
      source: 'b',
    })
    const own = attempts(createRandom(4), { success: 0.9, median: 10, deviation: 0.2, usd: 0.05 }, 100, { source: 'a' })
    const estimate = (records: TaskRecord[]) =>
      estimateFor({ task: 'news', source: 'a' }, learnEstimates(records, forever, 0), prior).seconds.value
    expect(estimate(others)).toBeGreaterThan(50)
    const few = estimate([...others, ...own.slice(0, 3)])
    expect(few).toBeGreaterThan(12)
    expect(few).toBeLessThan(40)
    expect(estimate([...others, ...own])).toBeLessThan(12)
  })

  test('estimates lie within their bounds, and the order of records is all one', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            task: fc.constantFrom('x', 'y'),
            source: fc.constantFrom('a', 'b'),
            at: fc.nat(1_000),
            succeeded: fc.boolean(),
            seconds: fc.double({ min: 0, max: 1_000, noNaN: true }),
            usd: fc.double({ min: 0, max: 1, noNaN: true }),
          }),
          { maxLength: 30 },
        ),
        fc.nat(),
        (records, seed) => {
          const shuffled = records
            .map((record, index) => ({ record, key: createRandom(seed + index).float() }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ record }) => record)
          const settings = { halfLifeMs: 300 }
          const one = estimateFor({ task: 'x', source: 'a' }, learnEstimates(records, settings, 1_000), prior)
          const other = estimateFor({ task: 'x', source: 'a' }, learnEstimates(shuffled, settings, 1_000), prior)
          for (const part of ['success', 'seconds', 'usd'] as const) {
            const { value, low, high } = one[part]
            expect(Number.isFinite(value) && low <= value && value <= high).toBe(true)
            expect(other[part].value).toBeCloseTo(value, 6)
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  test('a stated prior on success moves a short record', () => {
    const records = attempts(createRandom(5), { success: 0, median: 20, deviation: 0.1, usd: 0 }, 2)
    const trusting: EstimatePrior = { ...prior, success: { successes: 9, failures: 1 } }
    const learned = learnEstimates(records, forever, 0)
    expect(estimateFor({ task: 'news' }, learned, trusting).success.value).toBe(9 / 12)
    expect(successWithin(2, 0.5)).toBe(0.875)
  })
})
