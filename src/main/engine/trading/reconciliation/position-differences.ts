import type { BrokerPosition } from '#engine/ports/broker.ts'
import type { Comparison } from '#shared/domain/comparison.ts'
import type { Position } from '#shared/domain/position.ts'
import { compare, ZERO } from '#shared/lib/decimal.ts'

/** Sets the desk's positions beside the venue's, by instrument in the order of their names; what both have flat is left out. */
export function comparePositions(
  desk: ReadonlyMap<string, Position>,
  venue: readonly BrokerPosition[],
): NonNullable<Comparison['positions']> {
  const told = new Map(venue.map(({ instrument, quantity }) => [instrument, quantity]))
  return [...new Set([...desk.keys(), ...told.keys()])].sort().flatMap((instrument) => {
    const here = desk.get(instrument)?.quantity ?? ZERO
    const there = told.get(instrument) ?? ZERO
    if (compare(here, ZERO) === 0 && compare(there, ZERO) === 0) return []
    return { instrument, desk: here, venue: there, agrees: compare(here, there) === 0 }
  })
}
