import { ScheduleGenerator } from '#engine/planning/schedule/generation-scheme.ts'
import { makespanOf, type ScheduleProblem } from '#engine/planning/schedule/problem.ts'
import { type ResourcePlan, scaleOf, toScheduleProblem } from './plan.ts'

/** What is free of a reusable resource, or left of another, from a time on. */
interface TimelinePoint {
  readonly time: number
  readonly level: number
}

/** A rule that a schedule breaks, with the names behind it. */
type ResourceViolation =
  | { readonly kind: 'early'; readonly step: string; readonly before: string; readonly by: number }
  | {
      readonly kind: 'overused'
      readonly resource: string
      readonly from: number
      readonly until: number
      readonly short: number
      readonly steps: readonly string[]
    }
  | {
      readonly kind: 'exhausted'
      readonly resource: string
      readonly from: number
      /** Infinity when it never recovers. */
      readonly until: number
      readonly short: number
      readonly steps: readonly string[]
    }
  | { readonly kind: 'late'; readonly step: string; readonly deadline: number; readonly by: number }

export interface ResourceTimeline {
  readonly isFeasible: boolean
  readonly levels: ReadonlyMap<string, readonly TimelinePoint[]>
  readonly violations: readonly ResourceViolation[]
}

/** A schedule that keeps all rules, and which steps had to move for it. */
export interface RepairedSchedule {
  readonly starts: ReadonlyMap<string, number>
  readonly makespan: number
  readonly moved: readonly string[]
}

/**
 * Follows every resource through a schedule (start of each step, in the plan's time units) and names each broken rule:
 * a step before its predecessors, a reusable resource overused, another exhausted, a step past the deadline. Throws
 * RESOURCE_INVALID as `toScheduleProblem` does; a step without a start is taken to start at 0.
 */
export function traceResources(
  plan: ResourcePlan,
  starts: ReadonlyMap<string, number>,
  deadline = Number.POSITIVE_INFINITY,
): ResourceTimeline {
  const problem = toScheduleProblem(plan)
  const at = plan.steps.map((step) => starts.get(step.id) ?? 0)
  const idOf = (index: number) => plan.steps[index]?.id ?? ''
  const violations: ResourceViolation[] = []
  const levels = new Map<string, TimelinePoint[]>()
  for (const [index, step] of plan.steps.entries()) {
    const start = at[index] ?? 0
    for (const before of step.after) {
      const ready = (starts.get(before) ?? 0) + (plan.steps.find((other) => other.id === before)?.duration ?? 0)
      if (start < ready) violations.push({ kind: 'early', step: step.id, before, by: ready - start })
    }
    const end = start + step.duration
    if (end > deadline) violations.push({ kind: 'late', step: step.id, deadline, by: end - deadline })
  }
  let column = 0
  let stock = 0
  for (const resource of plan.resources) {
    const isReusable = resource.kind === 'reusable'
    const changes = isReusable ? heldChanges(problem, column++, at) : stockChanges(problem, stock++, at)
    const scale = scaleOf(plan, resource)
    const points = accumulate(Math.round(resource.amount * scale), changes)
    levels.set(
      resource.id,
      points.map(({ time, level }) => ({ time, level: level / scale })),
    )
    for (const [index, point] of points.entries()) {
      if (point.level >= 0 || (points[index - 1]?.level ?? 0) < 0) continue
      const rest = points.slice(index)
      const recovered = rest.findIndex((later) => later.level >= 0)
      const short = Math.max(...rest.slice(0, recovered < 0 ? undefined : recovered).map((low) => -low.level)) / scale
      const until = recovered < 0 ? Number.POSITIVE_INFINITY : (rest[recovered]?.time ?? 0)
      const involved = changes.filter((change) => change.by < 0 && change.time <= point.time)
      const steps = isReusable
        ? involved.filter(({ step }) => (at[step] ?? 0) + (problem.durations[step] ?? 0) > point.time)
        : involved
      violations.push({
        kind: isReusable ? 'overused' : 'exhausted',
        resource: resource.id,
        from: point.time,
        until,
        short,
        steps: [...new Set(steps.map(({ step }) => idOf(step)))],
      })
    }
  }
  return { isFeasible: violations.length === 0, levels, violations }
}

/**
 * Repairs a schedule by moving steps later, in the order of their starts, no more than needs and resources ask for.
 * Undefined when no delay can help: a budget is too small, or a step alone needs more than there is.
 */
export function repairSchedule(plan: ResourcePlan, starts: ReadonlyMap<string, number>): RepairedSchedule | undefined {
  const count = plan.steps.length
  const problem = toScheduleProblem(plan)
  const wanted = plan.steps.map((step) => starts.get(step.id) ?? 0)
  const released = withReleases(problem, wanted)
  const places = new Int32Array(count)
  for (const [place, step] of problem.order.entries()) places[step] = place
  const order = Array.from(wanted.keys()).sort(
    (a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0) || (places[a] ?? 0) - (places[b] ?? 0),
  )
  const list = Int32Array.from([...order.map((step) => step + count), ...byPrecedence(problem, order)])
  const found = new Int32Array(2 * count)
  if (new ScheduleGenerator(released).serial(list, found) < 0) return undefined
  const repaired = found.slice(0, count)
  return {
    starts: new Map(plan.steps.map((step, index) => [step.id, repaired[index] ?? 0])),
    makespan: makespanOf(problem, repaired),
    moved: plan.steps.filter((_, index) => repaired[index] !== wanted[index]).map((step) => step.id),
  }
}

interface Change {
  readonly time: number
  readonly by: number
  readonly step: number
}

function heldChanges(problem: ScheduleProblem, column: number, at: readonly number[]): Change[] {
  return at.flatMap((time, step) => {
    const amount = problem.demands[step * problem.capacities.length + column] ?? 0
    const duration = problem.durations[step] ?? 0
    if (amount === 0 || duration === 0) return []
    return [
      { time, by: -amount, step },
      { time: time + duration, by: amount, step },
    ]
  })
}

function stockChanges(problem: ScheduleProblem, stock: number, at: readonly number[]): Change[] {
  const width = problem.stocks.length
  return at
    .flatMap((time, step) => [
      { time, by: problem.atStart[step * width + stock] ?? 0, step },
      { time: time + (problem.durations[step] ?? 0), by: problem.atEnd[step * width + stock] ?? 0, step },
    ])
    .filter((change) => change.by !== 0)
}

/** The level after all changes of each moment; what is given back at a moment can be taken at the same. */
function accumulate(initial: number, changes: readonly Change[]): TimelinePoint[] {
  const points: { time: number; level: number }[] = [{ time: 0, level: initial }]
  let level = initial
  for (const change of changes.toSorted((a, b) => a.time - b.time)) {
    level += change.by
    const last = points.at(-1)
    if (last?.time === change.time) last.level = level
    else points.push({ time: change.time, level })
  }
  return points
}

/** The problem with a step of no needs before each step, as long as that must wait at least. */
function withReleases(problem: ScheduleProblem, wanted: readonly number[]): ScheduleProblem {
  const { count } = problem
  const widen = (matrix: Int32Array) => {
    const wide = new Int32Array(matrix.length * 2)
    wide.set(matrix)
    return wide
  }
  const first = new Int32Array(2 * count + 1)
  const list: number[] = []
  for (let step = 0; step < count; step++) {
    const { predecessors } = problem
    list.push(...predecessors.list.slice(predecessors.first[step], predecessors.first[step + 1]), step + count)
    first[step + 1] = list.length
  }
  first.fill(list.length, count + 1)
  return {
    ...problem,
    count: 2 * count,
    durations: Int32Array.from([...problem.durations, ...wanted]),
    demands: widen(problem.demands),
    atStart: widen(problem.atStart),
    atEnd: widen(problem.atEnd),
    predecessors: { first, list: Int32Array.from(list) },
  }
}

/** The order, with every step moved behind its predecessors. */
function byPrecedence(problem: ScheduleProblem, order: readonly number[]): number[] {
  const { first, list } = problem.predecessors
  const sorted: number[] = []
  const seen = new Set<number>()
  const visit = (step: number) => {
    if (seen.has(step)) return
    seen.add(step)
    for (const before of list.slice(first[step], first[step + 1])) visit(before)
    sorted.push(step)
  }
  for (const step of order) visit(step)
  return sorted
}
