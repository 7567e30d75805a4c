import type { PortfolioGoal } from '#shared/domain/portfolio-goal.ts'

/** What each goal of the optimiser is called, and what it is about. */
export const goalWords: Readonly<Record<PortfolioGoal, { readonly title: string; readonly about: string }>> = {
  'risk-parity': {
    title: 'Risk parity',
    about: 'Every instrument adds the same to the risk. It needs no forecast of returns.',
  },
  'hierarchical-risk-parity': {
    title: 'Hierarchical risk parity',
    about:
      'Instruments that move alike share a branch, and branches share the risk. It needs no forecast of returns and bends to no limit.',
  },
  'minimum-variance': {
    title: 'Least variance',
    about: 'The least volatility there is. It needs no forecast of returns.',
  },
  'least-cvar': {
    title: 'Mildest bad days',
    about: 'The least mean loss on the worst twentieth of these bars (CVaR at 95 %). It needs no forecast of returns.',
  },
  'maximum-sharpe': {
    title: 'Most return for the risk',
    about: 'The most mean return for its volatility. Past means forecast badly: take it with care.',
  },
  'mean-variance': {
    title: 'Past means, with cash',
    about:
      'Past means less the price of variance and of trading, at most the profile’s largest position of each. Past means forecast badly: take it with care.',
  },
  'black-litterman': {
    title: 'The desk’s views, with cash',
    about:
      'What the optimizer votes by: the market’s drift, tilted by each view as far as it is sure (Black and Litterman), less the price of variance and of trading, at most the profile’s largest position of each.',
  },
}
