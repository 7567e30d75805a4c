import { describe, expect, it } from 'vitest'
import type { PortfolioLimits } from '#shared/domain/portfolio-report.ts'
import { roundToStep, ZERO } from '#shared/lib/decimal.ts'
import { compute } from '#test/builders/briefing.ts'
import { asking, heldParts, reportedFeed } from '#test/builders/report-parts.ts'
import { allocationReport } from './allocation-report.ts'
import { portfolioChoices } from './portfolio-choices.ts'

describe('the choices of weights', () => {
  const choosing = (about: Partial<PortfolioLimits> = {}) => ({ profile: 'balanced' as const, ...about })

  it('add up with the cash, lead there by whole lots, and name staying and what the optimizer votes by', async () => {
    const { choices, unavailable, horizonMs, basis } = await portfolioChoices(heldParts, choosing(), compute)
    expect({ unavailable, horizonMs, bars: basis?.bars }).toEqual({
      unavailable: null,
      horizonMs: 24 * 86_400_000,
      bars: 400,
    })
    expect(choices.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['stay', 'target']))
    for (const { cash, weights, exitDays, trades } of choices) {
      expect(weights.reduce((sum, { weight }) => sum + weight, cash)).toBeCloseTo(1, 9)
      expect(exitDays).toBeGreaterThanOrEqual(0)
      for (const { instrument, quantity } of trades) {
        const step = reportedFeed.instruments().find(({ id }) => id === instrument)?.quantityStep ?? ZERO
        expect(roundToStep(quantity, step, 'down')).toBe(quantity)
      }
    }
    const target = allocationReport(heldParts, asking('black-litterman'))
    const voted = choices.find(({ kind }) => kind === 'target')
    for (const { instrument, weight } of voted?.weights ?? [])
      expect(weight).toBeCloseTo(
        target.holdings.find((row) => row.instrument === instrument)?.suggested ?? Number.NaN,
        9,
      )
  })

  it('name the limits that leave nothing, and what is unavailable', async () => {
    const tight = await portfolioChoices(heldParts, choosing({ maximumWeight: 0.01, maximumTurnover: 0.01 }), compute)
    expect(tight.choices).toEqual([])
    expect(tight.unavailable).toMatch(/cannot all be met: .*turnover limit/)
    const young = await portfolioChoices(
      { ...heldParts, feed: { ...reportedFeed, bars: () => [] } },
      choosing(),
      compute,
    )
    expect(young.unavailable).toContain('too few closed bars')
  })
})
