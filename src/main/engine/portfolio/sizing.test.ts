import { describe, expect, it } from 'vitest'
import { atrExits, fixedFractionSize, kellyShare, riskPerTradeSize, volatilityTargetSize } from './sizing.ts'

describe('position size', () => {
  it('loses the risked share of equity when the stop is hit, and no more than the cap allows', () => {
    expect(riskPerTradeSize(10_000, 0.01, 50, 48)).toBe(50)
    expect(riskPerTradeSize(10_000, 0.01, 50, 52)).toBe(50)
    expect(riskPerTradeSize(10_000, 0.01, 50, 49.99)).toBe(200)
    expect(() => riskPerTradeSize(10_000, 0.01, 50, 50)).toThrowError(
      expect.objectContaining({ code: 'SIZING_INPUT_INVALID' }),
    )
  })

  it('halves when volatility doubles', () => {
    expect(volatilityTargetSize(10_000, 100, 0.8, 0.2)).toBeCloseTo(volatilityTargetSize(10_000, 100, 0.4, 0.2) / 2, 12)
    expect(volatilityTargetSize(10_000, 100, 0.01, 0.2)).toBe(100)
  })

  it('by Kelly is zero without an edge and capped with a large one', () => {
    expect(kellyShare(0.5, 1)).toBe(0)
    expect(kellyShare(0.3, 1)).toBe(0)
    expect(kellyShare(0.6, 1)).toBeCloseTo(0.1, 12)
    expect(kellyShare(0.99, 10)).toBe(0.2)
  })

  it('refuses nonsense and never goes short of equity', () => {
    expect(() => fixedFractionSize(1000, 1.2, 5)).toThrowError(
      expect.objectContaining({ code: 'SIZING_INPUT_INVALID' }),
    )
    expect(() => fixedFractionSize(1000, 0.5, Number.NaN)).toThrow()
    expect(fixedFractionSize(-5, 0.5, 10)).toBe(0)
  })

  it('stop and target stand on the losing and the winning side', () => {
    expect(atrExits('long', 100, 2)).toEqual({ stop: 96, target: 106, rewardRisk: 1.5 })
    expect(atrExits('short', 100, 2)).toEqual({ stop: 104, target: 94, rewardRisk: 1.5 })
  })
})
