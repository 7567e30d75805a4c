import { basename } from 'node:path'
import { parseBars } from '#adapters/csv/parse-bars.ts'
import type { BarStore } from '#engine/ports.ts'
import type { ImportReport } from '#shared/contract/market.ts'

/** Imports a CSV text of bars: all of it or, if any row is bad, nothing. Throws the CSV_ errors of parseBars. */
export function importBars(store: BarStore, file: string, text: string, instrument: string | undefined): ImportReport {
  const parsed = parseBars(text, { file: basename(file), ...(instrument !== undefined && { instrument }) })
  const { bars, timeframe } = parsed
  const { replaced } = store.save(parsed.instrument, timeframe, bars, basename(file))
  return {
    file: basename(file),
    instrument: parsed.instrument,
    timeframe,
    bars: bars.length,
    replaced,
    from: bars[0]?.time ?? 0,
    to: bars.at(-1)?.time ?? 0,
    notes: [
      ...parsed.notes,
      ...(parsed.blankRows > 0 ? [`${parsed.blankRows} blank rows were passed over.`] : []),
      ...(parsed.gaps > 0 ? [`${parsed.gaps} gaps between bars.`] : []),
      ...parsed.warnings.slice(0, 20).map(({ line, reason }) => `Line ${line}: ${reason}`),
    ],
  }
}
