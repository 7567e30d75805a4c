import { sha256 } from '#main/compose/system.ts'
import { type SeedFailure, type SeedResult, type SimulationOptions, simulateSeed } from './world.ts'

/** Which seeds to simulate. */
export interface SeedsOptions extends SimulationOptions {
  readonly from: number
  readonly seeds: number
  /** Told of each seed as it ends. */
  readonly onSeed?: (result: SeedResult) => void
}

/** What a range of seeds came to. */
export interface SeedsSummary {
  readonly from: number
  readonly seeds: number
  /** SHA-256 over the seeds' journals: the same seeds on the same code give the same digest. */
  readonly digest: string
  readonly steps: number
  readonly virtualSeconds: number
  /** How often each thing happened, over all seeds. */
  readonly counts: Readonly<Record<string, number>>
  readonly failures: readonly SeedFailure[]
}

/** Simulates seeds one after another; a seed that fails does not keep the others from being tried. */
export async function simulateSeeds({ from, seeds, onSeed, ...options }: SeedsOptions): Promise<SeedsSummary> {
  const results: SeedResult[] = []
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await simulateSeed(seed, options)
    results.push(result)
    onSeed?.(result)
  }
  const counts = new Map<string, number>()
  for (const result of results) {
    for (const [what, times] of Object.entries(result.counts)) counts.set(what, (counts.get(what) ?? 0) + times)
  }
  return {
    from,
    seeds,
    digest: sha256(results.map(({ seed, records, hash }) => `${seed} ${records} ${hash}\n`).join('')),
    steps: results.reduce((sum, { steps }) => sum + steps, 0),
    virtualSeconds: results.reduce((sum, { virtualSeconds }) => sum + virtualSeconds, 0),
    counts: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    failures: results.flatMap(({ failure }) => failure ?? []),
  }
}
