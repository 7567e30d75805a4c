import { createSimulatedExchange } from '#adapters/simulated/exchange.ts'
import { createSimulatedSources } from '#adapters/simulated/sources.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { ResearchSources, SourceName } from '#engine/ports/research-sources.ts'
import type { PlanningConfig } from '#shared/domain/profile.ts'
import { sleep } from '#shared/lib/clock.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createVirtualClock, type VirtualClock } from '#shared/lib/virtual-clock.ts'
import { type DeskKernelGiven, deskKernel, shippedPlanning } from './desk-kernel.ts'

/** How a source answers: so many seconds late, or not at all; the others answer at once. */
export type Ways = Partial<Record<SourceName, number | ParleyError>>

interface SlowDeskGiven extends Omit<DeskKernelGiven, 'clock'> {
  readonly ways?: Ways
  readonly clock?: VirtualClock
  readonly planning?: Partial<PlanningConfig>
  readonly wrapFeed?: (feed: Feed, clock: VirtualClock) => Feed
}

/** A source that says no for good. */
export const refusing = new ParleyError('SOURCE_REFUSED', 'It wants a key.')

/** A whole desk on virtual time whose sources are as slow and as unwilling as is said. Not started. */
export function deskWithSources({ ways = {}, planning, wrapFeed, ...given }: SlowDeskGiven = {}) {
  const clock = given.clock ?? createVirtualClock(Date.UTC(2026, 5, 1, 9))
  const exchange = createSimulatedExchange({ clock, seed: 2, rate: 0.8 })
  const steady = createSimulatedSources({
    exchange,
    clock,
    latencyScale: 0,
    faults: { failure: 0, rateLimit: 0, timeout: 0 },
  })
  const asked: string[] = []
  const sources: ResearchSources = {
    async fetch(source, instrument, signal) {
      asked.push(source)
      const way: number | ParleyError | undefined = ways[source]
      if (way instanceof ParleyError) throw way
      if (way !== undefined) await sleep(clock, way * 1_000, signal)
      return steady.fetch(source, instrument, signal)
    },
  }
  const feed = wrapFeed?.(exchange, clock)
  const desk = deskKernel({
    seed: 2,
    ...given,
    clock,
    options: { ...given.options, planning: { ...shippedPlanning, ...planning }, sources, ...(feed && { feed }) },
  })
  return { ...desk, asked }
}
