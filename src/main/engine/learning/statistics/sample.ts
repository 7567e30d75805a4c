import { ParleyError } from '#shared/lib/error.ts'

/** Throws SAMPLE_TOO_SMALL for fewer values than needed, SAMPLE_NOT_FINITE where one is missing or infinite. */
export function checkSample(values: Float64Array, minimum: number): void {
  if (values.length < minimum) {
    throw new ParleyError(
      'SAMPLE_TOO_SMALL',
      `The test needs at least ${minimum} values in each sample, and one has ${values.length}.`,
      { details: { count: values.length, minimum }, wayOut: 'Wait for more observations.' },
    )
  }
  const hole = values.findIndex((value) => !Number.isFinite(value))
  if (hole < 0) return
  throw new ParleyError('SAMPLE_NOT_FINITE', `Value ${hole + 1} of a sample is ${values[hole]}, not a number.`, {
    details: { index: hole },
    wayOut: 'Leave out what is unavailable.',
  })
}

/** Throws SAMPLES_UNEQUAL unless two series pair up. */
export function checkPaired(x: Float64Array, y: Float64Array): void {
  if (x.length === y.length) return
  throw new ParleyError('SAMPLES_UNEQUAL', `Pairs need samples of one length, not ${x.length} and ${y.length}.`)
}

/** Throws SAMPLE_CONSTANT where a test would divide by a spread that is only rounding error. */
export function checkSpread(error: number, ...means: number[]): void {
  if (error >= 10 * Number.EPSILON * Math.max(...means.map(Math.abs))) return
  throw new ParleyError('SAMPLE_CONSTANT', 'The values are all but constant, so there is no spread to test against.', {
    wayOut: 'Look at the values themselves: a test has nothing to add.',
  })
}

/** A sum that carries what each addition rounds off (Neumaier 1974). */
export function exactSum(values: Iterable<number>): number {
  let sum = 0
  let lost = 0
  for (const value of values) {
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return sum + lost
}

/** Digits after the point of a number's shortest decimal form. */
function decimalPlaces(value: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e')
  return Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent))
}

/**
 * The power of ten by which all values become whole numbers that a double holds exactly; 1 where there is none. Measured
 * data are short decimals that doubles only come near to: whole, they lose nothing behind constant leading digits.
 */
export function decimalScale(samples: readonly Float64Array[]): number {
  let places = 0
  let largest = 0
  for (const sample of samples) {
    for (const value of sample) {
      places = Math.max(places, decimalPlaces(value))
      if (places > 15) return 1
      largest = Math.max(largest, Math.abs(value))
    }
  }
  return largest * 10 ** places <= Number.MAX_SAFE_INTEGER ? 10 ** places : 1
}

/** Size, mean and squared deviations of a sample. The mean is `mean + rest`, for data with many leading digits. */
export interface Moments {
  readonly count: number
  readonly mean: number
  /** What the mean as a double leaves out. */
  readonly rest: number
  /** Sum of squared deviations from the mean. */
  readonly squares: number
  /** squares / (count - 1); NaN for a single value. */
  readonly variance: number
}

/** Moments of a sample in two passes, corrected for the rounding of the mean. */
export function moments(values: Float64Array): Moments {
  const count = values.length
  const mean = exactSum(values) / count
  const gaps = values.map((value) => value - mean)
  const rest = exactSum(gaps) / count
  const squares = exactSum(gaps.map((gap) => (gap - rest) ** 2))
  return { count, mean, rest, squares, variance: count > 1 ? squares / (count - 1) : Number.NaN }
}

/** Ranks from 1, equal values sharing the mean of theirs, and how often each value that is not single occurs. */
export interface Ranks {
  readonly ranks: Float64Array
  readonly ties: readonly number[]
}

/** Ranks a sample. */
export function rankValues(values: Float64Array): Ranks {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number))
  const ranks = new Float64Array(values.length)
  const ties: number[] = []
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++
    for (let k = start; k < end; k++) ranks[order[k] as number] = (start + 1 + end) / 2
    if (end - start > 1) ties.push(end - start)
    start = end
  }
  return { ranks, ties }
}

/** Sum of t^3 - t over the sizes of ties. */
export function tieCubes(ties: readonly number[]): number {
  return ties.reduce((sum, size) => sum + size * (size * size - 1), 0)
}

/** Joins samples into one. */
export function pool(samples: readonly Float64Array[]): Float64Array {
  const pooled = new Float64Array(samples.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const sample of samples) {
    pooled.set(sample, at)
    at += sample.length
  }
  return pooled
}
