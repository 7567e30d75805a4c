import { describe, expect, it } from 'vitest'
import { decimal, toNumber, ZERO } from '#shared/lib/decimal.ts'
import { asking, heldParts, reportedAt, reportedFeed, reportParts } from '#test/builders/report-parts.ts'
import { type AllocationParts, allocationReport } from './allocation-report.ts'
import { riskReport } from './risk-report.ts'

describe('what the reports say of perpetuals', () => {
  const perpetual = 'BTC/USDT:USDT'
  const mark = Number(reportedFeed.quote(perpetual)?.perpetual?.mark)

  /** A book that is so many coins long, or short, at the mark of now; nothing else is held. */
  function holding(coins: string): AllocationParts {
    const made = reportParts({})
    const position = {
      instrument: perpetual,
      realised: ZERO,
      fees: ZERO,
      updatedAt: reportedAt,
      funding: decimal('-12.5'),
    }
    made.book.positions.set(perpetual, { ...position, quantity: decimal(coins), averagePrice: decimal(mark) })
    made.book.cash = decimal(50_000 - Number(coins) * mark)
    return made
  }

  it('nothing, where none was ever held', () => {
    expect(riskReport(heldParts).perpetuals).toBeNull()
    expect(allocationReport(heldParts, asking('risk-parity')).perpetuals).toBeNull()
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
    const noMark = { ...reportedFeed, quote: (id: string) => (id === perpetual ? undefined : reportedFeed.quote(id)) }
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
