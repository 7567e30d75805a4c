import { describe, expect, it } from 'vitest'
import { decimal, ZERO } from '#shared/lib/decimal.ts'
import { deskFill, deskOrder } from '#test/builders/orders.ts'
import { parentOf, scheduleOf } from '#test/builders/parent-orders.ts'
import { filledSteps, parentProgress, plannedSteps, shareAt, sortParents } from './parents-view.ts'

const touch = { bid: decimal(99), ask: decimal(101), at: 0 }
const benchmark = { decided: null, arrival: touch, expectedPrice: null }
const child = (filledQuantity: string, averagePrice: string) =>
  deskOrder({ filledQuantity: decimal(filledQuantity), averagePrice: decimal(averagePrice) })
const viewOf = (given: Parameters<typeof parentOf>[0] = {}) => ({
  ...parentOf({ benchmark, ...given }),
  filledQuantity: decimal(2),
  children: [child('1', '101'), child('1', '103'), deskOrder()],
})

describe('how far an order in parts has come', () => {
  it('is told by quantity, by time, and by its average against the arrival price', () => {
    const progress = parentProgress(viewOf(), 60_000)
    expect(progress).toMatchObject({ filledShare: 0.5, elapsedMs: 60_000, horizonMs: 240_000 })
    expect(progress).toMatchObject({ averagePrice: '102', arrivalPrice: '100' })
    expect(progress.slippageBps).toBeCloseTo(200, 9)
    expect(parentProgress(viewOf({ side: 'sell' }), 60_000).slippageBps).toBeCloseTo(-200, 9)
  })

  it('of one that has ended time stands still, and of one with nothing filled no price is made up', () => {
    expect(parentProgress(viewOf({ status: 'cancelled', updatedAt: 90_000 }), 1e9).elapsedMs).toBe(90_000)
    expect(parentProgress(viewOf(), 1e9).elapsedMs).toBe(240_000)
    const none = { ...viewOf(), filledQuantity: ZERO, children: [] }
    expect(parentProgress(none, 0)).toMatchObject({ averagePrice: null, slippageBps: null, filledShare: 0 })
  })
})

describe('planned against filled over time', () => {
  it('the plan is a step at each look, and none where the market sets the pace', () => {
    const planned = plannedSteps(parentOf())
    expect(planned.map(({ share }) => share)).toEqual([0.25, 0.5, 0.75, 1])
    expect(shareAt(planned, 59_999)).toBe(0.25)
    expect(shareAt(planned, 60_000)).toBe(0.5)
    expect(plannedSteps({ schedule: scheduleOf({ algorithm: 'pov' }) })).toEqual([])
  })

  it('what is filled grows with each fill, in the order of time, and stands until now', () => {
    const fills = [deskFill({ at: 70_000, quantity: decimal(1) }), deskFill({ at: 5_000, quantity: decimal(1) })]
    expect(filledSteps(parentOf(), fills, 90_000)).toEqual([
      { ms: 0, share: 0 },
      { ms: 5_000, share: 0.25 },
      { ms: 70_000, share: 0.5 },
      { ms: 90_000, share: 0.5 },
    ])
    expect(shareAt(filledSteps(parentOf(), [], 10), 5)).toBe(0)
  })
})

it('those under way stand first', () => {
  const old = viewOf({ id: 'old', startedAt: 1 })
  const ended = viewOf({ id: 'ended', startedAt: 2, status: 'filled' })
  expect(sortParents([ended, old]).map(({ id }) => id)).toEqual(['old', 'ended'])
})
