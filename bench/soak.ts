import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createRouterClient } from '@orpc/server'
import { createDesk } from '#main/compose/desk.ts'
import { timeAndChance } from '#main/compose/rehearsal.ts'
import { errorMessage } from '#shared/lib/error.ts'

/** Trades of the simulated feed; each also moves a quote. */
const tradesPerSecond = 200
const instruments = 8
const sampleMs = 10_000
const decideMs = 60_000
/** The simulated feed remembers its ticks for 5 min 20 s; before that its memory grows. */
const warmUpMinutes = 5.5

interface Sample {
  readonly minute: number
  readonly rss: number
  readonly heap: number
}

/**
 * Keeps a desk busy, 200 trades a second, a chart that is watched and a decision a minute, and tells what its memory
 * does. Minutes by --minutes, 10 unless given.
 */
export async function benchSoak(): Promise<void> {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } }, strict: false })
  const minutes = Number(values.minutes)
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const home = mkdtempSync(join(tmpdir(), 'parley-soak-'))
  const desk = await createDesk({ home, feedRate: tradesPerSecond / instruments, ...timeAndChance({}) })
  await desk.start()
  const client = createRouterClient(desk.router, { context: { caller: 'window' } })
  const stopped = new AbortController()
  let charts = 0
  const watching = (async () => {
    const input = { instrument: 'BTC/USDT', timeframe: '1m' } as const
    for await (const { bar } of await client.market.watch(input, { signal: stopped.signal })) if (bar !== null) charts++
  })()
  const loop = monitorEventLoopDelay({ resolution: 10 })
  loop.enable()

  const startedMs = performance.now()
  const samples: Sample[] = []
  let decided = 0
  let nextDecision = 5_000
  for (let elapsed = 0; elapsed < minutes * 60_000; elapsed = performance.now() - startedMs) {
    await wait(sampleMs)
    if (elapsed >= nextDecision) {
      nextDecision += decideMs
      await client.runs.start({ instrument: 'BTC/USDT' }).then(
        () => decided++,
        (error: unknown) => console.log(`  no decision: ${errorMessage(error)}`),
      )
    }
    loop.disable()
    collect()
    loop.enable()
    const { rss, heapUsed } = process.memoryUsage()
    samples.push({ minute: elapsed / 60_000, rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20 })
  }
  stopped.abort()
  await watching
  const { journalSize } = desk.status()
  await desk.stop('The soak is over')
  rmSync(home, { recursive: true, force: true })

  const settled = samples.filter(({ minute }) => minute >= Math.min(warmUpMinutes, minutes / 2))
  const last = samples.at(-1)
  console.log(
    `Soak: ${minutes} minutes at ${tradesPerSecond} trades a second, ${decided} decisions, ${charts} chart ticks`,
  )
  console.log(`  memory at the end: ${last?.rss.toFixed(0)} MB resident, ${last?.heap.toFixed(1)} MB live heap`)
  console.log(`  trend after the warm-up: ${perMinute(settled).toFixed(3)} MB of live heap a minute`)
  console.log(`  journal: ${journalSize} records`)
  const [p50, p99] = [loop.percentile(50), loop.percentile(99)].map((ns) => (ns / 1e6 - 10).toFixed(1))
  console.log(
    `  event loop late by ${p50} ms (median), ${p99} ms (99 %), ${(loop.max / 1e6 - 10).toFixed(0)} ms at most`,
  )
  for (const { minute, rss, heap } of samples.filter((_, index) => index % 6 === 5))
    console.log(
      `  ${minute.toFixed(1).padStart(6)} min  ${rss.toFixed(0).padStart(5)} MB  ${heap.toFixed(1).padStart(6)} MB heap`,
    )
}

/** Slope of the live heap by least squares, in MB a minute. */
function perMinute(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const minute = mean(samples.map((sample) => sample.minute))
  const heap = mean(samples.map((sample) => sample.heap))
  const moved = samples.reduce((sum, sample) => sum + (sample.minute - minute) * (sample.heap - heap), 0)
  return moved / samples.reduce((sum, sample) => sum + (sample.minute - minute) ** 2, 0)
}
