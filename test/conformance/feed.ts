import { describe, expect, it } from 'vitest'
import { createBarBuilder } from '#adapters/bars/bar-builder.ts'
import type { Feed, MarketUpdate } from '#engine/ports/feed.ts'
import { type Bar, barSchema, type Timeframe, timeframeMs } from '#shared/domain/bar.ts'
import { instrumentSchema } from '#shared/domain/instrument.ts'
import { quoteSchema, type Trade } from '#shared/domain/quote.ts'
import { type Decimal, decimal, roundToStep, toNumber } from '#shared/lib/decimal.ts'
import type { VirtualClock } from '#shared/lib/virtual-clock.ts'

/** A fresh feed and the time it lives by. */
export interface FeedUnderTest {
  readonly feed: Feed
  /** The feed's clock. */
  readonly clock: VirtualClock
}

/** What to look at in a feed, and for how long. */
export interface FeedConformanceOptions {
  readonly instrument: string
  /** The bars to rebuild from trades: some whole ones pass while the test plays. */
  readonly timeframe: Timeframe
  /** How long to play, in milliseconds; 0 for a feed in which nothing happens. */
  readonly playMs: number
}

function play({ feed, clock }: FeedUnderTest, untilMs: number, each: (update: MarketUpdate) => void = () => undefined) {
  const updates: MarketUpdate[] = []
  const stop = feed.start((update) => {
    updates.push(update)
    each(update)
  })
  for (let next = clock.nextAt(); next !== undefined && next <= untilMs; next = clock.nextAt()) clock.step()
  return { updates, stop }
}

function tradesOf(updates: readonly MarketUpdate[], instrument: string): Trade[] {
  return updates.flatMap((update) =>
    update.kind === 'trade' && update.trade.instrument === instrument ? [update.trade] : [],
  )
}

/** The same bar, but for the last digits of its volume, which depend on the order of adding. */
function isSame(a: Bar, b: Bar): boolean {
  const prices = (['time', 'open', 'high', 'low', 'close'] as const).every((field) => a[field] === b[field])
  return prices && Math.abs(a.volume - b.volume) <= 1e-9 * b.volume
}

/** What every feed must do. `make` gives a fresh feed of the same seed, with its clock at the same time. */
export function feedConformance(name: string, make: () => FeedUnderTest, options: FeedConformanceOptions): void {
  const { instrument, timeframe, playMs } = options
  const length = timeframeMs[timeframe]

  describe(`${name} is a feed`, () => {
    it('names itself and its instruments, and knows nothing of others', () => {
      const { feed } = make()
      expect(feed.name).not.toBe('')
      expect(feed.instruments().map(({ id }) => id)).toContain(instrument)
      for (const one of feed.instruments()) expect(() => instrumentSchema.parse(one)).not.toThrow()
      expect([feed.quote('XXX/YYY'), feed.book('XXX/YYY'), feed.bars('XXX/YYY', timeframe, 5)]).toEqual([
        undefined,
        undefined,
        [],
      ])
    })

    it('gives bars oldest first, whole, no later than now, and no more than asked for', () => {
      const { feed, clock } = make()
      for (const frame of [timeframe, '1d'] as const) {
        const bars = feed.bars(instrument, frame, 30)
        expect(bars.length).toBeGreaterThan(0)
        expect(bars.length).toBeLessThanOrEqual(30)
        for (const [index, bar] of bars.entries()) {
          barSchema.parse(bar)
          expect(bar.time).toBeGreaterThan(bars[index - 1]?.time ?? Number.NEGATIVE_INFINITY)
          expect(bar.time).toBeLessThanOrEqual(clock.now())
          expect(bar.low).toBeGreaterThan(0)
          expect(bar.low).toBeLessThanOrEqual(Math.min(bar.open, bar.close))
          expect(bar.high).toBeGreaterThanOrEqual(Math.max(bar.open, bar.close))
          expect(bar.volume).toBeGreaterThanOrEqual(0)
        }
      }
      expect(feed.bars(instrument, timeframe, 0)).toEqual([])
    })

    it('pages back through its bars without a seam', () => {
      const { feed } = make()
      const all = feed.bars(instrument, timeframe, 30)
      const newer = feed.bars(instrument, timeframe, 12)
      const older = feed.bars(instrument, timeframe, 18, newer[0]?.time ?? 0)
      expect([...older, ...newer]).toEqual(all)
    })

    it('has a price in the middle of its quote, on the tick, and a book that agrees with it', () => {
      const { feed, clock } = make()
      const tick = feed.instruments().find(({ id }) => id === instrument)?.priceStep ?? decimal('1')
      const quote = quoteSchema.parse(feed.quote(instrument))
      const [bid, ask, last] = [quote.bid, quote.ask, quote.last].map(toNumber) as [number, number, number]
      expect(bid).toBeLessThan(ask)
      expect(last).toBeGreaterThanOrEqual(bid)
      expect(last).toBeLessThanOrEqual(ask)
      expect(quote.at).toBeLessThanOrEqual(clock.now())
      for (const price of [quote.bid, quote.ask]) expect(roundToStep(price, tick, 'nearest')).toBe(price)
      expect(feed.bars(instrument, timeframe, 1)[0]?.close).toBe(last)
      const book = feed.book(instrument)
      if (book === undefined) return
      expect([book.bids[0]?.price, book.asks[0]?.price]).toEqual([quote.bid, quote.ask])
      const rising = (prices: readonly Decimal[]) =>
        prices.every((price, index) => index === 0 || toNumber(price) > toNumber(prices[index - 1] as Decimal))
      expect(rising(book.asks.map(({ price }) => price))).toBe(true)
      expect(rising(book.bids.map(({ price }) => price).reverse())).toBe(true)
      for (const { quantity } of [...book.bids, ...book.asks]) expect(toNumber(quantity)).toBeGreaterThan(0)
    })

    it('says that it is connected, tells nothing before its time, and nothing after its stop', () => {
      const made = make()
      const start = made.clock.now()
      let latest = start
      const outOfTime: MarketUpdate[] = []
      const { updates, stop } = play(made, start + playMs, (update) => {
        if (update.kind === 'link') return
        const at = update.kind === 'trade' ? update.trade.at : update.quote.at
        if (at > made.clock.now() || at < latest) outOfTime.push(update)
        latest = at
      })
      expect(outOfTime).toEqual([])
      expect(updates[0]).toEqual({ kind: 'link', connected: true })
      stop()
      stop()
      const count = updates.length
      for (let step = 0; step < 20 && made.clock.step(); step++);
      expect(updates).toHaveLength(count)
    })
    if (playMs === 0) return

    it('prints trades that rebuild its bars, each trade seen at once in the quote and the running bar', () => {
      const made = make()
      const start = made.clock.now()
      const builder = createBarBuilder(timeframe)
      const built: Bar[] = []
      const seen: { price: number; last: number; told: Bar | undefined; built: Bar | undefined }[] = []
      play(made, start + playMs, (update) => {
        if (update.kind !== 'trade' || update.trade.instrument !== instrument) return
        built.push(...[builder.add(update.trade)].filter((bar) => bar !== undefined))
        if (update.trade.at === made.clock.now()) {
          const running = builder.running()
          seen.push({
            price: update.trade.price,
            last: toNumber(made.feed.quote(instrument)?.last ?? decimal('0')),
            told: made.feed.bars(instrument, timeframe, 1)[0],
            built: (running?.time ?? start) > start ? running : undefined,
          })
        }
      })
      expect(seen.length).toBeGreaterThan(1)
      expect(seen.filter(({ price, last, told }) => last !== price || told?.close !== price)).toEqual([])
      const fromOpening = seen.flatMap(({ told, built }) => (built === undefined ? [] : { told, built }))
      expect(fromOpening.filter(({ told, built }) => told === undefined || !isSame(told, built))).toEqual([])
      const whole = built.filter((bar) => bar.time > start)
      expect(whole.length).toBeGreaterThan(1)
      for (const bar of whole) {
        const [told] = made.feed.bars(instrument, timeframe, 1, bar.time + 1)
        expect(told !== undefined && isSame(told, bar)).toBe(true)
      }
    })

    it("goes on in order when the machine's clock is set forward, and waits when it is set back", () => {
      const made = make()
      const start = made.clock.now()
      const { updates } = play(made, start + playMs / 10)
      const timesSince = (count: number) =>
        updates.slice(count).flatMap((update) => (update.kind === 'trade' ? update.trade.at : []))
      for (const jumpMs of [30_000, -20_000, 7_200_000]) {
        const [count, before] = [updates.length, made.clock.now()]
        const told = Math.max(start, ...timesSince(0))
        made.clock.jump(jumpMs)
        for (let step = 0; step < 40 && made.clock.step(); step++);
        const times = timesSince(count)
        expect(times).toEqual([...times].sort((a, b) => a - b))
        expect(times.length).toBeGreaterThan(0)
        expect(Math.min(...times)).toBeGreaterThan(told)
        if (jumpMs > 60_000) expect(Math.min(...times)).toBeGreaterThan(before + jumpMs - 2_000)
      }
    })

    it('never changes a bar that has closed', () => {
      const made = make()
      const start = made.clock.now()
      const closed = made.feed.bars(instrument, timeframe, 20).filter((bar) => bar.time + length <= start)
      play(made, start + playMs)
      const again = made.feed.bars(instrument, timeframe, closed.length, (closed.at(-1)?.time ?? 0) + 1)
      expect(again).toEqual(closed)
    })

    it('plays the same twice from the same seed and time', () => {
      const [one, two] = [make(), make()].map((made) => play(made, made.clock.now() + playMs).updates)
      expect(tradesOf(one ?? [], instrument).length).toBeGreaterThan(1)
      expect(one).toEqual(two)
    })
  })
}
