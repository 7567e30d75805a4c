import { type RegimeRead, readRegime } from '#engine/market/regimes.ts'
import type { Compute } from '#engine/ports/compute.ts'
import type { BarSeries } from '#shared/domain/bar.ts'

/** Tells the regime of an instrument from its closed bars; null below 100 of them. Rejects as Compute does. */
export type RegimeReader = (instrument: string, bars: BarSeries) => Promise<RegimeRead | null>

const leastBars = 100
/** More past than this tells of another market. */
const mostBars = 400
const kept = 32

/** Fits each regime once for all the steps that ask for it: closed bars do not change. */
export function createRegimeReader(compute: Compute): RegimeReader {
  const reads = new Map<string, Promise<RegimeRead>>()
  return async (instrument, { time, close }) => {
    if (close.length < leastBars) return null
    const key = `${instrument} ${time[0]} ${time.at(-1)} ${close.length}`
    const known = reads.get(key)
    if (known !== undefined) return known
    const read = compute.run(readRegime, close.slice(-mostBars))
    reads.set(key, read)
    const [oldest] = reads.keys()
    if (reads.size > kept && oldest !== undefined) reads.delete(oldest)
    read.catch(() => reads.delete(key))
    return read
  }
}
