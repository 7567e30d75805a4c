import { ParleyError } from '#shared/lib/error.ts'

/** A directed graph in compressed rows: the neighbours of v are list[first[v]] up to list[first[v + 1]], the last excluded. */
interface Adjacency {
  readonly first: Int32Array
  readonly list: Int32Array
}

/**
 * A resource-constrained project scheduling problem in whole time units: steps with fixed durations, precedence
 * (finish to start), reusable resources held while a step runs, and stocks that steps change when they start or end.
 * Plain typed arrays throughout, so that it can be handed to a worker thread.
 */
export interface ScheduleProblem {
  /** Number of steps. */
  readonly count: number
  /** Duration of each step; zero is allowed. */
  readonly durations: Int32Array
  /** Capacity of each reusable resource. */
  readonly capacities: Int32Array
  /** Row by step, column by reusable resource: how much the step holds while it runs. */
  readonly demands: Int32Array
  /** First level of each stock (consumable or producible resource); a level must never be negative. */
  readonly stocks: Int32Array
  /** Row by step, column by stock: the signed change of the level when the step starts (consumption is negative). */
  readonly atStart: Int32Array
  /** Row by step, column by stock: the signed change of the level when the step ends (production is positive). */
  readonly atEnd: Int32Array
  readonly successors: Adjacency
  readonly predecessors: Adjacency
  /** The steps in an order in which each comes after all of its predecessors. */
  readonly order: Int32Array
}

/** What `createScheduleProblem` needs; all rows are by step. Numbers are whole; durations, demands and capacities not negative. */
export interface ScheduleProblemInput {
  readonly durations: readonly number[]
  readonly successors: readonly (readonly number[])[]
  readonly capacities?: readonly number[]
  readonly demands?: readonly (readonly number[])[]
  readonly stocks?: readonly number[]
  readonly atStart?: readonly (readonly number[])[]
  readonly atEnd?: readonly (readonly number[])[]
}

/**
 * Builds a problem from plain rows. Throws SCHEDULE_INVALID for a number that is not whole, negative where it must not
 * be, or a successor that does not exist, and SCHEDULE_CYCLE when the precedences run in a circle.
 */
export function createScheduleProblem(input: ScheduleProblemInput): ScheduleProblem {
  const count = input.durations.length
  const capacities = toInts(input.capacities ?? [], 'capacity', 0)
  const stocks = toInts(input.stocks ?? [], 'stock', 0)
  const durations = toInts(input.durations, 'duration', 0)
  const successors = toAdjacency(count, input.successors)
  return {
    count,
    durations,
    capacities,
    demands: toMatrix(count, capacities.length, input.demands, 'demand', 0),
    stocks,
    atStart: toMatrix(count, stocks.length, input.atStart, 'change at start', -0x3fffffff),
    atEnd: toMatrix(count, stocks.length, input.atEnd, 'change at end', -0x3fffffff),
    successors,
    predecessors: transpose(count, successors),
    order: topologicalOrder(count, successors),
  }
}

/** Length of the schedule: the latest end of a step, in time units. */
export function makespanOf(problem: ScheduleProblem, starts: Int32Array): number {
  let makespan = 0
  for (let step = 0; step < problem.count; step++) {
    makespan = Math.max(makespan, (starts[step] as number) + (problem.durations[step] as number))
  }
  return makespan
}

/** Earliest start of each step by precedence alone. */
export function earliestStarts(problem: ScheduleProblem): Int32Array {
  const { durations, successors, order } = problem
  const starts = new Int32Array(problem.count)
  for (const step of order) {
    const end = (starts[step] as number) + (durations[step] as number)
    for (let edge = successors.first[step] as number; edge < (successors.first[step + 1] as number); edge++) {
      const next = successors.list[edge] as number
      if (end > (starts[next] as number)) starts[next] = end
    }
  }
  return starts
}

/** Longest time from the start of each step to the end of the plan by precedence alone, its own duration included. */
export function longestTails(problem: ScheduleProblem): Int32Array {
  const { durations, successors, order } = problem
  const tails = new Int32Array(problem.count)
  for (let position = problem.count - 1; position >= 0; position--) {
    const step = order[position] as number
    let longest = 0
    for (let edge = successors.first[step] as number; edge < (successors.first[step + 1] as number); edge++) {
      longest = Math.max(longest, tails[successors.list[edge] as number] as number)
    }
    tails[step] = longest + (durations[step] as number)
  }
  return tails
}

function toInts(values: readonly number[], what: string, least: number): Int32Array {
  const ints = new Int32Array(values.length)
  for (const [index, value] of values.entries()) {
    if (!Number.isInteger(value) || value < least || value > 0x3fffffff) {
      throw new ParleyError('SCHEDULE_INVALID', `The ${what} at ${index} is ${value}.`, {
        details: { what, index, value },
        wayOut: `Give whole numbers of at least ${least}.`,
      })
    }
    ints[index] = value
  }
  return ints
}

function toMatrix(
  rows: number,
  columns: number,
  values: readonly (readonly number[])[] | undefined,
  what: string,
  least: number,
): Int32Array {
  const matrix = new Int32Array(rows * columns)
  if (values === undefined) return matrix
  for (let row = 0; row < rows; row++) {
    const ints = toInts(values[row] ?? [], `${what} of step ${row}`, least)
    if (ints.length !== columns) {
      throw new ParleyError('SCHEDULE_INVALID', `Step ${row} has ${ints.length} numbers for ${what}, not ${columns}.`)
    }
    matrix.set(ints, row * columns)
  }
  return matrix
}

function toAdjacency(count: number, rows: readonly (readonly number[])[]): Adjacency {
  const first = new Int32Array(count + 1)
  const list: number[] = []
  for (let step = 0; step < count; step++) {
    for (const next of new Set(rows[step] ?? [])) {
      if (!Number.isInteger(next) || next < 0 || next >= count) {
        throw new ParleyError('SCHEDULE_INVALID', `Step ${step} names successor ${next}, which does not exist.`)
      }
      list.push(next)
    }
    first[step + 1] = list.length
  }
  return { first, list: Int32Array.from(list) }
}

function transpose(count: number, graph: Adjacency): Adjacency {
  const first = new Int32Array(count + 1)
  for (const target of graph.list) first[target + 1] = (first[target + 1] as number) + 1
  for (let step = 0; step < count; step++) first[step + 1] = (first[step + 1] as number) + (first[step] as number)
  const fill = first.slice()
  const list = new Int32Array(graph.list.length)
  for (let step = 0; step < count; step++) {
    for (let edge = graph.first[step] as number; edge < (graph.first[step + 1] as number); edge++) {
      const target = graph.list[edge] as number
      list[fill[target] as number] = step
      fill[target] = (fill[target] as number) + 1
    }
  }
  return { first, list }
}

function topologicalOrder(count: number, graph: Adjacency): Int32Array {
  const waiting = new Int32Array(count)
  for (const target of graph.list) waiting[target] = (waiting[target] as number) + 1
  const order = new Int32Array(count)
  let filled = 0
  for (let step = 0; step < count; step++) if (waiting[step] === 0) order[filled++] = step
  for (let position = 0; position < filled; position++) {
    const step = order[position] as number
    for (let edge = graph.first[step] as number; edge < (graph.first[step + 1] as number); edge++) {
      const target = graph.list[edge] as number
      waiting[target] = (waiting[target] as number) - 1
      if (waiting[target] === 0) order[filled++] = target
    }
  }
  if (filled < count) {
    const steps = Array.from(waiting.keys()).filter((step) => (waiting[step] as number) > 0)
    throw new ParleyError('SCHEDULE_CYCLE', `The precedences of steps ${steps.join(', ')} run in a circle.`, {
      details: { steps },
      wayOut: 'Remove one of the needs in the circle.',
    })
  }
  return order
}

/**
 * The same problem seen backwards in time: a schedule of it, mirrored, is one of the original. What a step puts into a
 * stock at its end it takes out at its start. The first levels may be negative; then no schedule exists.
 */
export function reverseProblem(problem: ScheduleProblem): ScheduleProblem {
  const stocks = problem.stocks.slice()
  const width = stocks.length
  for (let cell = 0; cell < problem.atStart.length; cell++) {
    const stock = cell % width
    stocks[stock] = (stocks[stock] as number) + (problem.atStart[cell] as number) + (problem.atEnd[cell] as number)
  }
  return {
    ...problem,
    stocks,
    atStart: problem.atEnd.map((change) => (change === 0 ? 0 : -change)),
    atEnd: problem.atStart.map((change) => (change === 0 ? 0 : -change)),
    successors: problem.predecessors,
    predecessors: problem.successors,
    order: problem.order.slice().reverse(),
  }
}
