import { ParleyError } from '#shared/lib/error.ts'
import { createRandom } from '#shared/lib/random.ts'
import { ScheduleGenerator } from './generation-scheme.ts'
import { createScheduleProblem, earliestStarts, longestTails, reverseProblem, type ScheduleProblem } from './problem.ts'
import { solveSchedule } from './solve.ts'

/** Schedules tried before the exact search takes over. */
const SCHEDULES = 200

/** One step of a plan as the scheduler sees it. */
export interface PlanStep {
  readonly id: string
  /** Ids of the steps that must have ended before this one starts. */
  readonly needs: readonly string[]
  /** Estimated duration in seconds, not negative; fractions are kept to the millisecond, rounded up. */
  readonly seconds: number
  /** How many slots it occupies while it runs; default 1, 0 for a step that nobody works on (waiting for a timer). */
  readonly slots?: number
}

export interface PlanScheduleOptions {
  /** How many slots there are, at least 1. */
  readonly slots: number
  /** How many conflicts the search for a proof may take; default 1,000: a few milliseconds for
   * ten steps, some tens for forty. */
  readonly conflicts?: number
}

/** When each step runs, and how good that is. All times in seconds from the start of the plan. */
export interface PlanSchedule {
  /** 'optimal' when no schedule can be shorter, proved. */
  readonly status: 'optimal' | 'feasible'
  /** Start of each step, in the order in which they start. */
  readonly starts: ReadonlyMap<string, number>
  readonly makespanSeconds: number
  /** No schedule with these slots is shorter than this. */
  readonly lowerBoundSeconds: number
  /** Ids of the steps that cannot end later without the plan taking longer, in order of start. */
  readonly criticalSteps: readonly string[]
  /** The steps level by level: each needs only steps of earlier levels. For people; the schedule has no such barriers. */
  readonly levels: readonly (readonly string[])[]
  /** All durations one after another. */
  readonly sequentialSeconds: number
  /** The longest chain of needs: the duration with slots without limit. */
  readonly parallelSeconds: number
  /** Sequential seconds over makespan; 1 for a plan that takes no time. */
  readonly speedup: number
}

/**
 * Schedules the steps of a plan on a number of equal slots, as short as can be: a genetic search, improved
 * and proved by lazy clause generation. Pure and deterministic. Throws PLAN_INVALID for an unknown need, a double id, a
 * step that needs more slots than there are, or a negative number, and SCHEDULE_CYCLE for needs in a circle.
 */
export function planSchedule(steps: readonly PlanStep[], options: PlanScheduleOptions): PlanSchedule {
  const unit = timeUnit(steps)
  const problem = toProblem(steps, options.slots, unit)
  const { starts, makespan, lowerBound } = solveSchedule(problem, {
    random: createRandom(0),
    schedules: SCHEDULES,
    conflicts: options.conflicts ?? 1_000,
  })
  const idOf = (index: number) => steps[index]?.id ?? ''
  const seconds = (time: number) => (time * unit) / 1000
  const byStart = Array.from(steps.keys()).sort((a, b) => (starts[a] as number) - (starts[b] as number) || a - b)
  const latest = latestStarts(problem, starts, makespan)
  const sequential = problem.durations.reduce((sum, duration) => sum + duration, 0)
  return {
    status: lowerBound === makespan ? 'optimal' : 'feasible',
    starts: new Map(byStart.map((index) => [idOf(index), seconds(starts[index] as number)])),
    makespanSeconds: seconds(makespan),
    lowerBoundSeconds: seconds(lowerBound),
    criticalSteps: byStart.filter((index) => latest[index] === starts[index]).map((index) => idOf(index)),
    levels: levelsOf(problem).map((level) => level.map((index) => idOf(index))),
    sequentialSeconds: seconds(sequential),
    parallelSeconds: seconds(longestTails(problem).reduce((longest, tail) => Math.max(longest, tail), 0)),
    speedup: makespan === 0 ? 1 : sequential / makespan,
  }
}

/** Milliseconds in one unit of time: the greatest that divides all durations; whole seconds for very long plans. */
function timeUnit(steps: readonly PlanStep[]): number {
  const total = steps.reduce((sum, step) => sum + step.seconds, 0)
  if (total > 500_000) return 1000
  return steps.reduce((divisor, step) => gcd(wholeMs(step.seconds), divisor), 0) || 1
}

/** Seconds in whole milliseconds, rounded up; 30.001 s is 30,001 ms although its float times 1000 is a little more. */
function wholeMs(seconds: number): number {
  const ms = seconds * 1000
  const nearest = Math.round(ms)
  return Math.abs(ms - nearest) <= nearest * 2 ** -50 ? nearest : Math.ceil(ms)
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}

function toProblem(steps: readonly PlanStep[], slots: number, unit: number): ScheduleProblem {
  const indexes = new Map(steps.map((step, index) => [step.id, index]))
  if (indexes.size < steps.length) throw invalid('two steps have the same id')
  const successors: number[][] = steps.map(() => [])
  for (const [index, step] of steps.entries()) {
    if (!(step.seconds >= 0 && step.seconds < 5e8)) throw invalid(`step ${step.id} takes ${step.seconds} seconds`)
    if ((step.slots ?? 1) > slots) throw invalid(`step ${step.id} needs ${step.slots ?? 1} slots, there are ${slots}`)
    for (const need of step.needs) {
      const before = indexes.get(need)
      if (before === undefined) throw invalid(`step ${step.id} needs ${need}, which is not in the plan`)
      successors[before]?.push(index)
    }
  }
  return createScheduleProblem({
    durations: steps.map((step) => Math.ceil(wholeMs(step.seconds) / unit)),
    successors,
    capacities: [slots],
    demands: steps.map((step) => [step.slots ?? 1]),
  })
}

function invalid(why: string): ParleyError {
  return new ParleyError('PLAN_INVALID', `The plan cannot be scheduled: ${why}.`, {
    wayOut: 'Correct the step and plan again.',
  })
}

/** Latest starts when the steps, last first, move as far back as the makespan, the needs and the slots allow. */
function latestStarts(problem: ScheduleProblem, starts: Int32Array, makespan: number): Int32Array {
  const { durations } = problem
  const mirrored = new Int32Array(problem.count)
  const lastFirst = problem.order
    .slice()
    .reverse()
    .sort((a, b) => (starts[b] as number) + (durations[b] as number) - (starts[a] as number) - (durations[a] as number))
  new ScheduleGenerator(reverseProblem(problem)).serial(lastFirst, mirrored)
  return mirrored.map((start, step) => makespan - start - (durations[step] as number))
}

function levelsOf(problem: ScheduleProblem): number[][] {
  const depths = earliestStarts({ ...problem, durations: new Int32Array(problem.count).fill(1) })
  const levels: number[][] = []
  for (const [step, depth] of depths.entries()) {
    levels[depth] ??= []
    levels[depth]?.push(step)
  }
  return levels
}
