import { describe, expect, it } from 'vitest'
import { createTailReader } from '#engine/trading/gate/tail-reader.ts'
import { toNumber, ZERO } from '#shared/lib/decimal.ts'
import { heldParts, reportedAt, reportedFeed, reportParts } from '#test/builders/report-parts.ts'
import { riskReport } from './risk-report.ts'

describe('the report on risk', () => {
  it('of a book that holds nothing measures nothing and uses no limit', () => {
    const report = riskReport(reportParts({}))
    expect(report).toMatchObject({
      gross: 0,
      net: 0,
      basis: null,
      unavailable: 'Nothing is held.',
      tails: [],
      stresses: [],
    })
    expect(report.limits.map(({ used }) => used)).toEqual([0, 0, 0, 11_000, 0])
  })

  it('measures by four methods what the gate measures by the first', () => {
    const report = riskReport(heldParts)
    const gate = createTailReader(reportedFeed).read(
      new Map(report.exposures.map(({ instrument, worth }) => [instrument, worth ?? 0])),
      reportedAt,
    )
    expect(report.basis).toMatchObject({ timeframe: gate?.timeframe, from: gate?.from, to: gate?.to })
    expect(report.basis?.to).toBeLessThan(reportedAt)
    const [historical, ...others] = report.tails
    expect(historical).toEqual({
      method: 'historical',
      valueAtRisk: gate?.valueAtRisk,
      expectedShortfall: gate?.expectedShortfall,
    })
    expect(others.map(({ method }) => method)).toEqual(['normal', 'cornish-fisher', 'monte-carlo'])
    for (const { valueAtRisk, expectedShortfall } of report.tails) {
      expect(valueAtRisk).toBeGreaterThan(0.3 * (gate?.valueAtRisk ?? 0))
      expect(valueAtRisk).toBeLessThan(3 * (gate?.valueAtRisk ?? 0))
      expect(expectedShortfall).toBeGreaterThan(valueAtRisk)
    }
    expect(report.limits.find(({ limit }) => limit === 'value-at-risk')?.used).toBe(gate?.valueAtRisk)
  })

  it('adds up: exposure, shares of the risk, and falls of everything', () => {
    const { gross, net, exposures, stresses, equity, drawdown } = riskReport(heldParts)
    expect(gross).toBeCloseTo(10_000, 0)
    expect(net).toBe(gross)
    expect(equity).not.toBeNull()
    expect(exposures.reduce((sum, { riskShare }) => sum + (riskShare ?? 0), 0)).toBeCloseTo(1, 9)
    expect(exposures.reduce((sum, { tailShare }) => sum + (tailShare ?? 0), 0)).toBeCloseTo(1, 9)
    for (const { marginal } of exposures) expect(marginal).toBeGreaterThan(0)
    expect(exposures.map(({ runId }) => runId)).toEqual(['run-BTC/USDT', 'run-ETH/USDT'])
    const half = stresses.find(({ name }) => name === 'Everything falls by 50 %')
    expect(half?.change).toBeCloseTo(-0.5 * (gross ?? 0), 6)
    expect(half?.share).toBeCloseTo((half?.change ?? 0) / toNumber(equity ?? ZERO), 12)
    const worst = stresses.filter(({ at }) => at !== null)
    expect(worst.map(({ change }) => change)).toEqual(worst.map(({ change }) => change).sort((a, b) => a - b))
    expect(drawdown?.depth).toBeGreaterThanOrEqual(drawdown?.now ?? 1)
    expect(drawdown?.trough).toBeGreaterThan(drawdown?.from ?? Number.POSITIVE_INFINITY)
  })

  it('stresses a book that is short by rises, and lets the largest alone move against it', () => {
    const { gross, net, stresses } = riskReport(reportParts({ 'BTC/USDT': -8_000, 'ETH/USDT': 2_000 }))
    const changeBy = (name: string) => stresses.find((one) => one.name === name)?.change
    expect(net).toBeLessThan(0)
    expect(changeBy('Everything rises by 50 %')).toBeCloseTo(0.5 * (net ?? 0), 6)
    expect(changeBy('Everything falls by 50 %')).toBeCloseTo(-0.5 * (net ?? 0), 6)
    expect(changeBy('BTC/USDT alone rises by 50 %')).toBeCloseTo(-0.5 * (((gross ?? 0) - (net ?? 0)) / 2), 6)
    expect(changeBy('BTC/USDT alone falls by 50 %')).toBeUndefined()
    expect(riskReport(heldParts).stresses.some(({ name }) => name.includes('rises'))).toBe(false)
  })

  it('says what is missing: a price, or bars', () => {
    const noPrice = { ...reportedFeed, quote: (id: string) => (id === 'BTC/USDT' ? undefined : reportedFeed.quote(id)) }
    expect(riskReport({ ...heldParts, feed: noPrice })).toMatchObject({
      equity: null,
      gross: null,
      unavailable: 'There is no price for BTC/USDT.',
      tails: [],
    })
    const young = { ...reportedFeed, bars: () => [] }
    const report = riskReport({ ...heldParts, feed: young })
    expect(report.unavailable).toContain('Only 0 closed bars')
    expect(report.limits.find(({ limit }) => limit === 'value-at-risk')?.used).toBeNull()
    expect(report.stresses.every(({ at }) => at === null)).toBe(true)
  })
})
