import type { ScheduleProblem } from './problem.ts'

/** What a generator returns when the steps cannot be placed in the order asked for (a stock would run dry, or a step needs more than there is). */
const DEAD_END = -1

/**
 * Schedule generation schemes (Kelley 1963; Kolisch 1996): places steps one by one at the earliest time that
 * precedence, capacities and stocks allow. Holds its working memory, so that a pass allocates nothing.
 */
export class ScheduleGenerator {
  private readonly problem: ScheduleProblem
  private readonly width: number
  private readonly stockCount: number
  /** Free capacity, then stock levels, from times[p] up to times[p + 1]; the last segment has no end. */
  private readonly free: Int32Array
  private readonly columns: number
  private readonly times: Int32Array
  private segments = 0
  private readonly waiting: Int32Array
  private readonly eligible: Int32Array
  private readonly placed: Uint8Array

  constructor(problem: ScheduleProblem) {
    this.problem = problem
    this.width = problem.capacities.length
    this.stockCount = problem.stocks.length
    this.columns = this.width + this.stockCount
    this.times = new Int32Array(2 * problem.count + 2)
    this.free = new Int32Array((2 * problem.count + 2) * this.columns)
    this.waiting = new Int32Array(problem.count)
    this.eligible = new Int32Array(problem.count)
    this.placed = new Uint8Array(problem.count)
  }

  /**
   * Serial scheme: takes the steps in the order of `list`, in which each must come after its predecessors, and writes
   * their starts. With stocks, a step that cannot be placed yet lets the next one go first. Returns the makespan, or
   * DEAD_END.
   */
  serial(list: Int32Array, starts: Int32Array): number {
    if (!this.reset()) return DEAD_END
    if (this.stockCount > 0) return this.serialWithStocks(list, starts)
    const { durations } = this.problem
    let makespan = 0
    for (let position = 0; position < list.length; position++) {
      const step = list[position] as number
      const start = this.earliest(step, this.readyAt(step, starts))
      if (start === DEAD_END) return DEAD_END
      starts[step] = start
      this.place(step, start)
      const end = start + (durations[step] as number)
      if (end > makespan) makespan = end
    }
    return makespan
  }

  /**
   * Parallel scheme: moves through time and starts, at each moment, as many of the eligible steps as fit, the one with
   * the smallest `rank` first. Returns the makespan, or DEAD_END.
   */
  parallel(rank: Float64Array | Int32Array, starts: Int32Array): number {
    if (!this.reset()) return DEAD_END
    const { problem, waiting, eligible } = this
    const { durations, predecessors, successors } = problem
    let eligibleCount = 0
    for (let step = 0; step < problem.count; step++) {
      waiting[step] = (predecessors.first[step + 1] as number) - (predecessors.first[step] as number)
      if (waiting[step] === 0) eligible[eligibleCount++] = step
    }
    let now = 0
    let makespan = 0
    let done = 0
    while (done < problem.count) {
      let best = -1
      let bestRank = Number.POSITIVE_INFINITY
      let nextReady = 0x7fffffff
      for (let place = 0; place < eligibleCount; place++) {
        const step = eligible[place] as number
        const ready = this.readyAt(step, starts)
        if (ready > now) {
          if (ready < nextReady) nextReady = ready
        } else if ((rank[step] as number) < bestRank && this.fits(step, now)) {
          best = place
          bestRank = rank[step] as number
        }
      }
      if (best < 0) {
        const next = Math.min(nextReady, this.nextChange(now))
        if (next === 0x7fffffff) return DEAD_END
        now = next
        continue
      }
      const step = eligible[best] as number
      eligible[best] = eligible[--eligibleCount] as number
      starts[step] = now
      this.place(step, now)
      done++
      makespan = Math.max(makespan, now + (durations[step] as number))
      for (let edge = successors.first[step] as number; edge < (successors.first[step + 1] as number); edge++) {
        const next = successors.list[edge] as number
        waiting[next] = (waiting[next] as number) - 1
        if (waiting[next] === 0) eligible[eligibleCount++] = next
      }
    }
    return makespan
  }

  private serialWithStocks(list: Int32Array, starts: Int32Array): number {
    const { problem, placed } = this
    const { durations, predecessors } = problem
    placed.fill(0)
    let makespan = 0
    for (let done = 0; done < list.length; done++) {
      let chosen = -1
      for (let position = 0; position < list.length && chosen < 0; position++) {
        const step = list[position] as number
        if (placed[step] === 1) continue
        let ready = true
        for (let edge = predecessors.first[step] as number; edge < (predecessors.first[step + 1] as number); edge++) {
          if (placed[predecessors.list[edge] as number] === 0) ready = false
        }
        if (!ready) continue
        const start = this.earliest(step, this.readyAt(step, starts))
        if (start === DEAD_END) continue
        chosen = step
        starts[step] = start
      }
      if (chosen < 0) return DEAD_END
      placed[chosen] = 1
      this.place(chosen, starts[chosen] as number)
      makespan = Math.max(makespan, (starts[chosen] as number) + (durations[chosen] as number))
    }
    return makespan
  }

  private reset(): boolean {
    const { problem, free, width } = this
    this.segments = 1
    this.times[0] = 0
    for (let column = 0; column < width; column++) free[column] = problem.capacities[column] as number
    let possible = true
    for (let stock = 0; stock < this.stockCount; stock++) {
      free[width + stock] = problem.stocks[stock] as number
      if ((problem.stocks[stock] as number) < 0) possible = false
    }
    return possible
  }

  private readyAt(step: number, starts: Int32Array): number {
    const { predecessors, durations } = this.problem
    const { first, list } = predecessors
    const stop = first[step + 1] as number
    let ready = 0
    for (let edge = first[step] as number; edge < stop; edge++) {
      const before = list[edge] as number
      const end = (starts[before] as number) + (durations[before] as number)
      if (end > ready) ready = end
    }
    return ready
  }

  /** The earliest time from `ready` on at which the step fits. */
  private earliest(step: number, ready: number): number {
    const { times, segments } = this
    const length = this.problem.durations[step] as number
    let start = ready
    let segment = this.segmentAt(ready)
    if (length > 0) {
      for (let probe = segment; probe < segments && (times[probe] as number) < start + length; probe++) {
        if (this.holds(step, probe)) continue
        if (probe + 1 >= segments) return DEAD_END
        segment = probe + 1
        start = times[segment] as number
      }
    }
    if (this.stockCount === 0) return start
    const moment = this.stocksFrom(step, start)
    if (moment === start || moment === DEAD_END) return moment
    return this.earliest(step, moment)
  }

  private fits(step: number, now: number): boolean {
    return this.earliest(step, now) === now
  }

  private holds(step: number, segment: number): boolean {
    const { free, columns, width } = this
    const demands = this.problem.demands
    const row = step * width
    const offset = segment * columns
    for (let column = 0; column < width; column++) {
      if ((free[offset + column] as number) < (demands[row + column] as number)) return false
    }
    return true
  }

  /** `start` when the stocks allow it, else a later time to look at, or DEAD_END. */
  private stocksFrom(step: number, start: number): number {
    const { times, segments, free, columns, width, stockCount, problem } = this
    const end = start + (problem.durations[step] as number)
    const row = step * stockCount
    const from = this.segmentAt(start)
    for (let segment = segments - 1; segment >= from; segment--) {
      const until = segment + 1 < segments ? (times[segment + 1] as number) : 0x7fffffff
      for (let stock = 0; stock < stockCount; stock++) {
        const level = free[segment * columns + width + stock] as number
        const begun = problem.atStart[row + stock] as number
        const ended = problem.atEnd[row + stock] as number
        const short =
          ((times[segment] as number) < end && level + begun < 0) || (until > end && level + begun + ended < 0)
        if (short && begun + ended <= 0) return until === 0x7fffffff ? DEAD_END : until
        if (short) return until === 0x7fffffff ? DEAD_END : Math.max(start + 1, times[from + 1] ?? start + 1)
      }
    }
    return start
  }

  private nextChange(now: number): number {
    const segment = this.segmentAt(now)
    return segment + 1 < this.segments ? (this.times[segment + 1] as number) : 0x7fffffff
  }

  /** The segment that holds the time. */
  private segmentAt(time: number): number {
    const { times } = this
    let low = 0
    let high = this.segments - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((times[middle] as number) <= time) low = middle
      else high = middle - 1
    }
    return low
  }

  private place(step: number, start: number): void {
    const { free, columns, width, stockCount, problem } = this
    const end = start + (problem.durations[step] as number)
    const row = step * width
    if (end > start) {
      const first = this.splitAt(start)
      const last = this.splitAt(end)
      for (let segment = first; segment < last; segment++) {
        const offset = segment * columns
        for (let column = 0; column < width; column++) {
          free[offset + column] = (free[offset + column] as number) - (problem.demands[row + column] as number)
        }
      }
    }
    for (let stock = 0; stock < stockCount; stock++) {
      this.shiftLevel(width + stock, start, problem.atStart[step * stockCount + stock] as number)
      this.shiftLevel(width + stock, end, problem.atEnd[step * stockCount + stock] as number)
    }
  }

  private shiftLevel(column: number, from: number, change: number): void {
    if (change === 0) return
    const { free, columns } = this
    for (let segment = this.splitAt(from); segment < this.segments; segment++) {
      const cell = segment * columns + column
      free[cell] = (free[cell] as number) + change
    }
  }

  /** Makes a segment begin at the time; returns it. */
  private splitAt(time: number): number {
    const { times, free, columns } = this
    const segment = this.segmentAt(time)
    if (times[segment] === time) return segment
    for (let place = this.segments; place > segment + 1; place--) times[place] = times[place - 1] as number
    times[segment + 1] = time
    const from = segment * columns
    free.copyWithin(from + columns, from, this.segments * columns)
    this.segments++
    return segment + 1
  }
}
