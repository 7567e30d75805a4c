import { ParleyError } from '#shared/lib/error.ts'
import { normal } from './distributions.ts'
import { findRoot } from './find-root.ts'

/** Shape of the limits over the looks: level z (Pocock 1977), or z falling with the root of time (O'Brien-Fleming 1979). */
export type BoundaryShape = 'pocock' | 'obrien-fleming'

/** Points a look of the integration: Simpson's rule over +-8 deviations, or between the limits where they are nearer. */
const points = 256

/**
 * Probability of a two-sided test without effect that |z| reaches its limit at one of equally spaced looks, by the
 * recursion of Armitage, McPherson and Rowe (1969) over the sum of the increments. `limits` are for z, one a look.
 */
export function crossingProbability(limits: readonly number[]): number {
  const z = normal()
  let within = 1
  let nodes: Float64Array = Float64Array.of(0)
  let masses: Float64Array = Float64Array.of(1)
  for (const [look, limit] of limits.entries()) {
    // The sum after look k has variance k; it goes on where it is inside +-limit sqrt(k).
    const edge = limit * Math.sqrt(look + 1)
    within = 0
    for (const [k, mass] of masses.entries()) {
      const at = nodes[k] as number
      within += mass * (1 - z.upper(edge - at) - z.cdf(-edge - at))
    }
    if (look === limits.length - 1) break
    const reach = Math.min(edge, 8.5 * Math.sqrt(look + 1))
    const step = (2 * reach) / points
    const next = Float64Array.from({ length: points + 1 }, (_, k) => -reach + k * step)
    const nextMasses = next.map((to, k) => {
      let density = 0
      for (const [from, mass] of masses.entries()) {
        const gap = to - (nodes[from] as number)
        density += mass * Math.exp((-gap * gap) / 2)
      }
      const weight = k === 0 || k === points ? 1 : k % 2 === 1 ? 4 : 2
      return ((density * weight * step) / 3) * (1 / Math.sqrt(2 * Math.PI))
    })
    nodes = next
    masses = nextMasses
  }
  return 1 - within
}

/** The limits of |z| at each of `looks` equally spaced looks from a constant. */
export function boundaryLimits(constant: number, looks: number, shape: BoundaryShape): number[] {
  return Array.from({ length: looks }, (_, k) =>
    shape === 'pocock' ? constant : constant * Math.sqrt(looks / (k + 1)),
  )
}

/**
 * The constant of a two-sided group sequential test whose looks together err with probability `significance` (Jennison and
 * Turnbull 2000, tables 2.1 and 2.3): z's limit at each look for Pocock, at the last one for O'Brien-Fleming. Throws
 * LOOKS_INVALID for other than 1 to 100 looks.
 */
export function boundaryConstant(looks: number, shape: BoundaryShape, significance = 0.05): number {
  if (!Number.isInteger(looks) || looks < 1 || looks > 100) {
    throw new ParleyError('LOOKS_INVALID', `A test has 1 to 100 looks, not ${looks}.`)
  }
  const least = normal().upperQuantile(significance / 2)
  const most = normal().upperQuantile(significance / (2 * looks))
  if (looks === 1) return least
  return findRoot(
    (constant) => significance - crossingProbability(boundaryLimits(constant, looks, shape)),
    least * (1 - 1e-9),
    most * (1 + 1e-9),
  )
}
