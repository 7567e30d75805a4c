import { describe, expect, it } from 'vitest'
import type { Bar } from '#shared/domain/bar.ts'
import { decimal } from '#shared/lib/decimal.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createTailReader, type TailLimits } from './tail-reader.ts'

const dayMs = 86_400_000
const days = 300
const limits = { maximumValueAtRisk: decimal(100), maximumExpectedShortfall: decimal(160) }

function walk(seed: number): Bar[] {
  const random = createRandom(seed)
  let close = 100
  return Array.from({ length: days }, (_, day) => {
    close *= Math.exp(0.03 * random.normal())
    return { time: day * dayMs, open: close, high: close, low: close, close, volume: 1 }
  })
}

/** A feed of daily bars of A and B that counts how often it is asked. */
function countedFeed() {
  const series = new Map([
    ['A', walk(1)],
    ['B', walk(2)],
  ])
  const feed = {
    asked: 0,
    bars: (id: string, timeframe: string) => {
      feed.asked++
      return timeframe === '1d' ? (series.get(id) ?? []) : []
    },
    add: (id: string, bar: Bar) => series.get(id)?.push(bar),
  }
  return feed
}

describe('a reader of tails', () => {
  const now = days * dayMs
  const held = new Map([['B', 500]])

  it('asks for the bars of the same instruments once a minute', () => {
    const feed = countedFeed()
    const tails = createTailReader(feed)
    tails.returns(['B', 'A'], now)
    const once = feed.asked
    expect(once).toBeGreaterThan(0)
    tails.room(held, 'A', 1, limits, now + 1)
    tails.room(held, 'A', -1, limits, now + 59_999)
    expect(feed.asked).toBe(once)
    tails.returns(['B', 'A'], now + 60_000)
    expect(feed.asked).toBe(2 * once)
  })

  it('finds the room of each book, direction and limit, however often it was asked about others', () => {
    const tails = createTailReader(countedFeed())
    const tighter = { ...limits, maximumValueAtRisk: decimal(50) }
    const questions: readonly (readonly [Map<string, number>, string, 1 | -1, TailLimits])[] = [
      [new Map(), 'A', 1, limits],
      [held, 'A', 1, limits],
      [held, 'A', -1, limits],
      [held, 'A', 1, tighter],
      [new Map([['B', 501]]), 'A', 1, limits],
      [held, 'B', 1, limits],
    ]
    const fresh = questions.map((asked) => createTailReader(countedFeed()).room(...asked, now))
    expect(new Set(fresh).size).toBe(questions.length)
    for (const _ of [1, 2]) expect(questions.map((asked) => tails.room(...asked, now))).toEqual(fresh)
  })

  it('knows a bar that has closed from the minute in which it closes', () => {
    const feed = countedFeed()
    const tails = createTailReader(feed)
    const before = tails.returns(['A'], now).shared.times
    feed.add('A', { time: now, open: 50, high: 50, low: 50, close: 50, volume: 1 })
    const later = tails.returns(['A'], now + dayMs).shared
    expect(later.times).toEqual([...before, now])
    expect(tails.read(new Map([['A', 1_000]]), now + dayMs)?.to).toBe(now)
  })
})
