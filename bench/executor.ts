import { executePlan } from '#engine/tasks/executor.ts'
import type { Plan, Step } from '#shared/domain/plan.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { createRandom } from '#shared/lib/random.ts'
import { type BenchRow, printTable } from './table.ts'

const size = 10_000
const passes = 7

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}

function stepOf(index: number, needs: readonly number[]): Step {
  return {
    id: `s${index}`,
    title: '',
    owner: 'bench',
    action: 'nothing',
    needs: needs.map((need) => `s${need}`),
    priority: 'medium',
    optional: false,
    sources: [],
    estimate: { seconds: 1, usd: 0.01 },
    timeoutMs: 60_000,
    retries: 1,
    slots: { desk: 1 },
  }
}

function planOf(steps: Step[]): Plan {
  const seconds = { sequential: 0, parallel: 0, lowerBound: 0 }
  return {
    id: 'plan_1',
    goal: 'bench',
    hash: '',
    steps,
    slots: { desk: 64 },
    costLimitUsd: size,
    estimate: { usd: 0, seconds, speedup: 1 },
    starts: {},
    levels: levelsOf(steps),
  }
}

function levelsOf(steps: readonly Step[]): string[][] {
  const levelOf = new Map<string, number>()
  const levels: string[][] = []
  for (const { id, needs } of steps) {
    const level = needs.reduce((most, need) => Math.max(most, (levelOf.get(need) ?? 0) + 1), 0)
    levelOf.set(id, level)
    const ids = levels[level] ?? []
    levels[level] = ids
    ids.push(id)
  }
  return levels
}

function shapes(): readonly { readonly name: string; readonly plan: Plan }[] {
  const random = createRandom(1)
  const indices = Array.from({ length: size }, (_, index) => index)
  const chain = indices.map((index) => stepOf(index, index === 0 ? [] : [index - 1]))
  const wide = indices.map((index) => stepOf(index, []))
  const tangled = indices.map((index) => {
    const needs = index === 0 ? [] : [1, 2, 3].map(() => random.int(Math.max(0, index - 200), index - 1))
    return stepOf(index, [...new Set(needs)])
  })
  return [
    { name: 'chain', plan: planOf(chain) },
    { name: 'wide', plan: planOf(wide) },
    { name: 'random', plan: planOf(tangled) },
  ]
}

async function viaExecutor(plan: Plan): Promise<void> {
  const result = await executePlan({
    runId: 'run_1',
    plan,
    perform: async () => ({ status: 'succeeded', output: null, usd: 0 }),
    record: async () => {},
    clock,
    random: createRandom(1),
    signal: new AbortController().signal,
  })
  if (result.status !== 'completed') throw new Error(`The run is ${result.status}: ${result.reason}`)
}

/** The floor: Promise.all level by level, with no timeouts, slots, budget, retries or records. */
async function viaLevels(plan: Plan): Promise<void> {
  let ran = 0
  for (const level of plan.levels) {
    await Promise.all(
      level.map(async () => {
        ran += 1
      }),
    )
  }
  if (ran !== plan.steps.length) throw new Error(`${ran} of ${plan.steps.length} steps ran.`)
}

async function stepsPerSecond(plan: Plan, run: (plan: Plan) => Promise<void>): Promise<number> {
  const startedMs = performance.now()
  await run(plan)
  return (plan.steps.length * 1_000) / (performance.now() - startedMs)
}

/** Steps a second on graphs of 10,000 steps that do nothing, beside Promise.all by levels: what a step costs by itself. */
export async function benchExecutor(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = []
  for (const { name, plan } of shapes()) {
    const contestants = [
      { name: `executor, ${name}`, run: viaExecutor, rates: [] as number[] },
      { name: `Promise.all by levels, ${name}`, run: viaLevels, rates: [] as number[] },
    ]
    // They take turns, and the middle of their passes counts.
    for (let pass = 0; pass < passes; pass++)
      for (const { run, rates } of contestants) rates.push(await stepsPerSecond(plan, run))
    for (const { name, rates } of contestants)
      rows.push({ name, perSecond: rates.sort((a, b) => a - b)[Math.floor(passes / 2)] ?? Number.NaN })
  }
  printTable(`Executor: ${size.toLocaleString('en-US')} empty steps`, rows)
  for (const { name, perSecond } of rows) console.log(`  ${name}: ${(1_000_000 / perSecond).toFixed(2)} µs a step`)
  return rows
}
