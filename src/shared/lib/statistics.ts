/** Arithmetic mean; NaN for no values. */
export function mean(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
