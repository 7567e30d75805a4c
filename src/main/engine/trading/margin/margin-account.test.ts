import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Decimal, decimal, subtract, toNumber } from '#shared/lib/decimal.ts'
import { perpetualTiers } from '#test/builders/perpetuals.ts'
import { isLiquidated, type MarkedContract, readMarginAccount } from './margin-account.ts'

const contract = (
  quantity: string,
  averagePrice: string,
  mark: string,
  instrument = 'BTC/USDT:USDT',
): MarkedContract => ({
  instrument,
  quantity: decimal(quantity),
  averagePrice: decimal(averagePrice),
  mark: decimal(mark),
  tiers: perpetualTiers,
})

describe('an account with cross margin', () => {
  it('adds up by hand: 1 BTC long at 40,000, marked 42,000, at three times on 20,000', () => {
    expect(readMarginAccount(decimal(20_000), [contract('1', '40000', '42000')], 3)).toMatchObject({
      balance: '22000',
      notional: '42000',
      initial: '14000',
      maintenance: '168',
      free: '8000',
    })
    const { ratio, leverage } = readMarginAccount(decimal(20_000), [contract('1', '40000', '42000')], 3)
    expect(toNumber(ratio as Decimal)).toBeCloseTo(168 / 22_000, 15)
    expect(toNumber(leverage as Decimal)).toBeCloseTo(42 / 22, 15)
  })

  it('without a position holds nothing back and is not liquidated', () => {
    const account = readMarginAccount(decimal(0), [], 3)
    expect(account).toMatchObject({ balance: '0', initial: '0', free: '0', ratio: null, leverage: null, contracts: [] })
    expect(isLiquidated(account)).toBe(false)
  })

  it('never has less than nothing free, and no ratio where nothing is left', () => {
    const account = readMarginAccount(decimal(100), [contract('1', '40000', '39000')], 3)
    expect(account).toMatchObject({ balance: '-900', free: '0', ratio: null, leverage: null })
    expect(isLiquidated(account)).toBe(true)
  })

  const lots = fc.integer({ min: -3_000, max: 3_000 }).map((count) => decimal(count / 1_000))
  const price = fc.integer({ min: 100_000, max: 9_000_000 }).map((ticks) => decimal(ticks / 100))
  const wallet = fc.integer({ min: 1, max: 20_000_000 }).map((cents) => decimal(cents / 100))

  it('is liquidated at the liquidation price of a contract, and a tick before it is not', () => {
    fc.assert(
      fc.property(lots, price, lots, price, price, wallet, (size, entry, otherSize, otherEntry, otherMark, money) => {
        const other = {
          ...contract('0', '1', '1', 'ETH/USDT:USDT'),
          quantity: otherSize,
          averagePrice: otherEntry,
          mark: otherMark,
        }
        const own = { ...contract('0', '1', '1'), quantity: size, averagePrice: entry, mark: entry }
        const found = readMarginAccount(money, [own, other], 3).contracts.find(
          ({ instrument }) => instrument === own.instrument,
        )
        const at = found?.liquidationPrice
        if (at === null || at === undefined) return
        const marked = (mark: Decimal) => readMarginAccount(money, [{ ...own, mark }, other], 3)
        const { balance, maintenance } = marked(at)
        expect(toNumber(subtract(balance, maintenance))).toBeCloseTo(0, 12)
        const away = decimal(size.startsWith('-') ? '0.01' : '-0.01')
        expect(isLiquidated(marked(subtract(at, away)))).toBe(false)
      }),
    )
  })
})
