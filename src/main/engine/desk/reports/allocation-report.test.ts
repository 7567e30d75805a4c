import { describe, expect, it } from 'vitest'
import { portfolioGoals } from '#shared/domain/portfolio-goal.ts'
import { toNumber, ZERO } from '#shared/lib/decimal.ts'
import { asking, heldParts, reportedFeed, reportParts, viewOn } from '#test/builders/report-parts.ts'
import { allocationReport } from './allocation-report.ts'

describe('the report on allocation', () => {
  it.each(portfolioGoals)('%s: weights that add up with the cash, and trades that lead there', (goal) => {
    const report = allocationReport(heldParts, asking(goal))
    const { holdings, frontier, suggestion, here, trades, invested, weighed, cashWeight, equity } = report
    expect(report.unavailable).toBeNull()
    const base = weighed === 'equity' ? toNumber(equity ?? ZERO) : invested
    expect(holdings.reduce((sum, { weight }) => sum + weight, cashWeight?.now ?? 0)).toBeCloseTo(1, 9)
    expect(holdings.reduce((sum, { suggested }) => sum + suggested, cashWeight?.suggested ?? 0)).toBeCloseTo(1, 9)
    expect(holdings.reduce((sum, { riskShare }) => sum + (riskShare ?? 0), 0)).toBeCloseTo(1, 9)
    const least = frontier[0]?.risk ?? Number.NaN
    expect(frontier.map(({ risk }) => risk)).toEqual(frontier.map(({ risk }) => risk).toSorted((a, b) => a - b))
    if (weighed === 'invested') {
      expect(suggestion?.risk).toBeGreaterThanOrEqual(least * (1 - 1e-9))
      expect(here?.risk).toBeGreaterThanOrEqual(least)
    }
    for (const { instrument, side, worth } of trades) {
      const row = holdings.find((holding) => holding.instrument === instrument)
      const after = (row?.weight ?? 0) + ((side === 'buy' ? 1 : -1) * worth) / base
      expect(after).toBeCloseTo(row?.suggested ?? Number.NaN, 2)
    }
    const traded = new Set(trades.map(({ instrument }) => instrument))
    for (const { instrument, weight, suggested } of holdings)
      if (Math.abs(weight - suggested) < report.band) expect(traded.has(instrument)).toBe(false)
  })

  it('with cash: no more than the profile allows of anything, and less where it shuns risk', () => {
    const views = { listViews: (id: string) => [viewOn(id, 0.03)] }
    const sure = reportParts({ 'BTC/USDT': 8_000 }, { history: views })
    const { holdings, riskAversion } = allocationReport(sure, asking('black-litterman'))
    for (const { suggested } of holdings) expect(suggested).toBeLessThanOrEqual(0.2)
    expect(riskAversion).toBe(2)
    const careful = allocationReport(sure, asking('black-litterman', { profile: 'conservative' }))
    expect(careful.riskAversion).toBe(4)
    expect(careful.cashWeight?.suggested).toBeGreaterThan(0)
    for (const { suggested } of careful.holdings) expect(suggested).toBeLessThanOrEqual(0.1)
  })

  it('counts the views that still stand, each with its run, and what they make of the prior', () => {
    const listViews = (id: string) =>
      id === 'ETH/USDT' ? [viewOn(id, 0.04)] : id === 'SOL/USDT' ? [viewOn(id, 0.04, 40)] : []
    const { views, holdings } = allocationReport({ ...heldParts, history: { listViews } }, asking('black-litterman'))
    expect(views).toMatchObject([{ instrument: 'ETH/USDT', direction: 'up', confidence: 0.7, runId: 'run-view' }])
    expect(views[0]?.expected).toBeGreaterThan(views[0]?.prior ?? Number.NaN)
    const without = allocationReport(heldParts, asking('black-litterman'))
    expect(without.views).toEqual([])
    const weight = (rows: typeof holdings) => rows.find(({ instrument }) => instrument === 'ETH/USDT')?.suggested ?? 0
    expect(weight(holdings)).toBeGreaterThanOrEqual(weight(without.holdings))
  })

  it.each(portfolioGoals)('%s: limits are kept, or named where they cannot be', (goal) => {
    const limits = { maximumWeight: 0.3, maximumTurnover: 0.4 }
    const { holdings, unavailable, turnover } = allocationReport(heldParts, asking(goal, limits))
    if (unavailable === null) {
      for (const { suggested } of holdings) expect(suggested).toBeLessThanOrEqual(0.3 + 1e-6)
      expect(turnover).toBeLessThanOrEqual(0.4 + 1e-6)
    } else expect(unavailable).toMatch(/largest weight|change hands|turnover/)
    const narrow = allocationReport(heldParts, asking(goal, { maximumWeight: 0.1 }))
    // Eight instruments of at most 10 % each are less than all that is invested; cash takes the rest.
    if (narrow.weighed === 'equity') expect(narrow.unavailable).toBeNull()
    else expect(narrow.unavailable).toMatch(/less than the whole portfolio|largest weight of 10.0 %/)
    expect(narrow.unavailable ?? '').not.toMatch(/asset \d/i)
  })

  it('of one instrument: beside cash it has a weight, and no frontier', () => {
    const one = { ...reportedFeed, instruments: () => reportedFeed.instruments().slice(0, 1) }
    const report = allocationReport(reportParts({ 'BTC/USDT': 8_000 }, { feed: one }), asking('black-litterman'))
    expect(report).toMatchObject({ unavailable: null, frontier: [], shrinkage: null })
    expect(report.holdings).toHaveLength(1)
    expect(report.holdings[0]?.weight).toBeGreaterThan(0)
  })

  it('of a flat book has a frontier and a suggestion, and nothing to trade', () => {
    const { here, trades, invested, frontier, suggestion, diversification } = allocationReport(
      reportParts({}),
      asking('risk-parity'),
    )
    expect({ here, trades, invested, diversification }).toEqual({
      here: null,
      trades: [],
      invested: 0,
      diversification: null,
    })
    expect(frontier.length).toBeGreaterThan(10)
    expect(suggestion).not.toBeNull()
  })

  it('says why there is none: one instrument alone, no bars of what is held, no price', () => {
    const alone = { ...reportedFeed, instruments: () => reportedFeed.instruments().slice(0, 1) }
    expect(allocationReport(reportParts({}, { feed: alone }), asking('risk-parity')).unavailable).toContain(
      'needs two instruments',
    )
    const young = { ...reportedFeed, bars: () => [] }
    expect(allocationReport({ ...heldParts, feed: young }, asking('risk-parity')).unavailable).toContain('BTC/USDT')
    const noPrice = { ...reportedFeed, quote: (id: string) => (id === 'BTC/USDT' ? undefined : reportedFeed.quote(id)) }
    expect(allocationReport({ ...heldParts, feed: noPrice }, asking('risk-parity')).unavailable).toBe(
      'There is no price for BTC/USDT.',
    )
  })
})
