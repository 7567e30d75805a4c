/** Why a bound was raised: a range of literals in the explanation list, a learned clause, a precedence, or nothing. */
export const BY_CLAUSE = -1
export const BY_DECISION = -2
const BY_EDGE = -3

/**
 * The bounds of all variables and the history of how they came about, for a solver that explains itself.
 *
 * Variable v has two slots: slot 2v holds its least value, slot 2v + 1 the negative of its greatest. A literal is a
 * pair (slot, bound) and says that the slot is at least the bound; its opposite is (slot ^ 1, 1 - bound). Both sides
 * thus follow the same rules, and bounds only rise until they are undone.
 */
export class Trail {
  readonly bounds: Int32Array
  /** Bounds that hold whatever is decided. */
  readonly root: Int32Array
  /** Newest entry of each slot, -1 when it still has its root bound. */
  readonly last: Int32Array

  length = 0
  level = 0
  slot = new Int32Array(1024)
  old = new Int32Array(1024)
  /** The entry of the same slot before this one. */
  previous = new Int32Array(1024)
  levelOf = new Int32Array(1024)
  /** With kind >= 0: the reason is literals from..kind of the explanation list. */
  from = new Int32Array(1024)
  kind = new Int32Array(1024)

  /** Explanation list: literals as pairs. Staged literals lie between `staged` and `top`. */
  literals = new Int32Array(8192)
  top = 0
  staged = 0

  /** The literals of the conflict that was found last: all true, and impossible together. */
  conflict = new Int32Array(64)
  conflictLength = 0

  private levelStart = new Int32Array(64)
  private levelTop = new Int32Array(64)

  constructor(least: Int32Array, greatest: Int32Array) {
    this.bounds = new Int32Array(least.length * 2)
    for (let variable = 0; variable < least.length; variable++) {
      this.bounds[2 * variable] = least[variable] as number
      this.bounds[2 * variable + 1] = -(greatest[variable] as number)
    }
    this.root = this.bounds.slice()
    this.last = new Int32Array(this.bounds.length).fill(-1)
  }

  /** First entry of the present level. */
  get start(): number {
    return this.level === 0 ? 0 : (this.levelStart[this.level] as number)
  }

  /** Adds a literal, true now, to the explanation of what comes next. */
  because(slot: number, bound: number): void {
    if (bound <= (this.root[slot] as number)) return
    if (this.top + 2 > this.literals.length) this.literals = grow(this.literals)
    this.literals[this.top] = slot
    this.literals[this.top + 1] = bound
    this.top += 2
  }

  /** Drops the staged literals. */
  forget(): void {
    this.top = this.staged
  }

  /** Raises a slot, explained by the staged literals. False on a conflict. */
  raise(slot: number, bound: number): boolean {
    if ((this.bounds[slot] as number) >= bound) {
      this.top = this.staged
      return true
    }
    if ((this.bounds[slot ^ 1] as number) > -bound) {
      this.because(slot ^ 1, 1 - bound)
      return this.failStaged()
    }
    this.push(slot, bound, this.staged, this.top)
    this.staged = this.top
    return true
  }

  /** Raises a slot because `origin` is at least bound - lag. False on a conflict. */
  raiseByEdge(slot: number, bound: number, origin: number, lag: number): boolean {
    if ((this.bounds[slot] as number) >= bound) return true
    if ((this.bounds[slot ^ 1] as number) > -bound) {
      this.because(origin, bound - lag)
      this.because(slot ^ 1, 1 - bound)
      return this.failStaged()
    }
    this.push(slot, bound, lag, BY_EDGE - origin)
    return true
  }

  /** Raises a slot that is known to be free to rise, with a clause or a decision as the reason. */
  push(slot: number, bound: number, from: number, kind: number): void {
    const entry = this.length
    if (entry === this.slot.length) this.growEntries()
    this.slot[entry] = slot
    this.old[entry] = this.bounds[slot] as number
    this.previous[entry] = this.last[slot] as number
    this.levelOf[entry] = this.level
    this.from[entry] = from
    this.kind[entry] = kind
    this.last[slot] = entry
    this.bounds[slot] = bound
    this.length = entry + 1
  }

  /** Makes the staged literals the conflict; always false, so that propagators can return it. */
  failStaged(): false {
    const size = this.top - this.staged
    while (this.conflict.length < size) this.conflict = grow(this.conflict)
    this.conflict.set(this.literals.subarray(this.staged, this.top), 0)
    this.conflictLength = size
    this.top = this.staged
    return false
  }

  /** The precedence that raised an entry: the slot it came from, or -1 when it was not a precedence. */
  originOf(entry: number): number {
    return (this.kind[entry] as number) <= BY_EDGE ? BY_EDGE - (this.kind[entry] as number) : -1
  }

  /** The entry that made (slot, bound) true; the literal must be true and above its root bound. */
  entryOf(slot: number, bound: number): number {
    let entry = this.last[slot] as number
    while ((this.old[entry] as number) >= bound) entry = this.previous[entry] as number
    return entry
  }

  /** Opens a new decision level. */
  open(): void {
    this.level++
    if (this.level === this.levelStart.length) {
      this.levelStart = grow(this.levelStart)
      this.levelTop = grow(this.levelTop)
    }
    this.levelStart[this.level] = this.length
    this.levelTop[this.level] = this.top
  }

  /** Undoes everything above the level. */
  backTo(level: number): void {
    if (level >= this.level) return
    const start = this.levelStart[level + 1] as number
    for (let entry = this.length - 1; entry >= start; entry--) {
      const slot = this.slot[entry] as number
      this.bounds[slot] = this.old[entry] as number
      this.last[slot] = this.previous[entry] as number
    }
    this.length = start
    this.top = this.levelTop[level + 1] as number
    this.staged = this.top
    this.level = level
  }

  /** At level 0: what is known now is known for good. */
  settle(): void {
    this.root.set(this.bounds)
    this.last.fill(-1)
    this.length = 0
    this.top = 0
    this.staged = 0
  }

  private growEntries(): void {
    this.slot = grow(this.slot)
    this.old = grow(this.old)
    this.previous = grow(this.previous)
    this.levelOf = grow(this.levelOf)
    this.from = grow(this.from)
    this.kind = grow(this.kind)
  }
}

/** A copy of twice the length. */
export function grow(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
