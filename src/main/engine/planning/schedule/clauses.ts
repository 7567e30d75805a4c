import { BY_CLAUSE, grow, type Trail } from './trail.ts'

const MOST_BUCKETS = 512
/** Words before the literals of a clause: its number of literals and the number of levels it spanned when learned. */
const HEADER = 2

/** Where the bounds of a slot fall among the buckets of watch lists: bucket base + ((bound - least) >> shift). */
export interface Buckets {
  readonly base: Int32Array
  readonly least: Int32Array
  readonly shift: Int32Array
  readonly total: number
}

/** Lays out buckets for every slot: one for each bound, or for a range of bounds where a variable has very many values. */
export function createBuckets(trail: Trail): Buckets {
  const slots = trail.bounds.length
  const base = new Int32Array(slots)
  const least = trail.root.slice()
  const shift = new Int32Array(slots)
  let total = 0
  for (let slot = 0; slot < slots; slot++) {
    const span = -(trail.root[slot ^ 1] as number) - (trail.root[slot] as number) + 2
    while (span >> (shift[slot] as number) >= MOST_BUCKETS) shift[slot] = (shift[slot] as number) + 1
    base[slot] = total
    total += (span >> (shift[slot] as number)) + 1
  }
  return { base, least, shift, total }
}

/**
 * Learned clauses over bound literals, with two watched literals each (Moskewicz et al. 2001) in lists that are linked
 * by number, so that propagation allocates nothing.
 */
export class Clauses {
  count = 0
  /** Where each clause starts in `words`. */
  offsets = new Int32Array(1024)
  words = new Int32Array(16384)
  private used = 0
  private readonly heads: Int32Array
  /** Watch 2c + p belongs to the literal in place p of clause c. */
  private next = new Int32Array(2048)
  private readonly trail: Trail
  private readonly buckets: Buckets

  constructor(trail: Trail, buckets: Buckets) {
    this.trail = trail
    this.buckets = buckets
    this.heads = new Int32Array(buckets.total).fill(-1)
  }

  size(clause: number): number {
    return this.words[this.offsets[clause] as number] as number
  }

  /** Position in `words` of the first literal. */
  begin(clause: number): number {
    return (this.offsets[clause] as number) + HEADER
  }

  /** Adds a clause of at least two literals (pairs in `literals`); the first two are watched. Returns its number. */
  add(literals: Int32Array, size: number, levels: number): number {
    const clause = this.append(literals, 0, size, levels)
    this.watch(clause, 0)
    this.watch(clause, 1)
    return clause
  }

  /** Carries on from the rise of a slot from `old` to its present bound. False on a conflict. */
  propagate(slot: number, old: number): boolean {
    const { trail, buckets, heads } = this
    const bounds = trail.bounds
    const base = buckets.base[slot] as number
    const least = buckets.least[slot] as number
    const shift = buckets.shift[slot] as number
    const stop = base + (((bounds[slot] as number) - least) >> shift)
    for (let bucket = base + ((old + 1 - least) >> shift); bucket <= stop; bucket++) {
      let before = -1
      let watch = heads[bucket] as number
      while (watch >= 0) {
        const following = this.next[watch] as number
        if (this.moves(watch, slot)) {
          if (before < 0) heads[bucket] = following
          else this.next[before] = following
          this.watch(watch >> 1, watch & 1)
          if (before < 0 && heads[bucket] === watch) before = watch
        } else {
          before = watch
          if (this.fails(watch, slot)) return false
        }
        watch = following
      }
    }
    return true
  }

  /** Tries to put another literal, one that is not false, in the place of the watched one. */
  private moves(watch: number, slot: number): boolean {
    const { words } = this
    const bounds = this.trail.bounds
    const offset = this.offsets[watch >> 1] as number
    const mine = offset + HEADER + 2 * (watch & 1)
    if ((bounds[slot] as number) < 1 - (words[mine + 1] as number)) return false
    const other = offset + HEADER + 2 * (1 - (watch & 1))
    if ((bounds[words[other] as number] as number) >= (words[other + 1] as number)) return false
    const stop = offset + HEADER + 2 * (words[offset] as number)
    for (let place = offset + HEADER + 4; place < stop; place += 2) {
      const candidate = words[place] as number
      const bound = words[place + 1] as number
      if ((bounds[candidate ^ 1] as number) < 1 - bound) {
        words[place] = words[mine] as number
        words[place + 1] = words[mine + 1] as number
        words[mine] = candidate
        words[mine + 1] = bound
        return true
      }
    }
    return false
  }

  /** With no other literal left to watch, the other watched literal must be true: raises it, or reports the conflict. */
  private fails(watch: number, slot: number): boolean {
    const { words, trail } = this
    const bounds = trail.bounds
    const offset = this.offsets[watch >> 1] as number
    if ((bounds[slot] as number) < 1 - (words[offset + HEADER + 2 * (watch & 1) + 1] as number)) return false
    const other = offset + HEADER + 2 * (1 - (watch & 1))
    const target = words[other] as number
    const bound = words[other + 1] as number
    if ((bounds[target] as number) >= bound) return false
    if ((bounds[target ^ 1] as number) < 1 - bound) {
      trail.push(target, bound, watch >> 1, BY_CLAUSE)
      return false
    }
    const stop = offset + HEADER + 2 * (words[offset] as number)
    for (let place = offset + HEADER; place < stop; place += 2)
      trail.because((words[place] as number) ^ 1, 1 - (words[place + 1] as number))
    trail.failStaged()
    return true
  }

  /**
   * At level 0: drops clauses that are true for good and the worse half of the long ones, shortens the rest, and
   * watches anew. False when a clause has become impossible.
   */
  reduce(keepAll: boolean): boolean {
    const { trail } = this
    const old = this.words
    const oldOffsets = this.offsets.slice(0, this.count)
    const limit = keepAll ? Number.POSITIVE_INFINITY : this.medianLevels(oldOffsets)
    let spare = keepAll ? 0 : this.count >> 1
    this.words = new Int32Array(old.length)
    this.used = 0
    this.count = 0
    this.heads.fill(-1)
    const kept = new Int32Array(2 * trail.bounds.length)
    let possible = true
    for (const offset of oldOffsets) {
      const levels = old[offset + 1] as number
      if (levels > 2 && levels >= limit && spare > 0) {
        spare--
        continue
      }
      let size = 0
      let satisfied = false
      const stop = offset + HEADER + 2 * (old[offset] as number)
      for (let place = offset + HEADER; place < stop; place += 2) {
        const slot = old[place] as number
        const bound = old[place + 1] as number
        if ((trail.bounds[slot] as number) >= bound) satisfied = true
        else if ((trail.bounds[slot ^ 1] as number) < 1 - bound) {
          kept[2 * size] = slot
          kept[2 * size + 1] = bound
          size++
        }
      }
      if (satisfied) continue
      if (size >= 2) this.add(kept, size, levels)
      else if (size === 0) possible = false
      else possible = trail.raise(kept[0] as number, kept[1] as number) && possible
    }
    return possible
  }

  private medianLevels(offsets: Int32Array): number {
    const levels = Array.from(offsets, (offset) => this.words[offset + 1] as number).sort((a, b) => a - b)
    return levels[levels.length >> 1] ?? 0
  }

  private append(literals: Int32Array, from: number, size: number, levels: number): number {
    const clause = this.count++
    if (clause === this.offsets.length) {
      this.offsets = grow(this.offsets)
      this.next = grow(this.next)
    }
    while (this.used + HEADER + 2 * size > this.words.length) this.words = grow(this.words)
    this.offsets[clause] = this.used
    this.words[this.used] = size
    this.words[this.used + 1] = levels
    for (let word = 0; word < 2 * size; word++) this.words[this.used + HEADER + word] = literals[from + word] as number
    this.used += HEADER + 2 * size
    return clause
  }

  private watch(clause: number, place: number): void {
    const position = (this.offsets[clause] as number) + HEADER + 2 * place
    const { base, least, shift } = this.buckets
    const slot = (this.words[position] as number) ^ 1
    const bucket =
      (base[slot] as number) +
      ((1 - (this.words[position + 1] as number) - (least[slot] as number)) >> (shift[slot] as number))
    const watch = 2 * clause + place
    this.next[watch] = this.heads[bucket] as number
    this.heads[bucket] = watch
  }
}
