import { ParleyError } from '#shared/lib/error.ts'

/** Who gets what: a column for each row, or -1 for a row that is left over, and what it costs (or brings) in all. */
export interface Assignment {
  readonly columnOf: Int32Array
  readonly total: number
}

/**
 * The best one-to-one assignment of rows to columns: as many pairs as the shorter side has, with the least sum of costs, or
 * the greatest for 'maximise'. `costs` holds rows x columns values row by row; Infinity (-Infinity for 'maximise') forbids
 * a pair. Exact, O(n³): Jonker and Volgenant 1987, augmenting row reduction and then shortest augmenting paths. Throws
 * ASSIGNMENT_INVALID for a wrong number of values, NaN or a pair that is infinitely good, ASSIGNMENT_IMPOSSIBLE when the
 * forbidden pairs leave no way.
 */
export function assign(
  costs: Float64Array,
  rows: number,
  columns: number,
  goal: 'minimise' | 'maximise' = 'minimise',
): Assignment {
  const tooGood = goal === 'minimise' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (costs.length !== rows * columns || costs.some((cost) => Number.isNaN(cost) || cost === tooGood)) {
    throw new ParleyError('ASSIGNMENT_INVALID', `An assignment of ${rows} x ${columns} needs that many costs.`, {
      details: { rows, columns, values: costs.length },
      wayOut: 'Give every pair a cost, and Infinity to those that may not be.',
    })
  }
  const sign = goal === 'minimise' ? 1 : -1
  const wide = rows <= columns
  const [count, width] = wide ? [rows, columns] : [columns, rows]
  const partners = solve(arranged(costs, columns, wide, sign), count, width)
  const columnOf = wide ? partners : inverse(partners, rows)
  let total = 0
  columnOf.forEach((column, row) => {
    if (column >= 0) total += costs[row * columns + column] ?? 0
  })
  return { columnOf, total }
}

/** The costs as something to minimise with no more rows than columns; a copy only where one is needed. */
function arranged(costs: Float64Array, columns: number, wide: boolean, sign: 1 | -1): Float64Array {
  if (wide) return sign === 1 ? costs : costs.map((cost) => -cost)
  const rows = costs.length / columns
  const turned = new Float64Array(costs.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = sign * (costs[row * columns + column] ?? 0)
    }
  }
  return turned
}

function inverse(rowOf: Int32Array, rows: number): Int32Array {
  const columnOf = new Int32Array(rows).fill(-1)
  rowOf.forEach((row, column) => {
    columnOf[row] = column
  })
  return columnOf
}

// The loops below run over typed arrays within their bounds: `as number` only takes back what the compiler adds.
interface State {
  readonly costs: Float64Array
  readonly width: number
  /** What each column costs beyond its pairs; never above zero, and zero while the column is free. */
  readonly prices: Float64Array
  readonly columnOf: Int32Array
  readonly rowOf: Int32Array
}

function solve(costs: Float64Array, count: number, width: number): Int32Array {
  const state: State = {
    costs,
    width,
    prices: new Float64Array(width),
    columnOf: new Int32Array(count).fill(-1),
    rowOf: new Int32Array(width).fill(-1),
  }
  let free = Int32Array.from({ length: count }, (_, row) => row)
  for (let pass = 0; pass < 2 && free.length > 0; pass++) free = reduceRows(state, free)
  const paths = { distance: new Float64Array(width), from: new Int32Array(width), order: new Int32Array(width) }
  for (const row of free) augment(state, paths, row)
  return state.columnOf
}

/**
 * Gives each free row its cheapest column at the price at which the second cheapest is as good, turning out who held it;
 * returns the rows that are still free. The number of steps is bounded, since with fractions prices may fall by crumbs.
 */
function reduceRows(state: State, free: Int32Array): Int32Array<ArrayBuffer> {
  const { costs, width, prices, columnOf, rowOf } = state
  const queue = free.slice()
  const left: number[] = []
  let next = 0
  for (let steps = 4 * columnOf.length; next < queue.length; steps--) {
    const row = queue[next++] as number
    const start = row * width
    let least = Number.POSITIVE_INFINITY
    let second = Number.POSITIVE_INFINITY
    let best = -1
    let other = -1
    for (let column = 0; column < width; column++) {
      const cost = (costs[start + column] as number) - (prices[column] as number)
      if (cost >= second) continue
      if (cost >= least) {
        second = cost
        other = column
      } else {
        second = least
        other = best
        least = cost
        best = column
      }
    }
    if (second === Number.POSITIVE_INFINITY || steps <= 0) {
      left.push(row)
      continue
    }
    let holder = rowOf[best] as number
    const price = (prices[best] as number) - (second - least)
    const lowers = price < (prices[best] as number)
    if (lowers) {
      prices[best] = price
    } else if (holder >= 0) {
      best = other
      holder = rowOf[best] as number
    }
    columnOf[row] = best
    rowOf[best] = row
    if (holder < 0) continue
    columnOf[holder] = -1
    if (lowers) queue[--next] = holder
    else left.push(holder)
  }
  return Int32Array.from(left)
}

interface Paths {
  readonly distance: Float64Array
  readonly from: Int32Array
  /** Columns: those done, then those at the least distance, then the others. */
  readonly order: Int32Array
}

/** Finds the cheapest way to bring one more row in, moving others along, and takes it (Dijkstra over reduced costs). */
function augment(state: State, paths: Paths, row: number): void {
  const { costs, width, prices, columnOf, rowOf } = state
  const { distance, from, order } = paths
  const start = row * width
  for (let column = 0; column < width; column++) {
    distance[column] = (costs[start + column] as number) - (prices[column] as number)
    from[column] = row
    order[column] = column
  }
  let done = 0
  let near = 0
  let settled = 0
  let least = 0
  let end = -1
  while (end < 0) {
    if (near === done) {
      settled = done
      least = distance[order[near++] as number] as number
      for (let index = near; index < width; index++) {
        const column = order[index] as number
        const length = distance[column] as number
        if (length > least) continue
        if (length < least) {
          near = done
          least = length
        }
        order[index] = order[near] as number
        order[near++] = column
      }
      if (least === Number.POSITIVE_INFINITY) throw noWay()
      for (let index = done; index < near && end < 0; index++) {
        if ((rowOf[order[index] as number] as number) < 0) end = order[index] as number
      }
      if (end >= 0) break
    }
    const via = order[done++] as number
    const holder = rowOf[via] as number
    const base = holder * width
    const offset = (costs[base + via] as number) - (prices[via] as number) - least
    for (let index = near; index < width; index++) {
      const column = order[index] as number
      const length = (costs[base + column] as number) - (prices[column] as number) - offset
      if (length >= (distance[column] as number)) continue
      distance[column] = length
      from[column] = holder
      if (length > least) continue
      if ((rowOf[column] as number) < 0) {
        end = column
        break
      }
      order[index] = order[near] as number
      order[near++] = column
    }
  }
  for (let index = 0; index < settled; index++) {
    const column = order[index] as number
    prices[column] = (prices[column] as number) + (distance[column] as number) - least
  }
  for (let column = end; column >= 0; ) {
    const mover = from[column] as number
    rowOf[column] = mover
    const before = columnOf[mover] as number
    columnOf[mover] = column
    column = before
    if (mover === row) break
  }
}

function noWay(): ParleyError {
  return new ParleyError('ASSIGNMENT_IMPOSSIBLE', 'The pairs that are allowed leave somebody without a partner.', {
    wayOut: 'Allow more pairs, or take somebody out.',
  })
}
