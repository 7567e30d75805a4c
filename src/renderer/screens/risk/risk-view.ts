import type { RiskReport } from '#shared/domain/risk-report.ts'

type Limit = RiskReport['limits'][number]

/** What each limit is called, and what using it means. */
export const limitWords: Readonly<Record<Limit['limit'], { readonly title: string; readonly about: string }>> = {
  exposure: {
    title: 'Exposure',
    about: 'Positions at their marks, gross. What works counts too when an order is checked.',
  },
  leverage: {
    title: 'Leverage',
    about: 'The worth of perpetuals for each unit of the money that stands behind them.',
  },
  'value-at-risk': {
    title: 'Value at risk',
    about: 'Of a day, 95 %, historical: what the gate measures after every order.',
  },
  'expected-shortfall': { title: 'Expected shortfall', about: 'The average loss of the worst twentieth of days.' },
  'daily-loss': {
    title: 'Loss today',
    about: 'Since 00:00 UTC. At the limit no new risk is taken until the next day.',
  },
  'orders-per-minute': { title: 'Orders in the last minute', about: 'What only reduces may use as much again.' },
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
