import { describe, expect, it } from 'vitest'
import type { ResearchSources, SourceName } from '#engine/ports/research-sources.ts'
import { sleep } from '#shared/lib/clock.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { compute, idsFrom, researchTask } from '#test/builders/briefing.ts'
import { pass, settle } from '#test/builders/virtual-time.ts'
import { keepSources } from './kept-sources.ts'
import { performResearch } from './research.ts'

const never = new AbortController().signal
const longMs = 1e9

function slowSources(answerMs = 1_000) {
  const clock = createVirtualClock(Date.UTC(2026, 0, 1))
  const asked: string[] = []
  let isDown = false
  const inner = {
    async fetch(source: SourceName, instrument: string) {
      asked.push(`${source} ${instrument}`)
      await sleep(clock, answerMs)
      if (isDown) throw new ParleyError('SOURCE_UNAVAILABLE', 'Down.', { retry: 'retryable' })
      return { status: 'value' as const, asOf: 7, data: [{ at: 1, text: 'Bitcoin soars', publisher: 'p', reach: 1 }] }
    },
  } as unknown as ResearchSources
  const kept = keepSources(inner, clock)
  const fetch = (source: SourceName, instrument = 'BTC/USDT', freshForMs = longMs) =>
    kept.fetch(source, instrument, never, freshForMs)
  return { clock, asked, fetch, kept, fail: (down: boolean) => (isDown = down) }
}

describe('sources that are kept', () => {
  it('are asked once by those who ask at the same time, and again by those who ask within freshness', async () => {
    const { clock, asked, fetch } = slowSources()
    const [first, second] = await settle(clock, Promise.all([fetch('news'), fetch('news')]))
    expect([first.keptMs, second.keptMs]).toEqual([undefined, 0])
    await pass(clock, 40_000)
    expect((await settle(clock, fetch('news'))).keptMs).toBe(40_000)
    expect(asked).toEqual(['news BTC/USDT'])
  })

  it('are asked anew when what they said is older than its kind allows, or than the task does', async () => {
    const { clock, asked, fetch } = slowSources()
    await settle(clock, fetch('news'))
    await pass(clock, 50_000)
    await settle(clock, fetch('news', 'BTC/USDT', 30_000))
    await pass(clock, 121_000)
    await settle(clock, fetch('news'))
    expect(asked).toHaveLength(3)
  })

  it('an order book is never kept, and another instrument is another question', async () => {
    const { clock, asked, fetch } = slowSources()
    await settle(clock, fetch('orderbook'))
    await pass(clock, 1)
    await settle(clock, fetch('orderbook'))
    await settle(clock, Promise.all([fetch('news'), fetch('news', 'ETH/USDT')]))
    expect(asked).toEqual(['orderbook BTC/USDT', 'orderbook BTC/USDT', 'news BTC/USDT', 'news ETH/USDT'])
  })

  it('that fail are not kept', async () => {
    const { clock, asked, fetch, fail } = slowSources()
    fail(true)
    await expect(settle(clock, fetch('news'))).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    fail(false)
    expect((await settle(clock, fetch('news'))).keptMs).toBeUndefined()
    expect(asked).toHaveLength(2)
  })
})

describe('research from kept sources', () => {
  const research = (task: string, { clock, kept }: ReturnType<typeof slowSources>) =>
    settle(
      clock,
      performResearch(task, researchTask(['news'], { freshForSeconds: 172_800 }), {
        runId: 'run_1',
        instrument: 'BTC/USDT',
        sources: kept,
        ids: idsFrom(1, clock.now()),
        now: () => Math.floor(clock.now()),
        signal: never,
        attemptsLeft: 0,
        runBegan: Math.floor(clock.now()),
        compute,
      }),
    )

  it('costs nothing for what was not loaded for it, and its evidence says how old that is', async () => {
    const sources = slowSources()
    const first = await research('market_sentiment', sources)
    await pass(sources.clock, 40_000)
    const second = await research('keyword_extraction', sources)
    expect([first.usd, first.before, second.usd, second.before]).toEqual([0.06, 0, 0, 1])
    expect(first.evidence[0]).not.toHaveProperty('keptSeconds')
    expect(second.evidence[0]).toMatchObject({ keptSeconds: 40, asOf: 7 })
  })
})
