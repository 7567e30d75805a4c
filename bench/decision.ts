import { join } from 'node:path'
import { fileMarket } from '#main/cli/analysis-market.ts'
import { decideOnce } from '#main/cli/decide-once.ts'

const file = join(import.meta.dirname, '../resources/market/simulated-btc-usdt-1d.csv')
const warmUps = 20
const times = 60

interface Cost {
  /** Milliseconds on the clock. */
  readonly ms: number
  /** Milliseconds of processor time, the collector's and the compiler's threads included. */
  readonly cpuMs: number
}

/** One whole decision on a price file, from the file's text to the closed journal. */
async function decide(): Promise<Cost> {
  const startedMs = performance.now()
  const before = process.cpuUsage()
  const market = fileMarket('BTC/USDT', file)
  const { run } = await decideOnce({ market, goal: { profile: 'balanced', policy: 'weighted' }, seed: 7 })
  if (run.status !== 'completed') throw new Error(`The run is ${run.status}: ${run.reason}`)
  const { user, system } = process.cpuUsage(before)
  return { ms: performance.now() - startedMs, cpuMs: (user + system) / 1_000 }
}

function figures(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number) => (sorted[index] ?? Number.NaN).toFixed(1)
  return `fastest ${at(0)}, median ${at(times >> 1)}, slowest ${at(times - 1)}`
}

/** What a whole decision on a price file costs: the first of a process, and those after it. */
export async function benchDecision(): Promise<void> {
  const first = await decide()
  for (let index = 0; index < warmUps; index++) await decide()
  const warm: Cost[] = []
  for (let index = 0; index < times; index++) warm.push(await decide())
  console.log(`Decision on a price file of 401 daily bars, in milliseconds; ${times} warm ones after ${warmUps}`)
  console.log(`  the first: ${first.ms.toFixed(0)}`)
  console.log(`  a warm one: ${figures(warm.map(({ ms }) => ms))}`)
  console.log(`  of processor time: ${figures(warm.map(({ cpuMs }) => cpuMs))}`)
}
