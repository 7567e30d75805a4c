/** A fall from a peak. Rows count returns from 0. */
export interface Drawdown {
  /** First return of the fall. */
  readonly start: number
  /** Return after which the loss was largest. */
  readonly trough: number
  /** Return that brought the peak back; null while it has not. */
  readonly end: number | null
  /** Largest loss from the peak, as a positive fraction. */
  readonly depth: number
}

/** Wealth after each return, from 1: compounded, or added up where `compound` is false. */
export function wealth(returns: Float64Array, compound = true): Float64Array {
  let value = 1
  return returns.map((change) => {
    value = compound ? value * (1 + change) : value + change
    return value
  })
}

/** Loss from the highest wealth so far (the start counts) after each return, as a negative fraction or 0. */
export function underwater(returns: Float64Array, compound = true): Float64Array {
  let peak = 1
  return wealth(returns, compound).map((value) => {
    peak = Math.max(peak, value)
    return value / peak - 1
  })
}

/** Largest loss from a peak, as a positive fraction; 0 for none, NaN for no returns. */
export function maxDrawdown(returns: Float64Array, compound = true): number {
  if (returns.length === 0) return Number.NaN
  let worst = 0
  for (const loss of underwater(returns, compound)) worst = Math.max(worst, -loss)
  return worst
}

/** All falls from a peak, oldest first. */
export function drawdowns(returns: Float64Array): Drawdown[] {
  const found: Drawdown[] = []
  const losses = underwater(returns)
  for (let row = 0; row < losses.length; row++) {
    if ((losses[row] as number) >= 0) continue
    const start = row
    let trough = row
    while (row < losses.length && (losses[row] as number) < 0) {
      if ((losses[row] as number) < (losses[trough] as number)) trough = row
      row++
    }
    found.push({ start, trough, end: row < losses.length ? row : null, depth: -(losses[trough] as number) })
  }
  return found
}
