import { ParleyError } from '#shared/lib/error.ts'

/**
 * What is known of an execution (Almgren and Chriss 2000, linear impact). Prices are per share; time is in any unit,
 * the same throughout.
 */
export interface ImpactModel {
  /** Volatility: price per square root of time. */
  readonly volatility: number
  /** Permanent impact gamma: price per share traded. */
  readonly permanent: number
  /** Temporary impact eta: price per share per unit of time. */
  readonly temporary: number
  /** Fixed cost epsilon: price per share traded (half the spread and fees). */
  readonly fixed: number
}

export interface ExecutionPlan {
  /** Holdings at the start and after each slice: slices + 1 numbers from the quantity down to 0. */
  readonly holdings: Float64Array
  /** What is traded in each slice. */
  readonly trades: Float64Array
  /** Expected shortfall against the price at the start, and its variance. */
  readonly expectedCost: number
  readonly variance: number
  /** Urgency kappa a unit of time; 0 is an even pace. */
  readonly urgency: number
}

function checkSlices(slices: number): void {
  if (Number.isInteger(slices) && slices >= 1) return
  throw new ParleyError('SCHEDULE_INVALID', `A schedule needs a whole number of slices, not ${slices}.`)
}

/** The cost and risk of trading by a given list of holdings (first the quantity, last 0), `interval` apart. */
export function executionCost(holdings: Float64Array, interval: number, model: ImpactModel) {
  const quantity = holdings[0] as number
  let expectedCost = 0.5 * model.permanent * quantity * quantity
  let variance = 0
  const curvature = model.temporary - 0.5 * model.permanent * interval
  for (let k = 1; k < holdings.length; k++) {
    const traded = (holdings[k - 1] as number) - (holdings[k] as number)
    expectedCost += model.fixed * Math.abs(traded) + (curvature / interval) * traded * traded
    variance += model.volatility ** 2 * interval * (holdings[k] as number) ** 2
  }
  return { expectedCost, variance }
}

/**
 * The schedule over `horizon` in equal slices that minimises expected cost + riskAversion x variance (Almgren and
 * Chriss 2000, closed form in discrete time). riskAversion 0 is the even pace; a negative quantity buys. Throws
 * SCHEDULE_INVALID where there is no slice or horizon, or where permanent impact outweighs temporary impact.
 */
export function almgrenChriss(
  quantity: number,
  horizon: number,
  slices: number,
  riskAversion: number,
  model: ImpactModel,
): ExecutionPlan {
  checkSlices(slices)
  const interval = horizon / slices
  const curvature = model.temporary - 0.5 * model.permanent * interval
  if (!(horizon > 0) || !(curvature > 0) || !(riskAversion >= 0)) {
    throw new ParleyError(
      'SCHEDULE_INVALID',
      'A schedule needs a horizon above zero, a risk aversion of zero or more, and temporary impact above half the permanent impact of a slice.',
      {
        details: { horizon, riskAversion, curvature },
        wayOut: 'Cut the horizon into more slices or raise the temporary impact.',
      },
    )
  }
  const tilde = (riskAversion * model.volatility ** 2) / curvature
  // cosh(kappa tau) = 1 + tilde tau^2 / 2, written with sinh so that a small urgency keeps its digits.
  const urgency = (2 / interval) * Math.asinh((interval * Math.sqrt(tilde)) / 2)
  const holdings = Float64Array.from({ length: slices + 1 }, (_, k) => {
    const left = horizon - k * interval
    if (k === slices) return 0
    const ratio = urgency * horizon > 1e-8 ? sinhRatio(urgency * left, urgency * horizon) : left / horizon
    return quantity * ratio
  })
  const trades = Float64Array.from({ length: slices }, (_, k) => (holdings[k] as number) - (holdings[k + 1] as number))
  return { holdings, trades, ...executionCost(holdings, interval, model), urgency }
}

/** sinh(a) / sinh(b) for 0 <= a <= b, without overflow. */
function sinhRatio(a: number, b: number): number {
  return Math.exp(a - b) * (Math.expm1(-2 * a) / Math.expm1(-2 * b))
}

/** Even slices (TWAP). Throws SCHEDULE_INVALID. */
export function twapSchedule(quantity: number, slices: number): Float64Array {
  checkSlices(slices)
  return new Float64Array(slices).fill(quantity / slices)
}

/**
 * The usual share of a day's volume in each slice of the day, from past bars: the mean over days of each slice's
 * share. Adds up to 1. `volumes[day][slice]`; days without volume are left out. Even where nothing is known.
 */
export function volumeProfile(volumes: readonly Float64Array[], slices: number): Float64Array {
  checkSlices(slices)
  const profile = new Float64Array(slices)
  let days = 0
  for (const day of volumes) {
    const total = day.reduce((sum, volume) => sum + volume, 0)
    if (!(total > 0)) continue
    days++
    for (let k = 0; k < slices; k++) profile[k] = (profile[k] as number) + (day[k] ?? 0) / total
  }
  return days === 0 ? twapSchedule(1, slices) : profile.map((share) => share / days)
}

/** Slices in proportion to a volume profile (VWAP). Throws SCHEDULE_INVALID for a profile without volume. */
export function vwapSchedule(quantity: number, profile: Float64Array): Float64Array {
  const total = profile.reduce((sum, share) => sum + share, 0)
  if (!(total > 0)) throw new ParleyError('SCHEDULE_INVALID', 'A volume profile needs some volume.')
  return profile.map((share) => (quantity * share) / total)
}

/**
 * What to have traded when following volume at a rate (0 to 1, POV): after each slice the quantity traded is at most
 * rate x the volume seen, our own trades included. Slices after the quantity is done are 0; what is left at the end
 * is the caller's to see. Throws SCHEDULE_INVALID.
 */
export function povSchedule(quantity: number, rate: number, volumes: Float64Array): Float64Array {
  if (!(rate > 0 && rate < 1)) {
    throw new ParleyError('SCHEDULE_INVALID', `A participation rate must be above 0 and below 1, not ${rate}.`)
  }
  const sign = Math.sign(quantity)
  let left = Math.abs(quantity)
  return volumes.map((others) => {
    // Of others' volume v and our trade x: x = rate (v + x).
    const slice = Math.min(left, (Math.max(0, others) * rate) / (1 - rate))
    left -= slice
    return sign * slice
  })
}
