import type { RiskReport } from '#shared/domain/risk-report.ts'

type Limit = RiskReport['limits'][number]

/** What each limit is called, and what using it means. */
export const limitWords: Readonly<Record<Limit['limit'], { readonly title: string; readonly about: string }>> = {
  exposure: {
    title: 'Exposure',
    about: 'Gross value of positions at their marks. Working orders count too when an order is checked.',
  },
  leverage: {
    title: 'Leverage',
    about: 'Notional of perpetuals over their margin balance.',
  },
  'value-at-risk': {
    title: 'Value at risk',
    about: 'One day, 95 %, historical. The gate measures it for the book after each order.',
  },
  'expected-shortfall': { title: 'Expected shortfall', about: 'The average loss on the worst 5 % of days.' },
  'daily-loss': {
    title: 'Loss today',
    about: 'Since 00:00 UTC. At the limit, no new risk until the next day.',
  },
  'orders-per-minute': { title: 'Orders in the last minute', about: 'Orders that only reduce may use as many again.' },
}

export const methodWords: Readonly<Record<RiskReport['tails'][number]['method'], string>> = {
  historical: 'Historical',
  normal: 'Normal',
  'cornish-fisher': 'Cornish-Fisher',
  'monte-carlo': 'Monte Carlo, t with 5 degrees',
}

/** The share of a limit that is used; a limit that cannot be measured counts as used up. */
export function shareUsed({ used, maximum }: Limit): number | null {
  if (used === null) return null
  return maximum > 0 ? used / maximum : used > 0 ? 1 : 0
}
