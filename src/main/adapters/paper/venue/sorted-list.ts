/** Things in an order, found by halving. */
export interface SortedList<Item> {
  readonly size: number
  insert(item: Item): void
  /** Takes an item out again; nothing happens where it is not there. */
  remove(item: Item): void
  /** Those before the first for which it is not so; it must be so for none after that. */
  while(isSo: (item: Item) => boolean): readonly Item[]
  first(): Item | undefined
}

/** Creates an empty list; `compare` must tell any two of its items apart. Finding takes the logarithm of its size. */
export function createSortedList<Item>(compare: (a: Item, b: Item) => number): SortedList<Item> {
  const items: Item[] = []

  /** How many items stand before the first for which it is not so. */
  function countWhile(isSo: (item: Item) => boolean): number {
    let [low, high] = [0, items.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isSo(items[middle] as Item)) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    get size() {
      return items.length
    },
    insert(item) {
      items.splice(
        countWhile((other) => compare(other, item) < 0),
        0,
        item,
      )
    },
    remove(item) {
      const at = countWhile((other) => compare(other, item) < 0)
      if (items[at] === item) items.splice(at, 1)
    },
    while: (isSo) => items.slice(0, countWhile(isSo)),
    first: () => items[0],
  }
}
