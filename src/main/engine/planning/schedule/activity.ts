import type { Buckets } from './clauses.ts'
import { grow, type Trail } from './trail.ts'

const DECAY = 0.95
/** Places of buckets that are not in the heap. */
const NEVER = -1
const TAKEN = -2

/**
 * Which bounds were in recent conflicts (variable state independent decaying sum, Moskewicz et al. 2001): a heap of
 * questions "is variable v at least b?", the most active first.
 */
export class Activity {
  private readonly trail: Trail
  private readonly buckets: Buckets
  private readonly score: Float64Array
  /** The bound that was bumped last in each bucket, and its slot (always an even one). */
  private readonly bound: Int32Array
  private readonly slot: Int32Array
  private readonly heap: Int32Array
  private readonly place: Int32Array
  private heapSize = 0
  private step = 1
  /** Buckets taken from the heap, with the level at which they must come back. */
  private taken = new Int32Array(1024)
  private takenAt = new Int32Array(1024)
  private takenCount = 0

  constructor(trail: Trail, buckets: Buckets) {
    this.trail = trail
    this.buckets = buckets
    this.score = new Float64Array(buckets.total)
    this.bound = new Int32Array(buckets.total)
    this.slot = new Int32Array(buckets.total)
    this.heap = new Int32Array(buckets.total)
    this.place = new Int32Array(buckets.total).fill(NEVER)
  }

  /** Makes a literal more active. */
  bump(literalSlot: number, literalBound: number): void {
    const { base, least, shift } = this.buckets
    const slot = literalSlot & ~1
    const bound = literalSlot === slot ? literalBound : 1 - literalBound
    const bucket = (base[slot] as number) + ((bound - (least[slot] as number)) >> (shift[slot] as number))
    this.slot[bucket] = slot
    this.bound[bucket] = bound
    this.score[bucket] = (this.score[bucket] as number) + this.step
    if (this.score[bucket] > 1e100) this.rescale()
    if ((this.place[bucket] as number) >= 0) this.rise(this.place[bucket] as number)
    else if (this.place[bucket] === NEVER) this.insert(bucket)
  }

  decay(): void {
    this.step /= DECAY
  }

  /** Takes the bucket of the most active open question; -1 when none is open. */
  take(): number {
    const bounds = this.trail.bounds
    while (this.heapSize > 0) {
      const bucket = this.heap[0] as number
      this.remove()
      if (this.takenCount === this.taken.length) {
        this.taken = grow(this.taken)
        this.takenAt = grow(this.takenAt)
      }
      const slot = this.slot[bucket] as number
      const open =
        (bounds[slot] as number) < (this.bound[bucket] as number) &&
        -(bounds[slot + 1] as number) >= (this.bound[bucket] as number)
      this.taken[this.takenCount] = bucket
      this.takenAt[this.takenCount] = this.trail.level + (open ? 1 : 0)
      this.takenCount++
      if (open) return bucket
    }
    return -1
  }

  /** The even slot of a bucket's question. */
  slotOf(bucket: number): number {
    return this.slot[bucket] as number
  }

  /** The bound of a bucket's question. */
  boundOf(bucket: number): number {
    return this.bound[bucket] as number
  }

  /** Gives back what was taken above the level. */
  backTo(level: number): void {
    while (this.takenCount > 0 && (this.takenAt[this.takenCount - 1] as number) > level) {
      const bucket = this.taken[--this.takenCount] as number
      if (this.place[bucket] === TAKEN) this.insert(bucket)
    }
  }

  private insert(bucket: number): void {
    this.heap[this.heapSize] = bucket
    this.place[bucket] = this.heapSize
    this.heapSize++
    this.rise(this.heapSize - 1)
  }

  private rise(from: number): void {
    const { heap, place, score } = this
    let at = from
    const bucket = heap[at] as number
    const mine = score[bucket] as number
    while (at > 0) {
      const parent = (at - 1) >> 1
      const other = heap[parent] as number
      if ((score[other] as number) >= mine) break
      heap[at] = other
      place[other] = at
      at = parent
    }
    heap[at] = bucket
    place[bucket] = at
  }

  private remove(): void {
    const { heap, place, score } = this
    place[heap[0] as number] = TAKEN
    this.heapSize--
    if (this.heapSize === 0) return
    const bucket = heap[this.heapSize] as number
    const mine = score[bucket] as number
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.heapSize) break
      if (
        child + 1 < this.heapSize &&
        (score[heap[child + 1] as number] as number) > (score[heap[child] as number] as number)
      )
        child++
      if ((score[heap[child] as number] as number) <= mine) break
      heap[at] = heap[child] as number
      place[heap[at] as number] = at
      at = child
    }
    heap[at] = bucket
    place[bucket] = at
  }

  private rescale(): void {
    for (let bucket = 0; bucket < this.score.length; bucket++)
      this.score[bucket] = (this.score[bucket] as number) * 1e-100
    this.step *= 1e-100
  }
}
