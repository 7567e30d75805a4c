import type { ResearchSources, SourceAnswer, SourceName } from '#engine/ports/research-sources.ts'
import { createSingleFlight } from '#engine/tasks/single-flight.ts'
import type { Clock } from '#shared/lib/clock.ts'

/** An answer that cost nothing, since it was not loaded for this question: how long ago it was, 0 when another one's load was shared. */
export type MaybeKept<Answer> = Answer & { readonly keptMs?: number }

/** Sources that are asked once for all who want the same. */
export interface KeptSources {
  /** As the sources themselves, but what is fresher than `freshForMs`, and than its source changes, is not loaded again. */
  fetch<Name extends SourceName>(
    source: Name,
    instrument: string,
    signal: AbortSignal,
    freshForMs: number,
  ): Promise<MaybeKept<SourceAnswer<Name>>>
}

/**
 * For how many seconds an answer is as good as a new one, since its source says the same or nothing of weight: prices
 * move at once, daily series once a day. A task's own limit on the age of its values is far longer, and bounds these.
 */
const keepSeconds: Readonly<Record<SourceName, number>> = {
  orderbook: 0,
  price_data: 15,
  volume_data: 15,
  chart_data: 15,
  peer_data: 60,
  news: 120,
  social: 120,
  coingecko: 120,
  historical_data: 300,
  onchain: 600,
  fear_greed: 1_800,
  macro_data: 1_800,
}

/** So many answers are kept at once. */
const capacity = 256

/** Keeps what sources answer and shares what is being loaded, by source and instrument. Errors are not kept. */
export function keepSources(sources: ResearchSources, clock: Clock): KeptSources {
  const flights = createSingleFlight<SourceAnswer>(clock, capacity)
  return {
    async fetch<Name extends SourceName>(source: Name, instrument: string, signal: AbortSignal, freshForMs: number) {
      const { value, from, at } = await flights.fetch({
        key: `${source} ${instrument}`,
        freshForMs: Math.min(freshForMs, (keepSeconds[source] ?? 0) * 1_000),
        signal,
        load: (shared) => sources.fetch(source, instrument, shared),
      })
      const answer = value as SourceAnswer<Name>
      if (from === 'loaded') return answer
      return { ...answer, keptMs: from === 'kept' ? Math.max(0, clock.now() - at) : 0 }
    },
  }
}
