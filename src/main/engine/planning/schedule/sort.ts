/** Sorts indexes by their keys, in place; quick where they are nearly sorted already. Equal keys keep their order. */
export function sortBy(order: Int32Array, keys: Int32Array): void {
  for (let index = 1; index < order.length; index++) {
    const item = order[index] as number
    const key = keys[item] as number
    let place = index - 1
    while (place >= 0 && (keys[order[place] as number] as number) > key) {
      order[place + 1] = order[place] as number
      place--
    }
    order[place + 1] = item
  }
}
