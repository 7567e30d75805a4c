import type { PortfolioGoal } from '#shared/domain/portfolio-goal.ts'

/** What each goal of the optimiser is called, and what it is about. */
export const goalWords: Readonly<Record<PortfolioGoal, { readonly title: string; readonly about: string }>> = {
  'risk-parity': {
    title: 'Risk parity',
    about: 'Equal contribution to risk from every instrument. Needs no forecast of returns.',
  },
  'hierarchical-risk-parity': {
    title: 'Hierarchical risk parity',
    about:
      'Instruments that move alike share a branch, and branches share the risk. Needs no forecast of returns. Does not take limits.',
  },
  'minimum-variance': {
    title: 'Minimum variance',
    about: 'The lowest volatility. Needs no forecast of returns.',
  },
  'least-cvar': {
    title: 'Minimum expected shortfall',
    about: 'The lowest average loss over the worst 5 % of these bars (CVaR at 95 %). Needs no forecast of returns.',
  },
  'maximum-sharpe': {
    title: 'Maximum Sharpe ratio',
    about: 'The highest mean return per unit of volatility. Past means forecast poorly: use with care.',
  },
  'mean-variance': {
    title: 'Mean-variance, with cash',
    about:
      'Past mean returns less a penalty for variance and the cost of trading, each position capped by the profile. Past means forecast poorly: use with care.',
  },
  'black-litterman': {
    title: 'Desk views, with cash',
    about:
      'What the optimizer votes by: the market’s drift tilted by each view according to its confidence (Black-Litterman), less a penalty for variance and the cost of trading, each position capped by the profile.',
  },
}
