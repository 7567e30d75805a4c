import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderStatus } from '#shared/domain/order.ts'
import { decimal, ZERO } from '#shared/lib/decimal.ts'
import { btc } from '#test/builders/orders.ts'
import { childOf, parentOf } from '#test/builders/parent-orders.ts'
import { nextChild, type ParentNow } from './next-child.ts'

const touch = { bid: decimal(99), ask: decimal(101), at: 0 }
/** Four looks, a minute apart, for 4 BTC. */
const now = (given: Partial<ParentNow> = {}): ParentNow => ({
  worked: { parent: parentOf(), children: [] },
  elapsedMs: 0,
  instrument: btc,
  touch,
  others: { volume: 0, sinceFilled: ZERO },
  ...given,
})
const at = (minutes: number) => minutes * 60_000
const filled = (index: number, quantity = 1) => childOf({ index, filled: decimal(quantity), status: 'FILLED' })

describe('the next part of an order', () => {
  it('is what is due at the look, at the market and at once', () => {
    expect(nextChild(now())).toEqual({ do: 'send', index: 0, quantity: '1', limitPrice: null, timeInForce: 'IOC' })
    const worked = { parent: parentOf(), children: [filled(0)] }
    expect(nextChild(now({ worked, elapsedMs: at(0.5) }))).toEqual({ do: 'wait', untilMs: at(1) })
    expect(nextChild(now({ worked, elapsedMs: at(1) }))).toMatchObject({ do: 'send', index: 1, quantity: '1' })
  })

  it('catches up with what was missed, with twice the planned part at most', () => {
    const worked = { parent: parentOf(), children: [childOf({ index: 0, filled: decimal('0.4'), status: 'EXPIRED' })] }
    expect(nextChild(now({ worked, elapsedMs: at(1) }))).toMatchObject({ do: 'send', quantity: '1.6' })
    expect(nextChild(now({ elapsedMs: at(3) }))).toMatchObject({ do: 'send', index: 3, quantity: '2' })
  })

  it('waits while another part may still fill', () => {
    for (const status of ['SUBMITTED', 'UNKNOWN', 'ACCEPTED', 'PENDING_CANCEL'] as const) {
      const worked = { parent: parentOf(), children: [childOf({ index: 0, status })] }
      expect(nextChild(now({ worked, elapsedMs: at(2) }))).toEqual({ do: 'wait', untilMs: at(3) })
      expect(nextChild(now({ worked, elapsedMs: at(9) }))).toMatchObject({ do: 'wait' })
    }
  })

  it('takes along a rest that could not be sent by itself, and gives up one that is too small', () => {
    // 10 USDT is the least: 0.099 BTC at 101 is less than that.
    const parent = parentOf({ quantity: decimal('4.099') })
    const worked = { parent, children: [filled(0), filled(1), filled(2)] }
    expect(nextChild(now({ worked, elapsedMs: at(3) }))).toMatchObject({ do: 'send', quantity: '1.099' })
    const all = { parent, children: [...worked.children, filled(3)] }
    expect(nextChild(now({ worked: all, elapsedMs: at(3) }))).toMatchObject({ do: 'end', status: 'expired' })
  })

  it('says at the end of its time what is not filled', () => {
    const worked = { parent: parentOf(), children: [filled(0)] }
    expect(nextChild(now({ worked, elapsedMs: at(4) }))).toEqual({
      do: 'end',
      status: 'expired',
      reason: 'Its time is over: 1 of 4 is filled, 3 is not.',
    })
    const all = { parent: parentOf(), children: [0, 1, 2, 3].map((index) => filled(index)) }
    expect(nextChild(now({ worked: all, elapsedMs: at(3) }))).toMatchObject({ do: 'end', status: 'filled' })
  })

  it('is none where the trader cancelled a part, or the venue refuses one after another', () => {
    const cancelled = childOf({ index: 0, status: 'CANCELED', cancelledByTrader: true })
    const byHand = { parent: parentOf(), children: [cancelled] }
    expect(nextChild(now({ worked: byHand, elapsedMs: at(1) }))).toMatchObject({ do: 'end', status: 'cancelled' })
    const refused = { parent: parentOf(), children: [0, 1, 2].map((index) => childOf({ index, status: 'REJECTED' })) }
    expect(nextChild(now({ worked: refused, elapsedMs: at(3) }))).toMatchObject({ do: 'end', status: 'rejected' })
  })

  it('waits for a price', () => {
    expect(nextChild(now({ touch: null }))).toEqual({ do: 'wait', untilMs: at(1) })
  })

  it('follows the volume: ours is never more than the share of all that trades', () => {
    const schedule = { ...parentOf().schedule, algorithm: 'pov' as const, participation: 0.2 }
    const worked = { parent: parentOf({ schedule }), children: [] }
    expect(nextChild(now({ worked }))).toEqual({ do: 'wait', untilMs: at(1) })
    // Of 8 by others and 2 by us, 2 are a fifth.
    const others = { volume: 8, sinceFilled: ZERO }
    expect(nextChild(now({ worked, elapsedMs: at(1), others }))).toMatchObject({ do: 'send', quantity: '2' })
  })

  it('shows a part of an iceberg where its side waits, and moves it when the others have moved', () => {
    const schedule = { ...parentOf().schedule, algorithm: 'iceberg' as const, displayed: decimal('0.5') }
    const parent = parentOf({ schedule })
    const first = { index: 0, quantity: '0.5', limitPrice: '99', timeInForce: 'GTC' }
    expect(nextChild(now({ worked: { parent, children: [] } }))).toEqual({ do: 'send', ...first })
    const child = childOf({ index: 0, status: 'ACCEPTED', limitPrice: decimal(98), quantity: decimal('0.5') })
    const worked = { parent, children: [child] }
    expect(nextChild(now({ worked, elapsedMs: at(0.5) }))).toMatchObject({ do: 'wait' })
    expect(nextChild(now({ worked, elapsedMs: at(1) }))).toEqual({ do: 'cancel', child })
    const there = { parent, children: [{ ...child, limitPrice: decimal(99) }] }
    expect(nextChild(now({ worked: there, elapsedMs: at(1) }))).toMatchObject({ do: 'wait' })
    expect(nextChild(now({ worked: there, elapsedMs: at(4) }))).toMatchObject({ do: 'cancel' })
  })

  it('OL-17 together the parts are never more than the whole, at most one a look, whatever becomes of each', () => {
    const ends: readonly OrderStatus[] = ['FILLED', 'EXPIRED', 'CANCELED', 'REJECTED', 'DENIED']
    const step = fc.record({ end: fc.constantFrom(...ends), share: fc.float({ min: 0, max: 1, noNaN: true }) })
    const due = fc
      .array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 })
      .map((parts) =>
        parts.map((_, index) => parts.slice(0, index + 1).reduce((a, b) => a + b) / parts.reduce((a, b) => a + b)),
      )
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9_999 }),
        due,
        fc.array(step, { maxLength: 30 }),
        (thousandths, shares, steps) => {
          const quantity = decimal(`${thousandths}e-3`)
          const parent = parentOf({ quantity, schedule: { ...parentOf().schedule, due: shares } })
          let children: readonly ReturnType<typeof childOf>[] = []
          let sum = 0
          for (const [index, { end, share }] of steps.entries()) {
            const next = nextChild(now({ worked: { parent, children }, elapsedMs: at(index / 2) }))
            if (next.do === 'end') return
            if (next.do !== 'send') continue
            expect(children.some((child) => child.index === next.index)).toBe(false)
            expect(next.index).toBeLessThan(shares.length)
            expect(sum + Number(next.quantity)).toBeLessThanOrEqual(Number(quantity) + 1e-9)
            const isFilled = end === 'FILLED'
            const part = Math.floor(Number(next.quantity) * share * 1_000) / 1_000
            const fills = end === 'REJECTED' || end === 'DENIED' ? 0 : isFilled ? Number(next.quantity) : part
            sum += fills
            const made = { index: next.index, quantity: next.quantity, filled: decimal(fills.toFixed(3)), status: end }
            children = [...children, childOf(made)]
          }
        },
      ),
    )
  })
})
