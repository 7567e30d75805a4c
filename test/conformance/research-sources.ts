import { describe, expect, it } from 'vitest'
import type { ResearchSources, SourceAnswer, SourceName } from '#engine/ports/research-sources.ts'
import type { BarSeries } from '#shared/domain/bar.ts'
import { bookSchema } from '#shared/domain/quote.ts'
import type { VirtualClock } from '#shared/lib/virtual-clock.ts'
import { settle } from './settle.ts'

/** Fresh sources, the time they live by, and an instrument that they know. */
export interface SourcesUnderTest {
  readonly sources: ResearchSources
  readonly clock: VirtualClock
  readonly instrument: string
}

/** Every kind of research source. */
export const sourceNames: readonly SourceName[] = [
  'price_data',
  'volume_data',
  'historical_data',
  'chart_data',
  'peer_data',
  'orderbook',
  'news',
  'social',
  'fear_greed',
  'onchain',
  'coingecko',
  'macro_data',
]

function checkSeries(series: BarSeries, untilMs: number): void {
  const columns = [series.open, series.high, series.low, series.close, series.volume]
  for (const column of columns) expect(column.length).toBe(series.time.length)
  for (const [index, time] of series.time.entries()) {
    expect(time).toBeGreaterThan(series.time[index - 1] ?? Number.NEGATIVE_INFINITY)
    expect(time).toBeLessThan(untilMs)
  }
  expect(columns.every((column) => column.every((value) => Number.isFinite(value) && value >= 0))).toBe(true)
}

function checkAnswer<Name extends SourceName>(source: Name, answer: SourceAnswer<Name>, nowMs: number): void {
  expect(answer.asOf).toBeLessThanOrEqual(nowMs)
  if (answer.status === 'empty') return
  const { data } = answer as Extract<SourceAnswer, { status: 'value' }>
  switch (source) {
    case 'price_data':
    case 'volume_data':
    case 'historical_data':
    case 'chart_data':
      checkSeries(data as BarSeries, answer.asOf)
      break
    case 'peer_data':
      for (const series of Object.values(data as Record<string, BarSeries>)) checkSeries(series, answer.asOf)
      break
    case 'orderbook':
      bookSchema.parse(data)
      break
    case 'coingecko':
      for (const value of Object.values(data)) expect(value).toBeGreaterThan(0)
      break
    default:
      checkList(data as readonly { readonly at: number }[], nowMs)
  }
}

function checkList(list: readonly { readonly at: number }[], nowMs: number): void {
  expect(list.length).toBeGreaterThan(0)
  for (const { at, ...rest } of list) {
    expect(at).toBeLessThanOrEqual(nowMs)
    for (const value of Object.values(rest)) {
      if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
      else expect(value).not.toBe('')
    }
  }
}

/** What all research sources must do. `available` are those that answer; every other one must say that it cannot. */
export function researchSourcesConformance(
  name: string,
  make: () => SourcesUnderTest,
  available: readonly SourceName[],
): void {
  const never = new AbortController().signal

  describe(`${name} are research sources`, () => {
    it.each(available)('%s answers with what is known by now, oldest first', async (source) => {
      const { sources, clock, instrument } = make()
      const answer = await settle(clock, sources.fetch(source, instrument, never))
      checkAnswer(source, answer, clock.now())
    })

    it('answers alike to the same question at the same time', async () => {
      const [one, two] = [make(), make()]
      for (const source of available) {
        expect(await settle(one.clock, one.sources.fetch(source, one.instrument, never))).toEqual(
          await settle(two.clock, two.sources.fetch(source, two.instrument, never)),
        )
      }
    })

    it('says for every other source that it cannot, and why, instead of making something up', async () => {
      const { sources, clock, instrument } = make()
      for (const source of sourceNames.filter((candidate) => !available.includes(candidate))) {
        await expect(settle(clock, sources.fetch(source, instrument, never))).rejects.toMatchObject({
          code: 'SOURCE_UNAVAILABLE',
          retry: 'definitive',
          message: expect.stringMatching(/^[A-Z].*\.$/),
          details: { source },
        })
      }
    })

    it('does not know an instrument that is not there', async () => {
      const { sources, clock } = make()
      for (const source of sourceNames) {
        await expect(settle(clock, sources.fetch(source, 'XXX/YYY', never))).rejects.toMatchObject({
          code: 'SOURCE_UNAVAILABLE',
        })
      }
    })

    it("stops at an abort, with the abort's reason", async () => {
      const { sources, clock, instrument } = make()
      const early = new AbortController()
      early.abort(new Error('not needed'))
      for (const source of available) {
        await expect(settle(clock, sources.fetch(source, instrument, early.signal))).rejects.toThrow('not needed')
      }
    })
  })
}
