import { describe, expect, it } from 'vitest'
import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import { createTailReader } from '#engine/trading/gate/tail-reader.ts'
import { emptyBook, type TradingBook } from '#engine/trading/positions/book.ts'
import type { PastView } from '#shared/domain/insight.ts'
import { type PortfolioGoal, portfolioGoals } from '#shared/domain/portfolio-goal.ts'
import type { PortfolioLimits, PortfolioQuestion } from '#shared/domain/portfolio-report.ts'
import { decimal, roundToStep, toNumber, ZERO } from '#shared/lib/decimal.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { compute } from '#test/builders/briefing.ts'
import { shippedMandate, shippedPlanning } from '#test/builders/desk-kernel.ts'
import { type AllocationParts, allocationReport } from './allocation-report.ts'
import { bookPortfolio } from './book-portfolio.ts'
import { riskWith } from './book-risk.ts'
import { portfolioChoices } from './portfolio-choices.ts'
import { riskReport } from './risk-report.ts'

const now = Date.UTC(2026, 4, 4, 12)
const feed = createSimulatedExchange({ clock: createVirtualClock(now), seed: 5 })
const last = (id: string) => toNumber(feed.quote(id)?.last ?? ZERO)

/** A book of amounts of money by instrument, opened by a run each. */
function parts(worths: Readonly<Record<string, number>>, about: Partial<AllocationParts> = {}): AllocationParts {
  const book: TradingBook = emptyBook()
  Object.assign(book, {
    account: 'paper',
    currency: 'USDT',
    cash: decimal(50_000),
    day: 1,
    dayStartEquity: decimal(61_000),
  })
  for (const [instrument, worth] of Object.entries(worths)) {
    const quantity = decimal((worth / last(instrument)).toFixed(8))
    book.positions.set(instrument, {
      instrument,
      quantity,
      averagePrice: decimal(1),
      realised: ZERO,
      fees: ZERO,
      updatedAt: now,
    })
    book.openedBy.set(instrument, `run-${instrument}`)
  }
  return {
    book,
    feed,
    mandate: shippedMandate,
    now,
    history: { listViews: () => [] },
    profiles: shippedPlanning.profiles,
    ...about,
  }
}

const asking = (goal: PortfolioGoal, about: Partial<PortfolioQuestion> = {}): PortfolioQuestion => ({
  goal,
  profile: 'balanced',
  ...about,
})

/** A view that was formed so many days ago, on the next 24 days. */
const viewOn = (instrument: string, magnitude: number, daysAgo = 1): PastView => ({
  runId: 'run-view',
  at: now - daysAgo * 86_400_000,
  insight: {
    agent: 'analyst',
    instrument,
    direction: 'up',
    magnitude,
    confidence: 0.7,
    horizonMs: 24 * 86_400_000,
    reasons: [],
    evidence: [],
  },
})

const held = parts({ 'BTC/USDT': 8_000, 'ETH/USDT': 2_000 })

describe('the report on risk', () => {
  it('of a book that holds nothing measures nothing and uses no limit', () => {
    const report = riskReport(parts({}))
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
    const report = riskReport(held)
    const gate = createTailReader(feed).read(
      new Map(report.exposures.map(({ instrument, worth }) => [instrument, worth ?? 0])),
      now,
    )
    expect(report.basis).toMatchObject({ timeframe: gate?.timeframe, from: gate?.from, to: gate?.to })
    expect(report.basis?.to).toBeLessThan(now)
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
    const { gross, net, exposures, stresses, equity, drawdown } = riskReport(held)
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
    const { gross, net, stresses } = riskReport(parts({ 'BTC/USDT': -8_000, 'ETH/USDT': 2_000 }))
    const changeBy = (name: string) => stresses.find((one) => one.name === name)?.change
    expect(net).toBeLessThan(0)
    expect(changeBy('Everything rises by 50 %')).toBeCloseTo(0.5 * (net ?? 0), 6)
    expect(changeBy('Everything falls by 50 %')).toBeCloseTo(-0.5 * (net ?? 0), 6)
    expect(changeBy('BTC/USDT alone rises by 50 %')).toBeCloseTo(-0.5 * (((gross ?? 0) - (net ?? 0)) / 2), 6)
    expect(changeBy('BTC/USDT alone falls by 50 %')).toBeUndefined()
    expect(riskReport(held).stresses.some(({ name }) => name.includes('rises'))).toBe(false)
  })

  it('says what is missing: a price, or bars', () => {
    const noPrice = { ...feed, quote: (id: string) => (id === 'BTC/USDT' ? undefined : feed.quote(id)) }
    expect(riskReport({ ...held, feed: noPrice })).toMatchObject({
      equity: null,
      gross: null,
      unavailable: 'There is no price for BTC/USDT.',
      tails: [],
    })
    const young = { ...feed, bars: () => [] }
    const report = riskReport({ ...held, feed: young })
    expect(report.unavailable).toContain('Only 0 closed bars')
    expect(report.limits.find(({ limit }) => limit === 'value-at-risk')?.used).toBeNull()
    expect(report.stresses.every(({ at }) => at === null)).toBe(true)
  })
})

describe('the report on allocation', () => {
  it.each(portfolioGoals)('%s: weights that add up with the cash, and trades that lead there', (goal) => {
    const report = allocationReport(held, asking(goal))
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
    const sure = parts({ 'BTC/USDT': 8_000 }, { history: views })
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
    const { views, holdings } = allocationReport({ ...held, history: { listViews } }, asking('black-litterman'))
    expect(views).toMatchObject([{ instrument: 'ETH/USDT', direction: 'up', confidence: 0.7, runId: 'run-view' }])
    expect(views[0]?.expected).toBeGreaterThan(views[0]?.prior ?? Number.NaN)
    const without = allocationReport(held, asking('black-litterman'))
    expect(without.views).toEqual([])
    const weight = (rows: typeof holdings) => rows.find(({ instrument }) => instrument === 'ETH/USDT')?.suggested ?? 0
    expect(weight(holdings)).toBeGreaterThanOrEqual(weight(without.holdings))
  })

  it.each(portfolioGoals)('%s: limits are kept, or named where they cannot be', (goal) => {
    const limits = { maximumWeight: 0.3, maximumTurnover: 0.4 }
    const { holdings, unavailable, turnover } = allocationReport(held, asking(goal, limits))
    if (unavailable === null) {
      for (const { suggested } of holdings) expect(suggested).toBeLessThanOrEqual(0.3 + 1e-6)
      expect(turnover).toBeLessThanOrEqual(0.4 + 1e-6)
    } else expect(unavailable).toMatch(/largest weight|change hands|turnover/)
    const narrow = allocationReport(held, asking(goal, { maximumWeight: 0.1 }))
    // Eight instruments of at most 10 % each are less than all that is invested; cash takes the rest.
    if (narrow.weighed === 'equity') expect(narrow.unavailable).toBeNull()
    else expect(narrow.unavailable).toMatch(/less than the whole portfolio|largest weight of 10.0 %/)
    expect(narrow.unavailable ?? '').not.toMatch(/asset \d/i)
  })

  it('of one instrument: beside cash it has a weight, and no frontier', () => {
    const one = { ...feed, instruments: () => feed.instruments().slice(0, 1) }
    const report = allocationReport(parts({ 'BTC/USDT': 8_000 }, { feed: one }), asking('black-litterman'))
    expect(report).toMatchObject({ unavailable: null, frontier: [], shrinkage: null })
    expect(report.holdings).toHaveLength(1)
    expect(report.holdings[0]?.weight).toBeGreaterThan(0)
  })

  it('of a flat book has a frontier and a suggestion, and nothing to trade', () => {
    const { here, trades, invested, frontier, suggestion, diversification } = allocationReport(
      parts({}),
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
    const alone = { ...feed, instruments: () => feed.instruments().slice(0, 1) }
    expect(allocationReport(parts({}, { feed: alone }), asking('risk-parity')).unavailable).toContain(
      'needs two instruments',
    )
    const young = { ...feed, bars: () => [] }
    expect(allocationReport({ ...held, feed: young }, asking('risk-parity')).unavailable).toContain('BTC/USDT')
    const noPrice = { ...feed, quote: (id: string) => (id === 'BTC/USDT' ? undefined : feed.quote(id)) }
    expect(allocationReport({ ...held, feed: noPrice }, asking('risk-parity')).unavailable).toBe(
      'There is no price for BTC/USDT.',
    )
  })
})

describe('the risk of the whole book with a proposal', () => {
  const bitcoin = feed.instruments().find(({ id }) => id === 'BTC/USDT')
  if (bitcoin === undefined) throw new Error('BTC/USDT trades.')
  const buy = (coins: string) => riskWith(held, { action: 'buy', quantity: decimal(coins) }, bitcoin)

  it('is what the gate measures before it, and rises with what is bought', () => {
    const risk = buy('0.5')
    const gate = createTailReader(feed).read(
      new Map([
        ['BTC/USDT', 8_000],
        ['ETH/USDT', 2_000],
      ]),
      now,
    )
    expect(risk?.before.expectedShortfall).toBeCloseTo(gate?.expectedShortfall ?? 0, 0)
    expect(risk?.after.expectedShortfall).toBeGreaterThan(risk?.before.expectedShortfall ?? Number.NaN)
    expect(risk?.share).toBeGreaterThan(0.8)
    expect(risk?.worst.change).toBeLessThan(0)
    expect(buy('0')?.after).toEqual(buy('0')?.before)
  })

  it('falls with what is sold, and is nothing of an empty book', () => {
    const quantity = held.book.positions.get('BTC/USDT')?.quantity ?? ZERO
    const sold = riskWith(held, { action: 'sell', quantity }, bitcoin)
    expect(sold?.after.expectedShortfall).toBeLessThan(sold?.before.expectedShortfall ?? Number.NaN)
    const hold = riskWith(parts({}), { action: 'hold', quantity: ZERO }, bitcoin)
    expect(hold).toMatchObject({ before: { expectedShortfall: 0 }, after: { expectedShortfall: 0 }, share: 0 })
  })

  it('is unavailable without a price or bars', () => {
    const noPrice = { ...feed, quote: (id: string) => (id === 'ETH/USDT' ? undefined : feed.quote(id)) }
    expect(riskWith({ ...held, feed: noPrice }, { action: 'buy', quantity: decimal(1) }, bitcoin)).toBeNull()
    const young = { ...feed, bars: () => [] }
    expect(riskWith({ ...held, feed: young }, { action: 'buy', quantity: decimal(1) }, bitcoin)).toBeNull()
  })
})

describe('the book that the optimizer weighs', () => {
  const assetsFor = (instrument: string, worths = {}) =>
    bookPortfolio(parts(worths), instrument, 0.2)?.assets.map((asset) => asset.instrument)

  it('has no second instrument on the coin that is asked about, unless it is held', () => {
    expect(assetsFor('BTC/USDT:USDT')).toContain('ETH/USDT')
    expect(assetsFor('BTC/USDT:USDT')).not.toContain('BTC/USDT')
    expect(assetsFor('BTC/USDT:USDT', { 'BTC/USDT': 8_000 })).toEqual(
      expect.arrayContaining(['BTC/USDT:USDT', 'BTC/USDT']),
    )
    expect(assetsFor('BTC/USDT')).toEqual(expect.arrayContaining(['BTC/USDT', 'ETH/USDT']))
  })
})

describe('the choices of weights', () => {
  const choosing = (about: Partial<PortfolioLimits> = {}) => ({ profile: 'balanced' as const, ...about })

  it('add up with the cash, lead there by whole lots, and name staying and what the optimizer votes by', async () => {
    const { choices, unavailable, horizonMs, basis } = await portfolioChoices(held, choosing(), compute)
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
        const step = feed.instruments().find(({ id }) => id === instrument)?.quantityStep ?? ZERO
        expect(roundToStep(quantity, step, 'down')).toBe(quantity)
      }
    }
    const target = allocationReport(held, asking('black-litterman'))
    const voted = choices.find(({ kind }) => kind === 'target')
    for (const { instrument, weight } of voted?.weights ?? [])
      expect(weight).toBeCloseTo(
        target.holdings.find((row) => row.instrument === instrument)?.suggested ?? Number.NaN,
        9,
      )
  })

  it('name the limits that leave nothing, and what is unavailable', async () => {
    const tight = await portfolioChoices(held, choosing({ maximumWeight: 0.01, maximumTurnover: 0.01 }), compute)
    expect(tight.choices).toEqual([])
    expect(tight.unavailable).toMatch(/cannot all be met: .*turnover limit/)
    const young = await portfolioChoices({ ...held, feed: { ...feed, bars: () => [] } }, choosing(), compute)
    expect(young.unavailable).toContain('too few closed bars')
  })
})

describe('what the reports say of perpetuals', () => {
  const perpetual = 'BTC/USDT:USDT'
  const mark = Number(feed.quote(perpetual)?.perpetual?.mark)

  /** A book that is so many coins long, or short, at the mark of now; nothing else is held. */
  function holding(coins: string): AllocationParts {
    const made = parts({})
    const position = { instrument: perpetual, realised: ZERO, fees: ZERO, updatedAt: now, funding: decimal('-12.5') }
    made.book.positions.set(perpetual, { ...position, quantity: decimal(coins), averagePrice: decimal(mark) })
    made.book.cash = decimal(50_000 - Number(coins) * mark)
    return made
  }

  it('nothing, where none was ever held', () => {
    expect(riskReport(held).perpetuals).toBeNull()
    expect(allocationReport(held, asking('risk-parity')).perpetuals).toBeNull()
  })

  it.each(['0.5', '-0.5'])('leverage, ratio, liquidation price and funding of %s BTC', (coins) => {
    const { perpetuals, limits, gross, equity } = riskReport(holding(coins))
    const notional = 0.5 * mark
    expect(toNumber(equity ?? ZERO)).toBeCloseTo(50_000, 6)
    expect(perpetuals?.leverage).toBeCloseTo(notional / 50_000, 9)
    expect(limits.find(({ limit }) => limit === 'leverage')).toMatchObject({ used: perpetuals?.leverage, maximum: 3 })
    expect(perpetuals?.ratio).toBeCloseTo(Number(perpetuals?.maintenance) / 50_000, 9)
    expect(toNumber(perpetuals?.initial ?? ZERO)).toBeCloseTo(notional / 3, 6)
    expect(perpetuals?.funding).toBe('-12.5')
    const [contract] = perpetuals?.contracts ?? []
    expect(contract).toMatchObject({ instrument: perpetual, quantity: coins, funding: '-12.5', unrealised: '0' })
    expect(gross).toBeCloseTo(notional, 6)
    if (coins.startsWith('-')) expect(toNumber(contract?.liquidationPrice ?? ZERO)).toBeGreaterThan(mark)
    else expect(contract?.liquidationPrice === null || toNumber(contract?.liquidationPrice ?? ZERO) < mark).toBe(true)
  })

  it('what is unavailable, where a mark is missing', () => {
    const noMark = { ...feed, quote: (id: string) => (id === perpetual ? undefined : feed.quote(id)) }
    const { perpetuals, limits } = riskReport({ ...holding('0.5'), feed: noMark })
    expect(perpetuals).toMatchObject({ balance: null, leverage: null, ratio: null, free: null })
    expect(perpetuals?.contracts).toMatchObject([{ mark: null, liquidationPrice: null, toLiquidation: null }])
    expect(limits.find(({ limit }) => limit === 'leverage')?.used).toBeNull()
  })

  it('keeps them out of what is invested', () => {
    const { holdings, invested, perpetuals, cash } = allocationReport(holding('0.5'), asking('risk-parity'))
    expect(invested).toBe(0)
    expect(holdings.map(({ instrument }) => instrument)).not.toContain(perpetual)
    expect(perpetuals?.contracts).toHaveLength(1)
    expect(toNumber(cash)).toBeCloseTo(50_000, 6)
  })
})
