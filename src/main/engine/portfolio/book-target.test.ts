import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '#shared/lib/random.ts'
import { mean } from '#shared/lib/statistics.ts'
import { type BookQuestion, bookTarget, readMarketModel, tradeOf } from './book-target.ts'
import { deviation } from './statistics.ts'

/** Returns of assets that have a market in common; the drift is a bar's. */
function returnsOf(seed: number, assets: number, { bars = 300, drift = 0.0005 } = {}): Float64Array[] {
  const random = createRandom(seed)
  const common = Float64Array.from({ length: bars }, () => 0.015 * random.normal())
  return Array.from({ length: assets }, (_, asset) =>
    common.map((value) => drift + value + 0.01 * (1 + asset / 2) * random.normal()),
  )
}

/** A question about a book of nothing but cash, over 24 bars. */
function questionOf(seed: number, assets: number, about: Partial<BookQuestion> = {}): BookQuestion {
  const model = readMarketModel(returnsOf(seed, assets))
  if (model === undefined) throw new Error('The assets move.')
  return {
    current: new Float64Array(assets),
    lower: new Float64Array(assets),
    upper: new Float64Array(assets).fill(0.2),
    elsewhere: 0,
    costs: new Float64Array(assets).fill(0.001),
    covariances: model.covariances.map((row) => row.map((value) => 24 * value)),
    prior: model.prior.map((value) => 24 * value),
    views: [],
    riskAversion: 2,
    ...about,
  }
}

const view = (asset: number, move: number, confidence: number) => ({ asset, move, confidence })
/** Bounds that together are more than there is to invest. */
const ample = (assets: number) => new Float64Array(assets).fill(0.6)
const share = (max = 1) => fc.double({ min: 0, max, noNaN: true })

describe('the model of a market', () => {
  it('of one asset expects its own mean, shrunk by how little it stands out of its noise', () => {
    const [series = new Float64Array()] = returnsOf(1, 1, { drift: 0.002 })
    const t = (mean(series) / deviation(series)) * Math.sqrt(series.length)
    expect(readMarketModel([series])?.prior[0]).toBeCloseTo((mean(series) * t * t) / (1 + t * t), 15)
  })

  it('prices risk: what moves more with the market is expected to return more', () => {
    const series = returnsOf(2, 4, { drift: 0.003 })
    const [first = new Float64Array()] = series
    const prior = readMarketModel([...series, first.map((value) => 3 * value)])?.prior ?? []
    expect(prior[4]).toBeGreaterThan(2 * (prior[0] as number))
  })

  it('takes the volatility of the last 60 bars, and tells how calm the market is', () => {
    const [series = new Float64Array()] = returnsOf(3, 1)
    const model = readMarketModel([series.map((value, bar) => (bar < 240 ? value : 3 * value))])
    expect(Math.sqrt(model?.covariances[0]?.[0] as number)).toBeCloseTo(deviation(series.slice(-60)) * 3, 12)
    expect(model?.calm[0]).toBeLessThan(0.8)
  })

  it('says nothing of an asset that does not move', () => {
    expect(readMarketModel([...returnsOf(4, 1), new Float64Array(300)])).toBeUndefined()
    expect(readMarketModel([])).toBeUndefined()
  })
})

describe('the target of a book', () => {
  it('of one asset is its expected return over twice its variance, within the bounds', () => {
    const alone = questionOf(5, 1, { upper: Float64Array.of(2), costs: Float64Array.of(0) })
    const variance = alone.covariances[0]?.[0] as number
    const target = bookTarget({ ...alone, views: [view(0, 0.1, 0.5)] })
    expect(target.expected[0]).toBeCloseTo((alone.prior[0] as number) + 0.05, 12)
    expect(target.weights[0]).toBeCloseTo((target.expected[0] as number) / (2 * variance), 6)
    expect(bookTarget({ ...alone, views: [view(0, -0.5, 0.9)] }).weights[0]).toBeCloseTo(0, 9)
    expect(bookTarget({ ...alone, upper: Float64Array.of(0.1), views: [view(0, 0.5, 0.9)] }).weights[0]).toBeCloseTo(
      0.1,
    )
  })

  it('leaves a book alone where trading costs more than it is worth', () => {
    const current = Float64Array.of(0.05, 0.1, 0.02)
    const dear = bookTarget(questionOf(6, 3, { current, costs: new Float64Array(3).fill(1) }))
    for (const [asset, weight] of dear.weights.entries()) expect(weight).toBeCloseTo(current[asset] as number, 6)
  })

  it('keeps bounds and turnover, and never borrows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(
          fc.tuple(
            share(0.2),
            fc.double({ min: 0.01, max: 0.5, noNaN: true }),
            fc.double({ min: -0.3, max: 0.5, noNaN: true }),
            share(),
          ),
          {
            minLength: 6,
            maxLength: 6,
          },
        ),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        (seed, assets, drawn, maxTurnover) => {
          const rows = drawn.slice(0, assets)
          const upper = Float64Array.from(rows, ([held, room]) => held + room)
          const question = questionOf(seed, assets, {
            current: Float64Array.from(rows, ([held]) => held * 0.8),
            upper,
            views: rows.map(([, , move, confidence], asset) => view(asset, move, confidence)),
            maxTurnover,
          })
          const { weights } = bookTarget(question)
          for (const [asset, weight] of weights.entries()) {
            expect(weight).toBeGreaterThanOrEqual(0)
            expect(weight).toBeLessThanOrEqual(upper[asset] as number)
          }
          expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(1 + 1e-6)
          const moved = weights.reduce((sum, weight, k) => sum + Math.abs(weight - (question.current[k] as number)), 0)
          expect(moved).toBeLessThanOrEqual(2 * maxTurnover + 1e-6)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('a more confident view up never lowers the weight, a more confident view down never raises it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), { minLength: 1, maxLength: 6 }),
        share(),
        share(),
        fc.option(fc.double({ min: 0.02, max: 1, noNaN: true })),
        (seed, moves, one, other, maxTurnover) => {
          const weight = (confidence: number) => {
            const views = moves.map((move, asset) => view(asset, move, asset === 0 ? confidence : 0.5))
            const limit = maxTurnover === null ? {} : { maxTurnover }
            return bookTarget(questionOf(seed, moves.length, { views, upper: ample(moves.length), ...limit }))
              .weights[0]
          }
          const [less = 0, more = 0] = [weight(Math.min(one, other)), weight(Math.max(one, other))]
          if ((moves[0] ?? 0) > 0) expect(more).toBeGreaterThanOrEqual(less - 1e-6)
          else expect(more).toBeLessThanOrEqual(less + 1e-6)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('does not depend on the order of the assets', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.constantFrom([1, 2, 0], [2, 0, 1], [0, 2, 1]) as fc.Arbitrary<readonly number[]>,
        (seed, order) => {
          const question = questionOf(seed, 3, { views: [view(0, 0.02, 0.6), view(2, -0.01, 0.7)] })
          const turn = (values: Float64Array) => Float64Array.from(order, (asset) => values[asset] as number)
          const turned = bookTarget({
            ...question,
            covariances: order.map((asset) => turn(question.covariances[asset] as Float64Array)),
            prior: turn(question.prior),
            views: question.views.map((one) => ({ ...one, asset: order.indexOf(one.asset) })),
          })
          for (const [asset, weight] of turn(bookTarget(question).weights).entries())
            expect(turned.weights[asset]).toBeCloseTo(weight, 6)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('is worth more than any other weights near it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.array(share(0.2), { minLength: 3, maxLength: 3 }),
        (seed, other) => {
          const question = questionOf(seed, 3, { current: Float64Array.of(0.1, 0, 0.2), views: [view(1, 0.03, 0.6)] })
          const { gain, weights } = bookTarget(question)
          expect(gain(weights)).toBeGreaterThanOrEqual(gain(Float64Array.from(other)) - 1e-9)
          expect(gain(question.current)).toBe(0)
        },
      ),
    )
  })

  it('of one trade alone is worth no less than any other of that instrument, and the further past it the less', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), share(0.4), share(0.2), (seed, weight, past) => {
        const question = questionOf(seed, 3, { current: Float64Array.of(0.1, 0.05, 0.2), views: [view(1, 0.03, 0.6)] })
        const { best, gain } = tradeOf(1, question, bookTarget(question))
        expect(best).toBeLessThanOrEqual(0.2)
        expect(gain(best)).toBeGreaterThanOrEqual(gain(weight) - 1e-12)
        expect(gain(0.2 + past)).toBeLessThanOrEqual(gain(0.2) + 1e-12)
        expect(gain(0.05)).toBe(0)
      }),
    )
  })

  it('brings what is held beyond its bound back to it', () => {
    const question = questionOf(8, 2, { current: Float64Array.of(0.5, 0), views: [view(0, 0.3, 0.9)] })
    const { best, gain } = tradeOf(0, question, bookTarget(question))
    expect(best).toBeCloseTo(0.2, 9)
    expect(gain(best)).toBeGreaterThan(0)
    expect(gain(0.6)).toBeLessThan(0)
  })

  it('names what cannot be met', () => {
    const stuck = questionOf(7, 2, { lower: Float64Array.of(0.7, 0.7), upper: Float64Array.of(1, 1) })
    expect(() => bookTarget(stuck)).toThrowError(expect.objectContaining({ code: 'PORTFOLIO_INFEASIBLE' }))
  })
})
