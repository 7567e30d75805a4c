import { isFinalStep, type Plan, type StepProgress } from '#shared/domain/plan.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { createReadyQueue } from './ready-queue.ts'
import { createSlotPools } from './slot-pools.ts'
import { linkSteps, type StepNode } from './step-graph.ts'

/** How far a run has come and what is left of it. */
export interface PlanProgress {
  /** Since the first step started. */
  readonly secondsDone: number
  /** Until the last step ends, if what is left takes as long as estimated; an overdue step counts as about to end. */
  readonly secondsLeft: number
  /** The longest chain of steps that are not final, by estimates: a delay of any of them delays the run. */
  readonly criticalPath: readonly string[]
  /** Spent so far. */
  readonly usd: number
  /** What the steps that are not final are estimated to cost. */
  readonly usdLeft: number
}

/**
 * Foresees the rest of a run by playing it through on its estimates with the plan's slots, as the executor would run it.
 * `now` is in epoch milliseconds, `importance` as for the executor. Costs O(steps · log steps + needs).
 */
export function planProgress(
  plan: Plan,
  steps: readonly StepProgress[],
  now: number,
  importance?: ReadonlyMap<string, number>,
): PlanProgress {
  const { byId, nodes, order } = linkSteps(plan.steps)
  let startedAt = now
  let usd = 0
  for (const progress of steps) {
    usd += progress.usd
    if (progress.startedAt !== null) startedAt = Math.min(startedAt, progress.startedAt)
    const node = byId.get(progress.id)
    if (node === undefined) continue
    node.state = progress.state
    node.startedAt = progress.startedAt
  }
  for (const node of nodes) {
    node.planned = importance?.get(node.step.id) ?? Number.POSITIVE_INFINITY
    if (isFinalStep(node.state)) for (const dependent of node.dependents) dependent.waitingFor -= 1
  }
  const left = order.filter(({ state }) => !isFinalStep(state))
  return {
    secondsDone: (now - startedAt) / 1_000,
    secondsLeft: playThrough(plan, left, now),
    criticalPath: longestChain(left, now),
    usd,
    usdLeft: left.reduce((sum, { step }) => sum + step.estimate.usd, 0),
  }
}

function secondsLeftOf({ state, step, startedAt }: StepNode, now: number): number {
  const elapsed = state === 'running' && startedAt !== null ? (now - startedAt) / 1_000 : 0
  return Math.max(0, step.estimate.seconds - elapsed)
}

function playThrough(plan: Plan, left: readonly StepNode[], now: number): number {
  const clock = createVirtualClock(0)
  const pools = createSlotPools(plan.slots, plan.steps)
  const ready = createReadyQueue()
  function start(node: StepNode): void {
    pools.take(node.step.slots)
    clock.after(secondsLeftOf(node, now) * 1_000, () => {
      pools.give(node.step.slots)
      for (const dependent of node.dependents) {
        dependent.waitingFor -= 1
        if (dependent.waitingFor === 0) ready.push(dependent)
      }
    })
  }
  for (const node of left) {
    if (node.state === 'running') start(node)
    else if (node.waitingFor === 0) ready.push(node)
  }
  do {
    for (let node = ready.take(pools.fits); node !== undefined; node = ready.take(pools.fits)) start(node)
  } while (clock.step())
  return clock.monotonic() / 1_000
}

/** `left` has each step after all that it needs. */
function longestChain(left: readonly StepNode[], now: number): readonly string[] {
  const tails = new Map<StepNode, { readonly seconds: number; readonly next: StepNode | undefined }>()
  let first: StepNode | undefined
  let longest = -1
  for (const node of [...left].reverse()) {
    let next: StepNode | undefined
    let after = 0
    for (const dependent of node.dependents) {
      const tail = tails.get(dependent)
      if (tail === undefined || (next !== undefined && tail.seconds <= after)) continue
      next = dependent
      after = tail.seconds
    }
    const seconds = secondsLeftOf(node, now) + after
    tails.set(node, { seconds, next })
    if (seconds < longest) continue
    longest = seconds
    first = node
  }
  const chain: string[] = []
  for (let node = first; node !== undefined; node = tails.get(node)?.next) chain.push(node.step.id)
  return chain
}
