/** A growing set of tuples of small numbers, with an index on any of its columns as soon as one is asked for. */
export class Relation {
  readonly arity: number
  /** The tuples one after the other. */
  readonly data: number[] = []
  #count = 0
  readonly #radix: number
  readonly #ids: TupleMap<number>
  readonly #indexes = new Map<number, TupleMap<number[]>>()
  readonly #all: number[] = []

  /** Numbers in the tuples are below the radix. */
  constructor(arity: number, radix: number) {
    this.arity = arity
    this.#radix = radix
    this.#ids = new TupleMap(arity, radix)
  }

  get size(): number {
    return this.#count
  }

  at(row: number, column: number): number {
    return this.data[row * this.arity + column] ?? -1
  }

  tuple(row: number): number[] {
    return this.data.slice(row * this.arity, (row + 1) * this.arity)
  }

  /** The row of a tuple, or -1. */
  find(tuple: readonly number[]): number {
    return this.#ids.get(tuple) ?? -1
  }

  /** The row of the tuple, which is added when it is new. */
  add(tuple: readonly number[]): number {
    const known = this.#ids.get(tuple)
    if (known !== undefined) return known
    const row = this.#count++
    this.#ids.set(tuple, row)
    for (const value of tuple) this.data.push(value)
    this.#all.push(row)
    for (const [mask, index] of this.#indexes) this.#insert(index, mask, row)
    return row
  }

  /** The rows whose columns in the mask have the values of the key, which lists them in column order. */
  rows(mask: number, key: readonly number[]): readonly number[] {
    if (mask === 0) return this.#all
    let index = this.#indexes.get(mask)
    if (index === undefined) {
      index = new TupleMap(key.length, this.#radix)
      this.#indexes.set(mask, index)
      for (let row = 0; row < this.#count; row++) this.#insert(index, mask, row)
    }
    return index.get(key) ?? none
  }

  #insert(index: TupleMap<number[]>, mask: number, row: number): void {
    const key: number[] = []
    for (let column = 0; column < this.arity; column++) if ((mask >> column) & 1) key.push(this.at(row, column))
    const rows = index.get(key)
    if (rows === undefined) index.set(key, [row])
    else rows.push(row)
  }
}

const none: readonly number[] = []

/** A map whose keys are tuples; they are packed into one number where that fits, else into a string. */
class TupleMap<T> {
  readonly #map = new Map<number | string, T>()
  readonly #packs: boolean
  readonly #radix: number

  constructor(length: number, radix: number) {
    this.#radix = Math.max(radix, 1)
    this.#packs = this.#radix ** length < Number.MAX_SAFE_INTEGER
  }

  get(tuple: readonly number[]): T | undefined {
    return this.#map.get(this.#key(tuple))
  }

  set(tuple: readonly number[], value: T): void {
    this.#map.set(this.#key(tuple), value)
  }

  #key(tuple: readonly number[]): number | string {
    if (!this.#packs) return tuple.join()
    let key = 0
    for (const value of tuple) key = key * this.#radix + value
    return key
  }
}
