import type { Random } from '#shared/lib/random.ts'
import { ScheduleGenerator } from './generation-scheme.ts'
import { reverseProblem, type ScheduleProblem } from './problem.ts'

const NO_SCHEDULE = 0x3fffffff
/** More than any time, so that what comes before, in and after a window stays apart. */
const APART = 2 ** 30

/** Parents are alike when their starts differ by no more than this on average. */
const ALIKE = 2

/** How two schedules are crossed: the window as a share of the makespan, how many are compared, how much is moved. */
export interface Crossing {
  readonly narrowest: number
  readonly widest: number
  readonly windows: number
  /** Chance of each step to be moved when the parents are alike. */
  readonly mutation: number
}

/** Turns schedules into orders of steps and back, with the working memory that takes. */
export class Genes {
  private readonly problem: ScheduleProblem
  private readonly random: Random
  private readonly forward: ScheduleGenerator
  private readonly backward: ScheduleGenerator
  /** Place of each step in the topological order: the tie break that keeps every order feasible. */
  private readonly place: Int32Array
  /** Sum over resources of the share of the capacity that each step holds. */
  private readonly weight: Float64Array
  private readonly work: number
  private readonly keys: Float64Array
  private readonly sorted: Float64Array
  private readonly list: Int32Array
  private readonly mirrored: Int32Array
  private readonly ranks: Float64Array
  private readonly isBefore: Uint8Array
  private readonly waiting: Int32Array
  private readonly eligible: Int32Array

  constructor(problem: ScheduleProblem, random: Random) {
    const { count } = problem
    const width = problem.capacities.length
    this.problem = problem
    this.random = random
    this.forward = new ScheduleGenerator(problem)
    this.backward = new ScheduleGenerator(reverseProblem(problem))
    this.place = new Int32Array(count)
    for (const [place, step] of problem.order.entries()) this.place[step] = place
    this.weight = new Float64Array(count)
    this.isBefore = new Uint8Array(count * count)
    let work = 0
    for (let step = 0; step < count; step++) {
      let weight = 0
      for (let resource = 0; resource < width; resource++) {
        weight +=
          (problem.demands[step * width + resource] as number) / Math.max(1, problem.capacities[resource] as number)
      }
      this.weight[step] = weight
      work += weight * (problem.durations[step] as number)
      const { first, list } = problem.successors
      for (let edge = first[step] as number; edge < (first[step + 1] as number); edge++)
        this.isBefore[step * count + (list[edge] as number)] = 1
    }
    this.work = work
    this.keys = new Float64Array(count)
    this.sorted = new Float64Array(count)
    this.list = new Int32Array(count)
    this.mirrored = new Int32Array(count)
    this.ranks = new Float64Array(count)
    this.waiting = new Int32Array(count)
    this.eligible = new Int32Array(count)
  }

  /**
   * Makes a schedule by a priority rule, the greatest first: exactly so (kind 0) or with random deviations in the parallel
   * scheme (kind 1), or by biased sampling in the serial scheme (kind 2). Returns its fitness, as `build` does.
   */
  sample(rule: Int32Array, kind: number, starts: Int32Array): number {
    if (kind === 2) {
      this.sampleList(rule)
      return this.build(false, starts)
    }
    const { random, ranks } = this
    for (let step = 0; step < ranks.length; step++) {
      ranks[step] = -(rule[step] as number) * (kind === 0 ? 1 : 0.5 + random.float())
    }
    const makespan = this.forward.parallel(ranks, starts)
    return makespan < 0 ? NO_SCHEDULE : makespan + this.slackness(false, makespan, starts)
  }

  /** Makes the order in which a schedule is pushed to the other side. */
  justify(starts: Int32Array, backward: boolean): void {
    const { keys, problem } = this
    for (let step = 0; step < keys.length; step++) {
      keys[step] = backward ? (starts[step] as number) + (problem.durations[step] as number) : (starts[step] as number)
    }
    this.sortKeys(backward)
  }

  /**
   * Makes the order of a child: what lies in a busy window of the giver as there, the rest in the order of the other.
   * Where the parents are alike, some steps are moved.
   */
  cross(giver: Int32Array, fitness: number, other: Int32Array, backward: boolean, crossing: Crossing): void {
    const { keys, problem, random } = this
    const span = Math.floor(fitness)
    const share = crossing.narrowest + (crossing.widest - crossing.narrowest) * random.float()
    const length = Math.max(1, Math.round(span * share))
    const from = this.busiestWindow(giver, span, length, crossing.windows)
    const until = from + length
    let distance = 0
    for (let step = 0; step < keys.length; step++) {
      const shift = backward ? (problem.durations[step] as number) : 0
      const mine = (giver[step] as number) + shift
      const theirs = (other[step] as number) + shift
      distance += Math.abs(mine - theirs)
      keys[step] = mine < from ? theirs : mine > until ? theirs + 2 * APART : mine + APART
    }
    this.sortKeys(backward)
    if (distance <= ALIKE * keys.length) this.mutate(backward, crossing.mutation)
  }

  /**
   * Schedules the steps in the present order, forward or backward, and writes the starts. Returns the fitness: the
   * makespan plus a fraction that is smaller the further the work lies from the open end; at least 0x3fffffff when the
   * stocks did not allow the order.
   */
  build(backward: boolean, starts: Int32Array): number {
    if (!backward) {
      const makespan = this.forward.serial(this.list, starts)
      return makespan < 0 ? NO_SCHEDULE : makespan + this.slackness(false, makespan, starts)
    }
    const { durations } = this.problem
    const makespan = this.backward.serial(this.list, this.mirrored)
    if (makespan < 0) return NO_SCHEDULE
    for (let step = 0; step < starts.length; step++) {
      starts[step] = makespan - (this.mirrored[step] as number) - (durations[step] as number)
    }
    return makespan + this.slackness(true, makespan, starts)
  }

  /** Mean place of the work in time as a fraction of the makespan, counted from the side it was pushed to. */
  private slackness(backward: boolean, makespan: number, starts: Int32Array): number {
    if (this.work === 0 || makespan === 0) return 0
    const { weight, problem } = this
    let sum = 0
    for (let step = 0; step < starts.length; step++) {
      const duration = problem.durations[step] as number
      sum += (weight[step] as number) * duration * ((starts[step] as number) + duration / 2)
    }
    const centre = sum / this.work / makespan
    return 0.99 * (backward ? 1 - centre : centre)
  }

  private busiestWindow(starts: Int32Array, span: number, length: number, windows: number): number {
    const { random, weight, problem } = this
    let best = 0
    let most = -1
    for (let window = 0; window < windows; window++) {
      const from = random.int(0, Math.max(0, span - length))
      let use = 0
      for (let step = 0; step < starts.length; step++) {
        const start = starts[step] as number
        const end = start + (problem.durations[step] as number)
        const overlap = Math.min(end, from + length) - Math.max(start, from)
        if (overlap > 0) use += overlap * (weight[step] as number)
      }
      if (use > most) {
        most = use
        best = from
      }
    }
    return best
  }

  /** Sorts the steps by key, backward with the greatest first; equal keys in topological order. */
  private sortKeys(backward: boolean): void {
    const { keys, sorted, list, place, problem } = this
    const count = keys.length
    for (let step = 0; step < count; step++) {
      sorted[step] = backward
        ? (4 * APART - (keys[step] as number)) * count + count - 1 - (place[step] as number)
        : (keys[step] as number) * count + (place[step] as number)
    }
    sorted.sort()
    for (let position = 0; position < count; position++) {
      const rest = (sorted[position] as number) % count
      list[position] = problem.order[backward ? count - 1 - rest : rest] as number
    }
  }

  /** Moves steps, each with the given chance, to random places between their predecessors and successors. */
  private mutate(backward: boolean, chance: number): void {
    const { list, random } = this
    const count = list.length
    for (let position = 0; position < count; position++) {
      if (!random.chance(chance)) continue
      const step = list[position] as number
      let low = position
      let high = position
      while (low > 0 && !this.comesBefore(list[low - 1] as number, step, backward)) low--
      while (high < count - 1 && !this.comesBefore(step, list[high + 1] as number, backward)) high++
      const target = random.int(low, high)
      if (target < position) list.copyWithin(target + 1, target, position)
      else list.copyWithin(position, position + 1, target + 1)
      list[target] = step
    }
  }

  private comesBefore(one: number, two: number, backward: boolean): boolean {
    const cell = backward ? two * this.problem.count + one : one * this.problem.count + two
    return this.isBefore[cell] === 1
  }

  /** Draws a feasible order; the chance of each eligible step grows with its priority (regret-based biased sampling). */
  private sampleList(rule: Int32Array): void {
    const { problem, random, list, waiting, eligible } = this
    const { predecessors, successors } = problem
    let open = 0
    for (let step = 0; step < problem.count; step++) {
      waiting[step] = (predecessors.first[step + 1] as number) - (predecessors.first[step] as number)
      if (waiting[step] === 0) eligible[open++] = step
    }
    for (let position = 0; position < problem.count; position++) {
      let shortest = NO_SCHEDULE
      let sum = 0
      for (let index = 0; index < open; index++)
        shortest = Math.min(shortest, rule[eligible[index] as number] as number)
      for (let index = 0; index < open; index++) sum += (rule[eligible[index] as number] as number) - shortest + 1
      let draw = random.float() * sum
      let chosen = 0
      while (chosen < open - 1) {
        draw -= (rule[eligible[chosen] as number] as number) - shortest + 1
        if (draw < 0) break
        chosen++
      }
      const step = eligible[chosen] as number
      eligible[chosen] = eligible[--open] as number
      list[position] = step
      for (let edge = successors.first[step] as number; edge < (successors.first[step + 1] as number); edge++) {
        const next = successors.list[edge] as number
        waiting[next] = (waiting[next] as number) - 1
        if (waiting[next] === 0) eligible[open++] = next
      }
    }
  }
}
