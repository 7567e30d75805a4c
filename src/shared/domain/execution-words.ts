import type { ExecutionChoice, ExecutionWish } from './parent-order.ts'

/** What the ways to carry an order out are called. */
export const executionTitles: Readonly<Record<ExecutionWish, string>> = {
  auto: 'Automatic',
  'at-once': 'At once',
  twap: 'TWAP',
  vwap: 'VWAP',
  pov: 'POV',
  'almgren-chriss': 'Almgren-Chriss',
  iceberg: 'Iceberg',
}

/** How an order is to be carried out, in a few words: "at once", "by TWAP over 30 min at most 10 % of the volume". */
export function executionWords({ algorithm, minutes, participation }: ExecutionChoice): string {
  if (algorithm === 'auto') return 'as the executor chooses'
  if (algorithm === 'at-once') return 'at once'
  const over = minutes === undefined ? '' : ` over ${minutes} min`
  const share = participation === undefined ? '' : `, at most ${Math.round(participation * 1_000) / 10} % of the volume`
  return `by ${executionTitles[algorithm]}${over}${share}`
}
