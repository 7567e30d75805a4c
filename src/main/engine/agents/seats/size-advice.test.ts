import { beforeAll, describe, expect, it } from 'vitest'
import type { Briefing } from '#engine/agents/seat.ts'
import type { Insight } from '#shared/domain/insight.ts'
import { decimal, toNumber } from '#shared/lib/decimal.ts'
import { profile, simulatedBriefing } from '#test/builders/briefing.ts'
import { type AdvisedSize, sizeAdvice } from './size-advice.ts'

let briefing: Briefing
const terms = { action: 'buy' as const, entry: decimal(100), stop: decimal(95), target: decimal(110) }
const view: Insight = {
  agent: 'analyst',
  instrument: 'BTC/USDT',
  direction: 'up',
  magnitude: 0.02,
  confidence: 0.6,
  horizonMs: 86_400_000,
  reasons: [],
  evidence: [],
}

beforeAll(async () => {
  briefing = await simulatedBriefing(3)
})

const quantityOf = (advice: readonly AdvisedSize[], method: AdvisedSize['method']) =>
  toNumber(advice.find((size) => size.method === method)?.quantity ?? decimal(-1))

describe('sizes by the usual methods', () => {
  it('are a share of the equity, a loss at the stop, and half of what Kelly would stake there', () => {
    const advice = sizeAdvice(briefing, terms, view)
    // 100,000 of equity: 20 % of it in one position, 1 % lost at a stop that is 5 away.
    expect(quantityOf(advice, 'fixed fraction')).toBe(200)
    expect(quantityOf(advice, 'risk per trade')).toBe(200)
    // At 60 % and twice the risk as reward: half of 0.6 - 0.4 / 2 = 0.2.
    expect(quantityOf(advice, 'half Kelly')).toBeCloseTo((0.2 * 100_000) / 5, 6)
  })

  it('fall with the volatility above its usual, and count what is held already', () => {
    const calm = quantityOf(sizeAdvice(briefing, terms, view), 'volatility target')
    expect(calm).toBeLessThanOrEqual(200)
    const position = {
      instrument: 'BTC/USDT',
      quantity: decimal(50),
      averagePrice: decimal(90),
      realised: decimal(0),
      fees: decimal(0),
      updatedAt: 0,
    }
    const held = sizeAdvice({ ...briefing, account: { ...briefing.account, position } }, terms, view)
    expect(quantityOf(held, 'fixed fraction')).toBe(150)
    expect(quantityOf(held, 'volatility target')).toBeCloseTo(calm - 50, 6)
  })

  it('are nothing by Kelly where the odds are against it, and not told without a view', () => {
    expect(quantityOf(sizeAdvice(briefing, terms, { ...view, confidence: 0.2 }), 'half Kelly')).toBe(0)
    expect(sizeAdvice(briefing, terms, null).map(({ method }) => method)).toEqual([
      'fixed fraction',
      'risk per trade',
      'volatility target',
    ])
  })

  it('are unavailable without equity or stop', () => {
    expect(sizeAdvice(briefing, { ...terms, stop: null }, view)).toEqual([])
    expect(sizeAdvice({ ...briefing, profile, account: { ...briefing.account, equity: null } }, terms, view)).toEqual(
      [],
    )
  })
})
