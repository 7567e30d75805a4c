import type { PerpetualsReport } from '#shared/domain/perpetuals-report.ts'
import type { PortfolioGoal } from '#shared/domain/portfolio-goal.ts'
import type { PortfolioChoices, PortfolioReport } from '#shared/domain/portfolio-report.ts'
import type { PositionView } from '#shared/domain/position.ts'
import type { RiskReport } from '#shared/domain/risk-report.ts'
import { decimal, multiply, toNumber, ZERO } from '#shared/lib/decimal.ts'

const dayMs = 86_400_000
const equity = decimal(100_128)

function worthOf(position: PositionView | null): number {
  return position === null || position.mark === null ? 0 : toNumber(multiply(position.quantity, position.mark))
}

function basisAt(now: number) {
  const today = Math.floor(now / dayMs) * dayMs
  return { timeframe: '1d' as const, bars: 400, from: today - 400 * dayMs, to: today - dayMs }
}

/** A report on risk as the engine would write it: of what is held, or of nothing. */
export function scriptedRisk(now: number, position: PositionView | null): RiskReport {
  const worth = worthOf(position)
  const basis = position === null ? null : basisAt(now)
  const share = worth / toNumber(equity)
  return {
    at: now,
    currency: 'USDT',
    equity,
    gross: worth,
    net: worth,
    exposures:
      position === null
        ? []
        : [
            {
              ...position,
              markedAt: position.markedAt,
              worth,
              share,
              riskShare: 1,
              tailShare: 1,
              marginal: 0.061,
              runId: position.runId,
            },
          ],
    confidence: 0.95,
    basis,
    unavailable: position === null ? 'Nothing is held.' : null,
    tails:
      position === null
        ? []
        : (['historical', 'normal', 'cornish-fisher', 'monte-carlo'] as const).map((method, index) => ({
            method,
            valueAtRisk: (0.041 + 0.002 * index) * worth,
            expectedShortfall: (0.061 + 0.003 * index) * worth,
          })),
    drawdown:
      basis === null
        ? null
        : {
            depth: 0.31 * share,
            from: basis.from + 90 * dayMs,
            trough: basis.from + 160 * dayMs,
            recovered: null,
            now: 0.12 * share,
          },
    highest: { equity: decimal(101_838), at: now - 3_600_000, below: 0.0168 },
    perpetuals: position === null ? null : scriptedPerpetuals(now),
    limits: [
      { limit: 'exposure', used: worth, maximum: 60_000 },
      { limit: 'value-at-risk', used: 0.041 * worth, maximum: 2_500 },
      { limit: 'expected-shortfall', used: 0.061 * worth, maximum: 4_000 },
      { limit: 'daily-loss', used: 1_710, maximum: 2_000 },
      { limit: 'orders-per-minute', used: position === null ? 0 : 1, maximum: 10 },
    ],
    stresses:
      basis === null
        ? []
        : [
            {
              name: 'The worst bar of the history',
              at: basis.from + 150 * dayMs,
              change: -0.14 * worth,
              share: -0.14 * share,
            },
            { name: 'Everything falls by 10 %', at: null, change: -0.1 * worth, share: -0.1 * share },
            { name: 'Everything falls by 50 %', at: null, change: -0.5 * worth, share: -0.5 * share },
          ],
  }
}

/** A short position in a perpetual as the engine would report it. */
function scriptedPerpetuals(now: number): PerpetualsReport {
  const hourMs = 3_600_000
  return {
    wallet: decimal('99170.2'),
    balance: decimal('99149.8'),
    initial: decimal('2081.6'),
    free: decimal('97068.2'),
    maintenance: decimal('24.98'),
    ratio: 0.00025,
    leverage: 0.063,
    maximumLeverage: 3,
    funding: decimal('1.87'),
    contracts: [
      {
        instrument: 'ETH/USDT:USDT',
        quantity: decimal(-2),
        averagePrice: decimal('3112.2'),
        mark: decimal('3122.4'),
        markedAt: now - 400,
        notional: decimal('6244.8'),
        unrealised: decimal('-20.4'),
        initial: decimal('2081.6'),
        maintenance: decimal('24.98'),
        liquidationPrice: decimal('52481.3'),
        toLiquidation: 15.81,
        funding: decimal('1.87'),
        fundingRate: decimal('0.0001'),
        fundingAt: (Math.floor(now / (8 * hourMs)) + 1) * 8 * hourMs,
        runId: null,
      },
    ],
  }
}

const instruments = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT']
const suggestedWeights: Readonly<Record<PortfolioGoal, readonly number[]>> = {
  'risk-parity': [0.44, 0.33, 0.23],
  'hierarchical-risk-parity': [0.58, 0.24, 0.18],
  'least-cvar': [0.74, 0.26, 0],
  'mean-variance': [0.2, 0, 0.2],
  'black-litterman': [0.2, 0.08, 0],
  'minimum-variance': [0.81, 0.19, 0],
  'maximum-sharpe': [0.38, 0, 0.62],
}

/** A report on allocation as the engine would write it: three instruments, the first of them held or none. */
export function scriptedAllocation(now: number, position: PositionView | null, goal: PortfolioGoal): PortfolioReport {
  const worth = worthOf(position)
  const weights = suggestedWeights[goal]
  const isBesideCash = goal === 'mean-variance' || goal === 'black-litterman'
  return {
    at: now,
    currency: 'USDT',
    equity,
    cash: decimal(99_170),
    invested: worth,
    goal,
    weighed: isBesideCash ? 'equity' : 'invested',
    cashWeight: isBesideCash
      ? { now: 1 - worth / toNumber(equity), suggested: goal === 'mean-variance' ? 0.6 : 0.72 }
      : null,
    turnover: 0.31,
    riskAversion: isBesideCash ? 2 : null,
    horizonMs: isBesideCash ? 24 * dayMs : null,
    views:
      goal === 'black-litterman'
        ? [
            {
              instrument: 'BTC/USDT',
              direction: 'up',
              magnitude: 0.021,
              confidence: 0.58,
              at: now - 2 * 3_600_000,
              until: now + 22 * dayMs,
              runId: 'run-1',
              prior: 0.004,
              expected: 0.016,
            },
          ]
        : [],
    without: [],
    basis: basisAt(now),
    unavailable: null,
    holdings: instruments.map((instrument, index) => ({
      instrument,
      quantity: index === 0 ? (position?.quantity ?? ZERO) : ZERO,
      markedAt: now - 800,
      worth: index === 0 ? worth : 0,
      weight: index === 0 && worth > 0 ? (isBesideCash ? worth / toNumber(equity) : 1) : 0,
      riskShare: worth > 0 ? (index === 0 ? 1 : 0) : null,
      suggested: weights[index] ?? 0,
      runId: index === 0 ? (position?.runId ?? null) : null,
    })),
    frontier: Array.from({ length: 40 }, (_, k) => ({
      risk: 0.46 + 0.4 * (k / 39) ** 1.6,
      expected: 0.12 + (0.3 * k) / 39,
    })),
    here: worth > 0 ? { risk: 0.52, expected: 0.14 } : null,
    suggestion: { risk: 0.51, expected: 0.2 },
    shrinkage: 0.18,
    diversification: worth > 0 ? 1 : null,
    trades:
      worth > 0
        ? [
            { instrument: 'BTC/USDT', side: 'sell', quantity: decimal('0.0084'), worth: 0.56 * worth, cost: 0.6 },
            { instrument: 'ETH/USDT', side: 'buy', quantity: decimal('0.102'), worth: 0.33 * worth, cost: 0.4 },
          ]
        : [],
    band: 0.02,
    perpetuals: position === null ? null : scriptedPerpetuals(now),
  }
}

/** Three choices as the engine would give them: to stay, what the optimizer votes by, and a bolder one. */
export function scriptedChoices(now: number, position: PositionView | null): PortfolioChoices {
  const share = worthOf(position) / toNumber(equity)
  const choice = (kind: 'stay' | 'target' | 'other', weights: readonly number[], step: number) => ({
    kind,
    expected: 0.002 + 0.009 * step,
    volatility: 0.01 + 0.03 * step,
    turnover: 0.2 * step,
    exitDays: 0.02 + 0.1 * step,
    cost: 0.0002 * step,
    cash: 1 - weights.reduce((sum, weight) => sum + weight, 0),
    weights: instruments.map((instrument, index) => ({ instrument, weight: weights[index] ?? 0 })),
    trades:
      step === 0
        ? []
        : [
            {
              instrument: 'ETH/USDT',
              side: 'buy' as const,
              quantity: decimal('1.1'),
              worth: 3_400 * step,
              cost: 3.6 * step,
            },
          ],
  })
  return {
    at: now,
    currency: 'USDT',
    basis: basisAt(now),
    unavailable: null,
    horizonMs: 24 * dayMs,
    choices: [choice('stay', [share], 0), choice('target', [0.2, 0.08, 0], 1), choice('other', [0.2, 0.2, 0.2], 2)],
  }
}
