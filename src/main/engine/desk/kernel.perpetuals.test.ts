import { describe, expect, it } from 'vitest'
import { perpetualsReport } from '#engine/desk/reports/perpetuals-report.ts'
import { walletOf } from '#engine/trading/positions/book.ts'
import { readTemplates } from '#main/config/templates.ts'
import { isExit } from '#shared/domain/order.ts'
import type { PlanWish } from '#shared/domain/plan-wish.ts'
import { defaultSettings } from '#shared/domain/settings.ts'
import { traderBallotSchema } from '#shared/domain/trader-ballot.ts'
import { compare, decimal, negate, subtract, sum, toNumber, ZERO } from '#shared/lib/decimal.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { deskKernel, shippedMandate } from '#test/builders/desk-kernel.ts'
import { pass, passUntil, settle } from '#test/builders/virtual-time.ts'

const instrument = 'BTC/USDT:USDT'
const fundingAt = Date.UTC(2026, 5, 1, 16)

/** A desk that has bought a perpetual, some minutes before funding is due. */
async function holder(given: Parameters<typeof deskKernel>[0] = {}) {
  const desk = deskKernel({ seed: 2, clock: createVirtualClock(fundingAt - 3 * 60_000), ...given })
  await desk.start()
  const memory = await desk.decide({ instrument, policy: 'simple-majority' })
  return { ...desk, memory }
}

describe('a desk that decides on a perpetual', () => {
  it('buys it on margin, protects it before its liquidation price, and pays funding into the journal', async () => {
    const { kernel, memory, clock, queries, feed, journal, records } = await holder()
    expect(memory.decision).toMatchObject({ status: 'agreed', action: 'buy' })
    const fees = sum(memory.fills.map(({ fee }) => fee))
    expect(subtract(decimal(100_000), walletOf(kernel.book))).toBe(fees)
    const report = () => perpetualsReport({ book: kernel.book, feed, mandate: kernel.mandate, now: clock.now() })
    expect(report()?.leverage).toBeGreaterThan(0)
    expect(report()?.leverage).toBeLessThanOrEqual(shippedMandate.maximumLeverage)

    await passUntil(clock, () => clock.now() > fundingAt)
    await pass(clock, 2_000)
    const [paid] = queries.listFunding(10)
    expect(paid).toMatchObject({ instrument, at: fundingAt, quantity: kernel.book.positions.get(instrument)?.quantity })
    expect(toNumber(paid?.amount ?? ZERO)).toBeLessThan(0)
    expect(report()?.funding).toBe(paid?.amount)
    expect(subtract(decimal(100_000), walletOf(kernel.book))).toBe(subtract(fees, paid?.amount ?? ZERO))
    expect(records.filter(({ kind }) => kind === 'fundingPaid')).toHaveLength(1)
    const stop = [...kernel.book.orders.values()].find(({ type }) => type === 'STOP_MARKET')
    expect(stop).toMatchObject({ instrument, side: 'sell', status: 'ACCEPTED' })
    const liquidation = report()?.contracts[0]?.liquidationPrice ?? ZERO
    expect(compare(stop?.stopPrice ?? ZERO, liquidation)).toBeGreaterThan(0)
    expect(await journal.verify()).toMatchObject({ status: 'verified' })
  })

  it('sells it short where the view is down, with a stop above that would buy it back before it is liquidated', async () => {
    const { kernel, memory, clock, feed, queries } = await holder({ seed: 11 })
    expect(memory.insight?.direction).toBe('down')
    expect(memory.decision).toMatchObject({ status: 'agreed', action: 'sell' })
    const proposal = memory.proposals.find(({ id }) => id === memory.decision?.proposalId)
    const held = kernel.book.positions.get(instrument)?.quantity ?? ZERO
    expect(held).toBe(negate(proposal?.quantity ?? ZERO))
    await pass(clock, 2_000)
    const exits = [...kernel.book.orders.values()].filter((order) => order.instrument === instrument)
    expect(exits.map(({ side, type, reduceOnly, quantity }) => [side, type, reduceOnly, quantity])).toEqual([
      ['buy', 'STOP_MARKET', true, proposal?.quantity],
      ['buy', 'LIMIT', true, proposal?.quantity],
    ])
    const [stop, target] = exits
    const average = kernel.book.positions.get(instrument)?.averagePrice ?? ZERO
    expect(compare(stop?.stopPrice ?? ZERO, average)).toBeGreaterThan(0)
    expect(compare(target?.limitPrice ?? average, average)).toBeLessThan(0)
    const report = perpetualsReport({ book: kernel.book, feed, mandate: kernel.mandate, now: clock.now() })
    const liquidation = report?.contracts[0]?.liquidationPrice ?? ZERO
    expect(compare(stop?.stopPrice ?? ZERO, liquidation)).toBeLessThan(0)
    // Who is short is paid what who is long pays.
    await passUntil(clock, () => clock.now() > fundingAt)
    await pass(clock, 2_000)
    const [paid] = queries.listFunding(10)
    expect([paid?.instrument, paid?.quantity]).toEqual([instrument, held])
  })

  it('buys a short position back by a plan to get out, reduce-only, and its exits go with it', async () => {
    const { kernel, clock, queries } = await holder({
      seed: 11,
      options: { templates: readTemplates(undefined).value },
    })
    const trader = { kind: 'human', id: 'trader' } as const
    const wish: PlanWish = {
      template: 'position-exit',
      instrument,
      participants: [{ voter: 'trader', weight: 10 }],
      seconds: { propose: 60, vote: 20 },
    }
    const { id } = await settle(clock, kernel.plans.create(wish, defaultSettings, trader))
    await passUntil(clock, () => kernel.plans.get(id).state === 'voting')
    const cast = traderBallotSchema.parse({ choice: 'approve', reasons: ['Enough gained'] })
    await settle(clock, kernel.plans.vote(id, cast, trader))
    await passUntil(clock, () => kernel.plans.get(id).endedAt !== null)
    expect(kernel.plans.get(id)).toMatchObject({ state: 'completed', traded: true })
    const order = queries
      .listOrders(instrument, 20)
      .find((one) => one.by === 'executor' && one.side === 'buy' && !isExit(one))
    expect(order).toMatchObject({ status: 'FILLED', reduceOnly: true })
    await pass(clock, 5_000)
    expect(kernel.book.positions.get(instrument)?.quantity).toBe('0')
    expect([...kernel.book.orders.values()].filter((one) => one.instrument === instrument)).toEqual([])
  })

  it('finds the funding that fell due while it was closed, once', async () => {
    const first = await holder()
    await settle(first.clock, first.kernel.stop('closed'))
    const { clock } = first
    clock.jump(fundingAt + 9 * 3_600_000 - clock.now())
    const again = deskKernel({ seed: 2, clock, journal: first.journal, latchStore: first.latchStore })
    await again.start()
    await pass(clock, 2_000)
    expect(again.queries.listFunding(10).map(({ at }) => at)).toEqual([fundingAt + 8 * 3_600_000, fundingAt])
    const cash = again.kernel.book.cash
    await settle(clock, again.kernel.orders.reconcile())
    await pass(clock, 2_000)
    expect(again.kernel.book.cash).toBe(cash)
  })

  it('halts when the venue has liquidated it: said, booked, and nothing left at the venue', async () => {
    const faults = { liquidationsPerHour: 360 }
    const { kernel, clock, records } = await holder({ faults })
    await passUntil(clock, () => records.some(({ kind }) => kind === 'positionLiquidated'))
    await pass(clock, 10_000)
    faults.liquidationsPerHour = 0
    expect(kernel.latch.current()).toMatchObject({ state: 'HALTED', reason: `The venue has liquidated ${instrument}` })
    expect(kernel.book.positions.get(instrument)?.quantity).toBe('0')
    expect([...kernel.book.orders.values()].filter((order) => order.instrument === instrument)).toEqual([])
    const own = records.find(({ kind }) => kind === 'positionLiquidated')
    const order = own?.kind === 'positionLiquidated' ? kernel.book.closed.get(own.data.fill.clientOrderId) : undefined
    expect(order).toMatchObject({ by: 'venue', reduceOnly: true, status: 'FILLED' })
  })
})
