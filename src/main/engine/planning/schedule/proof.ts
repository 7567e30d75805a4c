import { Activity } from './activity.ts'
import { Clauses, createBuckets } from './clauses.ts'
import { Energy } from './energy.ts'
import { makespanOf, type ScheduleProblem } from './problem.ts'
import { Reservoir } from './reservoir.ts'
import { TimetablePropagator } from './timetable.ts'
import { BY_CLAUSE, BY_DECISION, grow, Trail } from './trail.ts'

const NONE = -0x7fffffff
const RESTART_UNIT = 100
const FIRST_CLAUSE_LIMIT = 4000

/** What a search under a limit came to. */
export type ProofOutcome = 'found' | 'impossible' | 'undecided'

/**
 * An exact solver by lazy clause generation (Schutt, Feydt, Stuckey and Wallace 2011): bounds propagation over
 * precedences, time tables and stocks, where every deduction can name its reasons, and conflict-driven clause learning
 * on top. What is learned stays true, so questions about shorter and longer makespans build on each other.
 */
export class ScheduleProof {
  /** Number of conflicts so far, the natural measure of work. */
  conflicts = 0
  /** Starts of the schedule found last, all zero before the first. */
  readonly starts: Int32Array

  private readonly problem: ScheduleProblem
  private readonly trail: Trail
  private readonly clauses: Clauses
  private readonly activity: Activity
  private readonly makespanSlot: number
  /** Precedences over slots: raising slot s to b raises edgeTarget[e] to b + edgeLag[e], for e in edgeFirst[s].. */
  private readonly edgeFirst: Int32Array
  private readonly edgeTarget: Int32Array
  private readonly edgeLag: Int32Array
  private readonly propagators: readonly { propagate(): boolean }[]
  private readonly dirty: Uint8Array
  /** Which propagators look at a variable. */
  private readonly watchers: readonly Int32Array[]
  /** For each variable, the value that decisions lean to. */
  private readonly phase: Int32Array
  private head = 0
  private possible = true
  private clauseLimit = FIRST_CLAUSE_LIMIT
  private restarts = 0

  private readonly need: Int32Array
  private readonly needEntry: Int32Array
  private touched = new Int32Array(256)
  private touchedCount = 0
  private openCount = 0
  private learned: Int32Array
  private readonly levelSeen: Int32Array
  private readonly slotSeen: Int32Array
  private stamp = 0

  constructor(problem: ScheduleProblem, horizon: number) {
    const { count, durations } = problem
    this.problem = problem
    this.starts = new Int32Array(count)
    const greatest = new Int32Array(count + 1).fill(horizon)
    for (let step = 0; step < count; step++) greatest[step] = horizon - (durations[step] as number)
    this.possible = greatest.every((value) => value >= 0)
    this.trail = new Trail(
      new Int32Array(count + 1),
      greatest.map((value) => Math.max(0, value)),
    )
    const buckets = createBuckets(this.trail)
    this.clauses = new Clauses(this.trail, buckets)
    this.activity = new Activity(this.trail, buckets)
    this.makespanSlot = 2 * count

    const edges: { from: number; to: number; lag: number }[] = []
    for (let step = 0; step < count; step++) {
      const lag = durations[step] as number
      const successors = problem.successors
      const begin = successors.first[step] as number
      const end = successors.first[step + 1] as number
      for (let edge = begin; edge < end; edge++) edges.push({ from: step, to: successors.list[edge] as number, lag })
      if (begin === end) edges.push({ from: step, to: count, lag })
    }
    const slots = 2 * (count + 1)
    const bySlot: { target: number; lag: number }[][] = Array.from({ length: slots }, () => [])
    for (const { from, to, lag } of edges) {
      bySlot[2 * from]?.push({ target: 2 * to, lag })
      bySlot[2 * to + 1]?.push({ target: 2 * from + 1, lag })
    }
    this.edgeFirst = new Int32Array(slots + 1)
    for (let slot = 0; slot < slots; slot++)
      this.edgeFirst[slot + 1] = (this.edgeFirst[slot] as number) + (bySlot[slot]?.length ?? 0)
    this.edgeTarget = Int32Array.from(bySlot.flat(), (edge) => edge.target)
    this.edgeLag = Int32Array.from(bySlot.flat(), (edge) => edge.lag)

    const width = problem.capacities.length
    const stocks = problem.stocks.length
    const tables = Array.from(
      { length: width },
      (_, resource) => new TimetablePropagator(problem, resource, this.trail),
    )
    this.propagators = [
      ...tables,
      ...Array.from({ length: stocks }, (_, stock) => new Reservoir(problem, stock, this.trail)),
      ...tables.map((table) => new Energy(table, this.trail)),
    ]
    this.dirty = new Uint8Array(this.propagators.length).fill(1)
    this.watchers = Array.from({ length: count + 1 }, (_, step) =>
      step === count
        ? new Int32Array(0)
        : Int32Array.from(
            Array.from(this.propagators.keys()).filter((index) => {
              if (index >= width && index < width + stocks) {
                const cell = step * stocks + index - width
                return problem.atStart[cell] !== 0 || problem.atEnd[cell] !== 0
              }
              const resource = index < width ? index : index - width - stocks
              return (problem.demands[step * width + resource] as number) > 0 && (durations[step] as number) > 0
            }),
          ),
    )
    this.need = new Int32Array(slots).fill(NONE)
    this.needEntry = new Int32Array(slots)
    this.learned = new Int32Array(2 * slots)
    this.levelSeen = new Int32Array(1024)
    this.slotSeen = new Int32Array(slots)
    this.phase = new Int32Array(count + 1)
    for (let step = 0; step < count; step++) {
      for (let resource = 0; resource < width; resource++) {
        if (
          (durations[step] as number) > 0 &&
          (problem.demands[step * width + resource] as number) > (problem.capacities[resource] as number)
        )
          this.possible = false
      }
    }
    if (this.possible) this.possible = this.propagateAllEdges() && this.atRoot()
  }

  /** The greatest makespan that is proved to be too short, plus one; Infinity when no schedule exists at all. */
  get lowerBound(): number {
    return this.possible ? (this.trail.root[this.makespanSlot] as number) : Number.POSITIVE_INFINITY
  }

  /**
   * Looks for a schedule of at most `limit` within a number of conflicts, or until `stop` says so (asked every few
   * dozen conflicts). After 'found', `starts` holds it; after 'impossible', `lowerBound` is above the limit.
   */
  search(limit: number, conflictBudget: number, stop: () => boolean = () => false): ProofOutcome {
    const { trail } = this
    const lastConflict = this.conflicts + conflictBudget
    let nextRestart = this.conflicts + RESTART_UNIT * luby(++this.restarts)
    if (!this.possible) return 'impossible'
    for (;;) {
      if (!this.propagate()) {
        this.conflicts++
        if (trail.level === 0) {
          this.possible = false
          return 'impossible'
        }
        this.learn()
        if ((this.conflicts & 63) === 0 && stop()) {
          this.backTo(0)
          return 'undecided'
        }
        continue
      }
      if (trail.level === 0) {
        if (!this.atRoot()) return 'impossible'
        if (this.lowerBound > limit) return 'impossible'
        if (this.conflicts >= lastConflict) return 'undecided'
        trail.open()
        if (-(trail.bounds[this.makespanSlot + 1] as number) > limit) {
          trail.push(this.makespanSlot + 1, -limit, 0, BY_DECISION)
          continue
        }
      }
      if (this.conflicts >= nextRestart || this.conflicts >= lastConflict) {
        nextRestart = this.conflicts + RESTART_UNIT * luby(++this.restarts)
        this.backTo(0)
        continue
      }
      if (!this.decide()) {
        for (let step = 0; step < this.problem.count; step++) this.starts[step] = trail.bounds[2 * step] as number
        this.backTo(0)
        return 'found'
      }
    }
  }

  /** Makes decisions lean to the starts of a schedule that is known. */
  lean(starts: Int32Array): void {
    this.phase.set(starts)
  }

  /** Length of the schedule found last. */
  get makespan(): number {
    return makespanOf(this.problem, this.starts)
  }

  /** At level 0 and with everything propagated: keeps what is known for good. False when that is a contradiction. */
  private atRoot(): boolean {
    const { trail, clauses } = this
    do {
      if (!this.propagate()) {
        this.possible = false
        return false
      }
      trail.settle()
      this.head = 0
      if (clauses.count > this.clauseLimit) {
        this.clauseLimit += 300
        if (!clauses.reduce(false)) {
          this.possible = false
          return false
        }
      }
    } while (trail.length > 0)
    return true
  }

  private backTo(level: number): void {
    this.trail.backTo(level)
    this.activity.backTo(level)
    this.head = this.trail.length
    this.dirty.fill(0)
  }

  /** The next decision; false when every step has its start. */
  private decide(): boolean {
    const { trail, activity, problem } = this
    const bounds = trail.bounds
    const bucket = activity.take()
    if (bucket >= 0) {
      const slot = activity.slotOf(bucket)
      const bound = activity.boundOf(bucket)
      trail.open()
      if ((this.phase[slot >> 1] as number) >= bound) trail.push(slot, bound, 0, BY_DECISION)
      else trail.push(slot + 1, 1 - bound, 0, BY_DECISION)
      return true
    }
    let best = -1
    for (let step = 0; step < problem.count; step++) {
      const slot = 2 * step
      if ((bounds[slot] as number) + (bounds[slot + 1] as number) === 0) continue
      if (
        best < 0 ||
        (bounds[slot] as number) < (bounds[best] as number) ||
        ((bounds[slot] as number) === (bounds[best] as number) &&
          (bounds[slot + 1] as number) > (bounds[best + 1] as number))
      )
        best = slot
    }
    if (best < 0) return false
    trail.open()
    trail.push(best + 1, -(bounds[best] as number), 0, BY_DECISION)
    return true
  }

  private propagateAllEdges(): boolean {
    for (let slot = 0; slot < this.need.length; slot++) if (!this.propagateEdges(slot)) return false
    return true
  }

  private propagateEdges(slot: number): boolean {
    const { trail, edgeTarget, edgeLag } = this
    const bound = trail.bounds[slot] as number
    const stop = this.edgeFirst[slot + 1] as number
    for (let edge = this.edgeFirst[slot] as number; edge < stop; edge++) {
      const target = edgeTarget[edge] as number
      const lag = edgeLag[edge] as number
      if ((trail.bounds[target] as number) < bound + lag && !trail.raiseByEdge(target, bound + lag, slot, lag))
        return false
    }
    return true
  }

  private propagate(): boolean {
    const { trail, clauses, dirty, watchers, propagators } = this
    for (;;) {
      while (this.head < trail.length) {
        const entry = this.head++
        const slot = trail.slot[entry] as number
        const interested = watchers[slot >> 1] as Int32Array
        for (let index = 0; index < interested.length; index++) dirty[interested[index] as number] = 1
        if (!this.propagateEdges(slot) || !clauses.propagate(slot, trail.old[entry] as number)) return false
      }
      const next = dirty.indexOf(1)
      if (next < 0) return true
      dirty[next] = 0
      if (!(propagators[next] as { propagate(): boolean }).propagate()) return false
    }
  }

  /** Learns from the conflict (first unique implication point), goes back and draws the consequence. */
  private learn(): void {
    const { trail, need, activity } = this
    this.touchedCount = 0
    this.openCount = 0
    for (let place = 0; place < trail.conflictLength; place += 2)
      this.require(trail.conflict[place] as number, trail.conflict[place + 1] as number)
    // A conflict may lie wholly below the present level; then it is a conflict of the highest level it touches.
    if (this.openCount === 0) {
      let highest = 0
      for (let index = 0; index < this.touchedCount; index++) {
        const slot = this.touched[index] as number
        if (need[slot] !== NONE) highest = Math.max(highest, trail.levelOf[this.needEntry[slot] as number] as number)
        need[slot] = NONE
      }
      this.backTo(highest)
      if (highest === 0) {
        this.possible = false
        return
      }
      this.touchedCount = 0
      for (let place = 0; place < trail.conflictLength; place += 2)
        this.require(trail.conflict[place] as number, trail.conflict[place + 1] as number)
    }
    let entry = trail.length - 1
    for (; ; entry--) {
      const slot = trail.slot[entry] as number
      if ((need[slot] as number) <= (trail.old[entry] as number)) continue
      if (this.openCount === 1) break
      const bound = need[slot] as number
      need[slot] = NONE
      this.openCount--
      this.requireReasons(entry, slot, bound)
    }
    const assertingSlot = trail.slot[entry] as number
    const assertingBound = need[assertingSlot] as number
    need[assertingSlot] = NONE
    const size = this.collect(assertingSlot, assertingBound)
    const back = size > 1 ? (trail.levelOf[this.needEntry[(this.learned[2] as number) ^ 1] as number] as number) : 0
    const levels = this.countLevels(size)
    this.backTo(back)
    activity.decay()
    if (size === 1) {
      if (!trail.raise(this.learned[0] as number, this.learned[1] as number)) this.possible = false
      return
    }
    const clause = this.clauses.add(this.learned, size, levels)
    trail.push(this.learned[0] as number, this.learned[1] as number, clause, BY_CLAUSE)
  }

  /** Adds a true literal to what the conflict rests on. */
  private require(slot: number, bound: number): void {
    const { trail, need, needEntry } = this
    if (bound <= (trail.root[slot] as number) || bound <= (need[slot] as number)) return
    const entry = trail.entryOf(slot, bound)
    const open = entry >= trail.start
    if (need[slot] === NONE) {
      if (this.touchedCount === this.touched.length) this.touched = grow(this.touched)
      this.touched[this.touchedCount++] = slot
      if (open) this.openCount++
    } else if (open && (needEntry[slot] as number) < trail.start) this.openCount++
    need[slot] = bound
    needEntry[slot] = entry
    this.activity.bump(slot, bound)
  }

  private requireReasons(entry: number, slot: number, bound: number): void {
    const { trail, clauses } = this
    const kind = trail.kind[entry] as number
    if (kind >= 0) {
      for (let place = trail.from[entry] as number; place < kind; place += 2)
        this.require(trail.literals[place] as number, trail.literals[place + 1] as number)
    } else if (kind === BY_CLAUSE) {
      const clause = trail.from[entry] as number
      const begin = clauses.begin(clause)
      const stop = begin + 2 * clauses.size(clause)
      for (let place = begin; place < stop; place += 2) {
        const other = clauses.words[place] as number
        if (other !== slot) this.require(other ^ 1, 1 - (clauses.words[place + 1] as number))
      }
    } else this.require(trail.originOf(entry), bound - (trail.from[entry] as number))
  }

  /** Writes the learned clause, without the literals that follow from others; the highest of the rest comes second. */
  private collect(assertingSlot: number, assertingBound: number): number {
    const { need, needEntry, touched, learned } = this
    learned[0] = assertingSlot ^ 1
    learned[1] = 1 - assertingBound
    let size = 1
    let highest = -1
    this.stamp++
    need[assertingSlot] = NONE
    for (let index = 0; index < this.touchedCount; index++) {
      const slot = touched[index] as number
      const bound = need[slot] as number
      if (bound === NONE || this.follows(needEntry[slot] as number, slot, bound)) continue
      if (this.slotSeen[slot] === this.stamp) continue
      this.slotSeen[slot] = this.stamp
      learned[2 * size] = slot ^ 1
      learned[2 * size + 1] = 1 - bound
      if (highest < 0 || (needEntry[slot] as number) > (needEntry[(learned[2 * highest] as number) ^ 1] as number))
        highest = size
      size++
    }
    if (size > 2) {
      for (let word = 0; word < 2; word++) {
        const swap = learned[2 + word] as number
        learned[2 + word] = learned[2 * highest + word] as number
        learned[2 * highest + word] = swap
      }
    }
    for (let index = 0; index < this.touchedCount; index++) need[touched[index] as number] = NONE
    return size
  }

  /** True when the reasons of an entry are all among what is needed already. */
  private follows(entry: number, slot: number, bound: number): boolean {
    const { trail, clauses } = this
    const kind = trail.kind[entry] as number
    if (kind === BY_DECISION) return false
    if (kind >= 0) {
      for (let place = trail.from[entry] as number; place < kind; place += 2)
        if (!this.isNeeded(trail.literals[place] as number, trail.literals[place + 1] as number, entry)) return false
      return true
    }
    if (kind === BY_CLAUSE) {
      const clause = trail.from[entry] as number
      const begin = clauses.begin(clause)
      const stop = begin + 2 * clauses.size(clause)
      for (let place = begin; place < stop; place += 2) {
        const other = clauses.words[place] as number
        if (other !== slot && !this.isNeeded(other ^ 1, 1 - (clauses.words[place + 1] as number), entry)) return false
      }
      return true
    }
    return this.isNeeded(trail.originOf(entry), bound - (trail.from[entry] as number), entry)
  }

  private isNeeded(slot: number, bound: number, before: number): boolean {
    if (bound <= (this.trail.root[slot] as number)) return true
    return bound <= (this.need[slot] as number) && (this.needEntry[slot] as number) < before
  }

  private countLevels(size: number): number {
    const { trail, learned, needEntry, levelSeen } = this
    this.stamp++
    let levels = 1
    for (let place = 2; place < 2 * size; place += 2) {
      const level = (trail.levelOf[needEntry[(learned[place] as number) ^ 1] as number] as number) & 1023
      if (levelSeen[level] !== this.stamp) {
        levelSeen[level] = this.stamp
        levels++
      }
    }
    return levels
  }
}

/** The n-th number (from 1) of the restart sequence 1 1 2 1 1 2 4 ... (Luby, Sinclair and Zuckerman 1993). */
function luby(n: number): number {
  let size = 1
  while (2 * size - 1 < n) size *= 2
  return 2 * size - 1 === n ? size : luby(n - size + 1)
}
