import { basename } from 'node:path'
import { parseBars } from '#adapters/csv/parse-bars.ts'
import type { ReportProgress } from '#engine/ports/compute.ts'
import type { ImportReport } from '#shared/contract/market.ts'
import { openBarStore } from '#store/bars.ts'

export interface ImportRequest {
  /** The path of the bar store. */
  readonly database: string
  /** The file's name, with or without folders. */
  readonly file: string
  readonly text: string
  /** BASE/QUOTE; undefined where the file says it. */
  readonly instrument: string | undefined
  /** The IANA name of the place whose clocks showed times without a zone; UTC where undefined. */
  readonly timeZone?: string | undefined
}

/** Reading the text takes about this share of the time, saving the rest. */
const readShare = 0.5

/**
 * Imports a CSV text of bars over a connection of its own, beside a desk that has the store open: all of it or, if any row
 * is bad or the import is ended on the way, nothing. Throws the CSV_ errors of parseBars.
 */
export function importBars(request: ImportRequest, report: ReportProgress = () => {}): ImportReport {
  const file = basename(request.file)
  const parsed = parseBars(request.text, {
    file,
    ...(request.instrument !== undefined && { instrument: request.instrument }),
    ...(request.timeZone !== undefined && { timeZone: request.timeZone }),
    onProgress: (share) => report(readShare * share),
  })
  const { bars, timeframe } = parsed
  const store = openBarStore(request.database)
  try {
    const { replaced } = store.save(parsed.instrument, timeframe, bars, file, (share) =>
      report(readShare + (1 - readShare) * share),
    )
    return {
      file,
      instrument: parsed.instrument,
      timeframe,
      bars: bars.length,
      replaced,
      from: bars[0]?.time ?? 0,
      to: bars.at(-1)?.time ?? 0,
      notes: [
        ...parsed.notes,
        ...(parsed.gaps > 0 ? [`${parsed.gaps} gaps between bars.`] : []),
        ...parsed.warnings.slice(0, 20).map(({ line, reason }) => `Line ${line}: ${reason}`),
      ],
    }
  } finally {
    store.close()
  }
}
