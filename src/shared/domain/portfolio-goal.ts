import { z } from 'zod'

/** What the optimiser's weights are chosen for. The last two leave a part of the equity in cash; the others weigh what is invested. */
export const portfolioGoals = [
  'risk-parity',
  'hierarchical-risk-parity',
  'minimum-variance',
  'least-cvar',
  'maximum-sharpe',
  'mean-variance',
  'black-litterman',
] as const
export const portfolioGoalSchema = z.enum(portfolioGoals)
export type PortfolioGoal = z.infer<typeof portfolioGoalSchema>
