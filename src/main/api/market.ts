import { implement } from '@orpc/server'
import type { ReportProgress } from '#engine/ports/compute.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { contract } from '#shared/contract/index.ts'
import { findInstrument, type Instrument } from '#shared/domain/instrument.ts'
import type { Stop } from '#shared/lib/clock.ts'
import { ParleyError } from '#shared/lib/error.ts'
import type { CallContext } from './desk.ts'
import type { ApiParts } from './parts.ts'
import { atPace } from './stream-pace.ts'

/** The instrument that a caller means. Throws INSTRUMENT_NOT_FOUND. */
export function instrumentOn(feed: Feed, typed: string): Instrument {
  const found = findInstrument(feed.instruments(), typed)
  if (found !== undefined) return found
  const there = feed.instruments().map(({ id }) => id)
  throw new ParleyError('INSTRUMENT_NOT_FOUND', `There is no instrument "${typed}" on this desk.`, {
    details: { instruments: there },
    wayOut: `Choose one of ${there.join(', ')}, or import its bars.`,
  })
}

interface Import {
  readonly file: string
  share: number
}

/** Keeps in mind how far the imports under way are. */
function createImports() {
  const underWay = new Set<Import>()
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  return {
    underWay: () => [...underWay].map(({ file, share }) => ({ file, share })),
    onChange: (listener: () => void): Stop => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async follow<T>(file: string, work: (onProgress: ReportProgress) => Promise<T>): Promise<T> {
      const mine: Import = { file, share: 0 }
      underWay.add(mine)
      tell()
      try {
        return await work((share) => {
          mine.share = share
          tell()
        })
      } finally {
        underWay.delete(mine)
        tell()
      }
    },
  }
}

/** Instruments, quotes, bars, and imports. */
export function marketRoutes({ kernel, feed, clock, importBars, importedSeries }: ApiParts) {
  const os = implement(contract.market).$context<CallContext>()
  const imports = createImports()
  return {
    instruments: os.instruments.handler(() => [...feed.instruments()]),
    quotes: os.quotes.handler(() => feed.instruments().flatMap(({ id }) => feed.quote(id) ?? [])),
    bars: os.bars.handler(({ input }) => [
      ...feed.bars(instrumentOn(feed, input.instrument).id, input.timeframe, input.limit, input.before),
    ]),
    watch: os.watch.handler(async function* ({ input, signal }) {
      const { id } = instrumentOn(feed, input.instrument)
      yield* atPace(
        clock,
        { gapMs: 100, restMs: 5_000 },
        (tell) =>
          kernel.onMarket((update) => {
            if (update.kind === 'link') return
            if ((update.kind === 'quote' ? update.quote.instrument : update.trade.instrument) === id) tell()
          }),
        () => ({ bar: feed.bars(id, input.timeframe, 1)[0] ?? null, quote: feed.quote(id) ?? null }),
        signal,
      )
    }),
    imported: os.imported.handler(() => [...importedSeries()]),
    import: os.import.handler(({ input, signal }) =>
      imports.follow(input.file, (onProgress) =>
        importBars(input.file, input.text, input.instrument, {
          onProgress,
          ...(signal && { signal }),
          ...(input.timeZone !== undefined && { timeZone: input.timeZone }),
        }),
      ),
    ),
    importing: os.importing.handler(async function* ({ signal }) {
      yield* atPace(clock, { gapMs: 100, restMs: 5_000 }, imports.onChange, imports.underWay, signal)
    }),
  }
}
