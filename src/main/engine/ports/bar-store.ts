import type { Bar, ImportedSeries, Timeframe } from '#shared/domain/bar.ts'
import type { ReportProgress } from './compute.ts'

/** Imported bars. `save` keeps all of its bars or none. */
export interface BarStore {
  save(
    instrument: string,
    timeframe: Timeframe,
    bars: readonly Bar[],
    /** The file they come from. */
    file?: string,
    onProgress?: ReportProgress,
  ): { readonly inserted: number; readonly replaced: number }
  load(
    instrument: string,
    timeframe: Timeframe,
    options: { from?: number; before?: number; limit?: number },
  ): readonly Bar[]
  series(): readonly ImportedSeries[]
}
