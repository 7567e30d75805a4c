import type { Departure, StoredRecord } from '#main/simulation/observation.ts'

/** I11: a paper desk sends to a paper broker alone. */
export function ordersStayOnPaper({ order, mode }: Departure): string | undefined {
  return mode === 'paper' ? undefined : `${order.clientOrderId} left for a ${mode} broker`
}

/** I11: every record of a paper desk says so. */
export function recordsStayOnPaper({ record }: StoredRecord): string | undefined {
  return record.mode === 'paper' ? undefined : `record ${record.seq} is of mode ${record.mode}`
}
