import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Briefing, SideArgument } from '#engine/agents/seat.ts'
import { liquidationPrice } from '#engine/trading/margin/liquidation-price.ts'
import type { Insight } from '#shared/domain/insight.ts'
import type { Position } from '#shared/domain/position.ts'
import { proposalSchema } from '#shared/domain/proposal.ts'
import { add, compare, decimal, multiply, negate, roundToStep, sign, subtract, toNumber } from '#shared/lib/decimal.ts'
import { idsFrom, simulatedBriefing } from '#test/builders/briefing.ts'
import { btcPerpetual } from '#test/builders/perpetuals.ts'
import { propose } from './propose.ts'

let base: Briefing
beforeAll(async () => {
  base = await simulatedBriefing(3)
})

function view(direction: Insight['direction'], magnitude = 0.02): Insight {
  return {
    agent: 'analyst',
    instrument: 'BTC/USDT',
    direction,
    magnitude: direction === 'flat' ? 0 : magnitude,
    confidence: 0.7,
    horizonMs: 86_400_000,
    reasons: ['Up.'],
    evidence: ['ev_1'],
  }
}

function long(quantity: string): Position {
  const at = base.now
  return {
    instrument: 'BTC/USDT',
    quantity: decimal(quantity),
    averagePrice: decimal(90_000),
    realised: decimal(0),
    fees: decimal(0),
    updatedAt: at,
  }
}

const plan = (briefing: Briefing, insight: Insight | null, debate: readonly SideArgument[] = []) =>
  propose(briefing, insight, debate, idsFrom(1))

/** The same market as a perpetual, with so much of it held. */
const contract = (held: string | null = null): Briefing => ({
  ...base,
  instrument: { ...base.instrument, id: btcPerpetual.id, perpetual: btcPerpetual.perpetual },
  account: { ...base.account, position: held === null ? null : { ...long(held), instrument: btcPerpetual.id } },
})

describe('the strategist', () => {
  it('buys where the view is up, with a stop two ATR below and a target three above', () => {
    const [buy, hold] = plan(base, view('up'))
    expect(buy).toMatchObject({ action: 'buy', by: 'strategist', entry: base.quote.ask, expectedReturn: 0.02 })
    expect(hold?.action).toBe('hold')
    const [down, up] = [
      subtract(buy?.entry ?? decimal(0), buy?.stop ?? decimal(0)),
      subtract(buy?.target ?? decimal(0), buy?.entry ?? decimal(0)),
    ]
    expect(toNumber(up) / toNumber(down)).toBeCloseTo(1.5, 2)
    expect(buy?.riskAtStop).toBe(multiply(buy?.quantity ?? decimal(0), down))
  })

  it('always offers to hold, with a quantity of 0, and every proposal is well formed and says what would change its mind', () => {
    for (const insight of [view('up'), view('down'), view('flat'), null]) {
      for (const account of [
        base.account,
        { ...base.account, position: long('0.5') },
        { ...base.account, equity: null },
      ]) {
        const proposals = plan({ ...base, account }, insight)
        expect(proposals.filter(({ action }) => action === 'hold').map(({ quantity }) => quantity)).toEqual(['0'])
        for (const proposal of proposals) {
          expect(proposalSchema.parse(proposal)).toEqual(proposal)
          expect(proposal.changesMyMind).toMatch(/\d/)
        }
      }
    }
  })

  it('sells a perpetual short where the view is down: the stop two ATR above, the target three below, sized by what the stop loses', () => {
    const [sell, hold] = plan(contract(), view('down'))
    const [buy] = plan(contract(), view('up'))
    if (!sell?.stop || !sell.target || !buy?.stop) throw new Error('It can be traded both ways.')
    expect(sell).toMatchObject({ action: 'sell', entry: base.quote.bid, expectedReturn: -0.02 })
    expect(hold?.action).toBe('hold')
    const [up, down] = [subtract(sell.stop, sell.entry), subtract(sell.entry, sell.target)]
    expect(toNumber(up)).toBeCloseTo(toNumber(subtract(buy.entry, buy.stop)), 1)
    expect(toNumber(down) / toNumber(up)).toBeCloseTo(1.5, 2)
    expect(sell.riskAtStop).toBe(multiply(sell.quantity, up))
    const risk = toNumber(base.account.equity ?? decimal(0)) * base.profile.riskPerTrade
    expect(toNumber(sell.riskAtStop ?? decimal(0))).toBeLessThanOrEqual(risk)
    expect(proposalSchema.parse(sell)).toEqual(sell)
    expect(sell.changesMyMind).toMatch(/above .* no longer down/)
  })

  it('adds to a short position within its caps, and closes what is held the other way before it turns', () => {
    expect(plan(contract('0.3'), view('down'))[0]).toMatchObject({ action: 'sell', quantity: '0.3', stop: null })
    expect(plan(contract('-0.3'), view('up'))[0]).toMatchObject({
      action: 'buy',
      quantity: '0.3',
      stop: null,
      entry: base.quote.ask,
    })
    const most = multiply(base.account.equity ?? decimal(0), decimal(base.profile.maximumPosition))
    const [sell] = plan(contract('-0.01'), view('down'))
    const after = multiply(add(sell?.quantity ?? decimal(0), decimal('0.01')), sell?.entry ?? decimal(0))
    expect(sell?.stop).not.toBeNull()
    expect(compare(after, most)).toBeLessThanOrEqual(0)
    expect(plan(contract('-50'), view('down')).map(({ action }) => action)).toEqual(['hold'])
  })

  it('sells short no more than the limits on the risk of the book leave, which look the other way', () => {
    const briefing = contract()
    const account = { ...briefing.account, riskRoom: decimal(0), shortRoom: decimal(1_000) }
    const [sell] = plan({ ...briefing, account }, view('down'))
    expect(
      compare(multiply(sell?.quantity ?? decimal(0), sell?.entry ?? decimal(0)), decimal(1_000)),
    ).toBeLessThanOrEqual(0)
    expect(sell?.action).toBe('sell')
    const none = { ...account, shortRoom: decimal(0) }
    expect(plan({ ...briefing, account: none }, view('down'))[0]?.action).toBe('hold')
  })

  it.each(['up', 'down'] as const)(
    'sizes a perpetual with a view %s by its margin, so that its stop lies before its liquidation price with the buffer to spare',
    (direction) => {
      const { maximumLeverage, liquidationBuffer } = base.mandate
      const money = fc.integer({ min: 100, max: 100_000 })
      fc.assert(
        fc.property(money, (free) => {
          const cash = decimal(free * maximumLeverage)
          const briefing: Briefing = {
            ...base,
            instrument: { ...base.instrument, id: btcPerpetual.id, perpetual: btcPerpetual.perpetual },
            account: { cash, equity: decimal(100_000_000), position: null, riskRoom: null, shortRoom: null },
            mandate: { ...base.mandate, maximumOrderNotional: decimal(10 ** 9), maximumExposure: decimal(10 ** 9) },
          }
          const [trade] = plan(briefing, view(direction)).filter(({ action }) => action !== 'hold')
          if (trade === undefined || trade.stop === null) return
          const [size, entry, stop] = [trade.quantity, trade.entry, trade.stop].map(toNumber) as [
            number,
            number,
            number,
          ]
          expect(size * entry).toBeLessThanOrEqual(free * maximumLeverage)
          const behind = decimal(free - size * entry * 0.001)
          const tiers = btcPerpetual.perpetual?.tiers ?? []
          const quantity = direction === 'up' ? trade.quantity : negate(trade.quantity)
          const position = { quantity, averagePrice: trade.entry, tiers }
          const liquidation = toNumber(liquidationPrice(position, behind) ?? decimal(0))
          const wayThere = Math.abs(entry - liquidation)
          expect(Math.abs(entry - stop)).toBeLessThanOrEqual(wayThere * (1 - liquidationBuffer) * (1 + 1e-9))
        }),
      )
    },
  )

  it('never exceeds a cap, stands on the lot, and is worth what the venue takes', () => {
    const money = fc.integer({ min: 0, max: 500_000 })
    const part = fc.integer({ min: 1, max: 1_000 }).map((thousandths) => thousandths / 1_000)
    const held = fc.constantFrom('0', '0.1', '2')
    fc.assert(
      fc.property(
        money,
        money,
        money,
        money,
        part,
        part,
        held,
        fc.option(money),
        (cash, equity, order, exposure, risk, most, quantity, room) => {
          const briefing: Briefing = {
            ...base,
            account: {
              cash: decimal(cash),
              equity: decimal(equity),
              position: quantity === '0' ? null : long(quantity),
              riskRoom: room === null ? null : decimal(room),
              shortRoom: null,
            },
            mandate: { ...base.mandate, maximumOrderNotional: decimal(order), maximumExposure: decimal(exposure) },
            profile: { ...base.profile, riskPerTrade: risk / 10, maximumPosition: most },
          }
          for (const buy of plan(briefing, view('up')).filter(({ action }) => action === 'buy')) {
            const notional = multiply(buy.quantity, buy.entry)
            const after = add(notional, multiply(decimal(quantity), buy.entry))
            const within = (value: typeof notional, cap: typeof notional) =>
              expect(compare(value, cap)).toBeLessThanOrEqual(0)
            // Also where the price moves on by half a per cent before the order leaves.
            const later = multiply(notional, decimal('1.004999'))
            within(later, decimal(order))
            within(multiply(later, decimal('1.001')), decimal(cash))
            within(add(later, subtract(after, notional)), decimal(exposure))
            if (room !== null) within(later, decimal(room))
            within(after, multiply(decimal(equity), decimal(most)))
            within(buy.riskAtStop ?? decimal(-1), multiply(decimal(equity), decimal(risk / 10)))
            within(base.instrument.minimumNotional, notional)
            expect(roundToStep(buy.quantity, base.instrument.quantityStep, 'down')).toBe(buy.quantity)
            expect(sign(buy.quantity)).toBe(1)
          }
        },
      ),
    )
  })

  it('sells only what is held', () => {
    expect(plan(base, view('down')).map(({ action }) => action)).toEqual(['hold'])
    const [sell] = plan({ ...base, account: { ...base.account, position: long('0.123456') } }, view('down'))
    expect(sell).toMatchObject({ action: 'sell', quantity: '0.12345', entry: base.quote.bid, expectedReturn: -0.02 })
    const short = { ...base, account: { ...base.account, position: long('-0.5') } }
    expect(plan(short, view('down')).map(({ action }) => action)).toEqual(['hold'])
  })

  it('prefers to hold where the move does not pay for going in and out', () => {
    const [first, second] = plan(base, view('up', 0.001))
    expect([first?.action, second?.action]).toEqual(['hold', 'buy'])
    expect(first?.objectives[0]).toContain('does not cover')
  })

  it('prefers to hold where the debate went against it, or the validator finds too little', () => {
    const debate: SideArgument[] = [
      { side: 'bull', round: 1, points: [], strength: 0.2 },
      { side: 'bear', round: 1, points: [], strength: 0.6 },
    ]
    expect(plan(base, view('up'), debate)[0]?.objectives[0]).toBe('Hold: the debate went against it, 0.60 to 0.20.')
    const validation = {
      completeness: 0,
      quality: 0,
      freshness: 0,
      sources: 0,
      sufficient: false,
      missing: [],
      stale: [],
    }
    expect(plan({ ...base, dossier: { ...base.dossier, validation } }, view('up'))[0]?.action).toBe('hold')
  })

  it('buys nothing that the mandate forbids, and nothing while the equity is unavailable', () => {
    const reasonOf = (briefing: Briefing) => plan(briefing, view('up')).map(({ objectives }) => objectives[0])
    expect(reasonOf({ ...base, mandate: { ...base.mandate, instruments: ['ETH/USDT'] } })).toEqual([
      'Hold: the mandate does not cover BTC/USDT.',
    ])
    expect(reasonOf({ ...base, mandate: { ...base.mandate, expiresAt: base.now } })).toEqual([
      'Hold: the mandate has expired.',
    ])
    expect(reasonOf({ ...base, account: { ...base.account, equity: null } })).toEqual([
      'Hold: the equity is unavailable.',
    ])
  })
})
