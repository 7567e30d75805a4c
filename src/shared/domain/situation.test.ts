import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anySituation } from '#test/builders/events.ts'
import { featureNames, heldWithin, type Situation, situationDistance, situationFeatures } from './situation.ts'

/** A situation of which everything is known, each feature at a share of its range. */
function known(at: (index: number) => number, about: Partial<Situation> = {}): Situation {
  const features = Object.fromEntries(
    featureNames.map((name, index) => {
      const [low, high] = situationFeatures[name]
      return [name, low + at(index) * (high - low)]
    }),
  )
  return { instrument: 'BTC/USDT', at: 0, regime: 'range', features, ...about }
}
const middle = known(() => 0.5)

describe('the distance of two situations', () => {
  it('is the same both ways, from 0 to 1, and 0 from a situation to itself', () => {
    fc.assert(
      fc.property(anySituation, anySituation, (a, b) => {
        const distance = situationDistance(a, b)
        expect(situationDistance(b, a)).toBe(distance)
        if (distance !== null) expect(distance >= 0 && distance <= 1).toBe(true)
        expect([0, null]).toContain(situationDistance(a, a))
      }),
    )
  })

  it('is 1 where all is as different as can be', () => {
    const other = known(() => 1, { instrument: 'ETH/USDT', regime: 'crisis' })
    expect(
      situationDistance(
        known(() => 0),
        other,
      ),
    ).toBe(1)
  })

  it('counts the regime twice, the instrument and each feature once', () => {
    const weights = featureNames.length + 3
    expect(situationDistance(middle, { ...middle, regime: 'crisis' })).toBeCloseTo(2 / weights)
    expect(situationDistance(middle, { ...middle, instrument: 'ETH/USDT' })).toBeCloseTo(1 / weights)
    const moved = known((index) => (index === 0 ? 1 : 0.5))
    expect(situationDistance(middle, moved)).toBeCloseTo(0.5 / weights)
  })

  it('grows as a feature moves away, whichever it is', () => {
    const share = fc.double({ min: 0, max: 0.5, noNaN: true })
    fc.assert(
      fc.property(fc.nat(featureNames.length - 1), share, share, (feature, one, other) => {
        const away = (by: number) =>
          situationDistance(
            middle,
            known((index) => (index === feature ? 0.5 + by : 0.5)),
          ) ?? 0
        expect(away(Math.max(one, other))).toBeGreaterThanOrEqual(away(Math.min(one, other)))
      }),
    )
  })

  it('leaves out what one of them does not know, and is unavailable where that is more than half', () => {
    const without = (count: number): Situation => ({
      ...middle,
      features: Object.fromEntries(Object.entries(middle.features).slice(count)),
    })
    expect(
      situationDistance(
        without(3),
        known((index) => (index < 3 ? 1 : 0.5)),
      ),
    ).toBe(0)
    expect(situationDistance(without(7), middle)).toBe(0)
    expect(situationDistance(without(8), middle)).toBeNull()
    expect(situationDistance({ ...without(6), regime: null }, middle)).toBeNull()
  })
})

it('a value is held within the range of its feature', () => {
  expect([heldWithin('rsi', 120), heldWithin('drift', -9), heldWithin('trend', 0.2)]).toEqual([100, -3, 0.2])
})
