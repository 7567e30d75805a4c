/** A growing list of 32-bit whole numbers. */
export class IntList {
  data = new Int32Array(1024)
  length = 0

  push(value: number): void {
    if (this.length === this.data.length) this.data = grown(this.data)
    this.data[this.length++] = value
  }

  at(index: number): number {
    return this.data[index] ?? -1
  }
}

/** Numbers tuples of 32-bit whole numbers, all of one width, in the order in which they are first seen. */
export class TupleTable {
  data: Int32Array
  size = 0
  readonly width: number
  #slots = new Int32Array(4096).fill(-1)

  constructor(width: number) {
    this.width = width
    this.data = new Int32Array(Math.max(width, 1) * 1024)
  }

  /** Bytes held. */
  get bytes(): number {
    return this.data.byteLength + this.#slots.byteLength
  }

  /** The number of the tuple; it is new when size has grown. */
  intern(tuple: Int32Array): number {
    if (this.size * 2 > this.#slots.length) this.#rehash()
    const { width, data } = this
    const mask = this.#slots.length - 1
    let slot = hashOf(tuple, 0, width) & mask
    for (;;) {
      const id = this.#slots[slot] ?? -1
      if (id === -1) break
      const start = id * width
      let index = 0
      while (index < width && data[start + index] === tuple[index]) index++
      if (index === width) return id
      slot = (slot + 1) & mask
    }
    this.#slots[slot] = this.size
    if ((this.size + 1) * width > this.data.length) this.data = grown(this.data)
    this.data.set(tuple, this.size * width)
    return this.size++
  }

  /** Copies a tuple out. */
  read(id: number, into: Int32Array): void {
    const start = id * this.width
    for (let index = 0; index < this.width; index++) into[index] = this.data[start + index] ?? 0
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 4).fill(-1)
    const mask = slots.length - 1
    for (let id = 0; id < this.size; id++) {
      let slot = hashOf(this.data, id * this.width, this.width) & mask
      while (slots[slot] !== -1) slot = (slot + 1) & mask
      slots[slot] = id
    }
    this.#slots = slots
  }
}

function grown(data: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(data.length * 2)
  larger.set(data)
  return larger
}

/** MurmurHash3's mixing over the words of a tuple. */
function hashOf(data: Int32Array, start: number, width: number): number {
  let hash = 0x9747b28c
  for (let index = start; index < start + width; index++) {
    let word = Math.imul(data[index] ?? 0, 0xcc9e2d51)
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593)
    hash ^= word
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** A heap of numbers by key: the smallest key first, among equal keys the one that was put in last. */
export class Heap {
  readonly #items: number[] = []
  readonly #keys: number[] = []
  readonly #order: number[] = []
  #counter = 0

  get size(): number {
    return this.#items.length
  }

  push(item: number, key: number): void {
    const order = this.#counter++
    let at = this.#items.length
    while (at > 0) {
      const above = (at - 1) >> 1
      const aboveKey = this.#keys[above] ?? 0
      // What is put in last is newer than all above it.
      if (aboveKey < key) break
      this.#move(above, at)
      at = above
    }
    this.#put(at, item, key, order)
  }

  pop(): number | undefined {
    const top = this.#items[0]
    const item = this.#items.pop()
    const key = this.#keys.pop() ?? 0
    const order = this.#order.pop() ?? 0
    const { length } = this.#items
    if (item === undefined || length === 0) return top
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= length) break
      if (below + 1 < length && this.#comes(below + 1, this.#keys[below] ?? 0, this.#order[below] ?? 0)) below++
      if (!this.#comes(below, key, order)) break
      this.#move(below, at)
      at = below
    }
    this.#put(at, item, key, order)
    return top
  }

  /** Whether the entry at a place comes before the given key and order. */
  #comes(place: number, key: number, order: number): boolean {
    const own = this.#keys[place] ?? 0
    return own < key || (own === key && (this.#order[place] ?? 0) > order)
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#items[from] ?? 0, this.#keys[from] ?? 0, this.#order[from] ?? 0)
  }

  #put(at: number, item: number, key: number, order: number): void {
    this.#items[at] = item
    this.#keys[at] = key
    this.#order[at] = order
  }
}
