import type { HeavyFunction } from '#engine/ports/compute.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** Heavy functions by name: what both sides of a thread mean by it. */
export type HeavyTable = Readonly<Record<string, HeavyFunction<never, unknown>>>

/** The name of a heavy function. Throws COMPUTE_UNKNOWN for one that no worker knows. */
export function nameIn(table: HeavyTable, work: HeavyFunction<never, unknown>): string {
  const found = Object.entries(table).find(([, known]) => known === work)
  if (found !== undefined) return found[0]
  throw new ParleyError('COMPUTE_UNKNOWN', `No worker knows the function "${work.name}".`, {
    details: { known: Object.keys(table) },
    wayOut: 'Put it into the table of heavy functions.',
  })
}
