import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import PQueue from 'p-queue'
import { executePlan } from '#engine/tasks/executor.ts'
import type { Plan, Step } from '#shared/domain/plan.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { createRandom } from '#shared/lib/random.ts'

const size = 10_000
const sizes = [2_500, 5_000, 10_000, 20_000, 40_000]
// Of passes the fastest counts: another program on the machine can only slow one down.
const passes = 9

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
    costLimitUsd: steps.length,
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

function shapesOf(size: number): readonly { readonly name: string; readonly plan: Plan }[] {
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

async function viaExecutor(plan: Plan, perform = async () => {}): Promise<void> {
  const result = await executePlan({
    runId: 'run_1',
    plan,
    perform: async () => {
      await perform()
      return { status: 'succeeded', output: null, usd: 0 }
    },
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

/** p-queue with the same 64 slots: a step is queued when what it needs is done. */
async function viaQueue(plan: Plan): Promise<void> {
  const queue = new PQueue({ concurrency: 64 })
  const ended = new Map<string, Promise<void>>()
  let ran = 0
  const step = async () => {
    ran += 1
  }
  // What a step needs stands before it in these plans.
  for (const { id, needs } of plan.steps) {
    const inputs = needs.flatMap((need) => ended.get(need) ?? [])
    ended.set(
      id,
      Promise.all(inputs).then(() => queue.add(step)),
    )
  }
  await Promise.all(ended.values())
  if (ran !== plan.steps.length) throw new Error(`${ran} of ${plan.steps.length} steps ran.`)
}

async function microsecondsPerStep(plan: Plan, run: (plan: Plan) => Promise<void>): Promise<number> {
  const startedMs = performance.now()
  await run(plan)
  return ((performance.now() - startedMs) * 1_000) / plan.steps.length
}

/** Bytes a step that the heap holds more in the middle of a run than before it, after a collection each. */
async function bytesPerStep(plan: Plan): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const heapUsed = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = heapUsed()
  let held = 0
  let count = 0
  await viaExecutor(plan, async () => {
    if (++count === Math.floor(plan.steps.length / 2)) held = heapUsed() - before
  })
  return held / plan.steps.length
}

/**
 * What a step costs by itself, on graphs of 10,000 steps that do nothing, beside p-queue and
 * Promise.all by levels; and that time and memory a step do not grow with the graph.
 */
export async function benchExecutor(): Promise<void> {
  console.log(
    `Executor: microseconds a step, ${size.toLocaleString('en-US')} empty steps, the fastest of ${passes} passes`,
  )
  for (const { name, plan } of shapesOf(size)) {
    const contestants = [
      { name: 'executor', run: (steps: Plan) => viaExecutor(steps), costs: [] as number[] },
      { name: 'p-queue', run: viaQueue, costs: [] as number[] },
      { name: 'Promise.all by levels', run: viaLevels, costs: [] as number[] },
    ]
    for (let pass = 0; pass < passes; pass++)
      for (const { run, costs } of contestants) costs.push(await microsecondsPerStep(plan, run))
    console.log(`  ${name}: ${contestants.map((one) => `${one.name} ${Math.min(...one.costs).toFixed(2)}`).join(', ')}`)
  }
  console.log('Executor: microseconds and bytes a step as the graph grows')
  for (const steps of sizes) {
    const figures: string[] = []
    for (const { name, plan } of shapesOf(steps)) {
      const costs: number[] = []
      for (let pass = 0; pass < passes; pass++) costs.push(await microsecondsPerStep(plan, (each) => viaExecutor(each)))
      figures.push(`${name} ${Math.min(...costs).toFixed(2)} µs ${(await bytesPerStep(plan)).toFixed(0)} B`)
    }
    console.log(`  ${steps.toLocaleString('en-US')} steps: ${figures.join(', ')}`)
  }
}
