import { mkdtempSync, rmSync } from 'node:fs'
import { type Profiler, Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createRouterClient } from '@orpc/server'
import { createDesk } from '#main/compose/desk.ts'
import { timeAndChance } from '#main/compose/rehearsal.ts'
import { sampleBars } from './sample-bars.ts'

/** No synchronous turn of the desk may be longer. */
const longestMs = 16
/** Samples come every half a millisecond; where they are further apart, other programs had the processor. */
const intervalUs = 500
const longestSampleUs = 4 * intervalUs
/** How many of the functions that a turn was spent in are named. */
const namedFunctions = 3

interface LongTurn {
  readonly ms: number
  readonly what: string
}

/** The busy stretches of a profile that are too long, longest first, each with the desk's functions that it was spent in. */
function longTurns(profile: Profiler.Profile): LongTurn[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const parents = new Map(profile.nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id])))

  /** The innermost function of ours on the stack, or what the engine itself was doing. */
  function spentIn(id: number): string {
    const own = nodes.get(id)?.callFrame.functionName ?? ''
    if (own === '(garbage collector)') return own
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = nodes.get(at)?.callFrame
      const file = /src\/.*$/.exec(frame?.url ?? '')?.[0]
      if (frame !== undefined && file !== undefined) return `${frame.functionName || 'a callback'} (${file})`
    }
    return own.startsWith('(') ? own : 'Node and libraries'
  }

  const turns: LongTurn[] = []
  let busyUs = 0
  let spent = new Map<string, number>()
  const end = () => {
    if (busyUs > longestMs * 1_000) {
      const named = [...spent].sort((a, b) => b[1] - a[1]).slice(0, namedFunctions)
      const what = named.map(([name, us]) => `${name} ${(us / 1_000).toFixed(0)}`).join(', ')
      turns.push({ ms: busyUs / 1_000, what })
    }
    busyUs = 0
    spent = new Map()
  }
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const us = Math.min(profile.timeDeltas?.[index + 1] ?? 0, longestSampleUs)
    if (nodes.get(id)?.callFrame.functionName === '(idle)') {
      end()
      continue
    }
    busyUs += us
    const name = spentIn(id)
    spent.set(name, (spent.get(name) ?? 0) + us)
  }
  end()
  return turns.sort((a, b) => b.ms - a.ms)
}

/** Lists the synchronous turns of a running desk that take too long: while it starts, decides, imports and verifies. */
export async function benchTurns(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'parley-turns-'))
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: intervalUs })
  const watch = async (name: string, work: () => Promise<unknown>) => {
    await wait(50)
    await session.post('Profiler.start')
    const startedMs = performance.now()
    await work()
    await wait(50)
    const took = performance.now() - startedMs
    const { profile } = await session.post('Profiler.stop')
    const turns = longTurns(profile)
    console.log(`${name}: ${took.toFixed(0)} ms, ${turns.length} turns over ${longestMs} ms`)
    for (const { ms, what } of turns.slice(0, 8)) console.log(`  ${ms.toFixed(1).padStart(8)} ms  ${what}`)
  }
  try {
    let desk = await createDesk({ home, ...timeAndChance({}) })
    await watch('start', () => desk.start())
    const client = () => createRouterClient(desk.router, { context: { caller: 'window' } })
    const decide = async (instrument: string) => {
      const { id: runId } = await client().runs.start({ instrument, profile: 'balanced', policy: 'weighted' })
      while ((await client().runs.get({ runId })).status === 'running') await wait(200)
    }
    await watch('first decision', () => decide('BTC/USDT'))
    await watch('three decisions at once', () => Promise.all(['ETH/USDT', 'SOL/USDT', 'BTC/USDT'].map(decide)))
    await watch('bars of every length', async () => {
      for (const timeframe of ['1m', '5m', '15m', '1h', '4h', '1d'] as const)
        await client().market.bars({ instrument: 'BTC/USDT', timeframe, limit: 5_000 })
    })
    for (const count of [10_000, 200_000]) {
      const text = sampleBars(count)
      await watch(`import of ${count} bars`, () => client().market.import({ file: 'GOLD_USD_1m.csv', text }))
    }
    await watch('journal verification', () => client().journal.verify())
    await desk.stop('The benchmark is over')
    await watch('opening again', async () => {
      desk = await createDesk({ home, ...timeAndChance({}) })
      await desk.start()
    })
    await desk.stop('The benchmark is over')
  } finally {
    session.disconnect()
    rmSync(home, { recursive: true, force: true })
  }
}
