import { oc } from '@orpc/contract'
import {
  portfolioChoicesSchema,
  portfolioLimitsSchema,
  portfolioQuestionSchema,
  portfolioReportSchema,
} from '#shared/domain/portfolio-report.ts'
import { riskReportSchema } from '#shared/domain/risk-report.ts'

export const portfolioContract = {
  /** What the book as held now may lose, what it would have lost, and how much of the mandate it uses. */
  risk: oc.route({ method: 'GET', path: '/risk' }).output(riskReportSchema),
  /** Holdings, the efficient frontier, and the optimiser's suggestion; nothing of it is sent. */
  allocation: oc
    .route({ method: 'GET', path: '/portfolio' })
    .input(portfolioQuestionSchema)
    .output(portfolioReportSchema),
  /** What can be chosen between return, risk, turnover and liquidity; nothing of it is sent. */
  choices: oc
    .route({ method: 'GET', path: '/portfolio/choices' })
    .input(portfolioLimitsSchema)
    .output(portfolioChoicesSchema),
}
