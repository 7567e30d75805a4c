import { sortBy } from './sort.ts'
import type { TimetablePropagator } from './timetable.ts'
import type { Trail } from './trail.ts'

/** States looked at before judging, and runs for which one success is enough. */
const TRIAL = 1000
const WORTHWHILE = 12

/**
 * Keeps the work that must fall into any window of time within what a reusable resource can do in it: time-table edge
 * finding (Vilim 2011), explained by minimal overlaps (Schutt, Feydt and Stuckey 2013). Sees overloads that no single
 * moment shows. Reads the profile of the resource's time table, which must be up to date.
 */
export class Energy {
  private readonly trail: Trail
  private readonly table: TimetablePropagator
  /** Work done by the profile before the earliest start, and before the latest end, of each step. */
  private readonly beforeEarliest: Float64Array
  private readonly beforeLatest: Float64Array
  private readonly byEarliest: Int32Array
  private readonly byLatest: Int32Array
  private readonly earliest: Int32Array
  private readonly latest: Int32Array
  private readonly loose: Int32Array
  private calls = 0
  private runs = 0
  private hits = 0

  constructor(table: TimetablePropagator, trail: Trail) {
    const size = table.steps.length
    this.trail = trail
    this.table = table
    this.beforeEarliest = new Float64Array(size)
    this.beforeLatest = new Float64Array(size)
    this.byEarliest = Int32Array.from(table.steps.keys())
    this.byLatest = Int32Array.from(table.steps.keys())
    this.earliest = new Int32Array(size)
    this.latest = new Int32Array(size)
    this.loose = new Int32Array(size)
  }

  /** False on a conflict. */
  propagate(): boolean {
    // Where windows seldom tell more than moments do, it looks only at every sixteenth state.
    this.calls++
    if (this.calls > TRIAL && this.hits * WORTHWHILE < this.runs && (this.calls & 15) !== 0) return true
    this.runs++
    const before = this.trail.length
    const possible = this.pass(0) && this.pass(1)
    if (!possible || this.trail.length > before) this.hits++
    return possible
  }

  /** One sweep over all windows; side 1 sees time backwards, so that one rule pushes both ways. */
  private pass(side: 0 | 1): boolean {
    this.prepare(side)
    const { table, byEarliest, byLatest, earliest, latest, loose, beforeEarliest, beforeLatest } = this
    const { demands, lengths, begins, finishes, capacity } = table
    const size = byEarliest.length
    let windowEnd = Number.NEGATIVE_INFINITY
    for (let outer = 0; outer < size; outer++) {
      const closing = byLatest[outer] as number
      if (latest[closing] === windowEnd) continue
      windowEnd = latest[closing] as number
      let work = 0
      let candidate = -1
      let candidateNeed = 0
      for (let inner = size - 1; inner >= 0; inner--) {
        const index = byEarliest[inner] as number
        const windowStart = earliest[index] as number
        if (windowStart >= windowEnd) continue
        if ((latest[index] as number) <= windowEnd) work += (demands[index] as number) * (loose[index] as number)
        else {
          const begin = side === 0 ? (begins[index] as number) : -(finishes[index] as number)
          const finish = side === 0 ? (finishes[index] as number) : -(begins[index] as number)
          const fixed = begin < finish ? Math.max(0, Math.min(finish, windowEnd) - begin) : 0
          const need =
            (demands[index] as number) * (Math.min(lengths[index] as number, windowEnd - windowStart) - fixed)
          if (need > candidateNeed) {
            candidate = index
            candidateNeed = need
          }
        }
        if (work === 0 && candidate < 0) continue
        if (inner > 0 && earliest[byEarliest[inner - 1] as number] === windowStart) continue
        const spare =
          capacity * (windowEnd - windowStart) -
          work -
          (beforeLatest[closing] as number) +
          (beforeEarliest[index] as number)
        if (spare < 0) {
          return side === 0 ? this.fail(windowStart, windowEnd) : this.fail(-windowEnd, -windowStart)
        }
        if (candidate >= 0 && spare < candidateNeed) {
          const pushed =
            side === 0
              ? this.push(candidate, windowStart, windowEnd, 0)
              : this.push(candidate, -windowEnd, -windowStart, 1)
          if (!pushed) return false
          candidate = -1
          candidateNeed = 0
        }
      }
    }
    return true
  }

  private prepare(side: 0 | 1): void {
    const { table, earliest, latest, loose, beforeEarliest, beforeLatest } = this
    const { steps, lengths, begins, finishes } = table
    for (let index = 0; index < steps.length; index++) {
      const length = lengths[index] as number
      const from = (finishes[index] as number) - length
      const to = (begins[index] as number) + length
      loose[index] = length - Math.max(0, (finishes[index] as number) - (begins[index] as number))
      if (side === 0) {
        earliest[index] = from
        latest[index] = to
        beforeEarliest[index] = table.workBefore(from)
        beforeLatest[index] = table.workBefore(to)
      } else {
        earliest[index] = -to
        latest[index] = -from
        const work = beforeEarliest[index] as number
        beforeEarliest[index] = -(beforeLatest[index] as number)
        beforeLatest[index] = -work
      }
    }
    sortBy(this.byEarliest, earliest)
    sortBy(this.byLatest, latest)
  }

  /** Least time that a step must spend in a window. */
  private overlap(index: number, from: number, until: number): number {
    const { lengths, begins, finishes } = this.table
    const least = Math.min(
      lengths[index] as number,
      until - from,
      (finishes[index] as number) - from,
      until - (begins[index] as number),
    )
    return least > 0 ? least : 0
  }

  private workIn(from: number, until: number, except: number): number {
    const { demands } = this.table
    let work = 0
    for (let index = 0; index < demands.length; index++) {
      if (index !== except) work += (demands[index] as number) * this.overlap(index, from, until)
    }
    return work
  }

  private fail(from: number, until: number): false {
    this.explain(from, until, -1, this.table.capacity * (until - from) + 1)
    return this.trail.failStaged()
  }

  private push(index: number, from: number, until: number, side: 0 | 1): boolean {
    const { trail, table } = this
    const demand = table.demands[index] as number
    const length = table.lengths[index] as number
    const slot = 2 * (table.steps[index] as number)
    const room = table.capacity * (until - from)
    const rest = room - this.workIn(from, until, index)
    if (rest < 0) return this.fail(from, until)
    const allowed = Math.floor(rest / demand)
    if (allowed >= length || allowed >= until - from) return true
    if (side === 0) {
      if (
        (trail.bounds[slot] as number) < from + allowed + 1 - length ||
        (trail.bounds[slot] as number) >= until - allowed
      )
        return true
      trail.because(slot, from + allowed + 1 - length)
      this.explain(from, until, index, room + 1 - demand * (allowed + 1))
      return trail.raise(slot, until - allowed)
    }
    const latestStart = -(trail.bounds[slot + 1] as number)
    if (latestStart > until - allowed - 1 || latestStart <= from + allowed - length) return true
    trail.because(slot + 1, allowed + 1 - until)
    this.explain(from, until, index, room + 1 - demand * (allowed + 1))
    return trail.raise(slot + 1, length - from - allowed)
  }

  /** Stages why steps other than one must do at least `enough` work in the window, as weakly as that allows. */
  private explain(from: number, until: number, except: number, enough: number): void {
    const { trail, table } = this
    const { steps, lengths, demands } = table
    const root = trail.root
    let spare = this.workIn(from, until, except) - enough
    for (let index = 0; index < steps.length; index++) {
      if (index === except) continue
      let least = this.overlap(index, from, until)
      if (least === 0) continue
      const slot = 2 * (steps[index] as number)
      const length = lengths[index] as number
      const known = from + least - length <= (root[slot] as number) && least - until <= (root[slot + 1] as number)
      if (known) continue
      const cut = Math.min(least, Math.floor(spare / (demands[index] as number)))
      least -= cut
      spare -= cut * (demands[index] as number)
      if (least === 0) continue
      trail.because(slot, from + least - length)
      trail.because(slot + 1, least - until)
    }
  }
}
