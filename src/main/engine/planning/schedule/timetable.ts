import type { ScheduleProblem } from './problem.ts'
import { sortBy } from './sort.ts'
import type { Trail } from './trail.ts'

/**
 * Keeps one reusable resource within its capacity by the time table: the parts that steps must occupy whatever
 * happens push other steps aside. Explanations name one moment each (Schutt, Feydt, Stuckey and Wallace 2011,
 * "Explaining the cumulative propagator").
 */
export class TimetablePropagator {
  private readonly trail: Trail
  readonly capacity: number
  readonly steps: Int32Array
  readonly lengths: Int32Array
  readonly demands: Int32Array
  /** Indexes into `steps`, kept nearly sorted from one call to the next. */
  private readonly byBegin: Int32Array
  private readonly byFinish: Int32Array
  readonly begins: Int32Array
  readonly finishes: Int32Array
  /** Work of the profile before each of its points. */
  private readonly work: Float64Array
  /** The profile: from time[p] to time[p + 1] the height is height[p]. */
  private readonly time: Int32Array
  private readonly height: Int32Array
  private points = 0

  constructor(problem: ScheduleProblem, resource: number, trail: Trail) {
    const width = problem.capacities.length
    const steps = Array.from({ length: problem.count }, (_, step) => step).filter(
      (step) => (problem.demands[step * width + resource] as number) > 0 && (problem.durations[step] as number) > 0,
    )
    this.trail = trail
    this.capacity = problem.capacities[resource] as number
    this.steps = Int32Array.from(steps)
    this.lengths = Int32Array.from(steps, (step) => problem.durations[step] as number)
    this.demands = Int32Array.from(steps, (step) => problem.demands[step * width + resource] as number)
    this.byBegin = Int32Array.from(steps.keys())
    this.byFinish = Int32Array.from(steps.keys())
    this.begins = new Int32Array(steps.length)
    this.finishes = new Int32Array(steps.length)
    this.time = new Int32Array(2 * steps.length + 1)
    this.height = new Int32Array(2 * steps.length + 1)
    this.work = new Float64Array(2 * steps.length + 1)
  }

  /** False on a conflict. */
  propagate(): boolean {
    const highest = this.buildProfile()
    if (highest < 0) return false
    const { trail, steps, lengths, demands, capacity } = this
    const bounds = trail.bounds
    for (let index = 0; index < steps.length; index++) {
      const demand = demands[index] as number
      if (highest + demand <= capacity) continue
      const slot = 2 * (steps[index] as number)
      if ((bounds[slot] as number) + (bounds[slot + 1] as number) === 0) continue
      if (!this.pushLater(index, slot, demand, lengths[index] as number)) return false
      if (!this.pushEarlier(index, slot, demand, lengths[index] as number)) return false
    }
    return true
  }

  /** Builds the profile; the greatest height, or -1 on an overload. */
  private buildProfile(): number {
    const { trail, steps, lengths, demands, begins, finishes, byBegin, byFinish, time, height, work, capacity } = this
    const bounds = trail.bounds
    const size = steps.length
    for (let index = 0; index < size; index++) {
      const slot = 2 * (steps[index] as number)
      begins[index] = -(bounds[slot + 1] as number)
      finishes[index] = (bounds[slot] as number) + (lengths[index] as number)
    }
    sortBy(byBegin, begins)
    sortBy(byFinish, finishes)
    let points = 0
    let level = 0
    let highest = 0
    let starting = 0
    let ending = 0
    while (ending < size) {
      const finish = finishes[byFinish[ending] as number] as number
      const begin = starting < size ? (begins[byBegin[starting] as number] as number) : 0x7fffffff
      const now = begin < finish ? begin : finish
      let changed = false
      while (starting < size && (begins[byBegin[starting] as number] as number) === now) {
        const index = byBegin[starting++] as number
        if ((finishes[index] as number) <= now) continue
        level += demands[index] as number
        changed = true
      }
      while (ending < size && (finishes[byFinish[ending] as number] as number) === now) {
        const index = byFinish[ending++] as number
        if ((begins[index] as number) >= now) continue
        level -= demands[index] as number
        changed = true
      }
      // A point at every change of hands, even at equal height: a step is told from the others by whole segments.
      if (!changed) continue
      work[points] =
        points === 0
          ? 0
          : (work[points - 1] as number) + (height[points - 1] as number) * (now - (time[points - 1] as number))
      time[points] = now
      height[points] = level
      points++
      if (level > capacity) {
        this.explain(now, -1, capacity)
        trail.failStaged()
        return -1
      }
      if (level > highest) highest = level
    }
    this.points = points
    return highest
  }

  /** How much work the profile does before a time, in capacity times time. */
  workBefore(moment: number): number {
    if (this.points === 0 || moment <= (this.time[0] as number)) return 0
    const point = this.pointAt(moment)
    return (this.work[point] as number) + (this.height[point] as number) * (moment - (this.time[point] as number))
  }

  private pushLater(index: number, slot: number, demand: number, length: number): boolean {
    const { trail, time, height, points, capacity } = this
    const bounds = trail.bounds
    const begin = this.begins[index] as number
    const finish = this.finishes[index] as number
    let point = this.pointAt(bounds[slot] as number)
    while (point < points && (time[point] as number) < (bounds[slot] as number) + length) {
      const until = point + 1 < points ? (time[point + 1] as number) : (time[point] as number)
      const own = begin < finish && (time[point] as number) >= begin && (time[point] as number) < finish
      if (!own && (height[point] as number) + demand > capacity && until > (bounds[slot] as number)) {
        while ((bounds[slot] as number) < until) {
          const moment = Math.min(until, (bounds[slot] as number) + length) - 1
          trail.because(slot, moment - length + 1)
          this.explain(moment, index, capacity - demand)
          if (!trail.raise(slot, moment + 1)) return false
        }
      }
      point++
    }
    return true
  }

  private pushEarlier(index: number, slot: number, demand: number, length: number): boolean {
    const { trail, time, height, points, capacity } = this
    const bounds = trail.bounds
    const begin = this.begins[index] as number
    const finish = this.finishes[index] as number
    let point = Math.min(this.pointAt(-(bounds[slot + 1] as number) + length - 1), points - 1)
    while (point >= 0) {
      const latest = -(bounds[slot + 1] as number)
      const from = time[point] as number
      const until = point + 1 < points ? (time[point + 1] as number) : from
      if (until <= latest) break
      const own = begin < finish && from >= begin && from < finish
      if (!own && (height[point] as number) + demand > capacity && from < latest + length) {
        while (-(bounds[slot + 1] as number) + length > from) {
          const moment = Math.max(from, -(bounds[slot + 1] as number))
          trail.because(slot + 1, -moment)
          this.explain(moment, index, capacity - demand)
          if (!trail.raise(slot + 1, length - moment)) return false
        }
      }
      point--
    }
    return true
  }

  /** The last point of the profile at or before the time, 0 when there is none. */
  private pointAt(moment: number): number {
    const { time } = this
    let low = 0
    let high = this.points - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((time[middle] as number) <= moment) low = middle
      else high = middle - 1
    }
    return low
  }

  /** Stages why the steps that must run at the moment, all but one, need more than `limit`. */
  private explain(moment: number, except: number, limit: number): void {
    const { trail, steps, lengths, demands, begins, finishes } = this
    const root = trail.root
    let spare = -limit - 1
    for (let index = 0; index < steps.length; index++) {
      if ((begins[index] as number) <= moment && moment < (finishes[index] as number) && index !== except)
        spare += demands[index] as number
    }
    for (let index = 0; index < steps.length; index++) {
      if ((begins[index] as number) > moment || moment >= (finishes[index] as number) || index === except) continue
      const slot = 2 * (steps[index] as number)
      const earliest = moment - (lengths[index] as number) + 1
      const known = earliest <= (root[slot] as number) && -moment <= (root[slot + 1] as number)
      if (!known && (demands[index] as number) <= spare) {
        spare -= demands[index] as number
        continue
      }
      trail.because(slot, earliest)
      trail.because(slot + 1, -moment)
    }
  }
}
