import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barSeries } from '#shared/domain/bar.ts'
import { algorithms, executionScheduleSchema } from '#shared/domain/parent-order.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { shippedPlanning } from '#test/builders/desk-kernel.ts'
import { btc } from '#test/builders/orders.ts'
import { type OrderToSchedule, scheduleOrder } from './schedule-order.ts'

const levels = (best: number, step: number) =>
  Array.from({ length: 10 }, (_, level) => ({ price: decimal(best + step * level), quantity: decimal(10) }))
/** 100 BTC a side; 60 BTC trade in an hour, in a market that goes up and down by a thousandth. */
const book = { instrument: btc.id, at: 0, bids: levels(99, -1), asks: levels(101, 1) }
const hours = (volume: (hour: number) => number, count = 48) =>
  barSeries(
    Array.from({ length: count }, (_, hour) => {
      const close = hour % 2 === 0 ? 100 : 100.1
      return { time: hour * 3_600_000, open: 100, high: 101, low: 99, close, volume: volume(hour) }
    }),
  )

const asked = (given: Partial<OrderToSchedule> = {}): OrderToSchedule => ({
  instrument: btc,
  side: 'buy',
  quantity: decimal(5),
  reduceOnly: false,
  isProtected: false,
  book,
  bars: hours(() => 60),
  timeframe: '1h',
  now: 48 * 3_600_000,
  mostMs: 86_400_000,
  ordersPerMinute: 10,
  wish: 'auto',
  terms: shippedPlanning.execution,
  ...given,
})

describe('how the executor carries an order out', () => {
  it('as one, where it is small against the depth that the book shows', () => {
    expect(scheduleOrder(asked({ quantity: decimal(1) }))).toEqual({
      schedule: null,
      why: 'As one order: it is 1.00 % of the 100 BTC in the book.',
    })
  })

  it('as one, where nobody knows the depth, or there is no time', () => {
    expect(scheduleOrder(asked({ book: null })).why).toMatch(/is unknown/)
    expect(scheduleOrder(asked({ mostMs: 15_000 })).schedule).toBeNull()
  })

  it('against cost and risk where depth and volume are known, at the wanted share of the volume', () => {
    const { schedule, why } = scheduleOrder(asked({ quantity: decimal(2) }))
    // 2 BTC at a tenth of 1 BTC a minute are 20 minutes, in looks at least 15 s apart.
    expect(schedule).toMatchObject({ algorithm: 'almgren-chriss' })
    expect((schedule?.intervalMs ?? 0) * (schedule?.due.length ?? 0)).toBeCloseTo(20 * 60_000, -3)
    expect(why).toMatch(/2 % of the 100 BTC in the book, at 10 % of the 1 BTC traded a minute/)
    expect(schedule?.expectedBps).toBeGreaterThan(0)
  })

  it('with the volume where it is a large part of the book, and evenly where no volume is known', () => {
    const large = scheduleOrder(asked({ quantity: decimal(30) }))
    expect(large.schedule).toMatchObject({ algorithm: 'pov', participation: 0.1 })
    expect(scheduleOrder(asked({ bars: hours(() => 0) })).schedule?.algorithm).toBe('twap')
  })

  it('as the trader wishes; what cannot be done so is done evenly, and it is said', () => {
    expect(scheduleOrder(asked({ wish: 'at-once', quantity: decimal(50) })).schedule).toBeNull()
    const iceberg = scheduleOrder(asked({ wish: 'iceberg' }))
    expect(iceberg.schedule?.displayed).not.toBeNull()
    expect(iceberg.why).toMatch(/showing a part at a time \(iceberg\): as the trader requested/)
    expect(scheduleOrder(asked({ wish: 'iceberg', reduceOnly: true })).schedule?.algorithm).toBe('twap')
    expect(scheduleOrder(asked({ wish: 'pov', bars: hours(() => 0) })).why).toMatch(/evenly in time/)
  })

  it('VWAP follows the usual volume of the hour', () => {
    // From midnight on: an hour with no volume, then one with volume; half an hour of each would be even.
    const bars = hours((hour) => (hour % 24 === 0 ? 0 : 60))
    const now = 72 * 3_600_000 - 15 * 60_000
    const { schedule } = scheduleOrder(asked({ wish: 'vwap', bars, now }))
    const count = schedule?.due.length ?? 0
    // Half of the looks fall into the hour after midnight, in which nothing ever trades.
    expect(schedule?.due[Math.ceil(count / 2)]).toBeCloseTo(1, 9)
  })

  it('leaves room for stops and targets within half of the orders a minute', () => {
    const plain = scheduleOrder(asked({ wish: 'twap' })).schedule
    const guarded = scheduleOrder(asked({ wish: 'twap', isProtected: true })).schedule
    expect(plain?.intervalMs).toBeGreaterThanOrEqual(15_000)
    expect(guarded?.intervalMs).toBeGreaterThanOrEqual(36_000)
  })

  it('every schedule is one: due rises to the whole, in time, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('auto' as const, ...algorithms),
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 0, max: 3_600 }),
        fc.boolean(),
        fc.constantFrom('buy' as const, 'sell' as const),
        (wish, thousandths, volume, seconds, reduceOnly, side) => {
          const mostMs = seconds * 1_000
          const quantity = decimal(`${thousandths}e-3`)
          const { schedule } = scheduleOrder(
            asked({ wish, quantity, bars: hours(() => volume), mostMs, reduceOnly, side }),
          )
          if (schedule === null) return
          expect(executionScheduleSchema.safeParse(schedule).error).toBeUndefined()
          expect(schedule.due.at(-1)).toBe(1)
          expect(schedule.due.every((share, index) => share >= (schedule.due[index - 1] ?? 0))).toBe(true)
          expect(schedule.due.length * schedule.intervalMs).toBeLessThanOrEqual(mostMs + schedule.due.length)
        },
      ),
    )
  })
})
