import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type AllocationGoal, allocate } from './allocation.ts'
import { blackLitterman, impliedReturns } from './black-litterman.ts'
import { uniformBounds } from './critical-line.ts'
import {
  pairwiseCorrelations,
  pairwiseCovariances,
  semicovariances,
  shrinkToConstantCorrelation,
  shrinkToIdentity,
  weightedMeanReturn,
} from './estimates.ts'
import { hierarchicalRiskParity } from './hierarchical-risk-parity.ts'
import { dot, type Matrix, portfolioVariance } from './matrix.ts'
import { annualReturn } from './performance.ts'

const folder = '../shared/reference/portfolio'
const missing = !existsSync(folder)

function worst(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length)
  return expected.reduce((gap, value, i) => {
    const difference = Math.abs((actual[i] as number) - value)
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(gap, difference)
  }, 0)
}

interface Expected {
  tickers: string[]
  mean_historical_return: number[]
  sample_cov: number[][]
  semicovariance: number[][]
  ema_historical_return: number[]
  ledoit_wolf_constant_variance: { cov: number[][]; delta: number }
  ledoit_wolf_constant_correlation: { cov: number[][]; delta: number }
  EfficientFrontier: Record<
    string,
    { bounds: [number, number]; weights: number[]; performance: [number, number, number] }
  >
  HRP: { weights: number[] }
  black_litterman: {
    market_caps: Record<string, number>
    risk_aversion: number
    prior: number[]
    absolute_views: Record<string, number>
    tau: number
    posterior_returns: number[]
    posterior_cov: number[][]
  }
}

describe.skipIf(missing)('allocation beside PyPortfolioOpt', () => {
  if (missing) return
  const file = JSON.parse(readFileSync(`${folder}/pypfopt/expected.json`, 'utf8')) as Expected
  const expected = Float64Array.from(file.mean_historical_return)
  const covariances: Matrix = file.sample_cov.map((row) => Float64Array.from(row))
  const n = expected.length
  const lines = readFileSync(`${folder}/pypfopt/stock_prices.csv`, 'utf8').trim().split('\n').slice(1)
  const prices = lines.map((line) =>
    line
      .split(',')
      .slice(1)
      .map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell))),
  )
  const returns = file.tickers.map((_, asset) =>
    Float64Array.from(prices.slice(1), (row, t) => (row[asset] as number) / (prices[t]?.[asset] as number) - 1),
  )
  const yearly = (matrix: Matrix) => matrix.map((row) => row.map((value) => value * 252))
  const flat = (matrix: readonly ArrayLike<number>[]) => matrix.flatMap((row) => Array.from(row))

  it.each(Object.entries(file.EfficientFrontier))('%s', (name, { bounds, weights, performance }) => {
    const ridge = Number(/_L2_(\d+)/.exec(name)?.[1] ?? 0)
    const goals: [RegExp, (value: number) => AllocationGoal][] = [
      [/^min_volatility/, () => ({ kind: 'min-variance' })],
      [/^max_sharpe/, () => ({ kind: 'max-sharpe', riskFree: 0.02 })],
      [/^max_quadratic_utility/, () => ({ kind: 'mean-variance', riskAversion: 1 })],
      [/^efficient_risk_([\d.]+)/, (volatility) => ({ kind: 'target-volatility', volatility })],
      [/^efficient_return_([\d.]+)/, (target) => ({ kind: 'target-return', target })],
    ]
    const found = goals.find(([pattern]) => pattern.test(name))
    expect(found, `a goal for ${name}`).toBeDefined()
    const [pattern, goal] = found as (typeof goals)[number]
    const penalised = covariances.map((row, i) => row.map((value, j) => value + (i === j ? ridge : 0)))
    const actual = allocate(
      goal(Number(pattern.exec(name)?.[1])),
      expected,
      penalised,
      uniformBounds(n, ...bounds),
    ).weights
    expect(worst(actual, weights)).toBeLessThan(1e-4)
    const volatility = Math.sqrt(portfolioVariance(actual, covariances))
    const earned = dot(actual, expected)
    expect(worst([earned, volatility, (earned - 0.02) / volatility], performance)).toBeLessThan(1e-5)
  })

  it('expected returns: compound, and weighted towards the present', () => {
    const compound = returns.map((series) =>
      annualReturn(
        series.filter((value) => !Number.isNaN(value)),
        252,
      ),
    )
    expect(worst(compound, file.mean_historical_return)).toBeLessThan(1e-10)
    const recent = returns.map((series) => (1 + weightedMeanReturn(series, 500)) ** 252 - 1)
    expect(worst(recent, file.ema_historical_return)).toBeLessThan(1e-10)
  })

  it('sample covariances, pair by pair', () => {
    expect(worst(flat(yearly(pairwiseCovariances(returns))), flat(file.sample_cov))).toBeLessThan(1e-10)
  })

  it('semicovariances', () => {
    expect(worst(flat(yearly(semicovariances(returns))), flat(file.semicovariance))).toBeLessThan(1e-10)
  })

  it('Ledoit-Wolf towards one variance', () => {
    const shrunk = shrinkToIdentity(returns)
    expect(shrunk.share).toBeCloseTo(file.ledoit_wolf_constant_variance.delta, 10)
    expect(worst(flat(yearly(shrunk.covariances)), flat(file.ledoit_wolf_constant_variance.cov))).toBeLessThan(1e-10)
  })

  it('Ledoit-Wolf towards one correlation', () => {
    const shrunk = shrinkToConstantCorrelation(returns)
    expect(shrunk.share).toBeCloseTo(file.ledoit_wolf_constant_correlation.delta, 10)
    expect(worst(flat(yearly(shrunk.covariances)), flat(file.ledoit_wolf_constant_correlation.cov))).toBeLessThan(1e-10)
  })

  it('hierarchical risk parity', () => {
    expect(
      worst(hierarchicalRiskParity(pairwiseCovariances(returns), pairwiseCorrelations(returns)), file.HRP.weights),
    ).toBeLessThan(1e-8)
  })

  it('Black-Litterman', () => {
    const { market_caps: caps, risk_aversion: aversion, absolute_views: opinions, ...rest } = file.black_litterman
    const total = Object.values(caps).reduce((sum, cap) => sum + cap, 0)
    const market = Float64Array.from(file.tickers, (ticker) => (caps[ticker] as number) / total)
    const prior = impliedReturns(covariances, market, aversion)
    const excess = worst(prior, rest.prior)
    expect(excess).toBeLessThan(1e-8)
    const views = Object.entries(opinions).map(([ticker, value]) => ({
      assets: Float64Array.from(file.tickers, (other) => (other === ticker ? 1 : 0)),
      value,
    }))
    const posterior = blackLitterman(Float64Array.from(rest.prior), covariances, views, rest.tau)
    expect(worst(posterior.expected, rest.posterior_returns)).toBeLessThan(1e-8)
    expect(worst(flat(posterior.covariances), flat(rest.posterior_cov))).toBeLessThan(1e-8)
  })
})
