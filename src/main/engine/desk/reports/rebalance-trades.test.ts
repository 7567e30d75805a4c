import { describe, expect, it } from 'vitest'
import type { PortfolioReport } from '#shared/domain/portfolio-report.ts'
import type { PositionView } from '#shared/domain/position.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { scriptedAllocation } from '#test/fakes/page-portfolio.ts'
import { rebalanceTrades } from './rebalance-trades.ts'

const now = Date.UTC(2026, 4, 4)
const position: PositionView = {
  instrument: 'BTC/USDT',
  quantity: decimal('0.2'),
  averagePrice: decimal(60_000),
  realised: decimal(0),
  fees: decimal(0),
  updatedAt: now,
  mark: decimal(65_000),
  markedAt: now,
  unrealised: decimal(1_000),
  runId: 'run-1',
}
const report = (goal: PortfolioReport['goal'], about: Partial<PortfolioReport> = {}): PortfolioReport => ({
  ...scriptedAllocation(now, position, goal),
  ...about,
})

describe('weighing drift against cost', () => {
  it('sells before it buys, each as a plan of its own', () => {
    const { goals, sentence } = rebalanceTrades(report('risk-parity'), { mostCost: 0.1 })
    expect(goals.map(({ instrument, parameters }) => [instrument, Math.sign(parameters['quantity'] ?? 0)])).toEqual([
      ['BTC/USDT', -1],
      ['ETH/USDT', 1],
    ])
    expect(sentence).toMatch(/^By risk parity 56\.0 % of what is invested is not where it should be/)
  })

  it('leaves alone what has drifted little, and what costs more than it mends', () => {
    expect(rebalanceTrades(report('risk-parity'), { leastDrift: 0.9 })).toMatchObject({ goals: [] })
    expect(rebalanceTrades(report('risk-parity'), { leastDrift: 0.9 }).sentence).toContain('it is left alone')
    expect(rebalanceTrades(report('risk-parity'), { mostCost: 1e-9 }).sentence).toContain('is not worth it')
  })

  it('counts what is bought with cash by the cash that goes', () => {
    const { sentence } = rebalanceTrades(report('black-litterman'), { mostCost: 0.1 })
    // The equity holds 13 % of BTC/USDT; 20 % and 8 % of ETH/USDT are to be held.
    expect(sentence).toMatch(/^By black litterman 15\.0 % of the equity is not where it should be/)
  })

  it('of nothing invested asks for nothing, but puts cash to work where the goal weighs the equity', () => {
    const flat = { invested: 0 }
    expect(rebalanceTrades(report('risk-parity', flat), {}).sentence).toContain('Nothing is invested')
    expect(rebalanceTrades(report('black-litterman', flat), { mostCost: 1 }).sentence).toContain('of the equity')
  })

  it('passes on why nothing can be weighed', () => {
    const { goals, sentence } = rebalanceTrades(report('least-cvar', { unavailable: 'There is no price.' }), {})
    expect({ goals, sentence }).toEqual({ goals: [], sentence: 'Nothing can be weighed: There is no price.' })
  })
})
